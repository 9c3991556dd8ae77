//! Which portfolios a list shows.

use portcullis::{Cursor, Limit};
use serde::Deserialize;
use utoipa::ToSchema;

use super::PortfolioId;
use crate::newest_first::NewestFirst;

/// The end of a page of portfolios.
pub type PortfolioCursor = Cursor<NewestFirst<PortfolioId>>;

/// Which portfolios to list.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PortfolioQuery {
    /// Largest number of portfolios on the page.
    #[serde(default)]
    pub limit: Limit<20, 100>,
    /// `next_cursor` of the page before; without it, the first page.
    pub cursor: Option<PortfolioCursor>,
}
