// #[derive(Deserialize, PathParams)]
// struct PageOf {
//     /// Identifies the report.
//     id: ReportId,
//     r#type: u16,
// }

const _: () = {
    use crate::api::__portcullis;
    #[automatically_derived]
    impl __portcullis::PathParams for PageOf {
        const ARITY: __portcullis::PathArity = __portcullis::PathArity::Named(
            &["id", "type"],
        );
        fn describe(op: &mut __portcullis::Op) {
            __portcullis::describe_path_parameter::<
                ReportId,
            >(op, "id", "Identifies the report.");
            __portcullis::describe_path_parameter::<u16>(op, "type", "");
        }
        fn faults(
            values: &[(&str, &str)],
        ) -> __portcullis::Vec<__portcullis::FieldError> {
            [
                __portcullis::path_fault::<ReportId>(values, "id"),
                __portcullis::path_fault::<u16>(values, "type"),
            ]
                .into_iter()
                .flatten()
                .collect()
        }
    }
};
