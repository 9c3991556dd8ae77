// fn listed() {
//     endpoints![health, reports::get_report]
// }

fn listed() {
    {
        use crate::api::__portcullis;
        const ENDPOINTS: &[&__portcullis::EndpointDef; 2usize] = &[
            &<health as __portcullis::Endpoint<__portcullis::State>>::DEF,
            &<reports::get_report as __portcullis::Endpoint<__portcullis::State>>::DEF,
        ];
        const _: () = {
            let rivals = __portcullis::find_rivals(ENDPOINTS);
            __portcullis::check_endpoint_at(ENDPOINTS, &rivals, 0usize);
            __portcullis::check_endpoint_at(ENDPOINTS, &rivals, 1usize);
        };
        __portcullis::EndpointSet::<
            __portcullis::State,
        >::new(
            __portcullis::Vocabulary::of::<__portcullis::Role, __portcullis::Scope>(),
            ::core::convert::Into::into([
                __portcullis::entry::<(health), __portcullis::State>(),
                __portcullis::entry::<(reports::get_report), __portcullis::State>(),
            ]),
        )
    }
}
