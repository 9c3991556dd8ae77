//! What generated code names. Not for people: anything here may change without notice.

pub use std::borrow::Cow;
pub use std::format;
pub use std::option::Option::{None, Some};
pub use std::string::String;
use std::sync::OnceLock;
pub use std::vec::Vec;

pub use axum::response::{IntoResponse, Response};
pub use portcullis_api_spec::{
    Access, Assignable, Bound, EndpointChecks, EndpointDef, Fingerprints, ListedEndpoint, Method,
    Mount, Op, PathArity, Primitive, ProblemDef, Requirements, ResourceWord, RoleDef, Roles,
    Scalar, ScalarDef, ScalarFault, ScopeDef, Scopes, Vocabulary, check_body_argument,
    check_lister, check_path_arguments, check_public_argument, check_role_for_applications,
    check_role_for_users, check_role_name, check_scalar, check_scope_name, count_problems,
    join_problems,
};
use portcullis_api_spec::{ScalarKind, compile_pattern};
pub use portcullis_macros::api_impl;
use regex_lite::Regex;

pub use crate::api::EndpointSet;
use crate::whole_number;
pub use serde;
pub use utoipa::openapi::{RefOr, Schema};
pub use utoipa::{PartialSchema, ToSchema};

pub use crate::arg::{
    Arg, HeaderValueType, PathParams, PathSegment, describe_path_parameter, path_fault,
};
pub use crate::config::{AppSetting, AppValues, SettingBound, SettingValue, Settings};
pub use crate::endpoint::{Endpoint, EndpointEntry};
pub use crate::guard::{Admitted, Answer};
pub use crate::problem::{FieldError, Problem};
pub use crate::reply::{Problems, PromptReply, Reply};

/// No role is asked for.
pub const NO_ROLES: &[RoleDef] = &[];

/// No scope is asked for.
pub const NO_SCOPES: &[ScopeDef] = &[];

/// What the entries of `endpoints![..]` say, for the checks of endpoints against each other.
#[must_use]
pub const fn listed<S, const N: usize>(
    entries: &'static [EndpointEntry<S>; N],
) -> [ListedEndpoint; N] {
    let mut listed = [const {
        ListedEndpoint {
            definition: &EndpointDef::CLOSED,
            fingerprints: &EndpointDef::CLOSED.fingerprints(),
        }
    }; N];
    let mut index = 0;
    while index < N {
        listed[index].definition = &entries[index].definition;
        listed[index].fingerprints = &entries[index].fingerprints;
        index += 1;
    }
    listed
}

/// Lets a type through when the checks before it held.
///
/// `[(); N]` is an error when the constant `N` is, and so is `Out`: rustc then keeps silent about what would follow from
/// the first mistake.
pub trait Pass<T> {
    /// `T` itself.
    type Out;
}

impl<T, const N: usize> Pass<T> for [(); N] {
    type Out = T;
}

/// The pattern of a scalar, compiled when it is used first.
pub struct Pattern {
    text: &'static str,
    compiled: OnceLock<Regex>,
}

impl Pattern {
    /// Takes a pattern that the derive has compiled once already.
    #[must_use]
    pub const fn new(text: &'static str) -> Self {
        Self {
            text,
            compiled: OnceLock::new(),
        }
    }

    /// The compiled pattern.
    pub fn regex(&self) -> &Regex {
        self.compiled.get_or_init(|| {
            compile_pattern(self.text)
                .expect("derive(Scalar) refuses a pattern that does not compile")
        })
    }
}

/// Reads a scalar from text, such as a path segment or a header.
///
/// # Errors
/// What is wrong with the text.
pub fn parse_scalar<T>(text: &str) -> Result<T, ScalarFault>
where
    T: Scalar + TryFrom<T::Inner, Error = ScalarFault>,
{
    match <T::Inner as Primitive>::read(text) {
        Some(inner) => T::try_from(inner),
        None => Err(ScalarFault::unreadable::<T::Inner>(text)),
    }
}

/// Reads a scalar from whatever serde reads.
///
/// # Errors
/// What is wrong with the value.
pub fn deserialize_scalar<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Scalar + TryFrom<T::Inner, Error = ScalarFault>,
    T::Inner: serde::Deserialize<'de>,
    D: serde::Deserializer<'de>,
{
    if <T::Inner as Primitive>::is_spelled_as_text() {
        let text = <Cow<'_, str> as serde::Deserialize>::deserialize(deserializer)?;
        return parse_scalar(&text).map_err(serde::de::Error::custom);
    }
    let inner = match <T::Inner as Primitive>::KIND {
        ScalarKind::Integer => whole_number::deserialize(deserializer)?,
        ScalarKind::Text | ScalarKind::Decimal | ScalarKind::Fixed => {
            <T::Inner as serde::Deserialize>::deserialize(deserializer)?
        }
    };
    T::try_from(inner).map_err(serde::de::Error::custom)
}

/// Names the state, the roles and the scopes of an application, once: in module `api` at the crate root.
///
/// ```ignore
/// portcullis::api! { state = AppState, roles = Role, scopes = Scope }
/// ```
///
/// `state` is what handlers reach through `State<..>`; it is `Clone`. `roles` and `scopes` are the enums that
/// `derive(Roles)` and `derive(Scopes)` stand on. `#[endpoint]` and `endpoints![]` find them through what this emits,
/// `crate::api::__portcullis`, also when the dependency on `portcullis` has been renamed.
#[macro_export]
macro_rules! api {
    ($($words:tt)*) => {
        $crate::__private::api_impl! { $crate, $($words)* }
    };
}
