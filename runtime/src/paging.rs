//! Pages of a list: how many items, where the last page ended, and where the next one is.
//!
//! A cursor holds the sort key of the last item shown, not a position, so that items which come or go meanwhile neither
//! repeat nor hide others. Clients treat it as opaque text.

mod cursor;
mod limit;
mod link;
mod page;

pub use cursor::{Cursor, SortKey};
pub use limit::Limit;
pub(crate) use link::with_next_link;
pub use page::Page;

#[cfg(test)]
mod testing {
    use super::SortKey;

    /// A key for tests.
    #[derive(Debug, PartialEq, Eq)]
    pub(super) struct Number(pub(super) u32);

    impl SortKey for Number {
        fn render(&self) -> String {
            self.0.to_string()
        }

        fn parse(text: &str) -> Option<Self> {
            text.parse().ok().map(Number)
        }
    }
}
