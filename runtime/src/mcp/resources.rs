//! The resources: who sees which, what can be read, and what reading gives.
//!
//! A fixed resource is listed by itself. What a template names is listed by the operation that `listed_by` says, asked as
//! the same caller, page by page: the list shows what that operation shows this caller.
//!
//! Invariant: seen by `visibility`, admitted by `admission`. What the caller may not know of is answered as what does not
//! exist, and so is what the operation itself does not find.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Extensions;
use http::request::Parts;
use portcullis_api_spec::{JSON, LONGEST_URI_BYTES, Listing, ResourceDef, find_resource};
use rmcp::model::{ErrorData, Resource, ResourceContents, ResourceTemplate};

use serde_json::{Map, Value, json};

use super::admission::Asked;
use super::answer::Answer;
use super::audit::{AuditRecord, AuditTrail};
use super::read::Read;
use super::visibility::Visibility;
use crate::telemetry::McpSubject;

/// The resources of a service, in the order in which URIs are compared with them.
pub(super) struct Resources {
    entries: Vec<ResourceDef>,
}

impl Resources {
    pub(super) fn new(entries: Vec<ResourceDef>) -> Self {
        Self { entries }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What reading this URI asks for.
    pub(super) fn asked(&self, uri: &str) -> Asked<'_> {
        asked(find_resource(&self.entries, uri))
    }

    /// The templates that the caller of a request may know of, in order.
    pub(super) fn templates(&self, extensions: &Extensions) -> Vec<ResourceTemplate> {
        let templates = self.there(extensions).filter(|it| !it.uri.is_fixed());
        templates.map(template).collect()
    }

    /// What a URI names, if it exists for this caller: the resource, what to ask its operation, and the record.
    pub(super) fn readable(
        &self,
        uri: &str,
        parts: &Parts,
        audit: &AuditTrail,
    ) -> Option<(&ResourceDef, Read, AuditRecord)> {
        let found = find_resource(&self.entries, uri);
        let asked = asked(found);
        let record = audit.admit(asked, parts, Some(&uri_argument(uri)))?;
        let resource = found?;
        let read = Read {
            subject: asked.subject,
            operation: resource.endpoint.operation_id,
            path_and_query: resource.path_of(uri)?,
            media_type: resource.media_type,
        };
        Some((resource, read, record))
    }

    /// One page of what the caller can read: fixed resources on the first, then what each template's operation lists.
    ///
    /// # Errors
    /// A cursor of no page, or what the listing operation answered.
    pub(super) async fn page<F: Future<Output = Answer>>(
        &self,
        cursor: Option<&str>,
        extensions: &Extensions,
        ask: impl FnOnce(Read) -> F,
    ) -> Result<(Vec<Resource>, Option<String>), ErrorData> {
        let mut listed: Vec<Resource> = Vec::new();
        let (sources, inner) = self.sources_from(cursor, extensions)?;
        if cursor.is_none() {
            let fixed = self.there(extensions).filter(|it| it.uri.is_fixed());
            listed.extend(fixed.map(fixed_resource));
        }
        let Some((resource, listing)) = sources.first() else {
            return Ok((listed, None));
        };
        let answer = ask(Read {
            subject: McpSubject::ResourceList(resource.uri.as_str()),
            operation: listing.endpoint.operation_id,
            path_and_query: listing.path_and_query(inner).ok_or_else(unknown_cursor)?,
            media_type: JSON,
        });
        let page = self.listed_page(resource, listing, answer.await)?;
        let more = page
            .next_cursor
            .map(|next| format!("{}:{next}", resource.name));
        let next_source = sources.get(1).map(|(next, _)| format!("{}:", next.name));
        listed.extend(page.listed);
        Ok((listed, more.or(next_source)))
    }

    /// What a page asks an operation for; `None` where it asks none, or the cursor is of no page.
    pub(super) fn asked_for_page(
        &self,
        cursor: Option<&str>,
        extensions: &Extensions,
    ) -> Option<McpSubject> {
        let (sources, inner) = self.sources_from(cursor, extensions).ok()?;
        let (resource, listing) = sources.first()?;
        listing.path_and_query(inner)?;
        Some(McpSubject::ResourceList(resource.uri.as_str()))
    }

    /// # Errors
    /// What the listing operation answered, unless that is that there is nothing for this caller.
    fn listed_page(
        &self,
        resource: &ResourceDef,
        listing: &Listing,
        answer: Answer,
    ) -> Result<ListedPage, ErrorData> {
        if answer.is_not_found() || answer.is_forbidden() {
            return Ok(ListedPage {
                listed: Vec::new(),
                next_cursor: None,
            });
        }
        let lister = listing.endpoint.operation_id;
        let body = answer.into_body()?;
        let page = serde_json::from_slice(&body)
            .ok()
            .and_then(|body| listing.read(&resource.uri, &self.entries, &body));
        let Some(page) = page else {
            tracing::error!(lister, "what lists resources answered with no list");
            return Err(ErrorData::internal_error(
                "The list could not be made",
                None,
            ));
        };
        if page.unnameable > 0 {
            let items = page.unnameable;
            tracing::warn!(lister, items, "items that no URI can name are not listed");
        }
        let listed = page.items.into_iter().map(|item| {
            let listed = Resource::new(item.uri, item.name).with_mime_type(resource.media_type);
            match item.title {
                Some(title) => listed.with_title(title),
                None => listed,
            }
        });
        Ok(ListedPage {
            listed: listed.collect(),
            next_cursor: page.next_cursor,
        })
    }

    fn there(&self, extensions: &Extensions) -> impl Iterator<Item = &ResourceDef> {
        self.entries
            .iter()
            .filter(|it| Visibility::of(&it.endpoint.access, extensions).is_there())
    }

    /// The templates that are left to list from a cursor on, and the first one's own cursor.
    ///
    /// # Errors
    /// A cursor of no page.
    fn sources_from<'c>(
        &self,
        cursor: Option<&'c str>,
        extensions: &Extensions,
    ) -> Result<(Sources<'_>, Option<&'c str>), ErrorData> {
        let mut sources = self.sources(extensions);
        let Some(cursor) = cursor else {
            return Ok((sources, None));
        };
        let (source, inner) = cursor.split_once(':').ok_or_else(unknown_cursor)?;
        let place = sources.iter().position(|(it, _)| it.name == source);
        sources.drain(..place.ok_or_else(unknown_cursor)?);
        Ok((sources, Some(inner).filter(|inner| !inner.is_empty())))
    }

    /// The templates that somebody lists whom this caller may ask.
    fn sources(&self, extensions: &Extensions) -> Sources<'_> {
        let listed = self
            .there(extensions)
            .filter_map(|it| Some((it, it.listing.as_ref()?)));
        let may_ask = |(_, listing): &(&ResourceDef, &Listing)| match Visibility::of(
            &listing.endpoint.access,
            extensions,
        ) {
            Visibility::Visible => true,
            Visibility::Obtainable | Visibility::Hidden => false,
        };
        listed.filter(may_ask).collect()
    }
}

/// The one answer for what does not exist, for what this caller may not know of, and for what the operation does not
/// find. rmcp gives it the code of the client's revision: -32602, before 2026-07-28 -32002. The URI comes back as it was
/// sent (SEP-2164), unless it is longer than any of ours.
pub(super) fn not_found(uri: &str) -> ErrorData {
    let data = (uri.len() <= LONGEST_URI_BYTES).then(|| json!({ "uri": uri }));
    ErrorData::resource_not_found("Resource not found", data)
}

/// The argument that reading a resource has, for the record.
pub(super) fn uri_argument(uri: &str) -> Map<String, Value> {
    Map::from_iter([("uri".to_owned(), Value::from(uri))])
}

/// What reading gives: the operation's answer, as text or in base64.
///
/// # Errors
/// [`not_found`], or the problem that the operation answered with.
pub(super) fn contents(
    resource: &ResourceDef,
    uri: &str,
    answer: Answer,
) -> Result<ResourceContents, ErrorData> {
    if answer.is_not_found() {
        return Err(not_found(uri));
    }
    let body = answer.into_body()?;
    let contents = match std::str::from_utf8(&body) {
        Ok(text) if resource.is_text() => ResourceContents::text(text, uri),
        Ok(_) | Err(_) => ResourceContents::blob(STANDARD.encode(&body), uri),
    };
    Ok(contents.with_mime_type(resource.media_type))
}

/// Templates, each with who lists what they name.
type Sources<'a> = Vec<(&'a ResourceDef, &'a Listing)>;

struct ListedPage {
    listed: Vec<Resource>,
    next_cursor: Option<String>,
}

fn asked(found: Option<&ResourceDef>) -> Asked<'_> {
    match found {
        Some(resource) => Asked {
            subject: McpSubject::Resource(resource.uri.as_str()),
            access: Some(&resource.endpoint.access),
        },
        None => Asked::nothing(McpSubject::Resource),
    }
}

fn unknown_cursor() -> ErrorData {
    ErrorData::invalid_params("Unknown cursor", None)
}

fn fixed_resource(resource: &ResourceDef) -> Resource {
    Resource::new(resource.uri.as_str(), resource.name)
        .with_title(resource.title.as_str())
        .with_description(resource.description.as_str())
        .with_mime_type(resource.media_type)
}

fn template(resource: &ResourceDef) -> ResourceTemplate {
    ResourceTemplate::new(resource.uri.as_str(), resource.name)
        .with_title(resource.title.as_str())
        .with_description(resource.description.as_str())
        .with_mime_type(resource.media_type)
}
