//! Inputs that a tool leaves out.

use super::*;

#[derive(Serialize, ToSchema)]
struct Filter {
    symbol: String,
    since: Option<String>,
    kind: Option<Kind>,
}

#[derive(Serialize, ToSchema)]
struct Tuning {
    depth: Option<u8>,
}

const SEARCH: EndpointDef = EndpointDef {
    operation_id: "search",
    method: Method::Post,
    path: "/reports/{id}/search",
    tool: Some("search"),
    ..GET_REPORT
};

fn hiding<T: ToSchema>(
    hidden_arguments: &'static [&'static str],
    is_body_required: Required,
) -> Result<ToolDef, Vec<String>> {
    let mut op = Op {
        parameters: vec![
            parameter("id", ParameterIn::Path, Required::True),
            parameter("language", ParameterIn::Query, Required::False),
            parameter("page", ParameterIn::Query, Required::True),
            parameter("If-None-Match", ParameterIn::Header, Required::False),
        ],
        ..Op::default()
    };
    let schema = op.schema_of::<T>();
    let body = RequestBodyBuilder::new()
        .content(JSON, Content::new(Some(schema)))
        .required(Some(is_body_required));
    op.request_body = Some(body.build());
    let endpoint = EndpointDef {
        hidden_arguments,
        ..SEARCH
    };
    match build_tools([(&endpoint, &op)]) {
        Ok(mut tools) => Ok(tools.remove(0)),
        Err(errors) => Err(errors.iter().map(ToString::to_string).collect()),
    }
}

/// What is said of an argument that the call of `search` names in vain.
fn fault_of(tool: &ToolDef, name: &str) -> String {
    let call = json!({"id": "7", "page": "1", "symbol": "ACME", name: "x"});
    let faults = faults_of(tool, call);
    let [(pointer, detail)] = &faults[..] else {
        panic!("{faults:?}");
    };
    assert_eq!(*pointer, format!("/{name}"));
    detail.clone()
}

#[test]
fn a_hidden_input_is_an_unknown_argument() {
    const OPTIONAL: [&str; 4] = ["language", "If-None-Match", "since", "kind"];
    let all = [
        "language",
        "If-None-Match",
        "since",
        "kind",
        "id",
        "page",
        "symbol",
    ];
    for (index, hidden) in OPTIONAL.iter().enumerate() {
        let tool = hiding::<Filter>(&OPTIONAL[index..=index], Required::True).unwrap();
        assert!(!tool.input_schema.to_string().contains(hidden), "{hidden}");
        assert_eq!(fault_of(&tool, hidden), fault_of(&tool, "never_heard_of"));
        let properties = tool.input_schema["properties"].as_object().unwrap();
        for other in all.iter().filter(|other| *other != hidden) {
            assert!(properties.contains_key(*other), "{other} beside {hidden}");
        }
    }
}

#[test]
fn what_only_a_hidden_input_refers_to_is_gone_too() {
    let shown = hiding::<Filter>(&[], Required::True).unwrap();
    assert!(shown.input_schema["$defs"]["Kind"].is_object());
    let tool = hiding::<Filter>(&["kind"], Required::True).unwrap();
    assert_eq!(tool.input_schema.get("$defs"), None);
}

#[test]
fn a_body_whose_properties_are_all_hidden_is_still_sent() {
    let call = arguments(json!({"id": "7", "page": "1"}));
    let tool = hiding::<Tuning>(&["depth"], Required::True).unwrap();
    let request = build_request(&tool, &call).unwrap();
    assert_eq!(request.body, Some(json_body(&json!({}))));
    let tool = hiding::<Tuning>(&["depth"], Required::False).unwrap();
    assert_eq!(build_request(&tool, &call).unwrap().body, None);
}

#[test]
fn an_optional_body_that_is_one_argument_can_be_hidden() {
    let tool = hiding::<Vec<String>>(&["body"], Required::False).unwrap();
    let call = arguments(json!({"id": "7", "page": "1"}));
    assert_eq!(build_request(&tool, &call).unwrap().body, None);
    let errors = hiding::<Vec<String>>(&["body"], Required::True).unwrap_err();
    assert!(errors[0].contains("`body` (body), which the operation requires"));
}

#[test]
fn what_the_operation_requires_cannot_be_hidden() {
    for (name, place) in [
        ("id", "path"),
        ("page", "query"),
        ("symbol", "body property"),
    ] {
        let list: &'static [&'static str] = vec![name].leak();
        assert_eq!(
            hiding::<Filter>(list, Required::True).unwrap_err(),
            [format!(
                "operation search: `hide` names `{name}` ({place}), which the operation requires; take it off the list, or let the operation do without it, such as by an `Option<..>`"
            )]
        );
    }
    // The body may be left out whole, and has a symbol whenever it is sent.
    let errors = hiding::<Filter>(&["symbol"], Required::False).unwrap_err();
    assert!(errors[0].contains("`symbol` (body property)"));
}

#[test]
fn a_name_that_is_no_input_is_answered_with_the_nearest() {
    let said = |hidden| {
        hiding::<Tuning>(hidden, Required::True)
            .unwrap_err()
            .remove(0)
    };
    assert_eq!(
        said(&["langauge"]),
        "operation search: `hide` names `langauge`, which is no input of it; did you mean `language`?"
    );
    assert!(said(&["if-none-match"]).ends_with("did you mean `If-None-Match`?"));
    assert!(
        said(&["weather"]).ends_with("; it has `If-None-Match`, `depth`, `id`, `language`, `page`")
    );
    let op = Op::default();
    let endpoint = EndpointDef {
        path: "/x",
        hidden_arguments: &["limit"],
        ..SEARCH
    };
    let errors = build_tools([(&endpoint, &op)]).unwrap_err();
    assert!(
        errors[0]
            .to_string()
            .ends_with("; it has none, so leave `hide` out")
    );
}

#[test]
fn every_mistake_in_hide_is_reported_at_once() {
    let errors = hiding::<Filter>(&["langauge", "id", "since", "symbol"], Required::True);
    assert_eq!(errors.unwrap_err().len(), 3);
}

#[test]
fn an_input_that_could_not_be_read_is_not_called_unknown() {
    let op = Op {
        parameters: vec![parameter("session", ParameterIn::Cookie, Required::False)],
        ..Op::default()
    };
    let endpoint = EndpointDef {
        path: "/x",
        hidden_arguments: &["session"],
        ..SEARCH
    };
    let errors = build_tools([(&endpoint, &op)]).unwrap_err();
    assert!(matches!(
        errors[..],
        [ToolError::UnsupportedParameter { .. }]
    ));
}
