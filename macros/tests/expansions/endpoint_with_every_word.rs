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
                    context: __portcullis::Some("c1"),
                }),
                doc: "Replace the text of a draft.\n\nA published report stays as it is.",
                also: __portcullis::Some("only the author"),
                tool: __portcullis::Some("revise_report"),
                status: __portcullis::Some(202),
                tag: __portcullis::Some("Reports"),
                mount: __portcullis::Mount::Root,
                hidden_arguments: &["language"],
                deprecated: true,
                ..__portcullis::EndpointDef::CLOSED
            },
            fingerprints: __portcullis::Fingerprints {
                kinds: [
                    6562771250713677255u64, 12361436853238078399u64,
                    5047562181714511832u64, 0u64, 0u64,
                ],
                path: 4714534006909448757u64,
            },
            arguments: &[
                ("Caller", <Caller as __portcullis::Arg<__portcullis::State>>::ARGUMENT),
                (
                    "State<AppState>",
                    <State<AppState> as __portcullis::Arg<__portcullis::State>>::ARGUMENT,
                ),
                (
                    "Path<ReportId>",
                    <Path<ReportId> as __portcullis::Arg<__portcullis::State>>::ARGUMENT,
                ),
                (
                    "Json<ReportInput>",
                    <Json<
                        ReportInput,
                    > as __portcullis::Arg<__portcullis::State>>::ARGUMENT,
                ),
            ],
            reply: <Result<
                Json<Report>,
                ReportProblem,
            > as __portcullis::Reply>::describe,
            run: __run_update_report,
        };
    }
    fn __run_update_report(
        admitted: __portcullis::Admitted<__portcullis::State>,
    ) -> __portcullis::Answer {
        let admitted: __portcullis::Admitted<
            <[(); {
                let entry = <update_report as __portcullis::Endpoint<
                    __portcullis::State,
                >>::ENTRY;
                __portcullis::check_path_arguments(
                    "/reports/{id}",
                    1usize,
                    entry.arguments,
                );
                __portcullis::check_body_argument(entry.arguments, 0usize);
                __portcullis::check_body_argument(entry.arguments, 1usize);
                __portcullis::check_body_argument(entry.arguments, 2usize);
                __portcullis::check_role_for_users(entry.definition.access, 0usize);
                __portcullis::check_role_for_users(entry.definition.access, 1usize);
                __portcullis::check_role_for_applications(
                    entry.definition.access,
                    0usize,
                );
                0
            }] as __portcullis::Pass<__portcullis::State>>::Out,
        > = admitted;
        admitted.run_4(update_report)
    }
};
