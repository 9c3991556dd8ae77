//! Resources: operations that MCP clients read by URI, and the request behind a URI.
//!
//! A resource is a `GET` seen from another side: its URI has the parameters of the path, and nothing else goes into the
//! request. What can be read is listed by another operation, which the same caller asks.
//!
//! Invariant: a URI leads to the operation of the first resource that it fits, whoever asks, and to no other route.

mod error;
mod listing;
mod render;
mod uri;

pub use error::ResourceError;
pub use listing::{ListedItem, Listing, ListingPage};
pub use render::render_resources;
pub use uri::{LONGEST_URI_BYTES, UriTemplate};

use crate::{EVENT_STREAM, EndpointDef, Op, ResourceWord, is_text_media_type, tools};
use utoipa::openapi::Required;
use utoipa::openapi::path::ParameterIn;

/// One resource, or the template of many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceDef {
    /// Which URIs it is read by.
    pub uri: UriTemplate,
    /// The operation id.
    pub name: &'static str,
    /// The operation's summary.
    pub title: String,
    /// The doc comment, and what the handler checks beyond the rule.
    pub description: String,
    /// What reading it gives.
    pub media_type: &'static str,
    /// Who lists what can be read; `None` for a resource without parameters, or one that nobody lists.
    pub listing: Option<Listing>,
    /// The endpoint behind it: route and access rule.
    pub endpoint: EndpointDef,
}

impl ResourceDef {
    /// Whether its content is passed on as text; bytes are passed on in base64.
    #[must_use]
    pub fn is_text(&self) -> bool {
        is_text_media_type(self.media_type)
    }

    /// The path of the request that reads this URI; `None` when it is no URI of this resource.
    #[must_use]
    pub fn path_of(&self, uri: &str) -> Option<String> {
        let values = self.uri.read(uri)?;
        let path = self.endpoint.full_path();
        Some(values.iter().fold(path, |path, (name, value)| {
            path.replacen(
                &format!("{{{name}}}"),
                &tools::request::percent_encode(value),
                1,
            )
        }))
    }
}

/// The resource that a URI names.
#[must_use]
pub fn find_resource<'a>(resources: &'a [ResourceDef], uri: &str) -> Option<&'a ResourceDef> {
    resources.iter().find(|resource| resource.uri.fits(uri))
}

/// Makes the resources of an Api, in the order in which URIs are compared with them: the more is fixed, the earlier.
///
/// # Errors
/// Every [`ResourceError`] of every operation that is a resource.
pub fn build_resources<'a>(
    operations: impl IntoIterator<Item = (&'a EndpointDef, &'a Op)>,
) -> Result<Vec<ResourceDef>, Vec<ResourceError>> {
    let operations: Vec<_> = operations.into_iter().collect();
    let mut resources = Vec::new();
    let mut errors = Vec::new();
    for (endpoint, op) in &operations {
        let Some(word) = endpoint.resource else {
            continue;
        };
        match from_operation(word, endpoint, op, &operations) {
            Ok(resource) => resources.push(resource),
            Err(more) => errors.extend(more),
        }
    }
    resources.sort_by(|one, other| one.uri.cmp(&other.uri));
    if errors.is_empty() {
        Ok(resources)
    } else {
        Err(errors)
    }
}

fn from_operation(
    word: ResourceWord,
    endpoint: &EndpointDef,
    op: &Op,
    operations: &[(&EndpointDef, &Op)],
) -> Result<ResourceDef, Vec<ResourceError>> {
    let operation = endpoint.operation_id;
    let mut errors = Vec::new();
    let uri = UriTemplate::parse(word.uri);
    if uri.is_none() {
        errors.push(ResourceError::NoTemplate {
            operation,
            uri: word.uri,
        });
    }
    errors.extend(
        required_beside_path(op).map(|parameter| ResourceError::RequiredParameter {
            operation,
            parameter,
        }),
    );
    let media_type = match &op.success {
        Some(success) => success.content.as_ref().map(|(media_type, _)| *media_type),
        None => None,
    };
    match media_type {
        None => errors.push(ResourceError::NoContent { operation }),
        Some(EVENT_STREAM) => errors.push(ResourceError::ReplyIsStream { operation }),
        Some(_) => {}
    }
    let listing = match (word.listed_by, &uri) {
        (Some(lister), Some(uri)) => match Listing::by(lister, operation, uri, operations) {
            Ok(listing) => Some(listing),
            Err(more) => {
                errors.extend(more);
                None
            }
        },
        (Some(_), None) | (None, _) => None,
    };
    match (uri, media_type) {
        (Some(uri), Some(media_type)) if errors.is_empty() => Ok(ResourceDef {
            uri,
            name: operation,
            title: tools::title(endpoint),
            description: tools::describe(endpoint),
            media_type,
            listing,
            endpoint: *endpoint,
        }),
        _ => Err(errors),
    }
}

/// Parameters that a request must have and a URI has no place for.
fn required_beside_path(op: &Op) -> impl Iterator<Item = String> + '_ {
    let parameters = op.parameters.iter().filter(|parameter| {
        parameter.required == Required::True && parameter.parameter_in != ParameterIn::Path
    });
    parameters.map(|parameter| parameter.name.clone())
}

#[cfg(test)]
mod tests;
