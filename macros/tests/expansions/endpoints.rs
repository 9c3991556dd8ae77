// fn listed() {
//     endpoints![health, reports::get_report]
// }

fn listed() {
    {
        use crate::api::__portcullis;
        const ENTRIES: &[__portcullis::EndpointEntry<__portcullis::State>; 2usize] = &[
            <health as __portcullis::Endpoint<__portcullis::State>>::ENTRY,
            <reports::get_report as __portcullis::Endpoint<__portcullis::State>>::ENTRY,
        ];
        const _: () = {
            let endpoints = __portcullis::listed(ENTRIES);
            let checks = __portcullis::EndpointChecks::of(&endpoints);
            checks.check(0usize);
            checks.check(1usize);
        };
        __portcullis::EndpointSet::<
            __portcullis::State,
        >::new(
            __portcullis::Vocabulary::of::<__portcullis::Role, __portcullis::Scope>(),
            ENTRIES,
        )
    }
}
