//! Lists that begin with what came last.

use std::fmt::Display;
use std::str::FromStr;

use jiff::Timestamp;
use portcullis::SortKey;

use crate::store::timestamp_to_text;

/// The place of something in a list that is sorted by time, newest first, and then by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewestFirst<Id> {
    /// When it came.
    pub at: Timestamp,
    /// What tells it from others of the same time.
    pub id: Id,
}

impl<Id: Display + FromStr> SortKey for NewestFirst<Id> {
    fn render(&self) -> String {
        format!("{} {}", timestamp_to_text(self.at), self.id)
    }

    fn parse(text: &str) -> Option<Self> {
        let (at, id) = text.split_once(' ')?;
        Some(Self {
            at: at.parse().ok()?,
            id: id.parse().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_sort_key_comes_back_as_it_was() {
        let key = NewestFirst {
            at: "2026-01-02T03:04:05.000006Z".parse().unwrap(),
            id: Uuid::from_u128(7),
        };
        assert_eq!(NewestFirst::parse(&key.render()), Some(key));
        assert_eq!(NewestFirst::<Uuid>::parse("2026-01-02T03:04:05Z"), None);
    }
}
