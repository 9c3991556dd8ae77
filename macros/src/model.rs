//! Third step: an endpoint without mistakes.
//!
//! Invariant: whatever is built from this says who may call it. `Access` has no variant for "not said", and lists in
//! it were written with at least one entry in all.

use portcullis_grammar::{Fingerprints, Mount};
use syn::{Attribute, Ident, LitInt, LitStr, Path, Visibility};

use crate::written_type::WrittenType;

/// One annotated function, as `expand` needs it.
pub(crate) struct EndpointModel {
    pub(crate) name: Ident,
    pub(crate) visibility: Visibility,
    /// `#[cfg(..)]` of the function: what is emitted for it comes and goes with it.
    pub(crate) conditions: Vec<Attribute>,
    pub(crate) doc: String,
    pub(crate) method: Method,
    pub(crate) path: LitStr,
    /// How many parameters the path has.
    pub(crate) parameter_count: usize,
    pub(crate) mount: Mount,
    pub(crate) fingerprints: Fingerprints,
    pub(crate) access: Access,
    pub(crate) also: Option<LitStr>,
    pub(crate) tool: Option<Tool>,
    pub(crate) resource: Option<Resource>,
    /// The prompt's name, when it is one.
    pub(crate) prompt: Option<LitStr>,
    pub(crate) status: Option<LitInt>,
    pub(crate) tag: Option<LitStr>,
    pub(crate) deprecated: bool,
    pub(crate) arguments: Vec<WrittenType>,
    /// `()` for a function that says none.
    pub(crate) reply: WrittenType,
}

/// What `mcp` says.
pub(crate) struct Tool {
    pub(crate) name: LitStr,
    /// Inputs that the tool leaves out, each named once.
    pub(crate) hidden: Vec<LitStr>,
}

/// `resource("uri", listed_by = lister)`
pub(crate) struct Resource {
    pub(crate) uri: LitStr,
    /// The endpoint that lists what can be read, as written.
    pub(crate) listed_by: Option<Path>,
}

/// The first word of an annotation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    pub(crate) const WORDS: &'static [&'static str] = &["get", "post", "put", "patch", "delete"];

    pub(crate) fn parse(word: &str) -> Option<Self> {
        match word {
            "get" => Some(Method::Get),
            "post" => Some(Method::Post),
            "put" => Some(Method::Put),
            "patch" => Some(Method::Patch),
            "delete" => Some(Method::Delete),
            _ => None,
        }
    }

    /// The variant of `Method` in the vocabulary crate.
    pub(crate) fn variant(self) -> &'static str {
        match self {
            Method::Get => "Get",
            Method::Post => "Post",
            Method::Put => "Put",
            Method::Patch => "Patch",
            Method::Delete => "Delete",
        }
    }
}

/// Who may call.
pub(crate) enum Access {
    /// `public("reason")`
    Public(LitStr),
    /// `signed_in`
    SignedIn,
    /// `roles(..)`, `scopes(..)`, `applications(..)`
    Restricted(Restriction),
}

/// The variants that the three lists name, as written.
#[derive(Default)]
pub(crate) struct Restriction {
    pub(crate) roles: Vec<Ident>,
    pub(crate) scopes: Vec<Ident>,
    pub(crate) applications: Vec<Ident>,
    pub(crate) context: Option<LitStr>,
}
