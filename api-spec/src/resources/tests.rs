use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa::openapi::path::{Parameter, ParameterBuilder};

use super::*;
use crate::{Access, JSON, LONGEST_PATH_AND_QUERY_BYTES, Method, Mount, Success};

#[derive(Serialize, ToSchema)]
struct Item {
    id: String,
    title: String,
    rating: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct ItemPage {
    items: Vec<Item>,
    next_cursor: Option<String>,
}

const MARKDOWN: &str = "text/markdown";

const fn endpoint(operation_id: &'static str, path: &'static str) -> EndpointDef {
    EndpointDef {
        operation_id,
        method: Method::Get,
        path,
        mount: Mount::Api,
        access: Access::SignedIn,
        doc: "Read a report.\n\nAs its author wrote it.",
        ..EndpointDef::CLOSED
    }
}

static LIST: EndpointDef = endpoint("list_reports", "/reports");
static OTHERS: EndpointDef = endpoint("list_others", "/others");

const fn resource(
    operation_id: &'static str,
    path: &'static str,
    uri: &'static str,
    listed_by: Option<&'static EndpointDef>,
) -> EndpointDef {
    EndpointDef {
        resource: Some(ResourceWord { uri, listed_by }),
        ..endpoint(operation_id, path)
    }
}

static TEXT: EndpointDef = resource(
    "get_text",
    "/reports/{id}/text",
    "desk://reports/{id}",
    Some(&LIST),
);

fn parameter(name: &str, place: ParameterIn, required: Required) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(required)
        .build()
}

/// What an operation with these parameters says that answers with this type.
fn answers<T: ToSchema>(media_type: &'static str, parameters: Vec<Parameter>) -> Op {
    let mut op = Op {
        parameters,
        ..Op::default()
    };
    let content = op.schema_of::<T>();
    op.success = Some(Success {
        status: 200,
        description: "It worked.".to_owned(),
        content: Some((media_type, content)),
        headers: BTreeMap::new(),
    });
    op
}

fn text() -> Op {
    answers::<String>(MARKDOWN, Vec::new())
}

fn pages() -> Op {
    let cursor = parameter("cursor", ParameterIn::Query, Required::False);
    answers::<ItemPage>(JSON, vec![cursor])
}

fn build(operations: &[(&EndpointDef, &Op)]) -> Result<Vec<ResourceDef>, Vec<ResourceError>> {
    build_resources(operations.iter().copied())
}

fn only(operations: &[(&EndpointDef, &Op)]) -> ResourceDef {
    let [resource] = <[_; 1]>::try_from(build(operations).unwrap()).unwrap();
    resource
}

#[test]
fn a_uri_becomes_the_path_of_its_operation() {
    let resource = only(&[(&TEXT, &text()), (&LIST, &pages())]);
    assert_eq!(resource.name, "get_text");
    assert_eq!(resource.title, "Read a report");
    assert_eq!((resource.media_type, resource.is_text()), (MARKDOWN, true));
    assert_eq!(
        resource.path_of("desk://reports/a%20{b").as_deref(),
        None,
        "a brace stands for itself in no URI"
    );
    assert_eq!(
        resource.path_of("desk://reports/a%20%7Bid%7D").as_deref(),
        Some("/api/v1/reports/a%20%7Bid%7D/text")
    );
}

#[test]
fn the_more_is_fixed_the_earlier_a_uri_is_compared() {
    let latest = resource("get_latest", "/latest", "desk://reports/latest", None);
    let resources = build(&[(&TEXT, &text()), (&latest, &text()), (&LIST, &pages())]).unwrap();
    let found = |uri| {
        let found = find_resource(&resources, uri)?;
        Some((found.name, found.path_of(uri)?))
    };
    assert_eq!(
        found("desk://reports/latest"),
        Some(("get_latest", "/api/v1/latest".to_owned()))
    );
    assert_eq!(
        found("desk://reports/7"),
        Some(("get_text", "/api/v1/reports/7/text".to_owned()))
    );
    assert_eq!(found("desk://reports/7/8"), None);
}

#[test]
fn a_page_of_the_lister_is_a_page_of_resources() {
    let resource = only(&[(&TEXT, &text()), (&LIST, &pages())]);
    let listing = resource.listing.as_ref().unwrap();
    assert_eq!(
        listing.path_and_query(None).as_deref(),
        Some("/api/v1/reports")
    );
    assert_eq!(
        listing.path_and_query(Some("a&b=c#/..")).as_deref(),
        Some("/api/v1/reports?cursor=a%26b%3Dc%23%2F..")
    );
    let path_bytes = "/api/v1/reports?cursor=".len();
    let longest = "x".repeat(LONGEST_PATH_AND_QUERY_BYTES - path_bytes);
    assert!(listing.path_and_query(Some(&longest)).is_some());
    assert_eq!(listing.path_and_query(Some(&format!("{longest}x"))), None);
    let body = json!({
        "items": [
            {"id": "7", "title": "Milk"},
            {"id": "a b", "name": "Butter", "title": " "},
            {"id": "..", "title": "cannot be named"},
            {"id": 8},
            {"title": "no id"},
        ],
        "next_cursor": "more",
    });
    let resources = std::slice::from_ref(&resource);
    let page = listing.read(&resource.uri, resources, &body).unwrap();
    let item = |uri: &str, name: &str, title: Option<&str>| ListedItem {
        uri: uri.to_owned(),
        name: name.to_owned(),
        title: title.map(str::to_owned),
    };
    assert_eq!(
        page,
        ListingPage {
            items: vec![
                item("desk://reports/7", "7", Some("Milk")),
                item("desk://reports/a%20b", "Butter", None),
                item("desk://reports/8", "8", None),
            ],
            unnameable: 2,
            next_cursor: Some("more".to_owned()),
        }
    );
    let no_list = json!({"items": 7});
    assert_eq!(listing.read(&resource.uri, resources, &no_list), None);
}

#[test]
fn an_item_is_not_listed_under_the_uri_of_another_resource() {
    let latest = resource("get_latest", "/latest", "desk://reports/latest", None);
    let resources = build(&[(&TEXT, &text()), (&latest, &text()), (&LIST, &pages())]).unwrap();
    let template = resources.iter().find(|it| it.name == "get_text").unwrap();
    let listing = template.listing.as_ref().unwrap();
    let body = json!({"items": [{"id": "latest"}, {"id": "7"}], "next_cursor": null});
    let page = listing.read(&template.uri, &resources, &body).unwrap();
    let uris: Vec<_> = page.items.iter().map(|it| it.uri.as_str()).collect();
    assert_eq!((uris, page.unnameable), (vec!["desk://reports/7"], 1));
}

#[test]
fn a_list_without_pages_has_one() {
    let list = answers::<Vec<Item>>(JSON, Vec::new());
    let resource = only(&[(&TEXT, &text()), (&LIST, &list)]);
    let listing = resource.listing.as_ref().unwrap();
    assert_eq!(
        listing.path_and_query(Some("x")).as_deref(),
        Some("/api/v1/reports")
    );
    let resources = std::slice::from_ref(&resource);
    let body = json!([{"id": "7"}]);
    let page = listing.read(&resource.uri, resources, &body).unwrap();
    assert_eq!((page.items.len(), page.next_cursor), (1, None));
}

#[test]
fn every_fault_of_every_operation_is_named() {
    let header = parameter("If-Match", ParameterIn::Header, Required::True);
    let strict = answers::<String>(MARKDOWN, vec![header]);
    let empty = Op::default();
    let stream = answers::<String>(EVENT_STREAM, Vec::new());
    let fixed = resource("get_fixed", "/fixed", "desk://fixed", None);
    let events = resource("get_events", "/events", "desk://events", None);
    let by_rating = resource("by_rating", "/r/{rating}", "desk://r/{rating}", Some(&LIST));
    let by_color = resource("by_color", "/c/{color}", "desk://c/{color}", Some(&LIST));
    let unlisted = resource("unlisted", "/u/{id}", "desk://u/{id}", Some(&OTHERS));
    let operations = [
        (&TEXT, &strict),
        (&fixed, &empty),
        (&events, &stream),
        (&by_rating, &text()),
        (&by_color, &text()),
        (&unlisted, &text()),
        (&LIST, &pages()),
    ];
    let operation_of = |error: &ResourceError| error.to_string();
    let said: Vec<String> = build(&operations)
        .unwrap_err()
        .iter()
        .map(operation_of)
        .collect();
    let expected = [
        "operation get_text: a resource is read by its URI alone, and this operation requires `If-Match`",
        "operation get_fixed: a resource is something to read, and this reply has no body",
        "operation get_events: a resource is read once, and this reply is a stream",
        "operation by_rating: the items that `list_reports` lists have no required property `rating`",
        "operation by_color: the items that `list_reports` lists have no required property `color`",
        "operation unlisted: it is `listed_by = list_others`, which stands in no `endpoints![..]`",
    ];
    assert_eq!(said.len(), expected.len(), "{said:#?}");
    for (said, expected) in said.iter().zip(expected) {
        assert!(said.starts_with(expected), "{said}");
    }
}

#[test]
fn a_lister_that_cannot_list_is_named_with_all_its_faults() {
    let said = |list: &Op| -> Vec<String> {
        let errors = build(&[(&TEXT, &text()), (&LIST, list)]).unwrap_err();
        errors.iter().map(ToString::to_string).collect()
    };
    let required = || parameter("desk", ParameterIn::Query, Required::True);
    let without_cursor = said(&answers::<ItemPage>(JSON, vec![required()]));
    assert_eq!(without_cursor.len(), 2, "{without_cursor:?}");
    assert!(without_cursor[0].contains("`list_reports` requires `desk`"));
    assert!(without_cursor[1].contains("takes no query parameter `cursor`"));
    for no_list in [
        answers::<Item>(JSON, Vec::new()),
        answers::<Vec<Item>>("text/csv", Vec::new()),
        Op::default(),
    ] {
        let said = said(&no_list);
        assert!(
            said[0].contains("answers neither with a `Page`"),
            "{said:?}"
        );
    }
}
