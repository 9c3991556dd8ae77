//! Third step: a domain type without mistakes.

use syn::{Expr, Ident, LitFloat, LitInt, LitStr, Type};

/// One newtype, as `expand` needs it.
pub(super) struct ScalarModel {
    pub(super) name: Ident,
    /// What the schema is called.
    pub(super) title: LitStr,
    pub(super) doc: String,
    /// What it wraps.
    pub(super) inner: Type,
    pub(super) min_length: Option<Expr>,
    pub(super) max_length: Option<Expr>,
    pub(super) pattern: Option<LitStr>,
    pub(super) format: Option<LitStr>,
    pub(super) minimum: Option<BoundModel>,
    pub(super) maximum: Option<BoundModel>,
    pub(super) exclusive_minimum: Option<BoundModel>,
    pub(super) exclusive_maximum: Option<BoundModel>,
    pub(super) example: Option<String>,
    /// The header that it can be read from.
    pub(super) header: Option<LitStr>,
}

/// A number with its sign.
pub(super) struct BoundModel {
    pub(super) is_negative: bool,
    pub(super) number: NumberModel,
}

/// A number without its sign.
pub(super) enum NumberModel {
    Integer(LitInt),
    Decimal(LitFloat),
}
