//! Which reports a list shows.

use portcullis::{Caller, Cursor, Limit, Scalar};
use serde::Deserialize;
use utoipa::ToSchema;

use super::report::{Author, ReportId, ReportStatus};
use crate::api::Role;
use crate::instruments::Symbol;
use crate::newest_first::NewestFirst;

/// Which reports to list. All conditions given must hold.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportQuery {
    /// Text that the title or the body contains; upper and lower case count as the same.
    pub search: Option<SearchText>,
    /// Only reports on this instrument.
    pub symbol: Option<Symbol>,
    /// Only reports that stand here.
    pub status: Option<ReportStatus>,
    /// Largest number of reports on the page.
    #[serde(default)]
    pub limit: Limit<20, 100>,
    /// `next_cursor` of the page before; without it, the first page.
    pub cursor: Option<ReportCursor>,
}

/// Text to search for: 1 to 100 characters, none of them a control character.
#[derive(Debug, Clone, PartialEq, Eq, Scalar)]
#[scalar(
    min_length = 1,
    max_length = 100,
    pattern = r"^[^\x00-\x1F\x7F-\x9F]+$"
)]
pub struct SearchText(String);

impl SearchText {
    /// A LIKE pattern, to be compared with lowered text under `ESCAPE '!'`: what the client typed has no wildcards.
    pub(super) fn to_like_pattern(&self) -> String {
        let mut pattern = String::from("%");
        for character in self.0.to_lowercase().chars() {
            if matches!(character, '%' | '_' | '!') {
                pattern.push('!');
            }
            pattern.push(character);
        }
        pattern.push('%');
        pattern
    }
}

/// Which drafts somebody sees. Published reports are seen by all who may read reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum VisibleDrafts {
    /// Everybody's.
    All,
    /// Those of this author.
    Of(Author),
}

impl VisibleDrafts {
    /// Administrators see all drafts, everybody else their own.
    pub(crate) fn to(caller: &Caller) -> Self {
        if caller.has_role(Role::Admin) {
            VisibleDrafts::All
        } else {
            VisibleDrafts::Of(caller.into())
        }
    }
}

/// The end of a page of reports.
pub type ReportCursor = Cursor<NewestFirst<ReportId>>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_in_a_search_stand_for_themselves() {
        let text = SearchText::try_from("50%_Öl!".to_owned()).unwrap();
        assert_eq!(text.to_like_pattern(), "%50!%!_öl!!%");
    }

    #[test]
    fn a_search_is_neither_empty_nor_endless() {
        for text in ["", "a\0b", &"a".repeat(101)] {
            assert!(SearchText::try_from(text.to_owned()).is_err());
        }
    }
}
