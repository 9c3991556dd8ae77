// #[endpoint(get, "/health", public("load balancers probe it"), root)]
// /// Ask how the service is doing.
// async fn health() -> Json<Health> {
//     Json(Health::good())
// }

/// Ask how the service is doing.
async fn health() -> Json<Health> {
    Json(Health::good())
}
#[doc(hidden)]
#[allow(non_camel_case_types)]
enum health {}
const _: () = {
    use crate::api::__portcullis;
    impl __portcullis::Endpoint<__portcullis::State> for health {
        const ENTRY: __portcullis::EndpointEntry<__portcullis::State> = __portcullis::EndpointEntry {
            definition: __portcullis::EndpointDef {
                operation_id: "health",
                method: __portcullis::Method::Get,
                path: "/health",
                access: __portcullis::Access::Public {
                    reason: "load balancers probe it",
                },
                doc: "Ask how the service is doing.",
                mount: __portcullis::Mount::Root,
                ..__portcullis::EndpointDef::CLOSED
            },
            fingerprints: __portcullis::Fingerprints {
                kinds: [
                    7815322643126844412u64, 9181103189905877455u64, 0u64, 0u64, 0u64,
                ],
                path: 7815322643126844412u64,
            },
            arguments: &[],
            reply: <Json<Health> as __portcullis::Reply>::describe,
            run: __run_health,
        };
    }
    fn __run_health(
        admitted: __portcullis::Admitted<__portcullis::State>,
    ) -> __portcullis::Answer {
        let admitted: __portcullis::Admitted<
            <[(); {
                let entry = <health as __portcullis::Endpoint<
                    __portcullis::State,
                >>::ENTRY;
                __portcullis::check_path_arguments("/health", 0usize, entry.arguments);
                0
            }] as __portcullis::Pass<__portcullis::State>>::Out,
        > = admitted;
        admitted.run_0(health)
    }
};
