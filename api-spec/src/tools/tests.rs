mod hide;
mod output;

use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::{Content, Required};

use super::*;
use crate::{Access, FORM, JSON, Mount, Success};

#[derive(Serialize, ToSchema)]
struct Draft {
    /// What it says on top.
    #[schema(max_length = 20)]
    title: String,
    symbol: Option<String>,
    author: Author,
}

#[derive(Serialize, ToSchema)]
struct Author {
    name: String,
    kind: Kind,
}

#[derive(Serialize, ToSchema)]
#[expect(dead_code, reason = "only its schema is read")]
enum Kind {
    Staff,
    Guest,
}

const GET_REPORT: EndpointDef = EndpointDef {
    operation_id: "get_report",
    method: Method::Get,
    path: "/reports/{id}",
    mount: Mount::Api,
    access: Access::SignedIn,
    also: Some("drafts are visible to their author only"),
    tool: Some("get_report"),
    doc: "Fetch one report.\n\nThe text is Markdown.",
    ..EndpointDef::CLOSED
};

fn parameter(name: &str, place: ParameterIn, required: Required) -> Parameter {
    let mut op = Op::default();
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(required)
        .schema(Some(op.schema_of::<String>()))
        .build()
}

fn success_of<T: ToSchema>(op: &mut Op) -> Option<Success> {
    Some(Success {
        status: 200,
        description: "It worked.".to_owned(),
        content: Some(("application/json", op.schema_of::<T>())),
        headers: BTreeMap::new(),
    })
}

fn get_report() -> ToolDef {
    let mut op = Op {
        parameters: vec![
            parameter("id", ParameterIn::Path, Required::True),
            parameter("language", ParameterIn::Query, Required::False),
            parameter("If-None-Match", ParameterIn::Header, Required::False),
        ],
        ..Op::default()
    };
    op.success = success_of::<Draft>(&mut op);
    let tools = build_tools([(&GET_REPORT, &op)]).unwrap();
    tools.into_iter().next().unwrap()
}

fn with_body<T: ToSchema>(
    endpoint: &EndpointDef,
    parameters: Vec<Parameter>,
) -> Result<Vec<ToolDef>, Vec<ToolError>> {
    let mut op = Op {
        parameters,
        ..Op::default()
    };
    let schema = op.schema_of::<T>();
    let body = RequestBodyBuilder::new()
        .content("application/json", Content::new(Some(schema)))
        .required(Some(Required::True));
    op.request_body = Some(body.build());
    build_tools([(endpoint, &op)])
}

const POST_REPORT: EndpointDef = EndpointDef {
    operation_id: "create_report",
    method: Method::Post,
    path: "/reports",
    tool: Some("create_report"),
    ..GET_REPORT
};

fn create_report() -> ToolDef {
    let tools = with_body::<Draft>(&POST_REPORT, Vec::new()).unwrap();
    tools.into_iter().next().unwrap()
}

fn json_body(value: &Value) -> ToolBody {
    ToolBody {
        media_type: JSON,
        text: value.to_string(),
    }
}

fn arguments(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn faults_of(tool: &ToolDef, value: Value) -> Vec<(String, String)> {
    let faults = build_request(tool, &arguments(value)).unwrap_err();
    faults
        .into_iter()
        .map(|fault| (fault.pointer, fault.detail))
        .collect()
}

#[test]
fn parameters_and_body_properties_stand_in_one_flat_list() {
    let tool = get_report();
    let names: Vec<&String> = tool.input_schema["properties"]
        .as_object()
        .unwrap()
        .keys()
        .collect();
    assert_eq!(names, ["id", "language", "If-None-Match"]);
    assert_eq!(tool.input_schema["required"], json!(["id"]));
    assert_eq!(tool.input_schema["additionalProperties"], json!(false));
    let tool = create_report();
    assert_eq!(tool.input_schema["required"], json!(["title", "author"]));
    assert_eq!(
        tool.input_schema["properties"]["title"]["description"],
        "What it says on top."
    );
}

#[test]
fn references_point_into_the_tools_own_definitions() {
    let tool = create_report();
    assert_eq!(
        tool.input_schema["properties"]["author"]["$ref"],
        "#/$defs/Author"
    );
    let definitions: Vec<&String> = tool.input_schema["$defs"]
        .as_object()
        .unwrap()
        .keys()
        .collect();
    assert_eq!(definitions, ["Author", "Kind"]);
    assert!(!tool.input_schema.to_string().contains("components"));
    assert!(
        !tool
            .output
            .schema()
            .map(Value::to_string)
            .unwrap_or_default()
            .contains("components")
    );
}

#[test]
fn a_body_that_is_no_object_is_one_argument() {
    let tool = with_body::<Vec<Author>>(&POST_REPORT, Vec::new())
        .unwrap()
        .remove(0);
    assert_eq!(tool.input_schema["properties"]["body"]["type"], "array");
    let author = json!({"name": "N", "kind": "Staff"});
    let request = build_request(&tool, &arguments(json!({"body": [author]}))).unwrap();
    assert_eq!(request.body, Some(json_body(&json!([author]))));
}

#[test]
fn a_name_in_two_places_is_an_error_that_names_both() {
    let query = parameter("title", ParameterIn::Query, Required::False);
    let errors = with_body::<Draft>(&POST_REPORT, vec![query]).unwrap_err();
    let message = errors[0].to_string();
    assert!(
        message.contains("create_report") && message.contains("`title`"),
        "{message}"
    );
    assert!(
        message.contains("query") && message.contains("body property"),
        "{message}"
    );
}

#[test]
fn a_template_parameter_without_an_argument_is_an_error() {
    let errors = build_tools([(&GET_REPORT, &Op::default())]).unwrap_err();
    assert!(
        matches!(&errors[0], ToolError::PathParameterMismatch { argument, .. } if argument == "id")
    );
}

#[test]
fn a_credential_is_never_an_argument() {
    let header = parameter("Authorization", ParameterIn::Header, Required::False);
    let errors = with_body::<Draft>(&POST_REPORT, vec![header]).unwrap_err();
    assert!(
        matches!(&errors[0], ToolError::UnsupportedParameter { argument, .. } if argument == "Authorization")
    );
}

#[test]
fn a_body_that_is_not_json_is_an_error_that_says_what_to_do() {
    let mut op = Op::default();
    let schema = op.schema_of::<Draft>();
    let body = RequestBodyBuilder::new().content("multipart/form-data", Content::new(Some(schema)));
    op.request_body = Some(body.build());
    let error = build_tools([(&POST_REPORT, &op)]).unwrap_err()[0].to_string();
    for part in ["create_report", "multipart/form-data", "take `mcp` away"] {
        assert!(error.contains(part), "{part} in {error}");
    }
}

/// rmcp compares `Mcp-Param-*` headers with any tool's schema, whoever asks.
#[test]
fn an_input_that_is_repeated_in_a_header_is_an_error() {
    #[derive(ToSchema)]
    #[expect(dead_code, reason = "only its schema is read")]
    struct Region {
        #[schema(extensions(("x-mcp-header" = json!("Region"))))]
        region: String,
    }
    let errors = with_body::<Region>(&POST_REPORT, Vec::new()).unwrap_err();
    assert!(
        matches!(errors[..], [ToolError::MirroredArgument { .. }]),
        "{errors:?}"
    );
}

#[test]
fn all_mistakes_of_an_operation_are_reported_together() {
    let parameters = vec![
        parameter("title", ParameterIn::Query, Required::False),
        parameter("session", ParameterIn::Cookie, Required::False),
    ];
    assert_eq!(
        with_body::<Draft>(&POST_REPORT, parameters)
            .unwrap_err()
            .len(),
        2
    );
}

#[test]
fn tools_are_sorted_by_name_and_endpoints_without_a_tool_are_left_out() {
    let op = Op::default();
    let endpoint = |name: Option<&'static str>| EndpointDef {
        path: "/x",
        tool: name,
        ..GET_REPORT
    };
    let endpoints = [endpoint(Some("b")), endpoint(None), endpoint(Some("a"))];
    let tools = build_tools(endpoints.iter().map(|endpoint| (endpoint, &op))).unwrap();
    let names: Vec<&str> = tools.iter().map(|tool| tool.name).collect();
    assert_eq!(names, ["a", "b"]);
}

#[test]
fn hints_follow_the_method() {
    let hints = |method| {
        let hints = ToolHints::of(method);
        (
            hints.is_read_only,
            hints.is_idempotent,
            hints.is_destructive,
        )
    };
    assert_eq!(hints(Method::Get), (true, true, false));
    assert_eq!(hints(Method::Post), (false, false, false));
    assert_eq!(hints(Method::Put), (false, true, false));
    assert_eq!(hints(Method::Patch), (false, false, false));
    assert_eq!(hints(Method::Delete), (false, true, true));
}

#[test]
fn title_and_description_come_from_the_doc_comment() {
    let tool = get_report();
    assert_eq!(tool.title, "Fetch one report");
    assert!(
        tool.description
            .starts_with("Fetch one report.\n\nThe text is Markdown.")
    );
    assert!(
        tool.description
            .contains("drafts are visible to their author only")
    );
}

#[test]
fn each_argument_goes_to_its_place() {
    let tool = get_report();
    let call = json!({"id": "7", "language": "de", "If-None-Match": "\"3\""});
    let request = build_request(&tool, &arguments(call)).unwrap();
    assert_eq!(request.path_and_query, "/api/v1/reports/7?language=de");
    assert_eq!(
        request.headers,
        [("if-none-match".to_owned(), "\"3\"".to_owned())]
    );
    assert_eq!(request.body, None);
}

#[test]
fn no_path_value_reaches_another_route() {
    let tool = get_report();
    let table = [
        ("../audit", "..%2Faudit"),
        ("..%2faudit", "..%252faudit"),
        ("a/b", "a%2Fb"),
        ("a?admin=1", "a%3Fadmin%3D1"),
        ("a#b", "a%23b"),
        ("a%00", "a%2500"),
        ("a\r\nX: y", "a%0D%0AX%3A%20y"),
        ("...", "..."),
        ("{id}", "%7Bid%7D"),
        ("\\..\\", "%5C..%5C"),
        ("ä", "%C3%A4"),
        (";x=1", "%3Bx%3D1"),
    ];
    for (value, encoded) in table {
        let request = build_request(&tool, &arguments(json!({"id": value}))).unwrap();
        assert_eq!(
            request.path_and_query,
            format!("/api/v1/reports/{encoded}"),
            "{value:?}"
        );
    }
    for value in ["", ".", ".."] {
        let faults = faults_of(&tool, json!({"id": value}));
        assert_eq!(faults[0].0, "/id", "{value:?}");
    }
}

#[test]
fn a_query_value_cannot_add_another_parameter() {
    let tool = get_report();
    let request = build_request(
        &tool,
        &arguments(json!({"id": "1", "language": "de&admin=1#x"})),
    )
    .unwrap();
    assert_eq!(
        request.path_and_query,
        "/api/v1/reports/1?language=de%26admin%3D1%23x"
    );
}

#[test]
fn a_header_value_cannot_begin_another_header() {
    let tool = get_report();
    for value in ["a\r\nAuthorization: Bearer x", "a\nb", "\u{e9}", " a"] {
        let faults = faults_of(&tool, json!({"id": "1", "If-None-Match": value}));
        assert_eq!(faults[0].0, "/If-None-Match");
    }
}

#[test]
fn null_for_an_optional_parameter_leaves_it_out() {
    let request = build_request(
        &get_report(),
        &arguments(json!({"id": "1", "language": null})),
    )
    .unwrap();
    assert_eq!(request.path_and_query, "/api/v1/reports/1");
}

#[test]
fn every_fault_of_the_arguments_is_named() {
    let call = json!({
        "title": "a title of more than twenty characters",
        "author": {"kind": "Robot"},
        "titel": "x",
    });
    let faults = faults_of(&create_report(), call);
    let pointers: Vec<&str> = faults.iter().map(|(pointer, _)| pointer.as_str()).collect();
    assert_eq!(
        pointers,
        ["/title", "/author/name", "/author/kind", "/titel"]
    );
    assert!(faults[3].1.contains("title, symbol, author"), "{faults:?}");
}

#[test]
fn a_wrong_type_says_what_was_expected() {
    let faults = faults_of(&create_report(), json!({"title": 7, "author": []}));
    assert_eq!(
        faults[0],
        (
            "/title".to_owned(),
            "expected string, found integer".to_owned()
        )
    );
    assert_eq!(faults[1].0, "/author");
}

#[test]
fn an_optional_property_may_be_null() {
    let author = json!({"name": "N", "kind": "Staff"});
    let call = json!({"title": "x", "symbol": null, "author": author});
    let request = build_request(&create_report(), &arguments(call.clone())).unwrap();
    assert_eq!(request.body, Some(json_body(&call)));
}

#[test]
fn a_form_is_filled_in_from_the_arguments() {
    let form = |media_type| {
        let mut op = Op::default();
        let content = Content::new(Some(op.schema_of::<Author>()));
        let body = RequestBodyBuilder::new().content(media_type, content);
        op.request_body = Some(body.required(Some(Required::True)).build());
        build_tools([(&POST_REPORT, &op)])
    };
    let tool = form(FORM).unwrap().remove(0);
    let call = json!({"name": "A & B", "kind": "Staff"});
    let body = build_request(&tool, &arguments(call))
        .unwrap()
        .body
        .unwrap();
    assert_eq!(
        (body.media_type, body.text.as_str()),
        (FORM, "name=A%20%26%20B&kind=Staff")
    );
    let refused = form("multipart/form-data").unwrap_err();
    let operation = "create_report";
    let media_type = "multipart/form-data".to_owned();
    let expected = ToolError::BodyNotReadable {
        operation,
        media_type,
    };
    assert_eq!(refused, [expected]);
}

#[test]
fn the_number_of_reported_faults_is_bounded() {
    let call: Map<String, Value> = (0..1000)
        .map(|index| (format!("x{index}"), json!(1)))
        .collect();
    assert_eq!(
        build_request(&create_report(), &call).unwrap_err().len(),
        32
    );
}

#[test]
fn a_crafted_value_cannot_multiply_the_work_of_nested_choices() {
    let branch = |kind: &str| {
        json!({
            "type": "object",
            "properties": { "inner": { "$ref": "#/$defs/Node" }, "kind": { "const": kind } },
        })
    };
    let branches: Vec<Value> = ["a", "b", "c", "d", "e"].map(branch).to_vec();
    let schema = json!({
        "type": "object",
        "properties": { "node": { "$ref": "#/$defs/Node" } },
        "$defs": { "Node": { "oneOf": branches } },
    });
    let mut node = json!({ "kind": "z" });
    for _ in 0..100 {
        node = json!({ "inner": node, "kind": "z" });
    }
    let began = std::time::Instant::now();
    let _ = crate::check_value(&schema, &json!({ "node": node }));
    assert!(began.elapsed() < std::time::Duration::from_secs(10));
}
