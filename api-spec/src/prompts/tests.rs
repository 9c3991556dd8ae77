use serde_json::json;
use utoipa::openapi::path::ParameterBuilder;

use super::*;
use crate::{Access, LONGEST_PATH_AND_QUERY_BYTES, Method, Mount};

const REVIEW: EndpointDef = EndpointDef {
    operation_id: "review_report",
    method: Method::Get,
    path: "/reports/{id}/review",
    mount: Mount::Api,
    access: Access::SignedIn,
    prompt: Some("review"),
    doc: "Review a report.",
    ..EndpointDef::CLOSED
};

fn parameter(name: &str, place: ParameterIn, required: Required) -> Parameter {
    let mut op = Op::default();
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(required)
        .description(Some(format!("About {name}.")))
        .schema(Some(op.schema_of::<u32>()))
        .build()
}

fn build(endpoint: &EndpointDef, parameters: Vec<Parameter>) -> Result<PromptDef, Vec<String>> {
    let op = Op {
        parameters,
        ..Op::default()
    };
    match build_prompts([(endpoint, &op)]) {
        Ok(prompts) => Ok(prompts.into_iter().next().unwrap()),
        Err(errors) => Err(errors.iter().map(ToString::to_string).collect()),
    }
}

fn review() -> PromptDef {
    let parameters = vec![
        parameter("tone", ParameterIn::Query, Required::False),
        parameter("depth", ParameterIn::Query, Required::True),
        parameter("x-trace", ParameterIn::Header, Required::False),
        parameter("id", ParameterIn::Path, Required::True),
    ];
    build(&REVIEW, parameters).unwrap()
}

fn request(arguments: Value) -> Result<String, Vec<(String, String)>> {
    let arguments = arguments.as_object().unwrap().clone();
    let faults = |faults: Vec<SchemaFault>| {
        let faults = faults.into_iter();
        faults.map(|it| (it.pointer, it.detail)).collect()
    };
    review().path_and_query(&arguments).map_err(faults)
}

#[test]
fn arguments_are_the_parameters_of_path_and_query() {
    let review = review();
    assert_eq!(
        (review.name, review.title.as_str()),
        ("review", "Review a report")
    );
    let arguments: Vec<_> = review
        .arguments
        .iter()
        .map(|argument| (argument.name.as_str(), argument.is_required))
        .collect();
    assert_eq!(arguments, [("id", true), ("tone", false), ("depth", true)]);
    assert_eq!(
        review.arguments[1].description.as_deref(),
        Some("About tone.")
    );
}

#[test]
fn every_argument_goes_to_its_place_and_to_no_other() {
    assert_eq!(
        request(json!({"depth": "3", "id": "7"})).unwrap(),
        "/api/v1/reports/7/review?depth=3"
    );
    assert_eq!(
        request(json!({"tone": "a&id=8#", "depth": "", "id": "{depth}/../x", })).unwrap(),
        "/api/v1/reports/%7Bdepth%7D%2F..%2Fx/review?tone=a%26id%3D8%23&depth="
    );
    assert_eq!(
        request(json!({"tone": null, "depth": "3", "id": "7"})).unwrap(),
        "/api/v1/reports/7/review?depth=3"
    );
}

#[test]
fn every_fault_of_the_arguments_is_named() {
    let fault = |pointer: &str, detail: &str| (pointer.to_owned(), detail.to_owned());
    assert_eq!(
        request(json!({"tone": 7, "id": "..", "a/b": "x"})).unwrap_err(),
        [
            fault("/a~1b", "is no argument of this prompt"),
            fault("/id", "`.` and `..` are not values"),
            fault("/tone", "must be text"),
            fault("/depth", "is required"),
        ]
    );
    assert_eq!(
        request(json!({"depth": null})).unwrap_err(),
        [fault("/id", "is required"), fault("/depth", "is required")]
    );
}

#[test]
fn what_the_tool_hides_is_no_argument() {
    let endpoint = EndpointDef {
        tool: Some("review"),
        hidden_arguments: &["tone", "tags"],
        ..REVIEW
    };
    let mut list = parameter("tags", ParameterIn::Query, Required::False);
    list.schema = Some(Op::default().schema_of::<Vec<String>>());
    let parameters = vec![
        parameter("tone", ParameterIn::Query, Required::False),
        list,
        parameter("id", ParameterIn::Path, Required::True),
    ];
    let prompt = build(&endpoint, parameters).unwrap();
    let names: Vec<_> = prompt.arguments.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["id"]);
    let path_and_query = |arguments: Value| prompt.path_and_query(arguments.as_object().unwrap());
    assert!(path_and_query(json!({"id": "7"})).is_ok());
    let faults = path_and_query(json!({"id": "7", "tone": "dry"})).unwrap_err();
    assert_eq!(faults[0].detail, "is no argument of this prompt");
}

#[test]
fn arguments_that_no_request_holds_are_a_fault_that_names_the_limit() {
    let of_length = |length: usize| {
        let around = "/api/v1/reports/7/review?depth=".len();
        request(json!({"depth": "x".repeat(length - around), "id": "7"}))
    };
    let longest = LONGEST_PATH_AND_QUERY_BYTES;
    assert_eq!(of_length(longest).map(|it| it.len()), Ok(longest));
    let faults = of_length(longest + 1).unwrap_err();
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(faults[0].1.contains("at most 65534"), "{faults:?}");
    // Percent-encoded it is three times as long.
    let encoded = request(json!({"depth": "\u{fc}".repeat(11_000), "id": "7"}));
    assert!(encoded.is_err());
}

#[test]
fn what_no_text_can_say_is_no_argument() {
    let header = parameter("If-Match", ParameterIn::Header, Required::True);
    let mut list = parameter("tags", ParameterIn::Query, Required::False);
    list.schema = Some(Op::default().schema_of::<Vec<String>>());
    let twice = parameter("id", ParameterIn::Query, Required::False);
    let path = || parameter("id", ParameterIn::Path, Required::True);
    let said = build(&REVIEW, vec![path(), header, list, twice]).unwrap_err();
    assert_eq!(said.len(), 3, "{said:#?}");
    assert!(said[0].contains("`If-Match` is required"));
    assert!(said[1].contains("`tags` is a list or an object"));
    assert!(said[2].contains("`id` stands in the path and in the query"));
    let said = build(&REVIEW, Vec::new()).unwrap_err();
    assert!(
        said[0].contains("disagree about path parameters"),
        "{said:?}"
    );
}
