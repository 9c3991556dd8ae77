// #[endpoint(delete, "/types/{id}", signed_in, mcp)]
// pub(crate) async fn r#type(Path(id): Path<u32>) {}

pub(crate) async fn r#type(Path(id): Path<u32>) {}
#[doc(hidden)]
#[allow(non_camel_case_types)]
pub(crate) enum r#type {}
const _: () = {
    use crate::api::__portcullis;
    #[automatically_derived]
    impl __portcullis::Endpoint<__portcullis::State> for r#type {
        const ENTRY: __portcullis::EndpointEntry<__portcullis::State> = __portcullis::EndpointEntry {
            definition: __portcullis::EndpointDef {
                operation_id: "type",
                method: __portcullis::Method::Delete,
                path: "/types/{id}",
                access: __portcullis::Access::SignedIn,
                doc: "",
                tool: ::core::option::Option::Some("type"),
                ..__portcullis::EndpointDef::CLOSED
            },
            describe: &[
                <Path<u32> as __portcullis::Arg<__portcullis::State>>::describe,
                <() as __portcullis::Reply>::describe,
            ],
            run: <r#type as __portcullis::Endpoint<__portcullis::State>>::run,
        };
        fn run(
            admitted: __portcullis::Admitted<__portcullis::State>,
        ) -> __portcullis::Answer {
            __portcullis::run::<
                _,
                <[(); {
                    __portcullis::check_path(
                        __portcullis::Mount::Api,
                        "/types/{id}",
                        &[
                            (
                                "Path<u32>",
                                <Path<u32> as __portcullis::Arg<__portcullis::State>>::PATH,
                            ),
                        ],
                    );
                    __portcullis::require_send::<(Path<u32>,), _>(&r#type);
                    <r#type as __portcullis::Endpoint<__portcullis::State>>::ENTRY
                        .describe
                        .len()
                }] as __portcullis::Pass<(_, Path<u32>)>>::Out,
                __portcullis::State,
            >(r#type, admitted)
        }
    }
};
