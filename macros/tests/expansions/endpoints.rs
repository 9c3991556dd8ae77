// fn listed() {
//     endpoints![health, reports::get_report]
// }

fn listed() {
    {
        use crate::api::__portcullis;
        const ENTRIES: &[&__portcullis::EndpointEntry<__portcullis::State>; 2usize] = &[
            &<health as __portcullis::Endpoint<__portcullis::State>>::ENTRY,
            &<reports::get_report as __portcullis::Endpoint<__portcullis::State>>::ENTRY,
        ];
        const _: () = {
            let endpoints = __portcullis::definitions(ENTRIES);
            let rivals = __portcullis::find_rivals(&endpoints);
            __portcullis::check_endpoint_at(&endpoints, &rivals, 0usize);
            __portcullis::check_endpoint_at(&endpoints, &rivals, 1usize);
        };
        __portcullis::EndpointSet::<
            __portcullis::State,
        >::new(
            __portcullis::Vocabulary::of::<__portcullis::Role, __portcullis::Scope>(),
            ENTRIES,
        )
    }
}
