//! An entry of the audit log.

use jiff::Timestamp;
use portcullis::api_spec::CallerKind;
use portcullis::{CallOutcome, CallRecord, Scalar, Surface};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::newest_first::NewestFirst;
use crate::person::Person;

/// Identifies an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Scalar)]
pub struct AuditId(Uuid);

impl AuditId {
    fn random() -> Self {
        Self(Uuid::new_v4())
    }
}

/// One call, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AuditEntry {
    /// Identifies the entry.
    pub id: AuditId,
    /// When the call was answered, or given up.
    #[schema(value_type = String, format = DateTime, max_length = 40)]
    pub at: Timestamp,
    /// Who called.
    pub caller: Person,
    /// What the caller is.
    pub caller_type: CallerType,
    /// The client application that asked for the token; `null` when the token does not say.
    #[schema(
        required = true,
        max_length = 200,
        pattern = r"^[^\x00-\x1F\x7F-\x9F]*$"
    )]
    pub client_id: Option<String>,
    /// The operation that was called, by the id it has in this document.
    #[schema(max_length = 128, pattern = "^[A-Za-z0-9_]+$")]
    pub operation: String,
    /// The HTTP method.
    #[schema(max_length = 10, pattern = "^[A-Z]+$")]
    pub method: String,
    /// The path that was called, without its query; cut after 1000 characters.
    #[schema(max_length = 1000, pattern = "^/[!-~]*$")]
    pub path: String,
    /// Over REST, or by a tool.
    pub surface: CallSurface,
    /// The HTTP status; `null` when there was no answer, because the client went away, it took too long or something
    /// broke: it is then not known whether anything changed.
    #[schema(required = true, minimum = 200, maximum = 599)]
    pub status: Option<u16>,
    /// The code of the problem that it was answered with; `null` for a success.
    #[schema(required = true, max_length = 64, pattern = "^[a-z0-9_]+$")]
    pub code: Option<String>,
    /// Finds the call in the log.
    #[schema(max_length = 64, pattern = "^[A-Za-z0-9._-]+$")]
    pub correlation_id: String,
}

/// What a caller is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CallerType {
    /// Somebody who is signed in.
    User,
    /// An application without a person.
    Application,
}

/// Where a call came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CallSurface {
    /// A request of its own.
    Rest,
    /// A tool call.
    Mcp,
}

impl CallerType {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            CallerType::User => "user",
            CallerType::Application => "application",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "user" => Some(CallerType::User),
            "application" => Some(CallerType::Application),
            _ => None,
        }
    }
}

impl CallSurface {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            CallSurface::Rest => "rest",
            CallSurface::Mcp => "mcp",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "rest" => Some(CallSurface::Rest),
            "mcp" => Some(CallSurface::Mcp),
            _ => None,
        }
    }
}

impl AuditEntry {
    /// Makes the entry of a call.
    pub(super) fn of(record: CallRecord, now: Timestamp) -> Self {
        let caller = &record.caller;
        let (status, code) = match record.outcome {
            CallOutcome::Answered { status, code } => (Some(status), code),
            CallOutcome::CutOff => (None, None),
        };
        Self {
            id: AuditId::random(),
            at: now,
            caller: caller.into(),
            caller_type: match caller.kind() {
                CallerKind::User => CallerType::User,
                CallerKind::Application => CallerType::Application,
            },
            client_id: caller.client_id().map(str::to_owned),
            operation: record.operation_id.to_owned(),
            method: record.method.to_owned(),
            path: record.path,
            surface: match record.surface {
                Surface::Rest => CallSurface::Rest,
                Surface::Mcp => CallSurface::Mcp,
            },
            status,
            code,
            correlation_id: record.correlation_id,
        }
    }

    /// The place of an entry in the list.
    pub(super) fn place(&self) -> NewestFirst<AuditId> {
        NewestFirst {
            at: self.at,
            id: self.id,
        }
    }
}
