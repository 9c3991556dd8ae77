//! What annotations make: every word of `#[endpoint]`, in nested modules, with raw identifiers, aliases and renames.
#![deny(warnings)]

mod api {
    use portcullis::{Roles, Scopes};

    #[derive(Clone)]
    pub(crate) struct AppState;

    #[derive(Clone, Copy, Roles)]
    pub(crate) enum Role {
        /// Publishes.
        Analyst,
        #[role("PM")]
        Pm,
        #[role(applications)]
        Ingest,
        #[role("Desk.Batch", users, applications)]
        Batch,
    }

    #[derive(Clone, Copy, Scopes)]
    pub(crate) enum Scope {
        /// Use the desk.
        UserImpersonation,
        #[scope("Reports.Read")]
        ReadReports,
    }

    portcullis::api! { state = AppState, roles = Role, scopes = Scope }
}

mod reports {
    use axum::extract::State as Shared;
    use portcullis::{Caller, NoContent, Path as Segment, endpoint};

    use crate::api::AppState;

    type Id = Segment<u32>;

    /// Fetch one report.
    ///
    /// Drafts are visible to their author only.
    #[endpoint(
        get,
        "/reports/{id}",
        roles(Analyst, Pm, Batch),
        scopes(UserImpersonation, ReadReports),
        applications(Ingest, Batch),
        also("only the author"),
        mcp(name = "find-report"),
        status = 204,
        tag = "Reports",
        deprecated
    )]
    pub(crate) async fn get_report(
        _: Caller,
        Shared(_): Shared<AppState>,
        Segment(_): Id,
    ) -> NoContent {
        NoContent
    }

    pub(crate) mod nested {
        use portcullis::{NoContent, Path, endpoint};

        #[endpoint(delete, "/reports/{id}/pages/{page}", signed_in, mcp)]
        pub(crate) async fn r#type(Path((_, _)): Path<(u32, String)>) -> NoContent {
            NoContent
        }
    }
}

#[portcullis::endpoint(get, "/ping", public("load balancers probe it"), root)]
async fn ping() -> portcullis::NoContent {
    portcullis::NoContent
}

/// What is read over MCP, and called as a variable of what the annotation becomes.
#[portcullis::endpoint(
    get,
    "/entries/{id}",
    signed_in,
    resource("desk://entries/{id}"),
    prompt(name = "review-entry")
)]
async fn entry(portcullis::Path(_): portcullis::Path<u32>) -> portcullis::Prompt {
    portcullis::Prompt::new("Reviews an entry.")
}

#[portcullis::endpoint(get, "/admitted", signed_in)]
async fn admitted() -> portcullis::NoContent {
    portcullis::NoContent
}

#[cfg(any())]
#[portcullis::endpoint(get, "/never", signed_in)]
async fn above() -> Missing {}

#[portcullis::endpoint(get, "/never", signed_in)]
#[cfg(any())]
async fn below() -> Missing {}

#[test]
fn every_word_lands_in_the_definition() {
    use portcullis::Endpoint;
    use portcullis::api_spec::{Access, EndpointDef, Method, Mount};

    let _ = portcullis::endpoints![
        ping,
        entry,
        admitted,
        reports::get_report,
        reports::nested::r#type
    ];
    let definition: EndpointDef = <reports::get_report as Endpoint<api::AppState>>::DEF;
    assert_eq!(definition.operation_id, "get_report");
    assert_eq!(definition.method, Method::Get);
    assert_eq!(definition.full_path(), "/api/v1/reports/{id}");
    assert_eq!(definition.summary(), "Fetch one report");
    assert_eq!(
        definition.description(),
        "Drafts are visible to their author only."
    );
    assert_eq!(definition.also, Some("only the author"));
    assert_eq!(definition.tool, Some("find-report"));
    assert_eq!(definition.status, Some(204));
    assert_eq!(definition.tag(), "Reports");
    assert!(definition.deprecated);
    let Access::Restricted(requirements) = definition.access else {
        panic!("not restricted");
    };
    let names = |roles: &[portcullis::api_spec::RoleDef]| {
        roles.iter().map(|role| role.name).collect::<Vec<_>>()
    };
    assert_eq!(names(requirements.roles), ["Analyst", "PM", "Desk.Batch"]);
    assert_eq!(names(requirements.applications), ["Ingest", "Desk.Batch"]);
    let scopes: Vec<_> = requirements.scopes.iter().map(|scope| scope.name).collect();
    assert_eq!(scopes, ["user_impersonation", "Reports.Read"]);

    let definition = <ping as Endpoint<api::AppState>>::DEF;
    assert_eq!(definition.mount, Mount::Root);
    assert_eq!(
        definition.access,
        Access::Public {
            reason: "load balancers probe it"
        }
    );
    assert_eq!(definition.tool, None);
}

#[test]
fn a_raw_identifier_is_named_without_its_mark() {
    use portcullis::Endpoint;

    let definition = <reports::nested::r#type as Endpoint<api::AppState>>::DEF;
    assert_eq!(
        (definition.operation_id, definition.tool),
        ("type", Some("type"))
    );
}

#[test]
fn the_macro_finds_clashing_endpoints_by_the_numbers_of_the_vocabulary() {
    use portcullis::Endpoint;

    let entries = [
        <ping as Endpoint<api::AppState>>::ENTRY,
        <entry as Endpoint<api::AppState>>::ENTRY,
        <reports::get_report as Endpoint<api::AppState>>::ENTRY,
        <reports::nested::r#type as Endpoint<api::AppState>>::ENTRY,
    ];
    for entry in entries {
        let definition = entry.definition;
        assert_eq!(entry.fingerprints, definition.fingerprints());
        let [.., tool, prompt, resource] = entry.fingerprints.kinds;
        assert_eq!(tool != 0, definition.tool.is_some());
        assert_eq!(prompt != 0, definition.prompt.is_some());
        assert_eq!(resource != 0, definition.resource.is_some());
    }
}

#[test]
fn types_describe_themselves_in_the_order_of_the_arguments() {
    use portcullis::Endpoint;
    use portcullis::api_spec::Op;

    let mut op = Op::of(&<reports::nested::r#type as Endpoint<api::AppState>>::DEF);
    let entry = <reports::nested::r#type as Endpoint<api::AppState>>::ENTRY;
    for (_, argument) in entry.arguments {
        (argument.describe)(&mut op);
    }
    (entry.reply)(&mut op);
    let names: Vec<_> = op
        .parameters
        .iter()
        .map(|parameter| parameter.name.as_str())
        .collect();
    assert_eq!(names, ["id", "page"]);
    assert_eq!(op.success.map(|success| success.status), Some(204));
}
