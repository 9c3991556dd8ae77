//! One endpoint, as its annotation and doc comment say it.

use portcullis_grammar::{Fingerprints, Mount, Named};

use crate::Access;

/// An HTTP method that an endpoint can be mounted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Method {
    /// Reads; also answers HEAD.
    Get,
    /// Creates, or starts something.
    Post,
    /// Replaces; idempotent.
    Put,
    /// Changes in part.
    Patch,
    /// Removes; idempotent.
    Delete,
}

impl Method {
    /// The name on the wire, in upper case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }
}

/// What `resource(..)` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResourceWord {
    /// The URI, with the path's parameters in it, such as `desk://reports/{id}`.
    pub uri: &'static str,
    /// The endpoint that lists what can be read, when one does.
    pub listed_by: Option<&'static EndpointDef>,
}

/// Everything an annotation says about an endpoint. `#[endpoint(..)]` emits one as a constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndpointDef {
    /// The function's name; the OpenAPI operation id.
    pub operation_id: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The path template as written, such as `/reports/{id}`.
    pub path: &'static str,
    /// Where the path begins.
    pub mount: Mount,
    /// Who may call it.
    pub access: Access,
    /// What the handler checks beyond the rule, in words.
    pub also: Option<&'static str>,
    /// The tool's name, when the endpoint is also an MCP tool.
    pub tool: Option<&'static str>,
    /// Inputs that tool and prompt leave out, by the name on the wire; the operation does without them.
    pub hidden_arguments: &'static [&'static str],
    /// The resource that the endpoint is over MCP, when it is one.
    pub resource: Option<ResourceWord>,
    /// The prompt's name, when the endpoint is also an MCP prompt.
    pub prompt: Option<&'static str>,
    /// The success status, where it is not the reply type's own.
    pub status: Option<u16>,
    /// The OpenAPI tag; without one, the first segment of the path.
    pub tag: Option<&'static str>,
    /// Whether callers should move away from it.
    pub deprecated: bool,
    /// The doc comment, lines joined by `\n`, each without its leading space.
    pub doc: &'static str,
}

impl EndpointDef {
    /// An endpoint that admits nobody: what an annotation says is written over it, and what it does not say stays so.
    pub const CLOSED: EndpointDef = EndpointDef {
        operation_id: "",
        method: Method::Get,
        path: "/",
        mount: Mount::Api,
        access: Access::DenyAll,
        also: None,
        tool: None,
        hidden_arguments: &[],
        resource: None,
        prompt: None,
        status: None,
        tag: None,
        deprecated: false,
        doc: "",
    };

    /// What finds the endpoints that this one cannot stand beside.
    #[must_use]
    pub const fn fingerprints(&self) -> Fingerprints {
        Fingerprints::of(&Named {
            mount: self.mount,
            path: self.path,
            operation_id: self.operation_id,
            tool: self.tool,
            prompt: self.prompt,
            resource: match self.resource {
                Some(resource) => Some(resource.uri),
                None => None,
            },
        })
    }

    /// The path template with its prefix, such as `/api/v1/reports/{id}`.
    #[must_use]
    pub fn full_path(&self) -> String {
        format!("{}{}", self.mount.prefix(), self.path)
    }

    /// The first paragraph of the doc comment, on one line and without its full stop.
    #[must_use]
    pub fn summary(&self) -> String {
        let paragraph = self.doc.trim().split("\n\n").next().unwrap_or_default();
        let line = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
        line.strip_suffix('.').unwrap_or(&line).to_owned()
    }

    /// The doc comment after its first paragraph; may be empty.
    #[must_use]
    pub fn description(&self) -> &'static str {
        match self.doc.trim().split_once("\n\n") {
            Some((_, rest)) => rest.trim(),
            None => "",
        }
    }

    /// The OpenAPI tag: the annotation's own, else the first segment of the path.
    #[must_use]
    pub fn tag(&self) -> &'static str {
        self.tag.unwrap_or_else(|| {
            let mut segments = self.path.split('/').filter(|segment| !segment.is_empty());
            segments.next().unwrap_or("service")
        })
    }

    /// The names between braces in the path template, in order.
    pub fn path_parameters(&self) -> impl Iterator<Item = &'static str> {
        self.path
            .split('/')
            .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
    }
}
