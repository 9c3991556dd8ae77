//! The rules that endpoints are held to while the application is compiled.
//!
//! What an annotation says in quotes is asked of the grammar by the macro itself. What only rustc knows, such as types and
//! other endpoints, is asked here: `#[endpoint]` and `endpoints![]` emit constants that call these functions, each with the
//! position of the word it is about: a panic here is a compile error there. `track_caller` keeps the inside of this module
//! out of that error.
//!
//! Invariant: a rule stands once, here or in the grammar.

mod among;
mod arguments;
mod lister;
mod rivals;
mod scalar;

use portcullis_grammar::name;

use crate::{Access, Argument, EndpointDef, Primitive, ScalarDef};

pub use rivals::{EndpointChecks, ListedEndpoint};

/// Checks that the arguments of a handler take exactly the parameters of its path, which are so many: each argument a type
/// as written, and what it says about itself.
///
/// # Panics
/// When a parameter is not taken, or taken twice; the message names it.
#[track_caller]
pub const fn check_path_arguments(
    path: &'static str,
    count: usize,
    arguments: &'static [(&'static str, &'static Argument)],
) {
    // The words for it take rustc longer than the question, which it asks of every endpoint.
    if !arguments::take_path(path, count, arguments)
        && let Some(fault) = arguments::path_arguments_fault(path, count, arguments)
    {
        panic!("{}", fault.as_str());
    }
}

/// Checks that what `listed_by` names can list what the endpoint's resource names: a `GET` without path parameters.
///
/// # Panics
/// When it cannot, or the resource has no parameters.
#[track_caller]
pub const fn check_lister(endpoint: EndpointDef) {
    if let Some(resource) = endpoint.resource
        && let Some(lister) = resource.listed_by
        // Else its own annotation did not compile, and says so itself.
        && !matches!(lister.access, Access::DenyAll)
        && let Some(fault) = lister::lister_fault(resource.uri, lister)
    {
        panic!("{}", fault.as_str());
    }
}

/// Checks a media type: `type/subtype` in lower case, without parameters.
///
/// # Panics
/// When it is not such a name.
#[track_caller]
pub const fn check_media_type(name: &str) {
    if let Some(fault) = name::media_type_fault(name) {
        panic!("{}", fault.as_str());
    }
}

/// Checks the name of a header that an argument reads: a field name in lower case, and none that others read.
///
/// # Panics
/// When it is not such a name.
#[track_caller]
pub const fn check_header_name(name: &str) {
    if let Some(fault) = name::header_fault(name) {
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
    if let Some(fault) = name::value_fault("role", name) {
        panic!("{}", fault.as_str());
    }
}

/// Checks the name of a scope: what Entra accepts as the value of a delegated permission.
///
/// # Panics
/// When Entra would refuse it, or a token could not carry it.
#[track_caller]
pub const fn check_scope_name(name: &str) {
    if let Some(fault) = name::value_fault("scope", name) {
        panic!("{}", fault.as_str());
    }
}

/// Checks that users can hold the role at `index` of `roles(..)`.
///
/// # Panics
/// When only applications can be assigned it, so that the word could never be met.
#[track_caller]
pub const fn check_role_for_users(access: Access, index: usize) {
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
pub const fn check_role_for_applications(access: Access, index: usize) {
    if let Access::Restricted(requirements) = access
        && let Some(fault) = among::role_for_applications_fault(&requirements.applications[index])
    {
        panic!("{}", fault.as_str());
    }
}

/// Checks the argument at `index`, which is not the last: it leaves the request body to others.
///
/// # Panics
/// When it reads the body.
#[track_caller]
pub const fn check_body_argument(
    arguments: &'static [(&'static str, &'static Argument)],
    index: usize,
) {
    if arguments[index].1.reads_body {
        panic!(
            "{}",
            arguments::early_body_fault(arguments[index].0).as_str()
        );
    }
}

/// Checks the argument at `index` of a public endpoint, where nobody is known.
///
/// # Panics
/// When it needs a caller.
#[track_caller]
pub const fn check_public_argument(
    arguments: &'static [(&'static str, &'static Argument)],
    index: usize,
) {
    if arguments[index].1.needs_caller {
        panic!(
            "{}",
            arguments::unknown_caller_fault(arguments[index].0).as_str()
        );
    }
}
