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
use portcullis_api_spec::{
    JSON, LONGEST_URI_BYTES, Listing, ListingPage, ResourceDef, find_resource,
};
use rmcp::model::{CompletionInfo, ErrorData, Resource, ResourceContents, ResourceTemplate};

use serde_json::{Map, Value, json};

use super::admission::Asked;
use super::answer::Answer;
use super::audit::{AuditRecord, AuditTrail};
use super::completion::Blank;
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
        asked(McpSubject::Resource, find_resource(&self.entries, uri))
    }

    /// What completing a parameter of this template asks for.
    pub(super) fn asked_to_complete(&self, template: &str) -> Asked<'_> {
        asked(McpSubject::ResourceCompletion, self.find_template(template))
    }

    fn find_template(&self, template: &str) -> Option<&ResourceDef> {
        let mut templates = self.entries.iter().filter(|it| !it.uri.is_fixed());
        templates.find(|it| it.uri.as_str() == template)
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
        let asked = asked(McpSubject::Resource, found);
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

    /// The resource of this template, if it exists for this caller, and the record of completing a parameter of it.
    pub(super) fn completable(
        &self,
        template: &str,
        blank: &Blank<'_>,
        parts: &Parts,
        audit: &AuditTrail,
    ) -> Option<(&ResourceDef, AuditRecord)> {
        let found = self.find_template(template);
        let asked = asked(McpSubject::ResourceCompletion, found);
        let record = audit.admit(asked, parts, Some(&blank.arguments()))?;
        Some((found?, record))
    }

    /// The values of a template's parameter that its operation lists to this caller, on the first page.
    ///
    /// # Errors
    /// The template has no such parameter, or what the listing operation answered.
    pub(super) async fn complete<F: Future<Output = Answer>>(
        &self,
        resource: &ResourceDef,
        blank: &Blank<'_>,
        extensions: &Extensions,
        ask: impl FnOnce(Read) -> F,
    ) -> Result<CompletionInfo, ErrorData> {
        blank.check_in_template(&resource.uri)?;
        let listing = resource.listing.as_ref();
        let Some(listing) = listing.filter(|listing| may_ask(listing, extensions)) else {
            return blank.unknown();
        };
        let subject = McpSubject::ResourceCompletion(resource.uri.as_str());
        let Some(read) = read_list(subject, listing, None) else {
            return blank.unknown();
        };
        match self.read_page(resource, listing, ask(read).await)? {
            Some(page) => blank.in_page(&resource.uri, &page),
            None => blank.unknown(),
        }
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
        let subject = McpSubject::ResourceList(resource.uri.as_str());
        let read = read_list(subject, listing, inner).ok_or_else(unknown_cursor)?;
        let page = self.listed_page(resource, listing, ask(read).await)?;
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
        let Some(page) = self.read_page(resource, listing, answer)? else {
            return Ok(ListedPage {
                listed: Vec::new(),
                next_cursor: None,
            });
        };
        if page.unnameable > 0 {
            let (lister, items) = (listing.endpoint.operation_id, page.unnameable);
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

    /// What the listing operation answered; `None` when there is nothing for this caller.
    ///
    /// # Errors
    /// Any other problem that it answered with, and what is no list.
    fn read_page(
        &self,
        resource: &ResourceDef,
        listing: &Listing,
        answer: Answer,
    ) -> Result<Option<ListingPage>, ErrorData> {
        if answer.is_not_found() || answer.is_forbidden() {
            return Ok(None);
        }
        let lister = listing.endpoint.operation_id;
        let body = answer.into_body()?;
        let page = serde_json::from_slice(&body)
            .ok()
            .and_then(|body| listing.read(&resource.uri, &self.entries, &body));
        if page.is_none() {
            tracing::error!(lister, "what lists resources answered with no list");
            return Err(ErrorData::internal_error(
                "The list could not be made",
                None,
            ));
        }
        Ok(page)
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
        listed
            .filter(|(_, listing)| may_ask(listing, extensions))
            .collect()
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

fn asked(subject_of: fn(&'static str) -> McpSubject, found: Option<&ResourceDef>) -> Asked<'_> {
    Asked::new(subject_of, found.map(|it| (it.uri.as_str(), &it.endpoint)))
}

/// Says whether the caller of a request may ask who lists something.
fn may_ask(listing: &Listing, extensions: &Extensions) -> bool {
    match Visibility::of(&listing.endpoint.access, extensions) {
        Visibility::Visible => true,
        Visibility::Obtainable | Visibility::Hidden => false,
    }
}

/// The question for a page; `None` for a cursor of none.
fn read_list(subject: McpSubject, listing: &Listing, cursor: Option<&str>) -> Option<Read> {
    Some(Read {
        subject,
        operation: listing.endpoint.operation_id,
        path_and_query: listing.path_and_query(cursor)?,
        media_type: JSON,
    })
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
