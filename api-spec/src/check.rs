//! The rules that endpoints are held to while the application is compiled.
//!
//! `#[endpoint]` and `endpoints![]` emit constants that call these functions, each with the position of the word it is
//! about: a panic here is a compile error there. `track_caller` keeps the inside of this module out of that error.
//!
//! Invariant: a rule stands here once; the macros know none of them.

mod among;
mod arguments;
mod grammar;
mod message;
mod problem;
mod resource;
mod rivals;
mod scalar;
mod text;

use crate::{Access, EndpointDef, Mount, PathArity, Primitive, ScalarDef};

/// Checks a path template (whole-segment `{snake_case}` parameters, no trailing slash, no wildcard), and that the
/// arguments of its handler take exactly its parameters: each a type as written, and what it takes.
///
/// # Panics
/// When the path breaks the grammar; when a parameter is not taken, or taken twice; the message names it.
#[track_caller]
pub const fn check_path(mount: Mount, path: &str, arguments: &[(&str, PathArity)]) {
    let fault = match grammar::count_parameters(mount, path) {
        Ok(count) => arguments::path_arguments_fault(path, count, arguments),
        Err(fault) => Some(fault),
    };
    if let Some(fault) = fault {
        panic!("{}", fault.as_str());
    }
}

/// Checks an operation id, which is the function's name.
///
/// # Panics
/// When it has characters that generated clients cannot use.
#[track_caller]
pub const fn check_operation_id(name: &str) {
    if let Some(fault) = grammar::operation_id_fault(name) {
        panic!("{}", fault.as_str());
    }
}

/// Checks the name of an MCP tool: 1 to 128 of `A-Z a-z 0-9 _ . -`.
///
/// # Panics
/// When it is not such a name.
#[track_caller]
pub const fn check_tool_name(name: &str) {
    if let Some(fault) = grammar::tool_name_fault(name) {
        panic!("{}", fault.as_str());
    }
}

/// Checks the name of an input that a tool leaves out: none of the path's parameters, which every request has.
///
/// The rest is known when the Api is built ([`crate::ToolError`]).
///
/// # Panics
/// When the name is empty, or a parameter of the path.
#[track_caller]
pub const fn check_hidden_argument(path: &str, name: &str) {
    if let Some(fault) = arguments::hidden_argument_fault(path, name) {
        panic!("{}", fault.as_str());
    }
}

/// Checks the URI template of a resource beside the path of its operation: `scheme://fixed/{parameter}`, with the same
/// parameters.
///
/// # Panics
/// When it is no such template.
#[track_caller]
pub const fn check_resource(uri: &str, path: &str) {
    if let Some(fault) = resource::resource_fault(uri, path) {
        panic!("{}", fault.as_str());
    }
}

/// Checks that what `listed_by` names can list what the endpoint's resource names: a `GET` without path parameters.
///
/// # Panics
/// When it cannot, or the resource has no parameters.
#[track_caller]
pub const fn check_lister(endpoint: &EndpointDef) {
    if let Some(resource) = &endpoint.resource
        && let Some(lister) = resource.listed_by
        // Else its own annotation did not compile, and says so itself.
        && !matches!(lister.access, Access::DenyAll)
        && let Some(fault) = resource::lister_fault(resource.uri, lister)
    {
        panic!("{}", fault.as_str());
    }
}

/// Checks the name of an MCP prompt: 1 to 128 of `A-Z a-z 0-9 _ . -`.
///
/// # Panics
/// When it is not such a name.
#[track_caller]
pub const fn check_prompt_name(name: &str) {
    if let Some(fault) = resource::prompt_name_fault(name) {
        panic!("{}", fault.as_str());
    }
}

/// Checks a success status: 200 to 299.
///
/// # Panics
/// When it is another one.
#[track_caller]
pub const fn check_status(status: u16) {
    if let Some(fault) = grammar::status_fault(status) {
        panic!("{}", fault.as_str());
    }
}

/// Checks the id of an authentication context: `c1` to `c99`.
///
/// # Panics
/// When it is not such an id.
#[track_caller]
pub const fn check_context(name: &str) {
    if let Some(fault) = grammar::context_fault(name) {
        panic!("{}", fault.as_str());
    }
}

/// Checks a media type: `type/subtype` in lower case, without parameters.
///
/// # Panics
/// When it is not such a name.
#[track_caller]
pub const fn check_media_type(name: &str) {
    if let Some(fault) = grammar::media_type_fault(name) {
        panic!("{}", fault.as_str());
    }
}

/// Checks the status of a problem: 400 to 599.
///
/// # Panics
/// When it is another one.
#[track_caller]
pub const fn check_problem_status(status: u16) {
    if let Some(fault) = problem::status_fault(status) {
        panic!("{}", fault.as_str());
    }
}

/// Checks the code of a problem: 1 to 64 of `a-z 0-9 _`, a letter first.
///
/// # Panics
/// When it is not such a code.
#[track_caller]
pub const fn check_problem_code(code: &str) {
    if let Some(fault) = problem::code_fault(code) {
        panic!("{}", fault.as_str());
    }
}

/// Checks the bounds of a domain type that is made of `P`.
///
/// # Panics
/// When they do not fit what it is made of, or leave no value.
#[track_caller]
pub const fn check_scalar<P: Primitive>(scalar: &ScalarDef) {
    if let Some(fault) = scalar::scalar_fault::<P>(scalar) {
        panic!("{}", fault.as_str());
    }
}

/// Checks the name of a role: what Entra accepts as the value of an app role.
///
/// # Panics
/// When Entra would refuse it, or a token could not carry it.
#[track_caller]
pub const fn check_role_name(name: &str) {
    if let Some(fault) = grammar::value_fault("role", name) {
        panic!("{}", fault.as_str());
    }
}

/// Checks the name of a scope: what Entra accepts as the value of a delegated permission.
///
/// # Panics
/// When Entra would refuse it, or a token could not carry it.
#[track_caller]
pub const fn check_scope_name(name: &str) {
    if let Some(fault) = grammar::value_fault("scope", name) {
        panic!("{}", fault.as_str());
    }
}

/// Checks that users can hold the role at `index` of `roles(..)`.
///
/// # Panics
/// When only applications can be assigned it, so that the word could never be met.
#[track_caller]
pub const fn check_role_for_users(access: &Access, index: usize) {
    if let Access::Restricted(requirements) = access
        && let Some(fault) = among::role_for_users_fault(&requirements.roles[index])
    {
        panic!("{}", fault.as_str());
    }
}

/// Checks that applications can hold the role at `index` of `applications(..)`.
///
/// # Panics
/// When only users can be assigned it, so that the word could never be met.
#[track_caller]
pub const fn check_role_for_applications(access: &Access, index: usize) {
    if let Access::Restricted(requirements) = access
        && let Some(fault) = among::role_for_applications_fault(&requirements.applications[index])
    {
        panic!("{}", fault.as_str());
    }
}

/// Checks an argument that is not the last: it leaves the request body to others.
///
/// # Panics
/// When it reads the body.
#[track_caller]
pub const fn check_body_argument(argument: &str, reads_body: bool) {
    if reads_body {
        panic!("{}", arguments::early_body_fault(argument).as_str());
    }
}

/// For each endpoint of a list the first one before it that it cannot stand beside; its own index where there is none.
///
/// Route, operation id, tool name, prompt name and resource are each endpoint's own. [`check_endpoint_at`] says what is wrong.
#[must_use]
pub const fn find_rivals<const N: usize>(endpoints: &[&EndpointDef; N]) -> [usize; N] {
    rivals::find_rivals(endpoints)
}

/// Checks the endpoint at `index` against those before it: route, operation id, tool name, prompt name and resource are its
/// own.
///
/// `rivals` is what [`find_rivals`] found for the list; it is made once, so that the time rustc takes for a list grows
/// with its length and not with its square.
///
/// # Panics
/// When an earlier endpoint of the list has one of them; the message names both.
#[track_caller]
pub const fn check_endpoint_at(endpoints: &[&EndpointDef], rivals: &[usize], index: usize) {
    let rival = rivals[index];
    if rival < index
        && let Some(fault) = among::clash_fault(endpoints[rival], endpoints[index])
    {
        panic!("{}", fault.as_str());
    }
}
