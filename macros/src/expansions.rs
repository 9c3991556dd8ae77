//! What annotations become, as files in `tests/expansions/`: read their diffs.
//!
//! `UPDATE_SNAPSHOTS=1 cargo test -p portcullis-macros` writes the files anew. A file shows what is written as a
//! comment, and below it what rustc reads.

use std::fs;
use std::path::Path;

use proc_macro2::TokenStream;
use quote::quote;

use crate::vocabulary::{self, Kind};
use crate::{api, endpoint, endpoints, path_params, problem, scalar};

/// Compares an expansion with its file, or writes the file.
fn check(name: &str, written: TokenStream, expanded: TokenStream) {
    let found = format!("{}\n{}", commented(&render(written)), render(expanded));
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/expansions")
        .join(name)
        .with_extension("rs");
    if is_update() {
        fs::write(&file, found).unwrap();
        return;
    }
    let expected = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        found == expected,
        "the expansion of {name} has changed; UPDATE_SNAPSHOTS=1 writes {} anew. It is now:\n{found}",
        file.display()
    );
}

#[expect(
    clippy::disallowed_methods,
    reason = "a switch of this test, not a setting of the service"
)]
fn is_update() -> bool {
    std::env::var_os("UPDATE_SNAPSHOTS").is_some()
}

fn render(tokens: TokenStream) -> String {
    prettyplease::unparse(&syn::parse2(tokens).unwrap())
}

fn commented(text: &str) -> String {
    let lines = text.lines().map(|line| format!("// {line}"));
    lines
        .map(|line| line.trim_end().to_owned() + "\n")
        .collect()
}

fn check_endpoint(name: &str, attribute: TokenStream, function: TokenStream) {
    let written = quote!(#[endpoint(#attribute)] #function);
    check(name, written, endpoint::expand(attribute, function));
}

#[test]
fn every_word_of_an_endpoint_has_its_place() {
    check_endpoint(
        "endpoint_with_every_word",
        quote!(
            put,
            "/reports/{id}",
            roles(Analyst, Pm),
            scopes(UserImpersonation),
            applications(Ingest),
            context("c1"),
            also("only the author"),
            mcp(name = "revise_report", hide = ["language"]),
            root,
            status = 202,
            tag = "Reports",
            deprecated
        ),
        quote! {
            /// Replace the text of a draft.
            ///
            /// A published report stays as it is.
            #[cfg(feature = "reports")]
            pub async fn update_report(
                caller: Caller,
                State(state): State<AppState>,
                Path(id): Path<ReportId>,
                Json(input): Json<ReportInput>,
            ) -> Result<Json<Report>, ReportProblem> {
                state.update(caller, id, input).await
            }
        },
    );
}

#[test]
fn what_is_read_over_mcp_names_its_uri_and_its_lister() {
    check_endpoint(
        "endpoint_read_over_mcp",
        quote!(
            get,
            "/reports/{id}/review",
            signed_in,
            resource("desk://reviews/{id}", listed_by = reports::list_reports),
            prompt(name = "review")
        ),
        quote! {
            /// Review a report.
            async fn review_report(Path(id): Path<ReportId>) -> Prompt {
                Prompt::new("Reviews a report.")
            }
        },
    );
}

#[test]
fn a_public_endpoint_has_no_lists() {
    check_endpoint(
        "endpoint_public",
        quote!(get, "/health", public("load balancers probe it"), root),
        quote! {
            /// Ask how the service is doing.
            async fn health() -> Json<Health> {
                Json(Health::good())
            }
        },
    );
}

#[test]
fn a_signed_in_endpoint_may_have_a_raw_name_and_no_reply() {
    check_endpoint(
        "endpoint_signed_in",
        quote!(delete, "/types/{id}", signed_in, mcp),
        quote! {
            pub(crate) async fn r#type(Path(id): Path<u32>) {}
        },
    );
}

#[test]
fn mistakes_leave_the_function_and_admit_nobody() {
    check_endpoint(
        "endpoint_with_mistakes",
        quote!(get, "/reports/{id}", role(Analyst), status = "ok"),
        quote! {
            /// Fetch one report.
            pub async fn get_report(Path(id): Path<ReportId>) -> Json<Report> {
                find(id).await
            }
        },
    );
}

#[test]
fn a_list_checks_its_endpoints_against_each_other() {
    let list = quote!(health, reports::get_report);
    let expanded = endpoints::expand(list.clone());
    check(
        "endpoints",
        quote!(
            fn listed() {
                endpoints![#list]
            }
        ),
        quote!(fn listed() { #expanded }),
    );
}

#[test]
fn the_vocabulary_goes_through_one_module() {
    let words = quote!(state = AppState, roles = Role, scopes = Scope);
    check(
        "api",
        quote!(portcullis::api! { #words }),
        api::expand(quote!(portcullis, #words)),
    );
}

#[test]
fn roles_say_who_may_be_assigned_them() {
    let roles = quote! {
        pub enum Role {
            /// Publishes research reports.
            Analyst,
            #[role("PM")]
            Pm,
            #[role(applications)]
            Ingest,
            #[role("Desk.Batch", users, applications)]
            Batch,
        }
    };
    let expanded = vocabulary::derive(Kind::Roles, roles.clone());
    check(
        "roles",
        quote!(#[derive(Clone, Copy, Roles)] #roles),
        expanded,
    );
}

#[test]
fn scopes_are_named_in_snake_case_or_as_they_say() {
    let scopes = quote! {
        pub enum Scope {
            /// Use the research desk as the signed-in user.
            UserImpersonation,
            #[scope("Reports.Read")]
            ReadReports,
        }
    };
    let expanded = vocabulary::derive(Kind::Scopes, scopes.clone());
    check(
        "scopes",
        quote!(#[derive(Clone, Copy, Scopes)] #scopes),
        expanded,
    );
}

#[test]
fn an_empty_vocabulary_stands_in_for_a_faulty_one() {
    let roles = quote! {
        pub enum Role {
            Analyst { desk: String },
            #[role(admins)]
            Admin,
        }
    };
    let expanded = vocabulary::derive(Kind::Roles, roles.clone());
    check(
        "roles_with_mistakes",
        quote!(#[derive(Clone, Copy, Roles)] #roles),
        expanded,
    );
}

#[test]
fn problems_keep_their_cause_from_the_client() {
    let problems = quote! {
        pub enum ReportProblem {
            #[problem(status = 404, title = "There is no such report")]
            ReportNotFound(ReportId),
            #[problem(status = 409, code = "locked", title = "The report is locked", detail = "{holder} holds it")]
            Locked { holder: String, #[source] cause: LockError },
            #[problem(status = 422, title = "The report is not valid")]
            InvalidReport(#[problem(errors)] Faults),
            #[problem(transparent)]
            Instrument(#[from] InstrumentProblem),
            #[problem(internal)]
            Store(#[from] StoreError),
        }
    };
    let expanded = problem::derive(problems.clone());
    check(
        "problem",
        quote!(#[derive(Debug, thiserror::Error, Problem)] #problems),
        expanded,
    );
}

#[test]
fn a_scalar_is_made_by_its_check_only() {
    let scalar = quote! {
        /// The symbol of an instrument.
        #[scalar(min_length = 1, max_length = 12, pattern = "^[A-Z]*$", example = "ALPN", header = "x-symbol")]
        pub struct Symbol(String);
    };
    let expanded = scalar::derive(scalar.clone());
    check("scalar", quote!(#[derive(Debug, Scalar)] #scalar), expanded);
}

#[test]
fn path_parameters_are_taken_by_name() {
    let params = quote! {
        struct PageOf {
            /// Identifies the report.
            id: ReportId,
            r#type: u16,
        }
    };
    let expanded = path_params::derive(params.clone());
    check(
        "path_params",
        quote!(#[derive(Deserialize, PathParams)] #params),
        expanded,
    );
}
