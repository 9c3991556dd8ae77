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
    use crate::api::__portcullis;
    #[automatically_derived]
    impl __portcullis::Problems for ReportProblem {
        const PROBLEMS: &'static [__portcullis::ProblemDef] = {
            const LISTS: &[&[__portcullis::ProblemDef]] = &[
                &[
                    __portcullis::ProblemDef {
                        status: 404,
                        code: "report_not_found",
                        title: "There is no such report",
                    },
                ],
                &[
                    __portcullis::ProblemDef {
                        status: 409,
                        code: "locked",
                        title: "The report is locked",
                    },
                ],
                &[
                    __portcullis::ProblemDef {
                        status: 422,
                        code: "invalid_report",
                        title: "The report is not valid",
                    },
                ],
                <InstrumentProblem as __portcullis::Problems>::PROBLEMS,
            ];
            const JOINED: [__portcullis::ProblemDef; __portcullis::count_problems(
                LISTS,
            )] = __portcullis::join_problems(LISTS);
            &JOINED
        };
    }
    #[automatically_derived]
    impl ::core::convert::From<ReportProblem> for __portcullis::Problem {
        fn from(error: ReportProblem) -> Self {
            match error {
                ReportProblem::ReportNotFound { .. } => {
                    __portcullis::Problem::new(__portcullis::ProblemDef {
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
                    __portcullis::Problem::new(__portcullis::ProblemDef {
                            status: 409,
                            code: "locked",
                            title: "The report is locked",
                        })
                        .with_detail(__portcullis::format!("{field_holder} holds it"))
                        .with_cause(&field_cause)
                }
                ReportProblem::InvalidReport { 0: field_0, .. } => {
                    __portcullis::Problem::new(__portcullis::ProblemDef {
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
                    __portcullis::Problem::internal(&error)
                }
            }
        }
    }
    #[automatically_derived]
    impl __portcullis::IntoResponse for ReportProblem {
        fn into_response(self) -> __portcullis::Response {
            __portcullis::IntoResponse::into_response(
                <__portcullis::Problem as ::core::convert::From<Self>>::from(self),
            )
        }
    }
};
