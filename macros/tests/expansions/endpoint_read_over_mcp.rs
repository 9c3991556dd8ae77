// #[endpoint(
//     get,
//     "/reports/{id}/review",
//     signed_in,
//     resource("desk://reviews/{id}", listed_by = reports::list_reports),
//     prompt(name = "review")
// )]
// /// Review a report.
// async fn review_report(Path(id): Path<ReportId>) -> Prompt {
//     Prompt::new("Reviews a report.")
// }

/// Review a report.
async fn review_report(Path(id): Path<ReportId>) -> Prompt {
    Prompt::new("Reviews a report.")
}
#[doc(hidden)]
#[allow(non_camel_case_types)]
enum review_report {}
const _: () = {
    use crate::api::__portcullis;
    impl __portcullis::Endpoint<__portcullis::State> for review_report {
        const ENTRY: __portcullis::EndpointEntry<__portcullis::State> = __portcullis::EndpointEntry {
            definition: __portcullis::EndpointDef {
                operation_id: "review_report",
                method: __portcullis::Method::Get,
                path: "/reports/{id}/review",
                access: __portcullis::Access::SignedIn,
                doc: "Review a report.",
                resource: __portcullis::Some(__portcullis::ResourceWord {
                    uri: "desk://reviews/{id}",
                    listed_by: __portcullis::Some(
                        &<reports::list_reports as __portcullis::Endpoint<
                            __portcullis::State,
                        >>::ENTRY
                            .definition,
                    ),
                }),
                prompt: __portcullis::Some("review"),
                ..__portcullis::EndpointDef::CLOSED
            },
            fingerprints: __portcullis::Fingerprints {
                kinds: [
                    7331198135464141077u64, 4795057059251324960u64, 0u64,
                    1051336066432095137u64, 1827467822145627131u64,
                ],
                path: 2236292081357851885u64,
            },
            arguments: &[
                (
                    "Path<ReportId>",
                    <Path<ReportId> as __portcullis::Arg<__portcullis::State>>::ARGUMENT,
                ),
            ],
            reply: <Prompt as __portcullis::Reply>::describe,
            run: __run_review_report,
        };
    }
    fn __run_review_report(
        admitted: __portcullis::Admitted<__portcullis::State>,
    ) -> __portcullis::Answer {
        let admitted: __portcullis::Admitted<
            <[(); {
                let entry = <review_report as __portcullis::Endpoint<
                    __portcullis::State,
                >>::ENTRY;
                __portcullis::check_path_arguments(
                    "/reports/{id}/review",
                    1usize,
                    entry.arguments,
                );
                __portcullis::check_lister(entry.definition);
                let _ = <Prompt as __portcullis::PromptReply>::IS_PROMPT;
                0
            }] as __portcullis::Pass<__portcullis::State>>::Out,
        > = admitted;
        admitted.run_1(review_report)
    }
};
