// #[endpoint(get, "/reports/{id}", role(Analyst), status = "ok")]
// /// Fetch one report.
// pub async fn get_report(Path(id): Path<ReportId>) -> Json<Report> {
//     find(id).await
// }

/// Fetch one report.
pub async fn get_report(Path(id): Path<ReportId>) -> Json<Report> {
    find(id).await
}
::core::compile_error! {
    "unknown word `role`; did you mean `roles`?"
}
::core::compile_error! {
    "`status` needs a plain number: `status = 201`"
}
#[doc(hidden)]
#[allow(non_camel_case_types)]
pub enum get_report {}
const _: () = {
    use crate::api::__portcullis;
    impl __portcullis::Endpoint<__portcullis::State> for get_report {
        const ENTRY: __portcullis::EndpointEntry<__portcullis::State> = __portcullis::EndpointEntry {
            definition: __portcullis::EndpointDef {
                operation_id: "get_report",
                access: __portcullis::Access::DenyAll,
                ..__portcullis::EndpointDef::CLOSED
            },
            fingerprints: __portcullis::EndpointDef::CLOSED.fingerprints(),
            arguments: &[],
            reply: |_| {},
            run: |_| {
                ::core::unreachable!("an endpoint whose annotation does not compile")
            },
        };
    }
};
