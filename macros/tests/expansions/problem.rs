// #[derive(Debug, thiserror::Error, Problem)]
// pub enum ReportProblem {
//     #[problem(status = 404, title = "There is no such report")]
//     ReportNotFound(ReportId),
//     #[problem(
//         status = 409,
//         code = "locked",
//         title = "The report is locked",
//         detail = "{holder} holds it"
//     )]
//     Locked { holder: String, #[source] cause: LockError },
//     #[problem(status = 422, title = "The report is not valid")]
//     InvalidReport(#[problem(errors)] Faults),
//     #[problem(transparent)]
//     Instrument(#[from] InstrumentProblem),
//     #[problem(internal)]
//     Store(#[from] StoreError),
// }

const _: () = {
    #[automatically_derived]
    impl crate::api::__portcullis::Problems for ReportProblem {
        const PROBLEMS: &'static [crate::api::__portcullis::ProblemDef] = {
            const LISTS: &[&[crate::api::__portcullis::ProblemDef]] = &[
                &[
                    crate::api::__portcullis::ProblemDef {
                        status: 404,
                        code: "report_not_found",
                        title: "There is no such report",
                    },
                ],
                &[
                    crate::api::__portcullis::ProblemDef {
                        status: 409,
                        code: "locked",
                        title: "The report is locked",
                    },
                ],
                &[
                    crate::api::__portcullis::ProblemDef {
                        status: 422,
                        code: "invalid_report",
                        title: "The report is not valid",
                    },
                ],
                <InstrumentProblem as crate::api::__portcullis::Problems>::PROBLEMS,
            ];
            const JOINED: [crate::api::__portcullis::ProblemDef; crate::api::__portcullis::count_problems(
                LISTS,
            )] = crate::api::__portcullis::join_problems(LISTS);
            &JOINED
        };
    }
    #[automatically_derived]
    impl ::core::convert::From<ReportProblem> for crate::api::__portcullis::Problem {
        fn from(error: ReportProblem) -> Self {
            match error {
                ReportProblem::ReportNotFound { .. } => {
                    crate::api::__portcullis::Problem::new(crate::api::__portcullis::ProblemDef {
                        status: 404,
                        code: "report_not_found",
                        title: "There is no such report",
                    })
                }
                ReportProblem::Locked {
                    holder: field_holder,
                    cause: field_cause,
                    ..
                } => {
                    crate::api::__portcullis::Problem::new(crate::api::__portcullis::ProblemDef {
                            status: 409,
                            code: "locked",
                            title: "The report is locked",
                        })
                        .with_detail(
                            crate::api::__portcullis::format!("{field_holder} holds it"),
                        )
                        .with_cause(&field_cause)
                }
                ReportProblem::InvalidReport { 0: field_0, .. } => {
                    crate::api::__portcullis::Problem::new(crate::api::__portcullis::ProblemDef {
                            status: 422,
                            code: "invalid_report",
                            title: "The report is not valid",
                        })
                        .with_errors(::core::convert::Into::into(field_0))
                }
                ReportProblem::Instrument { 0: field_0 } => {
                    ::core::convert::Into::into(field_0)
                }
                error @ ReportProblem::Store { .. } => {
                    crate::api::__portcullis::Problem::internal(&error)
                }
            }
        }
    }
    #[automatically_derived]
    impl crate::api::__portcullis::IntoResponse for ReportProblem {
        fn into_response(self) -> crate::api::__portcullis::Response {
            crate::api::__portcullis::IntoResponse::into_response(
                <crate::api::__portcullis::Problem as ::core::convert::From<
                    Self,
                >>::from(self),
            )
        }
    }
    crate::api::__portcullis::check_problem_status(404);
    crate::api::__portcullis::check_problem_code("report_not_found");
    crate::api::__portcullis::check_problem_status(409);
    crate::api::__portcullis::check_problem_code("locked");
    crate::api::__portcullis::check_problem_status(422);
    crate::api::__portcullis::check_problem_code("invalid_report");
};
