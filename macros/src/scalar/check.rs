//! Second step: every rule that needs no compiler, all mistakes collected.
//!
//! Invariant: a pattern in a model is a regular expression, and an example of text matches it.

use portcullis_grammar::name;
use proc_macro2::{Ident, TokenStream};
use regex_lite::Regex;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Data, DeriveInput, Expr, Fields, LitBool, LitFloat, LitStr, Token, Type, Visibility};

use super::input::{self, Words};
use super::model::{BoundModel, NumberModel, ScalarModel};
use crate::doc;
use crate::errors::Errors;

const NOT_A_NEWTYPE: &str =
    "derive(Scalar) stands on a struct with one field without a name: `struct Symbol(String);`";

const OPEN_FIELD: &str = "with this a value can be made that nobody has checked; leave it out, make values with `try_from` or `parse`, and read them with `get()`";

/// Turns the type into a model, or into all mistakes in it.
pub(super) fn check(item: &DeriveInput) -> syn::Result<ScalarModel> {
    let mut errors = Errors::default();
    let mut words = input::read(&item.attrs, &mut errors);
    if !item.generics.params.is_empty() {
        let message = "derive(Scalar) stands on a type without generics; leave them out";
        errors.on(&item.generics, message);
    }
    let inner = inner(item, &mut errors);
    let pattern = text(&mut words, "pattern", &mut errors);
    let regex = pattern
        .as_ref()
        .and_then(|pattern| compile(pattern, &mut errors));
    let example = example(&mut words, regex.as_ref(), &mut errors);
    let title = text(&mut words, "name", &mut errors);
    let title =
        title.unwrap_or_else(|| LitStr::new(&item.ident.unraw().to_string(), item.ident.span()));
    if let Some(fault) = name::schema_name_fault(&title.value()) {
        errors.on(&title, fault.as_str());
    }
    let header = text(&mut words, "header", &mut errors);
    if let Some(header) = &header
        && let Some(fault) = name::header_fault(&header.value())
    {
        errors.on(header, fault.as_str());
    }
    let format = text(&mut words, "format", &mut errors);
    let [min_length, max_length] =
        ["min_length", "max_length"].map(|word| length(&mut words, word, &mut errors));
    let [minimum, maximum, exclusive_minimum, exclusive_maximum] = [
        "minimum",
        "maximum",
        "exclusive_minimum",
        "exclusive_maximum",
    ]
    .map(|word| bound(&mut words, word, &mut errors));
    errors.finish()?;
    let Some(inner) = inner else {
        return Err(syn::Error::new_spanned(&item.ident, NOT_A_NEWTYPE));
    };
    Ok(ScalarModel {
        title,
        name: item.ident.clone(),
        doc: doc::text(&item.attrs),
        inner,
        min_length,
        max_length,
        pattern,
        format,
        minimum,
        maximum,
        exclusive_minimum,
        exclusive_maximum,
        example,
        header,
    })
}

fn inner(item: &DeriveInput, errors: &mut Errors) -> Option<Type> {
    if let Data::Struct(data) = &item.data
        && let Fields::Unnamed(fields) = &data.fields
        && let Some(field) = fields.unnamed.first()
        && fields.unnamed.len() == 1
    {
        if !matches!(field.vis, Visibility::Inherited) {
            errors.on(&field.vis, OPEN_FIELD);
        }
        return Some(field.ty.clone());
    }
    errors.on(&item.ident, NOT_A_NEWTYPE);
    None
}

fn text(words: &mut Words, word: &'static str, errors: &mut Errors) -> Option<LitStr> {
    let (name, value) = words.take(word)?;
    match syn::parse2::<LitStr>(value) {
        Ok(text) if !text.value().is_empty() => Some(text),
        Ok(_) | Err(_) => {
            errors.on(
                name,
                format!("`{word}` needs a text in quotes: `{word} = \"..\"`"),
            );
            None
        }
    }
}

fn compile(pattern: &LitStr, errors: &mut Errors) -> Option<Regex> {
    match Regex::new(&pattern.value()) {
        Ok(regex) => Some(regex),
        Err(error) => {
            let message = format!(
                "not a regular expression that can be checked: {error}; look-around, back-references and `\\p{{..}}` are not among them"
            );
            errors.on(pattern, message);
            None
        }
    }
}

/// A literal that a reader can send; of text, one that the pattern lets through.
fn example(words: &mut Words, pattern: Option<&Regex>, errors: &mut Errors) -> Option<String> {
    let (name, value) = words.take("example")?;
    if let Ok(text) = syn::parse2::<LitStr>(value.clone()) {
        if pattern.is_some_and(|pattern| !pattern.is_match(&text.value())) {
            errors.on(
                &text,
                "the example does not match `pattern`; mend one of them",
            );
        }
        return Some(text.value());
    }
    if let Ok(flag) = syn::parse2::<LitBool>(value.clone()) {
        return Some(flag.value.to_string());
    }
    match signed.parse2(value) {
        Ok(bound) => Some(digits(&bound)),
        Err(_) => {
            errors.on(
                name,
                "`example` needs a text in quotes or a number: `example = \"..\"`",
            );
            None
        }
    }
}

fn digits(bound: &BoundModel) -> String {
    let sign = if bound.is_negative { "-" } else { "" };
    let digits = match &bound.number {
        NumberModel::Integer(number) => number.base10_digits(),
        NumberModel::Decimal(number) => number.base10_digits(),
    };
    format!("{sign}{digits}")
}

fn length(words: &mut Words, word: &'static str, errors: &mut Errors) -> Option<Expr> {
    let (name, value) = words.take(word)?;
    match syn::parse2::<Expr>(value) {
        Ok(length @ (Expr::Lit(_) | Expr::Path(_))) => Some(length),
        Ok(_) | Err(_) => {
            let message =
                format!("`{word}` needs a number or a constant of type usize: `{word} = 200`");
            errors.on(name, message);
            None
        }
    }
}

fn bound(words: &mut Words, word: &'static str, errors: &mut Errors) -> Option<BoundModel> {
    let (name, value): (Ident, TokenStream) = words.take(word)?;
    match signed.parse2(value) {
        Ok(bound) => Some(bound),
        Err(_) => {
            errors.on(name, format!("`{word}` needs a plain number: `{word} = 1`"));
            None
        }
    }
}

fn signed(input: ParseStream<'_>) -> syn::Result<BoundModel> {
    let is_negative = input.peek(Token![-]);
    if is_negative {
        input.parse::<Token![-]>()?;
    }
    let number = if input.peek(LitFloat) {
        NumberModel::Decimal(input.parse()?)
    } else {
        NumberModel::Integer(input.parse()?)
    };
    Ok(BoundModel {
        is_negative,
        number,
    })
}
