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
    #[automatically_derived]
    impl __portcullis::Endpoint<__portcullis::State> for review_report {
        const ENTRY: __portcullis::EndpointEntry<__portcullis::State> = __portcullis::EndpointEntry {
            definition: __portcullis::EndpointDef {
                operation_id: "review_report",
                method: __portcullis::Method::Get,
                path: "/reports/{id}/review",
                access: __portcullis::Access::SignedIn,
                doc: "Review a report.",
                resource: ::core::option::Option::Some(__portcullis::ResourceWord {
                    uri: "desk://reviews/{id}",
                    listed_by: ::core::option::Option::Some(
                        &<reports::list_reports as __portcullis::Endpoint<
                            __portcullis::State,
                        >>::ENTRY
                            .definition,
                    ),
                }),
                prompt: ::core::option::Option::Some("review"),
                ..__portcullis::EndpointDef::CLOSED
            },
            describe: &[
                <Path<ReportId> as __portcullis::Arg<__portcullis::State>>::describe,
                <Prompt as __portcullis::Reply>::describe,
            ],
            run: <review_report as __portcullis::Endpoint<__portcullis::State>>::run,
        };
        fn run(
            admitted: __portcullis::Admitted<__portcullis::State>,
        ) -> __portcullis::Answer {
            __portcullis::run::<
                _,
                <[(); {
                    __portcullis::check_path(
                        __portcullis::Mount::Api,
                        "/reports/{id}/review",
                        &[
                            (
                                "Path<ReportId>",
                                <Path<
                                    ReportId,
                                > as __portcullis::Arg<__portcullis::State>>::PATH,
                            ),
                        ],
                    );
                    __portcullis::check_resource(
                        "desk://reviews/{id}",
                        "/reports/{id}/review",
                    );
                    __portcullis::check_lister(
                        &<review_report as __portcullis::Endpoint<
                            __portcullis::State,
                        >>::ENTRY
                            .definition,
                    );
                    __portcullis::check_prompt_name("review");
                    let _ = <Prompt as __portcullis::PromptReply>::IS_PROMPT;
                    __portcullis::require_send::<(Path<ReportId>,), _>(&review_report);
                    <review_report as __portcullis::Endpoint<__portcullis::State>>::ENTRY
                        .describe
                        .len()
                }] as __portcullis::Pass<(_, Path<ReportId>)>>::Out,
                __portcullis::State,
            >(review_report, admitted)
        }
    }
};
