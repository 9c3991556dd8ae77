//! The resources as JSON, for review and for drift checks.

use serde_json::{Value, json};

use super::ResourceDef;

/// Renders the resources as indented JSON with a final line feed.
#[must_use]
pub fn render_resources(resources: &[ResourceDef]) -> String {
    format!("{:#}\n", resources.iter().map(describe).collect::<Value>())
}

fn describe(resource: &ResourceDef) -> Value {
    let listing = resource.listing.as_ref();
    json!({
        "uri": resource.uri.as_str(),
        "title": resource.title,
        "description": resource.description,
        "operation_id": resource.name,
        "media_type": resource.media_type,
        "listed_by": listing.map(|listing| listing.endpoint.operation_id),
    })
}
