//! Second step: every rule that needs no compiler, all mistakes collected.
//!
//! Which statuses and codes there are is asked of the grammar.
//!
//! Invariant: a model comes out only when no mistake was found.

use std::collections::BTreeMap;

use portcullis_grammar::name;
use proc_macro2::TokenStream;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Fields, Index, LitInt, LitStr, Member, Meta, Variant};

use super::input::{self, FORMS, Slots, Written};
use super::model::{Answer, Declared, Field, ProblemModel, VariantModel};
use super::template::{self, Template};
use crate::errors::Errors;
use crate::input::Value;
use crate::snake_case::snake_case;

/// Turns the enum into a model, or into all mistakes in it.
pub(super) fn check(item: &DeriveInput) -> syn::Result<ProblemModel> {
    let mut errors = Errors::default();
    let mut variants = Vec::new();
    match &item.data {
        Data::Enum(data) => {
            let read = |variant| check_variant(variant, &mut errors);
            variants.extend(data.variants.iter().filter_map(read));
        }
        Data::Struct(data) => errors.on(data.struct_token, NOT_AN_ENUM),
        Data::Union(data) => errors.on(data.union_token, NOT_AN_ENUM),
    }
    if !item.generics.params.is_empty() {
        let message = "derive(Problem) stands on an enum without generics; leave them out";
        errors.on(&item.generics, message);
    }
    for attribute in input::own(&item.attrs) {
        errors.on(
            attribute,
            "`#[problem(..)]` stands on a variant, not on the enum",
        );
    }
    check_codes(&variants, &mut errors);
    errors.finish()?;
    Ok(ProblemModel {
        name: item.ident.clone(),
        variants,
    })
}

const NOT_AN_ENUM: &str =
    "derive(Problem) stands on an enum, one variant for each thing that can go wrong";

fn check_variant(variant: &Variant, errors: &mut Errors) -> Option<VariantModel> {
    let slots = input::read(&variant.attrs, errors);
    let fields = read_fields(&variant.fields);
    let answer = check_answer(variant, slots, &fields, errors)?;
    Some(VariantModel {
        variant: variant.ident.clone(),
        answer,
    })
}

fn check_answer(
    variant: &Variant,
    slots: Slots,
    fields: &[Field],
    errors: &mut Errors,
) -> Option<Answer> {
    if slots.is_empty {
        let message = format!(
            "`{}` does not say what it answers; write {FORMS}",
            variant.ident
        );
        errors.on(&variant.ident, message);
        return None;
    }
    let alone = match (&slots.transparent, &slots.internal) {
        (None, None) => return check_declared(variant, slots, fields, errors),
        (Some(_), Some(internal)) => {
            errors.on(
                &internal.name,
                "`transparent` and `internal` exclude each other; leave one of them out",
            );
            return None;
        }
        (Some(word), None) | (None, Some(word)) => word,
    };
    check_alone(alone, errors);
    for other in [&slots.status, &slots.code, &slots.title, &slots.detail]
        .into_iter()
        .flatten()
    {
        let message = format!("`{}` stands alone; leave `{}` out", alone.name, other.name);
        errors.on(&other.name, message);
    }
    if slots.internal.is_some() {
        return Some(Answer::Internal);
    }
    match fields {
        [field] => Some(Answer::Transparent(Box::new(field.clone()))),
        _ => {
            let message = "`transparent` stands on a variant with one field, the error that answers in its place";
            errors.on(&variant.ident, message);
            None
        }
    }
}

fn check_alone(word: &Written, errors: &mut Errors) {
    match word.value {
        Value::Nothing => {}
        Value::List(_) | Value::Assigned(_) => {
            let message = format!("`{0}` stands alone: `#[problem({0})]`", word.name);
            errors.on(&word.name, message);
        }
    }
}

fn check_declared(
    variant: &Variant,
    slots: Slots,
    fields: &[Field],
    errors: &mut Errors,
) -> Option<Answer> {
    for (word, slot) in [
        ("status = 404", &slots.status),
        ("title = \"..\"", &slots.title),
    ] {
        if slot.is_none() && !slots.is_doubtful {
            let message = format!("`{}` has no `{word}`; write {FORMS}", variant.ident);
            errors.on(&variant.ident, message);
        }
    }
    let marks = read_marks(&variant.fields, fields, errors);
    let status = slots.status.and_then(|word| number(&word, errors));
    let title = slots.title.and_then(|word| text(&word, errors));
    let code = match slots.code {
        Some(word) => text(&word, errors),
        None => Some(LitStr::new(
            &snake_case(&variant.ident.to_string()),
            variant.ident.span(),
        )),
    };
    if let Some(status) = &status
        && let Ok(number) = status.base10_parse()
        && let Some(fault) = name::problem_status_fault(number)
    {
        errors.on(status, fault.as_str());
    }
    if let Some(code) = &code
        && let Some(fault) = name::problem_code_fault(&code.value())
    {
        errors.on(code, fault.as_str());
    }
    let detail = slots.detail.and_then(|word| text(&word, errors));
    let detail = detail.map(|text| Template::read(&text, fields, errors));
    if let (Some(detail), Some(source)) = (&detail, &marks.source)
        && detail
            .fields
            .iter()
            .any(|field| field.member == source.member)
    {
        let message = "this sentence goes to the client, and the cause of an error to the log only; leave it out";
        errors.on(&detail.text, message);
    }
    Some(Answer::Declared(Box::new(Declared {
        status: status?,
        code: code?,
        title: title?,
        detail,
        source: marks.source,
        errors: marks.errors,
    })))
}

fn read_fields(fields: &Fields) -> Vec<Field> {
    let named = (0..).zip(fields).map(|(index, field)| {
        let member = match &field.ident {
            Some(name) => Member::Named(name.clone()),
            None => Member::Unnamed(Index {
                index,
                span: field.ty.span(),
            }),
        };
        Field {
            binding: template::binding(&member),
            member,
            written: field.ty.clone(),
        }
    });
    named.collect()
}

/// The fields that have a part of their own.
#[derive(Default)]
struct Marks {
    source: Option<Field>,
    errors: Option<Field>,
}

fn read_marks(written: &Fields, fields: &[Field], errors: &mut Errors) -> Marks {
    let mut marks = Marks::default();
    for (written, field) in written.iter().zip(fields) {
        for attribute in &written.attrs {
            let path = attribute.path();
            // `#[from]` belongs to `thiserror`; what is converted from is the cause, there as here.
            let slot = if path.is_ident("source") || path.is_ident("from") {
                &mut marks.source
            } else if path.is_ident("problem") {
                if !says_errors(attribute) {
                    errors.on(attribute, "a field says `#[problem(errors)]` when it holds the faults of the request's content");
                    continue;
                }
                &mut marks.errors
            } else {
                continue;
            };
            if slot
                .as_ref()
                .is_some_and(|known| known.member != field.member)
            {
                errors.on(
                    attribute,
                    "another field of this variant says so already; leave one of them out",
                );
            }
            *slot = Some(field.clone());
        }
    }
    marks
}

fn says_errors(attribute: &Attribute) -> bool {
    match &attribute.meta {
        Meta::List(list) => list.tokens.to_string() == "errors",
        Meta::Path(_) | Meta::NameValue(_) => false,
    }
}

fn number(word: &Written, errors: &mut Errors) -> Option<LitInt> {
    let name = &word.name;
    let number = assigned(word).and_then(|value| syn::parse2::<LitInt>(value.clone()).ok());
    match number.filter(|number| number.base10_parse::<u16>().is_ok()) {
        Some(number) => Some(number),
        None => {
            errors.on(
                name,
                format!("`{name}` needs a plain number: `{name} = 404`"),
            );
            None
        }
    }
}

fn text(word: &Written, errors: &mut Errors) -> Option<LitStr> {
    let name = &word.name;
    let text = assigned(word).and_then(|value| syn::parse2::<LitStr>(value.clone()).ok());
    match text.filter(|text| !text.value().trim().is_empty()) {
        Some(text) => Some(text),
        None => {
            errors.on(
                name,
                format!("`{name}` needs a text in quotes: `{name} = \"..\"`"),
            );
            None
        }
    }
}

fn assigned(word: &Written) -> Option<&TokenStream> {
    match &word.value {
        Value::Assigned(value) => Some(value),
        Value::Nothing | Value::List(_) => None,
    }
}

/// A code stands for one kind of problem: clients branch on it.
fn check_codes(variants: &[VariantModel], errors: &mut Errors) {
    let mut holders = BTreeMap::new();
    for VariantModel { variant, answer } in variants {
        let Answer::Declared(declared) = answer else {
            continue;
        };
        let kind = (declared.status.base10_digits(), declared.title.value());
        let code = declared.code.value();
        let (holder, first) = holders
            .entry(code.clone())
            .or_insert_with(|| (variant, kind.clone()));
        if *first != kind {
            let message = format!(
                "`{holder}` and `{variant}` both have the code `{code}` with another status or title; clients could not tell them apart"
            );
            errors.on(&declared.code, message);
        }
    }
}
