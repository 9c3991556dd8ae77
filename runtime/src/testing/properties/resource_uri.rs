//! What must hold of any URI that a resource is read by: it leads to the operation of its resource, with the values that
//! stand in it and no others, or to nothing.
//!
//! The real resources are asked, and the path that they make is given to a real router; the values are compared with what
//! another decoder reads.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::extract::{MatchedPath, Path, Request};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use http_body_util::BodyExt;
use percent_encoding::percent_decode_str;
use portcullis_api_spec::{
    EndpointDef, LONGEST_URI_BYTES, Op, ResourceDef, ResourceWord, Success, build_resources,
    find_resource,
};
use tokio::runtime::Runtime;
use tower::ServiceExt;

const fn resource(
    operation_id: &'static str,
    path: &'static str,
    uri: &'static str,
) -> EndpointDef {
    EndpointDef {
        operation_id,
        path,
        resource: Some(ResourceWord {
            uri,
            listed_by: None,
        }),
        ..EndpointDef::CLOSED
    }
}

/// A fixed URI, one with a parameter in the same place, and one whose path has the parameters in another order.
const ENDPOINTS: [EndpointDef; 4] = [
    resource("read_rules", "/rules", "notes://rules"),
    resource("read_latest", "/latest", "notes://notes/latest"),
    resource("read_note", "/notes/{id}/text", "notes://notes/{id}"),
    resource(
        "read_page",
        "/pages/{page}/of/{id}",
        "notes://notes/{id}/pages/{page}",
    ),
];

/// The resources of a small service, and a router that says where a request has come to.
pub struct ResourceReader {
    runtime: Runtime,
    resources: Vec<ResourceDef>,
    router: Router,
}

/// Where a request has come to.
type Reached = (String, BTreeMap<String, String>);

impl ResourceReader {
    /// Builds the resources and the router; no network.
    ///
    /// # Panics
    /// When this process cannot run it at all.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "it starts a runtime")]
    pub fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime of one thread starts");
        let op = text();
        let resources = build_resources(ENDPOINTS.iter().map(|endpoint| (endpoint, &op)));
        let resources = resources.expect("the resources have no mistake");
        let router = ENDPOINTS.iter().fold(Router::new(), |router, endpoint| {
            router.route(&endpoint.full_path(), get(say_where))
        });
        let reader = Self {
            runtime,
            resources,
            router,
        };
        for uri in Self::samples() {
            let found = find_resource(&reader.resources, uri);
            assert!(found.is_some(), "{uri} is a URI of ours");
        }
        reader
    }

    /// URIs that name something, to begin with.
    #[must_use]
    pub fn samples() -> [&'static str; 5] {
        [
            "notes://rules",
            "notes://notes/latest",
            "notes://notes/7",
            "notes://notes/a%20b",
            "notes://notes/%2525/pages/%C3%A4",
        ]
    }

    /// The `uri` of `resources/read`.
    ///
    /// # Panics
    /// When the property does not hold.
    pub fn check(&self, uri: &[u8]) {
        // In a message it stands in a JSON text, which has no other bytes.
        let Ok(uri) = std::str::from_utf8(uri) else {
            return;
        };
        let Some(resource) = find_resource(&self.resources, uri) else {
            return;
        };
        let path = resource.path_of(uri).expect("a URI that fits has a path");
        assert!(uri.len() <= LONGEST_URI_BYTES, "too long a URI was read");
        let (route, values) = self.reach(&path);
        assert_eq!(
            route,
            resource.endpoint.full_path(),
            "{uri} leads to its own operation"
        );
        assert_eq!(
            values,
            values_in(resource.uri.as_str(), uri),
            "{uri} has these values"
        );
        for value in values.values() {
            let is_place = value.is_empty() || value == "." || value == "..";
            let leads_elsewhere = value.contains(['/', '\\']) || value.contains(char::is_control);
            assert!(!is_place && !leads_elsewhere, "{value:?} is no value");
        }
        // However it was spelled, one spelling is written, unless it is longer than a URI may be.
        if let Some(written) = resource.uri.write(|name| values.get(name).cloned()) {
            assert_eq!(
                resource.path_of(&written),
                Some(path),
                "{written} is read back"
            );
        }
    }

    fn reach(&self, path: &str) -> Reached {
        let request = Request::get(path).body(Body::empty());
        let request = request.expect("what a URI leads to is the target of a request");
        assert_eq!(request.uri().to_string(), path);
        assert_eq!(request.uri().query(), None, "a resource has no query");
        self.runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await;
            let response = response.unwrap_or_else(|never| match never {});
            assert_eq!(response.status(), StatusCode::OK, "{path} is a route");
            let body = response.into_body().collect().await;
            let body = body.expect("the answer is in memory").to_bytes();
            serde_json::from_slice(&body).expect("the answer says where it came from")
        })
    }
}

async fn say_where(
    route: MatchedPath,
    Path(values): Path<BTreeMap<String, String>>,
) -> Json<Reached> {
    Json((route.as_str().to_owned(), values))
}

/// What stands in a URI at the places of the parameters, read by another decoder.
fn values_in(template: &str, uri: &str) -> BTreeMap<String, String> {
    assert_eq!(template.matches('/').count(), uri.matches('/').count());
    let segments = template.split('/').zip(uri.split('/'));
    let values = segments.filter_map(|(segment, text)| {
        let name = segment
            .strip_prefix('{')
            .and_then(|it| it.strip_suffix('}'));
        let Some(name) = name else {
            assert_eq!(segment, text, "what is fixed is compared as text");
            return None;
        };
        let value = percent_decode_str(text).decode_utf8();
        let value = value.expect("a value that was read is UTF-8");
        Some((name.to_owned(), value.into_owned()))
    });
    values.collect()
}

fn text() -> Op {
    let mut op = Op::default();
    let content = op.schema_of::<String>();
    op.success = Some(Success {
        status: 200,
        description: "It is there.".to_owned(),
        content: Some(("text/plain", content)),
        headers: BTreeMap::new(),
    });
    op
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A property that never fails proves nothing.
    #[test]
    #[should_panic(expected = "notes://notes/7/pages/1 leads to its own operation")]
    fn a_uri_that_leads_elsewhere_breaks_the_property() {
        let mut reader = ResourceReader::new();
        for resource in &mut reader.resources {
            if resource.name == "read_page" {
                resource.endpoint.path = "/pages/{id}/of/{page}";
            }
        }
        reader.check(b"notes://notes/7/pages/1");
    }
}
