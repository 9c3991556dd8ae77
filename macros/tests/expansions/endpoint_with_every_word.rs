// #[endpoint(
//     put,
//     "/reports/{id}",
//     roles(Analyst, Pm),
//     scopes(UserImpersonation),
//     applications(Ingest),
//     context("c1"),
//     also("only the author"),
//     mcp(name = "revise_report", hide = ["language"]),
//     root,
//     status = 202,
//     tag = "Reports",
//     deprecated
// )]
// /// Replace the text of a draft.
// ///
// /// A published report stays as it is.
// #[cfg(feature = "reports")]
// pub async fn update_report(
//     caller: Caller,
//     State(state): State<AppState>,
//     Path(id): Path<ReportId>,
//     Json(input): Json<ReportInput>,
// ) -> Result<Json<Report>, ReportProblem> {
//     state.update(caller, id, input).await
// }

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
#[cfg(feature = "reports")]
#[doc(hidden)]
#[allow(non_camel_case_types)]
pub enum update_report {}
#[cfg(feature = "reports")]
const _: () = {
    use crate::api::__portcullis;
    #[automatically_derived]
    impl __portcullis::Endpoint<__portcullis::State> for update_report {
        const ENTRY: __portcullis::EndpointEntry<__portcullis::State> = __portcullis::EndpointEntry {
            definition: __portcullis::EndpointDef {
                operation_id: "update_report",
                method: __portcullis::Method::Put,
                path: "/reports/{id}",
                access: __portcullis::Access::Restricted(__portcullis::Requirements {
                    roles: &[
                        __portcullis::Role::Analyst.__portcullis_def(),
                        __portcullis::Role::Pm.__portcullis_def(),
                    ],
                    scopes: &[__portcullis::Scope::UserImpersonation.__portcullis_def()],
                    applications: &[__portcullis::Role::Ingest.__portcullis_def()],
                    context: ::core::option::Option::Some("c1"),
                }),
                doc: "Replace the text of a draft.\n\nA published report stays as it is.",
                also: ::core::option::Option::Some("only the author"),
                tool: ::core::option::Option::Some("revise_report"),
                status: ::core::option::Option::Some(202),
                tag: ::core::option::Option::Some("Reports"),
                mount: __portcullis::Mount::Root,
                hidden_arguments: &["language"],
                deprecated: true,
                ..__portcullis::EndpointDef::CLOSED
            },
            describe: &[
                <Caller as __portcullis::Arg<__portcullis::State>>::describe,
                <State<AppState> as __portcullis::Arg<__portcullis::State>>::describe,
                <Path<ReportId> as __portcullis::Arg<__portcullis::State>>::describe,
                <Json<ReportInput> as __portcullis::Arg<__portcullis::State>>::describe,
                <Result<Json<Report>, ReportProblem> as __portcullis::Reply>::describe,
            ],
            run: <update_report as __portcullis::Endpoint<__portcullis::State>>::run,
        };
        fn run(
            admitted: __portcullis::Admitted<__portcullis::State>,
        ) -> __portcullis::Answer {
            __portcullis::run::<
                _,
                <[(); {
                    __portcullis::check_tool_name("revise_report");
                    __portcullis::check_hidden_argument("/reports/{id}", "language");
                    __portcullis::check_status(202);
                    __portcullis::check_path(
                        __portcullis::Mount::Root,
                        "/reports/{id}",
                        &[
                            (
                                "Caller",
                                <Caller as __portcullis::Arg<__portcullis::State>>::PATH,
                            ),
                            (
                                "State<AppState>",
                                <State<
                                    AppState,
                                > as __portcullis::Arg<__portcullis::State>>::PATH,
                            ),
                            (
                                "Path<ReportId>",
                                <Path<
                                    ReportId,
                                > as __portcullis::Arg<__portcullis::State>>::PATH,
                            ),
                            (
                                "Json<ReportInput>",
                                <Json<
                                    ReportInput,
                                > as __portcullis::Arg<__portcullis::State>>::PATH,
                            ),
                        ],
                    );
                    __portcullis::check_body_argument(
                        "Caller",
                        <Caller as __portcullis::Arg<__portcullis::State>>::READS_BODY,
                    );
                    __portcullis::check_body_argument(
                        "State<AppState>",
                        <State<
                            AppState,
                        > as __portcullis::Arg<__portcullis::State>>::READS_BODY,
                    );
                    __portcullis::check_body_argument(
                        "Path<ReportId>",
                        <Path<
                            ReportId,
                        > as __portcullis::Arg<__portcullis::State>>::READS_BODY,
                    );
                    let access = &<update_report as __portcullis::Endpoint<
                        __portcullis::State,
                    >>::ENTRY
                        .definition
                        .access;
                    __portcullis::check_role_for_users(access, 0usize);
                    __portcullis::check_role_for_users(access, 1usize);
                    __portcullis::check_role_for_applications(access, 0usize);
                    __portcullis::check_context("c1");
                    __portcullis::require_send::<
                        (Caller, State<AppState>, Path<ReportId>, Json<ReportInput>),
                        _,
                    >(&update_report);
                    <update_report as __portcullis::Endpoint<__portcullis::State>>::ENTRY
                        .describe
                        .len()
                }] as __portcullis::Pass<
                    (_, Caller, State<AppState>, Path<ReportId>, Json<ReportInput>),
                >>::Out,
                __portcullis::State,
            >(update_report, admitted)
        }
    }
};
