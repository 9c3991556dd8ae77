// #[endpoint(
//     put,
//     "/reports/{id}",
//     roles(Analyst, Pm),
//     scopes(UserImpersonation),
//     applications(Ingest),
//     also("only the author"),
//     mcp(name = "revise_report"),
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
    const ROLES: &[__portcullis::RoleDef] = &[
        __portcullis::Role::Analyst.__portcullis_def(),
        __portcullis::Role::Pm.__portcullis_def(),
    ];
    const SCOPES: &[__portcullis::ScopeDef] = &[
        __portcullis::Scope::UserImpersonation.__portcullis_def(),
    ];
    const APPLICATIONS: &[__portcullis::RoleDef] = &[
        __portcullis::Role::Ingest.__portcullis_def(),
    ];
    const _: () = __portcullis::check_role_for_users(&ROLES[0usize]);
    const _: () = __portcullis::check_role_for_users(&ROLES[1usize]);
    const _: () = __portcullis::check_role_for_applications(&APPLICATIONS[0usize]);
    #[automatically_derived]
    impl __portcullis::Endpoint<__portcullis::State> for update_report {
        const DEF: __portcullis::EndpointDef = __portcullis::EndpointDef {
            operation_id: "update_report",
            method: __portcullis::Method::Put,
            path: "/reports/{id}",
            mount: __portcullis::Mount::Root,
            access: __portcullis::Access::Restricted(__portcullis::Requirements {
                roles: ROLES,
                scopes: SCOPES,
                applications: APPLICATIONS,
            }),
            also: ::core::option::Option::Some("only the author"),
            tool: ::core::option::Option::Some("revise_report"),
            status: ::core::option::Option::Some(202),
            tag: ::core::option::Option::Some("Reports"),
            deprecated: true,
            doc: "Replace the text of a draft.\n\nA published report stays as it is.",
        };
        fn describe(op: &mut __portcullis::Op) {
            <Caller as __portcullis::Arg<__portcullis::State>>::describe(op);
            <State<AppState> as __portcullis::Arg<__portcullis::State>>::describe(op);
            <Path<ReportId> as __portcullis::Arg<__portcullis::State>>::describe(op);
            <Json<ReportInput> as __portcullis::Arg<__portcullis::State>>::describe(op);
            <Result<Json<Report>, ReportProblem> as __portcullis::Reply>::describe(op);
        }
        fn run(
            admitted: __portcullis::Admitted<__portcullis::State>,
        ) -> __portcullis::Answer {
            const DESCRIBED: usize = {
                let _ = <Caller as __portcullis::Arg<__portcullis::State>>::PATH;
                let _ = <State<
                    AppState,
                > as __portcullis::Arg<__portcullis::State>>::PATH;
                let _ = <Path<ReportId> as __portcullis::Arg<__portcullis::State>>::PATH;
                let _ = <Json<
                    ReportInput,
                > as __portcullis::Arg<__portcullis::State>>::PATH;
                0
            };
            const CALLABLE: usize = {
                let _ = DESCRIBED;
                let _ = <<[(); DESCRIBED] as __portcullis::Pass<
                    Caller,
                >>::Out as __portcullis::PartsArg<__portcullis::State>>::READS_NO_BODY;
                let _ = <<[(); DESCRIBED] as __portcullis::Pass<
                    State<AppState>,
                >>::Out as __portcullis::PartsArg<__portcullis::State>>::READS_NO_BODY;
                let _ = <<[(); DESCRIBED] as __portcullis::Pass<
                    Path<ReportId>,
                >>::Out as __portcullis::PartsArg<__portcullis::State>>::READS_NO_BODY;
                let _ = <Result<
                    Json<Report>,
                    ReportProblem,
                > as __portcullis::Reply>::describe;
                let _ = |
                    argument_0: Caller,
                    argument_1: State<AppState>,
                    argument_2: Path<ReportId>,
                    argument_3: Json<ReportInput>|
                __portcullis::require_send(
                    &update_report(argument_0, argument_1, argument_2, argument_3),
                );
                0
            };
            __portcullis::run::<
                _,
                <[(); CALLABLE] as __portcullis::Pass<
                    (_, Caller, State<AppState>, Path<ReportId>, Json<ReportInput>),
                >>::Out,
                __portcullis::State,
            >(update_report, admitted)
        }
    }
    const _: () = __portcullis::check_operation_id("update_report");
    const _: () = {
        __portcullis::check_path(__portcullis::Mount::Root, "/reports/{id}");
        __portcullis::check_path_arguments(
            "/reports/{id}",
            &[
                ("Caller", <Caller as __portcullis::Arg<__portcullis::State>>::PATH),
                (
                    "State<AppState>",
                    <State<AppState> as __portcullis::Arg<__portcullis::State>>::PATH,
                ),
                (
                    "Path<ReportId>",
                    <Path<ReportId> as __portcullis::Arg<__portcullis::State>>::PATH,
                ),
                (
                    "Json<ReportInput>",
                    <Json<ReportInput> as __portcullis::Arg<__portcullis::State>>::PATH,
                ),
            ],
        );
    };
    const _: () = __portcullis::check_tool_name("revise_report");
    const _: () = __portcullis::check_status(202);
};
