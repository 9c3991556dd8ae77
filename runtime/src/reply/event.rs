//! One event of a stream, and the id by which a client says which one it has seen last.

use std::fmt;
use std::str::FromStr;

use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

use crate::arg::HeaderValueType;

/// Longest id of an event, in bytes.
const MAX_ID: usize = 256;

/// One event: what it carries, and, where wanted, an id and a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event<T> {
    pub(super) id: Option<EventId>,
    pub(super) name: Option<&'static str>,
    pub(super) data: T,
}

impl<T> Event<T> {
    /// An event without id and name; browsers call it `message`.
    #[must_use]
    pub fn new(data: T) -> Self {
        Self {
            id: None,
            name: None,
            data,
        }
    }

    /// Gives the id that a client sends back as `Last-Event-ID` when it connects again.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<EventId>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Names the kind of event, such as `step`. A name with a line break is left out.
    #[must_use]
    pub fn with_name(mut self, name: &'static str) -> Self {
        self.name = Some(name);
        self
    }
}

/// The id of an event: 1 to 256 visible ASCII characters, so that it can come back in a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventId(String);

impl EventId {
    /// The id as it stands in the stream.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a text is no [`EventId`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an event's id is 1 to 256 visible ASCII characters")]
pub struct EventIdError;

impl FromStr for EventId {
    type Err = EventIdError;

    fn from_str(text: &str) -> Result<Self, EventIdError> {
        let is_visible = text.bytes().all(|byte| byte.is_ascii_graphic());
        if is_visible && (1..=MAX_ID).contains(&text.len()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(EventIdError)
        }
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

macro_rules! ids_from {
    ($($type:ty),*) => { $(
        impl From<$type> for EventId {
            fn from(id: $type) -> Self {
                Self(id.to_string())
            }
        }
    )* };
}
ids_from!(u32, u64, i32, i64, Uuid);

/// The `Last-Event-ID` header (WHATWG HTML, section 9.2.4): the event that the client has seen last, so that a stream goes
/// on behind it. Take it as `Option<Header<LastEventId>>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastEventId(pub EventId);

impl HeaderValueType for LastEventId {
    const NAME: &'static str = "last-event-id";

    const DESCRIPTION: &'static str =
        "The id of the last event that was received; the stream goes on behind it.";

    fn parse(value: &str) -> Result<Self, String> {
        let id = value
            .parse()
            .map_err(|error: EventIdError| error.to_string());
        id.map(LastEventId)
    }
}

impl PartialSchema for LastEventId {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(1))
            .max_length(Some(MAX_ID))
            .pattern(Some("^[!-~]+$"))
            .into()
    }
}

impl ToSchema for LastEventId {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_can_stand_on_one_line_and_in_a_header() {
        let longest = "x".repeat(MAX_ID);
        for id in ["7", "2026-01-30T10:00:00Z", longest.as_str()] {
            assert_eq!(EventId::from_str(id).unwrap().as_str(), id);
        }
        let too_long = "x".repeat(MAX_ID + 1);
        for id in ["", "a b", "1\n2", "1\r", "\0", "ä", too_long.as_str()] {
            assert_eq!(EventId::from_str(id), Err(EventIdError), "{id:?}");
        }
    }
}
