//! The OpenAPI 3.1 document, built from the endpoint definitions and from what their types say of themselves.
//!
//! In the flow of a fact this stands after the annotation and before Swagger UI, generated clients and tool schemas.
//! Invariant: what the document says about access comes from the [`Access`](crate::Access) that the guard decides by.
//! Invariant: the same input gives the same bytes, through [`render_json`] and [`render_yaml`].

mod error;
mod examples;
mod headers;
mod not_modified;
mod operation;
mod problems;
mod render;
mod responses;
mod schemas;
mod security;
mod settings;

use utoipa::openapi::path::{HttpMethod, PathItem, PathsBuilder};
use utoipa::openapi::tag::Tag;
use utoipa::openapi::{
    Components, Info, License, OpenApi, OpenApiBuilder, OpenApiVersion, Paths, Server,
    ServerBuilder,
};

pub use error::SpecError;
pub use problems::{
    FORBIDDEN, INSUFFICIENT_CLAIMS, INSUFFICIENT_SCOPE, INTERNAL_ERROR, INVALID_HEADER,
    INVALID_REQUEST, INVALID_TOKEN, KEYS_UNAVAILABLE, MAX_PROBLEM_ERRORS, MAX_PROBLEM_TEXT,
    PRECONDITION_UNSUPPORTED, PROBLEM_MEDIA_TYPE, PROBLEM_TYPE_PREFIX, RATE_LIMITED,
    REQUEST_TIMEOUT, TOO_MANY_WAITING, UNAUTHENTICATED,
};
pub use render::{render_json, render_value, render_yaml};
pub use settings::{DocumentServer, DocumentSettings, EntraSettings};

use crate::{EndpointDef, Method, Op, Vocabulary};

/// One operation: the annotation's half and the types' half.
#[derive(Debug, Clone, Copy)]
pub struct Operation<'a> {
    /// What the annotation says.
    pub def: &'a EndpointDef,
    /// What the argument and reply types say.
    pub op: &'a Op,
}

/// Builds the document. Paths and tags stand in the order in which their endpoints are registered.
///
/// # Errors
/// The first [`SpecError`]: two operations in one place, two schemas of one name, a reference to nothing, an operation
/// without a success answer, a path parameter that no argument takes, an example that its schema refuses, or a description of
/// a tag that nothing has.
pub fn build_document(
    settings: &DocumentSettings,
    vocabulary: &Vocabulary,
    operations: &[Operation<'_>],
) -> Result<OpenApi, SpecError> {
    let paths = build_paths(settings, operations)?;
    let tags = collect_tags(settings, operations)?;
    let components = build_components(settings, vocabulary, operations)?;
    let document = OpenApiBuilder::new()
        .openapi(OpenApiVersion::Version31)
        .info(build_info(settings))
        .servers(Some(settings.servers.iter().map(build_server)))
        .paths(paths)
        .components(Some(components))
        .tags(Some(tags))
        .build();
    let rendered = render_value(&document);
    schemas::check_references(&rendered)?;
    examples::check(&rendered)?;
    Ok(document)
}

fn build_info(settings: &DocumentSettings) -> Info {
    let mut info = Info::new(settings.title.as_str(), settings.version.as_str());
    if !settings.description.is_empty() {
        info.description = Some(settings.description.clone());
    }
    if let Some(expression) = &settings.license {
        let mut license = License::new(expression.as_str());
        license.identifier = Some(expression.clone());
        info.license = Some(license);
    }
    info
}

fn build_server(server: &DocumentServer) -> Server {
    let internal = [("x-internal", serde_json::Value::Bool(server.is_internal))];
    ServerBuilder::new()
        .url(server.url.as_str())
        .description(Some(server.description.as_str()))
        .extensions(Some(internal.into_iter().collect()))
        .build()
}

fn build_paths(
    settings: &DocumentSettings,
    operations: &[Operation<'_>],
) -> Result<Paths, SpecError> {
    let mut builder = PathsBuilder::new();
    let mut seen: Vec<&EndpointDef> = Vec::new();
    for operation in operations {
        let def = operation.def;
        for earlier in &seen {
            check_distinct(earlier, def)?;
        }
        seen.push(def);
        let built = operation::build(settings, operation)?;
        builder = builder.path(
            def.full_path(),
            PathItem::new(http_method(def.method), built),
        );
    }
    Ok(builder.build())
}

fn check_distinct(first: &EndpointDef, second: &EndpointDef) -> Result<(), SpecError> {
    if first.operation_id == second.operation_id {
        return Err(SpecError::DuplicateOperationId {
            operation_id: first.operation_id.to_owned(),
        });
    }
    if first.method == second.method && first.full_path() == second.full_path() {
        return Err(SpecError::DuplicatePath {
            method: first.method.as_str(),
            path: first.full_path(),
            operation_ids: [first.operation_id, second.operation_id],
        });
    }
    Ok(())
}

/// The tags in use, with what the application says of them.
fn collect_tags(
    settings: &DocumentSettings,
    operations: &[Operation<'_>],
) -> Result<Vec<Tag>, SpecError> {
    let mut tags: Vec<Tag> = Vec::new();
    for operation in operations {
        let name = operation.def.tag();
        if !tags.iter().any(|tag| tag.name == name) {
            tags.push(Tag::new(name));
        }
    }
    for (name, description) in settings.tags {
        let Some(tag) = tags.iter_mut().find(|tag| tag.name == *name) else {
            return Err(SpecError::UnknownTag { name });
        };
        tag.description = Some((*description).to_owned());
    }
    Ok(tags)
}

fn build_components(
    settings: &DocumentSettings,
    vocabulary: &Vocabulary,
    operations: &[Operation<'_>],
) -> Result<Components, SpecError> {
    let mut components = Components::new();
    components.schemas = schemas::collect(operations)?;
    components.responses = responses::collect_shared(operations);
    components.headers = headers::shared();
    security::add_schemes(&mut components, settings, vocabulary);
    Ok(components)
}

fn http_method(method: Method) -> HttpMethod {
    match method {
        Method::Get => HttpMethod::Get,
        Method::Post => HttpMethod::Post,
        Method::Put => HttpMethod::Put,
        Method::Patch => HttpMethod::Patch,
        Method::Delete => HttpMethod::Delete,
    }
}

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;
