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
    #[automatically_derived]
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
            describe: &[<Json<Health> as __portcullis::Reply>::describe],
            run: <health as __portcullis::Endpoint<__portcullis::State>>::run,
        };
        fn run(
            admitted: __portcullis::Admitted<__portcullis::State>,
        ) -> __portcullis::Answer {
            __portcullis::run::<
                _,
                <[(); {
                    __portcullis::check_path(__portcullis::Mount::Root, "/health", &[]);
                    __portcullis::require_send::<(), _>(&health);
                    <health as __portcullis::Endpoint<__portcullis::State>>::ENTRY
                        .describe
                        .len()
                }] as __portcullis::Pass<((),)>>::Out,
                __portcullis::State,
            >(health, admitted)
        }
    }
};
