//! Second step: every rule that needs no compiler, all mistakes collected.

use proc_macro2::{Ident, TokenStream};
use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Field, Fields, Lit, LitInt, LitStr, Path, Type};

use super::input::{self, Words};
use crate::doc;
use crate::errors::Errors;

const NOT_NAMED: &str =
    "derive(Settings) stands on a struct with named fields, one for each setting";

/// One field: the key `app.<key>`.
pub(super) struct SettingModel {
    pub(super) field: Ident,
    pub(super) key: String,
    pub(super) written: Type,
    /// What operators read; on one line.
    pub(super) doc: String,
    /// As a layer writes it.
    pub(super) default: Option<String>,
    pub(super) min: Option<BoundModel>,
    pub(super) max: Option<BoundModel>,
    /// The function of the application that judges a text.
    pub(super) check: Option<Path>,
    pub(super) is_secret: bool,
    pub(super) is_refreshable: bool,
}

/// A bound, as its spelling tells: whether the type has such a one, the emitted code asks.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum BoundModel {
    Number(u64),
    Milliseconds(u64),
}

/// Turns the struct into its settings, or into all mistakes in it.
pub(super) fn check(item: &DeriveInput) -> syn::Result<Vec<SettingModel>> {
    let mut errors = Errors::default();
    if !item.generics.params.is_empty() {
        let message = "derive(Settings) stands on a struct without generics; leave them out";
        errors.on(&item.generics, message);
    }
    let mut settings = Vec::new();
    match &item.data {
        Data::Struct(data) if matches!(&data.fields, Fields::Named(_)) => {
            for field in &data.fields {
                settings.extend(check_field(field, &mut errors));
            }
        }
        Data::Struct(_) | Data::Enum(_) | Data::Union(_) => errors.on(&item.ident, NOT_NAMED),
    }
    errors.finish()?;
    Ok(settings)
}

fn check_field(field: &Field, errors: &mut Errors) -> Option<SettingModel> {
    let mut words = input::read(&field.attrs, errors);
    let name = field.ident.as_ref()?;
    let doc = doc::text(&field.attrs);
    if doc.is_empty() {
        let message =
            "say in a doc comment what this setting does; operators read it in the reference";
        errors.on(name, message);
    }
    let setting = SettingModel {
        field: name.clone(),
        key: name.unraw().to_string(),
        written: field.ty.clone(),
        doc: doc.split_whitespace().collect::<Vec<_>>().join(" "),
        default: default(&mut words, errors),
        min: bound(&mut words, "min", errors),
        max: bound(&mut words, "max", errors),
        check: function(&mut words, errors),
        is_secret: words.alone.contains_key("secret"),
        is_refreshable: words.alone.contains_key("refreshable"),
    };
    if setting.is_secret && setting.default.is_some() {
        let message = "a default would be in the program and everywhere it is copied to; leave it out of a secret";
        errors.on(&words.alone["secret"], message);
    }
    Some(setting)
}

/// A text as a layer writes it, a number or a boolean.
fn default(words: &mut Words, errors: &mut Errors) -> Option<String> {
    let (name, value) = words.values.remove("default")?;
    match syn::parse2::<Lit>(value) {
        Ok(Lit::Str(text)) => Some(text.value()),
        Ok(Lit::Int(number)) => Some(number.base10_digits().to_owned()),
        Ok(Lit::Bool(flag)) => Some(flag.value.to_string()),
        Ok(_) | Err(_) => {
            let message = "`default` needs a value as an operator writes it: `default = \"30s\"`, `default = 8`";
            errors.on(name, message);
            None
        }
    }
}

fn function(words: &mut Words, errors: &mut Errors) -> Option<Path> {
    let (name, value) = words.values.remove("check")?;
    let path = syn::parse2::<Path>(value);
    if path.is_err() {
        let message = "`check` needs the path of a function: `check = crate::store::check_url`";
        errors.on(name, message);
    }
    path.ok()
}

fn bound(words: &mut Words, word: &str, errors: &mut Errors) -> Option<BoundModel> {
    let (name, value) = words.values.remove(word)?;
    let bound = read_bound(value);
    if bound.is_none() {
        let message = format!(
            "`{word}` needs a whole number, or a duration such as \"500ms\", \"30s\", \"5min\" or \"1h\""
        );
        errors.on(name, message);
    }
    bound
}

fn read_bound(value: TokenStream) -> Option<BoundModel> {
    if let Ok(number) = syn::parse2::<LitInt>(value.clone()) {
        return number.base10_parse().ok().map(BoundModel::Number);
    }
    let text = syn::parse2::<LitStr>(value).ok()?.value();
    let digits = text.len()
        - text
            .trim_start_matches(|it: char| it.is_ascii_digit())
            .len();
    let (number, unit) = text.split_at(digits);
    let unit_milliseconds = match unit {
        "ms" => 1,
        "s" => 1000,
        "min" => 60 * 1000,
        "h" => 60 * 60 * 1000,
        _ => return None,
    };
    let number: u64 = number.parse().ok()?;
    number
        .checked_mul(unit_milliseconds)
        .map(BoundModel::Milliseconds)
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    #[test]
    fn a_bound_is_a_number_or_a_duration_with_its_unit() {
        for (value, expected) in [
            (quote!(8), Some(BoundModel::Number(8))),
            (quote!("500ms"), Some(BoundModel::Milliseconds(500))),
            (quote!("2h"), Some(BoundModel::Milliseconds(7_200_000))),
            (quote!("5min"), Some(BoundModel::Milliseconds(300_000))),
            (quote!("5"), None),
            (quote!("s"), None),
            (quote!("5 s"), None),
            (quote!("99999999999999999999s"), None),
            (quote!(-1), None),
            (quote!(LIMIT), None),
        ] {
            let what = value.to_string();
            assert_eq!(read_bound(value), expected, "{what}");
        }
    }

    #[test]
    fn every_mistake_is_told_at_once() {
        let item: DeriveInput = syn::parse_quote! {
            struct S<T> {
                a: u32,
                /// B.
                #[setting(defualt = 1, min, secret = 1, max = 1.5)]
                b: T,
                /// C.
                #[setting(secret, default = "x", secret, check = "f")]
                c: String,
            }
        };
        let Err(error) = check(&item) else {
            panic!("it has many mistakes");
        };
        let told: Vec<String> = error.into_iter().map(|it| it.to_string()).collect();
        for expected in [
            "without generics",
            "doc comment",
            "did you mean `default`",
            "`min` needs a value",
            "`secret` stands alone",
            "`max` needs a whole number",
            "written twice",
            "leave it out of a secret",
            "`check` needs the path",
        ] {
            assert!(
                told.iter().any(|it| it.contains(expected)),
                "{expected}: {told:?}"
            );
        }
        assert_eq!(told.len(), 9, "{told:?}");
    }
}
