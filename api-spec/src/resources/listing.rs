//! Who lists what a resource names: another operation, whose items fill the parameters of the URI.

use serde_json::Value;
use utoipa::openapi::path::ParameterIn;

use super::{ResourceDef, ResourceError, UriTemplate, find_resource, required_beside_path};
use crate::tools::request::{path_and_query, percent_encode};
use crate::tools::schema;
use crate::{EndpointDef, JSON, Op};

const ITEMS: &str = "items";
const NEXT_CURSOR: &str = "next_cursor";
const CURSOR: &str = "cursor";

/// The operation that lists what can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The operation: route and access rule.
    pub endpoint: EndpointDef,
    shape: Shape,
}

/// How the operation answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// `[..]`
    List,
    /// `{"items": [..], "next_cursor": ..}`, as `Page` does.
    Page,
}

/// One answer of the listing operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListingPage {
    /// What can be read.
    pub items: Vec<ListedItem>,
    /// How many items cannot be named by a URI: a value is empty, or has a slash or a control
    /// character, or the URI names another resource.
    pub unnameable: usize,
    /// Where the page ended, when more follows.
    pub next_cursor: Option<String>,
}

/// Something that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedItem {
    /// Its URI.
    pub uri: String,
    /// What it is called: its property `name`, else the last parameter of the URI.
    pub name: String,
    /// Its property `title`, if it has one.
    pub title: Option<String>,
}

impl Listing {
    /// Looks the operation up and checks that its items say what the URI needs.
    pub(super) fn by(
        lister: &EndpointDef,
        operation: &'static str,
        uri: &UriTemplate,
        operations: &[(&EndpointDef, &Op)],
    ) -> Result<Self, Vec<ResourceError>> {
        let lister = lister.operation_id;
        let found = operations
            .iter()
            .find(|(endpoint, _)| endpoint.operation_id == lister);
        let Some((endpoint, op)) = found else {
            return Err(vec![ResourceError::ListerNotServed { operation, lister }]);
        };
        let mut errors: Vec<ResourceError> = required_beside_path(op)
            .map(|parameter| ResourceError::ListerNeedsParameter {
                operation,
                lister,
                parameter,
            })
            .collect();
        let Some((shape, item)) = shape_of(op) else {
            errors.push(ResourceError::ListerListsNothing { operation, lister });
            return Err(errors);
        };
        if shape == Shape::Page && !takes_cursor(op) {
            errors.push(ResourceError::ListerTakesNoCursor { operation, lister });
        }
        let missing = uri.parameters().filter(|name| !says(op, &item, name));
        errors.extend(missing.map(|name| ResourceError::ItemWithoutParameter {
            operation,
            lister,
            parameter: name.to_owned(),
        }));
        if errors.is_empty() {
            Ok(Self {
                endpoint: **endpoint,
                shape,
            })
        } else {
            Err(errors)
        }
    }

    /// Path and query of the request for a page; without a cursor, the first. `None` for a cursor longer than a request.
    #[must_use]
    pub fn path_and_query(&self, cursor: Option<&str>) -> Option<String> {
        let path = self.endpoint.full_path();
        let query = match (self.shape, cursor) {
            (Shape::Page, Some(cursor)) => vec![format!("{CURSOR}={}", percent_encode(cursor))],
            (Shape::Page, None) | (Shape::List, _) => Vec::new(),
        };
        path_and_query(path, &query).ok()
    }

    /// Reads what the operation answered about one of these resources; `None` when it is no list.
    ///
    /// # Security
    /// An item is listed only under a URI that leads to its own resource: a client would take another one's content for it.
    #[must_use]
    pub fn read(
        &self,
        uri: &UriTemplate,
        resources: &[ResourceDef],
        body: &Value,
    ) -> Option<ListingPage> {
        let (items, next_cursor) = match self.shape {
            Shape::List => (body, None),
            Shape::Page => (
                body.get(ITEMS)?,
                body.get(NEXT_CURSOR).and_then(Value::as_str),
            ),
        };
        let items = items.as_array()?;
        let is_own = |item: &ListedItem| {
            find_resource(resources, &item.uri).is_some_and(|found| found.uri == *uri)
        };
        let named = items.iter().filter_map(|item| name(uri, item));
        let named: Vec<_> = named.filter(is_own).collect();
        Some(ListingPage {
            unnameable: items.len() - named.len(),
            items: named,
            next_cursor: next_cursor.map(str::to_owned),
        })
    }
}

fn name(uri: &UriTemplate, item: &Value) -> Option<ListedItem> {
    let text_of = |name: &str| match item.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    let named = |property: &str| text_of(property).filter(|text| !text.trim().is_empty());
    Some(ListedItem {
        uri: uri.write(text_of)?,
        name: named("name").or_else(|| text_of(uri.parameters().last()?))?,
        title: named("title"),
    })
}

/// How the operation answers, and the schema of an item.
fn shape_of(op: &Op) -> Option<(Shape, Value)> {
    let (media_type, content) = op.success.as_ref()?.content.as_ref()?;
    if *media_type != JSON {
        return None;
    }
    let content = schema::resolve(op, &schema::to_json(content))?;
    let item_of = |list: &Value| {
        let list = schema::resolve(op, list)?;
        schema::resolve(op, list.get("items")?)
    };
    if let Some(item) = item_of(&content) {
        return Some((Shape::List, item));
    }
    let properties = content.get("properties")?;
    properties.get(NEXT_CURSOR)?;
    Some((Shape::Page, item_of(properties.get(ITEMS)?)?))
}

fn takes_cursor(op: &Op) -> bool {
    op.parameters
        .iter()
        .any(|parameter| parameter.parameter_in == ParameterIn::Query && parameter.name == CURSOR)
}

/// Says whether every item has this property, as text or as a whole number.
fn says(op: &Op, item: &Value, name: &str) -> bool {
    let required = item.get("required").and_then(Value::as_array);
    let is_required = required.is_some_and(|names| names.iter().any(|it| it == name));
    let property = item
        .get("properties")
        .and_then(|properties| properties.get(name));
    let kind = property
        .and_then(|property| schema::resolve(op, property))
        .and_then(|schema| schema.get("type").cloned());
    is_required && kind.is_some_and(|kind| kind == "string" || kind == "integer")
}
