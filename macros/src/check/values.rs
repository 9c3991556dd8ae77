//! What stands behind a word: nothing, a sentence, a number, a name.

use syn::{LitInt, LitStr};

use super::words::Written;
use crate::errors::Errors;
use crate::input::Value;

/// A word that stands alone. Returns whether it is there as it should be.
pub(super) fn flag(written: &Written, errors: &mut Errors) -> bool {
    match written.value {
        Value::Nothing => true,
        Value::List(_) | Value::Assigned(_) => {
            let name = &written.name;
            errors.on(
                name,
                format!("`{name}` stands alone; leave out what follows it"),
            );
            false
        }
    }
}

/// `word("sentence")`; `meaning` says what the sentence is.
pub(super) fn sentence(written: &Written, meaning: &str, errors: &mut Errors) -> Option<LitStr> {
    let name = &written.name;
    let Value::List(list) = &written.value else {
        errors.on(name, format!("`{name}` needs {meaning}: `{name}(\"..\")`"));
        return None;
    };
    let Ok(text) = syn::parse2::<LitStr>(list.stream()) else {
        errors.on(
            list,
            format!("`{name}` needs {meaning}, in quotes: `{name}(\"..\")`"),
        );
        return None;
    };
    if text.value().trim().is_empty() {
        errors.on(&text, format!("this is empty; write {meaning}"));
        return None;
    }
    Some(text)
}

/// `word = "text"`
pub(super) fn assigned_text(written: &Written, errors: &mut Errors) -> Option<LitStr> {
    let name = &written.name;
    let Value::Assigned(value) = &written.value else {
        errors.on(name, format!("`{name}` needs a text: `{name} = \"..\"`"));
        return None;
    };
    let Ok(text) = syn::parse2::<LitStr>(value.clone()) else {
        errors.on(
            value,
            format!("`{name}` needs a text in quotes: `{name} = \"..\"`"),
        );
        return None;
    };
    if text.value().trim().is_empty() {
        errors.on(
            &text,
            format!("`{name}` is empty; write a name, or leave the word out"),
        );
        return None;
    }
    Some(text)
}

/// `status = 201`
pub(super) fn number(written: &Written, errors: &mut Errors) -> Option<LitInt> {
    let name = &written.name;
    let Value::Assigned(value) = &written.value else {
        errors.on(name, format!("`{name}` needs a number: `{name} = 201`"));
        return None;
    };
    match syn::parse2::<LitInt>(value.clone()) {
        Ok(number) if number.suffix().is_empty() && number.base10_parse::<u16>().is_ok() => {
            Some(number)
        }
        Ok(_) | Err(_) => {
            errors.on(
                value,
                format!("`{name}` needs a plain number: `{name} = 201`"),
            );
            None
        }
    }
}
