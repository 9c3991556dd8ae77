//! Widgets: what is stored, what clients send, and what they get.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A widget as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Widget {
    /// Number of the widget, given when it is created.
    pub id: u64,
    /// Name on the label.
    #[schema(min_length = 1, max_length = 120)]
    pub name: String,
    /// What it is good for, in a few sentences.
    #[schema(max_length = 2000)]
    pub description: Option<String>,
    /// Price of one widget, in cents.
    #[schema(maximum = 100_000_000)]
    pub price_cents: u64,
    /// Words it is found by.
    #[schema(max_items = 16)]
    pub tags: Vec<String>,
    /// Whether it is still sold.
    pub is_on_sale: bool,
    /// Grows by one with each change.
    pub revision: u32,
}

/// What a client says about a widget.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WidgetInput {
    /// Name on the label.
    #[schema(min_length = 1, max_length = 120)]
    pub name: String,
    /// What it is good for, in a few sentences.
    #[schema(max_length = 2000)]
    pub description: Option<String>,
    /// Price of one widget, in cents.
    #[schema(maximum = 100_000_000)]
    pub price_cents: u64,
    /// Words it is found by.
    #[serde(default)]
    #[schema(max_items = 16)]
    pub tags: Vec<String>,
}

/// One page of widgets.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct WidgetPage {
    /// The widgets, by number.
    #[schema(max_items = 100)]
    pub items: Vec<Widget>,
    /// Send it as `after` to get the next page; nothing on the last one.
    pub next: Option<u64>,
}

/// Which widgets to list. All conditions given must hold.
#[derive(Debug, Deserialize, utoipa::QUERY_DERIVE)]
pub struct WidgetQuery {
    /// Text that the name contains.
    pub search: Option<String>,
    /// Largest number of widgets on the page.
    pub limit: Option<u16>,
    /// Only widgets after this number.
    pub after: Option<u64>,
}

impl Widget {
    /// Makes the first revision of a widget.
    pub fn create(id: u64, input: WidgetInput) -> Self {
        Self {
            id,
            name: input.name,
            description: input.description,
            price_cents: input.price_cents,
            tags: input.tags,
            is_on_sale: true,
            revision: 1,
        }
    }
}
