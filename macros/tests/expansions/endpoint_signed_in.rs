// #[endpoint(delete, "/types/{id}", signed_in, mcp)]
// pub(crate) async fn r#type(Path(id): Path<u32>) {}

pub(crate) async fn r#type(Path(id): Path<u32>) {}
#[doc(hidden)]
#[allow(non_camel_case_types)]
pub(crate) enum r#type {}
const _: () = {
    use crate::api::__portcullis;
    impl __portcullis::Endpoint<__portcullis::State> for r#type {
        const ENTRY: __portcullis::EndpointEntry<__portcullis::State> = __portcullis::EndpointEntry {
            definition: __portcullis::EndpointDef {
                operation_id: "type",
                method: __portcullis::Method::Delete,
                path: "/types/{id}",
                access: __portcullis::Access::SignedIn,
                doc: "",
                tool: __portcullis::Some("type"),
                ..__portcullis::EndpointDef::CLOSED
            },
            fingerprints: __portcullis::Fingerprints {
                kinds: [
                    7640617694127298458u64, 12075340201627130925u64,
                    12075340201627130925u64, 0u64, 0u64,
                ],
                path: 12035909987486892958u64,
            },
            arguments: &[
                (
                    "Path<u32>",
                    <Path<u32> as __portcullis::Arg<__portcullis::State>>::ARGUMENT,
                ),
            ],
            reply: <() as __portcullis::Reply>::describe,
            run: __run_type,
        };
    }
    fn __run_type(
        admitted: __portcullis::Admitted<__portcullis::State>,
    ) -> __portcullis::Answer {
        let admitted: __portcullis::Admitted<
            <[(); {
                let entry = <r#type as __portcullis::Endpoint<
                    __portcullis::State,
                >>::ENTRY;
                __portcullis::check_path_arguments(
                    "/types/{id}",
                    1usize,
                    entry.arguments,
                );
                0
            }] as __portcullis::Pass<__portcullis::State>>::Out,
        > = admitted;
        admitted.run_1(r#type)
    }
};
