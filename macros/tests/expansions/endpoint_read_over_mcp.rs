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
        const DEF: __portcullis::EndpointDef = __portcullis::EndpointDef {
            operation_id: "review_report",
            method: __portcullis::Method::Get,
            path: "/reports/{id}/review",
            mount: __portcullis::Mount::Api,
            access: __portcullis::Access::SignedIn,
            also: ::core::option::Option::None,
            tool: ::core::option::Option::None,
            hidden_arguments: &[],
            resource: ::core::option::Option::Some(__portcullis::ResourceWord {
                uri: "desk://reviews/{id}",
                listed_by: ::core::option::Option::Some(
                    &<reports::list_reports as __portcullis::Endpoint<
                        __portcullis::State,
                    >>::DEF,
                ),
            }),
            prompt: ::core::option::Option::Some("review"),
            status: ::core::option::Option::None,
            tag: ::core::option::Option::None,
            deprecated: false,
            doc: "Review a report.",
        };
        const DESCRIBE: &'static [fn(&mut __portcullis::Op)] = &[
            <Path<ReportId> as __portcullis::Arg<__portcullis::State>>::describe,
            <Prompt as __portcullis::Reply>::describe,
        ];
        fn run(
            admitted: __portcullis::Admitted<__portcullis::State>,
        ) -> __portcullis::Answer {
            __portcullis::run::<
                _,
                <[(); {
                    let _ = |argument_0: Path<ReportId>| __portcullis::require_send(
                        &review_report(argument_0),
                    );
                    <review_report as __portcullis::Endpoint<
                        __portcullis::State,
                    >>::DESCRIBE
                        .len()
                }] as __portcullis::Pass<(_, Path<ReportId>)>>::Out,
                __portcullis::State,
            >(review_report, admitted)
        }
    }
    __portcullis::check_operation_id("review_report");
    __portcullis::check_path(__portcullis::Mount::Api, "/reports/{id}/review");
    __portcullis::check_path_arguments(
        "/reports/{id}/review",
        &[
            (
                "Path<ReportId>",
                <Path<ReportId> as __portcullis::Arg<__portcullis::State>>::PATH,
            ),
        ],
    );
    __portcullis::check_resource("desk://reviews/{id}", "/reports/{id}/review");
    __portcullis::check_lister(
        &<review_report as __portcullis::Endpoint<__portcullis::State>>::DEF,
    );
    __portcullis::check_prompt_name("review");
    let _ = <Prompt as __portcullis::PromptReply>::IS_PROMPT;
};
