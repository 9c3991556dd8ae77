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
        const DEF: __portcullis::EndpointDef = __portcullis::EndpointDef {
            operation_id: "type",
            method: __portcullis::Method::Delete,
            path: "/types/{id}",
            mount: __portcullis::Mount::Api,
            access: __portcullis::Access::SignedIn,
            also: ::core::option::Option::None,
            tool: ::core::option::Option::Some("type"),
            hidden_arguments: &[],
            resource: ::core::option::Option::None,
            prompt: ::core::option::Option::None,
            status: ::core::option::Option::None,
            tag: ::core::option::Option::None,
            deprecated: false,
            doc: "",
        };
        const DESCRIBE: &'static [fn(&mut __portcullis::Op)] = &[
            <Path<u32> as __portcullis::Arg<__portcullis::State>>::describe,
            <() as __portcullis::Reply>::describe,
        ];
        fn run(
            admitted: __portcullis::Admitted<__portcullis::State>,
        ) -> __portcullis::Answer {
            __portcullis::run::<
                _,
                <[(); {
                    let _ = |argument_0: Path<u32>| __portcullis::require_send(
                        &r#type(argument_0),
                    );
                    <r#type as __portcullis::Endpoint<__portcullis::State>>::DESCRIBE
                        .len()
                }] as __portcullis::Pass<(_, Path<u32>)>>::Out,
                __portcullis::State,
            >(r#type, admitted)
        }
    }
    __portcullis::check_operation_id("type");
    __portcullis::check_tool_name("type");
    __portcullis::check_path(__portcullis::Mount::Api, "/types/{id}");
    __portcullis::check_path_arguments(
        "/types/{id}",
        &[("Path<u32>", <Path<u32> as __portcullis::Arg<__portcullis::State>>::PATH)],
    );
};
