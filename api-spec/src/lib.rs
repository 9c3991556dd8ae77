//! The words of Portcullis: who may call what, and how it is described.
//!
//! Plain data and pure functions. An endpoint is one [`EndpointDef`]; the guard, the OpenAPI document, the
//! tools and the access matrix are all made from it.
//!
//! Invariant: this crate knows no web framework, no clock and no I/O.

mod access;
mod access_sentence;
mod argument;
mod check;
mod decide;
pub mod drift;
mod endpoint;
mod html;
pub mod manifest;
pub mod matrix;
mod media_type;
mod nearest;
mod op;
pub mod openapi;
mod pattern;
mod pointer;
mod preconditions;
mod problem;
mod prompts;
mod resources;
mod rights;
mod scalar;
mod schema_check;
mod spelling;
mod tools;
mod type_schema;
mod vocabulary;

pub use access::{Access, Requirements};
pub use access_sentence::render_access_sentence;
pub use argument::{Argument, PathArity};
pub use check::{
    EndpointChecks, ListedEndpoint, check_body_argument, check_header_name, check_lister,
    check_media_type, check_path_arguments, check_public_argument, check_role_for_applications,
    check_role_for_users, check_role_name, check_scalar, check_scope_name,
};
pub use decide::{Decision, Denial, decide};
pub use endpoint::{EndpointDef, Method, ResourceWord};
pub use html::escape_html;
pub use media_type::{EVENT_STREAM, FORM, JSON, MULTIPART, is_text_media_type};
pub use nearest::nearest;
pub use op::{Op, QueryField, Success, query_fields};
pub use pattern::compile_pattern;
pub use pointer::pointer_to;
pub use portcullis_grammar::{Fingerprints, Mount};
pub use preconditions::{
    CONDITION_PATTERN, ENTITY_TAGS_PATTERN, MAX_CONDITION_BYTES, answers_not_modified,
    describes_content, unread_preconditions,
};
pub use problem::{ProblemDef, count_problems, join_problems};
pub use prompts::{PromptArgument, PromptDef, PromptError, build_prompts, render_prompts};
pub use resources::{
    LONGEST_URI_BYTES, ListedItem, Listing, ListingPage, ResourceDef, ResourceError, UriTemplate,
    build_resources, find_resource, render_resources,
};
pub use rights::{CallerKind, Rights};
pub use scalar::{Bound, Primitive, PrimitiveValue, Scalar, ScalarDef, ScalarFault, ScalarKind};
pub use schema_check::{
    MemberSchemas, SchemaFault, check_against, check_against_type, check_value, parse_text,
};
pub use spelling::{parse_decimal, parse_integer, whole};
pub use tools::{
    ArgumentPlace, BodyForm, LONGEST_PATH_AND_QUERY_BYTES, ToolBody, ToolDef, ToolError, ToolHints,
    ToolOutput, ToolRequest, ToolWait, build_request, build_tools, render_tools,
};
pub use type_schema::TypeSchema;
pub use vocabulary::{Assignable, RoleDef, Roles, ScopeDef, Scopes, Vocabulary};
