//! Reads single claims with their one type. A claim of another type is refused, never converted.

use uuid::Uuid;

use crate::identity::Reason;
use crate::identity::json::{Json, Object};

/// The last second of the year 9999. A larger time is milliseconds, or an attempt to overflow a comparison.
const LATEST_UNIX_SECONDS: u64 = 253_402_300_799;

/// The claims of a token. Without `Debug`, so that they reach no log by accident.
pub(crate) struct Claims(Object);

impl Claims {
    pub(crate) fn new(members: Object) -> Self {
        Self(members)
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    /// A claim as it stands, without a type.
    pub(crate) fn get(&self, name: &str) -> Option<&Json> {
        self.0.get(name)
    }

    /// A claim that is a string if it is there.
    pub(crate) fn optional_str(&self, name: &'static str) -> Result<Option<&str>, Reason> {
        match self.0.get(name) {
            None => Ok(None),
            Some(Json::String(text)) => Ok(Some(text)),
            Some(
                Json::Null
                | Json::Bool(_)
                | Json::Whole(_)
                | Json::OtherNumber
                | Json::Array(_)
                | Json::Object(_),
            ) => Err(Reason::ClaimMistyped(name)),
        }
    }

    /// A claim that must be there and be a string.
    pub(crate) fn required_str(&self, name: &'static str) -> Result<&str, Reason> {
        self.optional_str(name)?.ok_or(Reason::ClaimMissing(name))
    }

    /// A claim that is a time if it is there: whole seconds since 1970, as Entra writes them.
    pub(crate) fn optional_time(&self, name: &'static str) -> Result<Option<u64>, Reason> {
        match self.0.get(name) {
            None => Ok(None),
            Some(Json::Whole(seconds)) if *seconds <= LATEST_UNIX_SECONDS => Ok(Some(*seconds)),
            Some(
                Json::Null
                | Json::Bool(_)
                | Json::Whole(_)
                | Json::OtherNumber
                | Json::String(_)
                | Json::Array(_)
                | Json::Object(_),
            ) => Err(Reason::ClaimMistyped(name)),
        }
    }

    /// A claim that must be there and be a time.
    pub(crate) fn required_time(&self, name: &'static str) -> Result<u64, Reason> {
        self.optional_time(name)?.ok_or(Reason::ClaimMissing(name))
    }

    /// A claim that must be there and be a GUID in the one form Entra writes: lower case, with hyphens.
    ///
    /// One spelling an identity: a token is never normalised, or `(tid, oid)` would have aliases.
    pub(crate) fn required_guid(&self, name: &'static str) -> Result<Uuid, Reason> {
        let text = self.required_str(name)?;
        match Uuid::try_parse(text) {
            Ok(guid) if !guid.is_nil() && guid.hyphenated().to_string() == text => Ok(guid),
            Ok(_) | Err(_) => Err(Reason::ClaimMistyped(name)),
        }
    }

    /// Says whether the groups were left out because they did not fit. Their endpoint is never called.
    pub(crate) fn has_groups_overage(&self) -> bool {
        let names_groups =
            |names: &Json| matches!(names, Json::Object(names) if names.contains("groups"));
        self.contains("hasgroups") || self.get("_claim_names").is_some_and(names_groups)
    }
}
