//! Sample values for every path parameter and body, so that a caller who may call gets past the parsing.

use serde_json::{Map, Value, json};

/// An instrument of the reference data.
pub(crate) const SYMBOL: &str = "ALPN";

/// A report, and anything else, that no test creates: handlers look it up and answer 404, which is past the guard.
const UNKNOWN: &str = "0b9f3e52-7c1d-4a68-9e0f-5d2a8c7b6e41";

/// The path with every parameter filled in.
pub(crate) fn path(template: &str) -> String {
    fill(template, sample)
}

/// The path with text that no parameter can be.
pub(crate) fn broken_path(template: &str) -> String {
    fill(template, |_| "%20not%20valid%20") + "?limit=not-a-number&unknown=1"
}

/// Every parameter of the path, by name, for a tool call.
pub(crate) fn path_arguments(template: &str) -> Map<String, Value> {
    let segments = template.split('/').filter_map(name_of);
    segments
        .map(|name| (name.to_owned(), sample(name).into()))
        .collect()
}

/// A body that the operation takes; `None` for operations without one.
pub(crate) fn body(operation: &str) -> Option<Value> {
    match operation {
        "POST /api/v1/reports" | "PUT /api/v1/reports/{id}" => Some(json!({
            "symbol": SYMBOL,
            "title": "Milk prices are about to turn",
            "body": "Three of four herds in the survey are smaller than last year.",
        })),
        "PUT /api/v1/instruments/{symbol}/prices" => {
            Some(json!({ "rows": [{ "date": "2026-01-30", "close": 41.5 }] }))
        }
        "POST /api/v1/portfolios" => Some(json!({ "name": "Growth", "currency": "USD" })),
        "POST /api/v1/portfolios/{id}/valuations" => Some(json!({ "confidence": 0.99 })),
        "PUT /api/v1/portfolios/{id}/positions/{symbol}" => Some(json!({ "quantity": 1 })),
        _ => None,
    }
}

fn fill(template: &str, value: impl Fn(&str) -> &'static str) -> String {
    let segments = template.split('/');
    let filled = segments.map(|segment| match name_of(segment) {
        Some(name) => value(name),
        None => segment,
    });
    filled.collect::<Vec<_>>().join("/")
}

fn name_of(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

fn sample(parameter: &str) -> &'static str {
    match parameter {
        "symbol" => SYMBOL,
        "id" => UNKNOWN,
        other => panic!("no sample for the path parameter {other}: add one here"),
    }
}
