//! Third step: an error enum without mistakes.
//!
//! Invariant: a field that is a cause stands in no public sentence.

use syn::{Ident, LitInt, LitStr, Member};

use super::template::Template;

/// One error enum, as `expand` needs it.
pub(super) struct ProblemModel {
    pub(super) name: Ident,
    pub(super) variants: Vec<VariantModel>,
}

/// One variant and how it answers.
pub(super) struct VariantModel {
    pub(super) variant: Ident,
    pub(super) answer: Answer,
}

/// How a variant answers.
pub(super) enum Answer {
    /// With a problem of its own.
    Declared(Box<Declared>),
    /// As its one field does.
    Transparent(Box<Field>),
    /// 500, and the whole error goes to the log.
    Internal,
}

/// A problem of a variant's own.
pub(super) struct Declared {
    pub(super) status: LitInt,
    pub(super) code: LitStr,
    pub(super) title: LitStr,
    pub(super) detail: Option<Template>,
    /// The cause, for the log.
    pub(super) source: Option<Field>,
    /// The faults of the request's content.
    pub(super) errors: Option<Field>,
}

/// A field, and the name that it is bound to.
#[derive(Clone)]
pub(super) struct Field {
    pub(super) member: Member,
    pub(super) binding: Ident,
    pub(super) written: syn::Type,
}
