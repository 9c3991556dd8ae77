//! `resource(..)` and `prompt`: what else than a tool an operation is over MCP. Both are read, so both are `GET`s.

use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Ident, LitStr, Path, Token};

use super::words::Written;
use crate::errors::Errors;
use crate::input::Value;
use crate::model::{Method, Resource};

const RESOURCE: &str = "`resource(\"desk://reports/{id}\")`, or `resource(\"desk://reports/{id}\", listed_by = list_reports)`";
const PROMPT: &str =
    "write `prompt`, or `prompt(name = \"..\")` for another name than the function's";

/// `resource("uri")` or `resource("uri", listed_by = lister)`
pub(super) fn resource(
    written: &Written,
    method: Option<Method>,
    errors: &mut Errors,
) -> Option<Resource> {
    check_get(written, method, errors);
    let Value::List(list) = &written.value else {
        errors.on(
            &written.name,
            format!("`resource` needs its URI: {RESOURCE}"),
        );
        return None;
    };
    match read_resource.parse2(list.stream()) {
        Ok(Ok(resource)) => Some(resource),
        Ok(Err(option)) => {
            let message = format!("`resource` has no option `{option}`; write {RESOURCE}");
            errors.on(&option, message);
            None
        }
        Err(_) => {
            errors.on(list, format!("write {RESOURCE}"));
            None
        }
    }
}

/// The inner error is an option that does not exist.
fn read_resource(input: ParseStream<'_>) -> syn::Result<Result<Resource, Ident>> {
    let uri = input.parse::<LitStr>()?;
    input.parse::<Option<Token![,]>>()?;
    if input.is_empty() {
        let listed_by = None;
        return Ok(Ok(Resource { uri, listed_by }));
    }
    let option = input.call(Ident::parse_any)?;
    input.parse::<Token![=]>()?;
    let lister = input.call(Path::parse_mod_style)?;
    input.parse::<Option<Token![,]>>()?;
    if option != "listed_by" {
        return Ok(Err(option));
    }
    let listed_by = Some(lister);
    Ok(Ok(Resource { uri, listed_by }))
}

/// `prompt` or `prompt(name = "..")`
pub(super) fn prompt_name(
    written: &Written,
    own_name: LitStr,
    method: Option<Method>,
    errors: &mut Errors,
) -> Option<LitStr> {
    check_get(written, method, errors);
    let list = match &written.value {
        Value::Nothing => return Some(own_name),
        Value::Assigned(value) => {
            errors.on(value, PROMPT);
            return None;
        }
        Value::List(list) => list,
    };
    let read = |input: ParseStream<'_>| {
        let option = input.call(Ident::parse_any)?;
        input.parse::<Token![=]>()?;
        let name = input.parse::<LitStr>()?;
        input.parse::<Option<Token![,]>>()?;
        Ok((option, name))
    };
    match read.parse2(list.stream()) {
        Ok((option, name)) if option == "name" => Some(name),
        Ok((option, _)) => {
            let message = format!("`prompt` has no option `{option}`; {PROMPT}");
            errors.on(&option, message);
            None
        }
        Err(_) => {
            errors.on(list, PROMPT);
            None
        }
    }
}

fn check_get(written: &Written, method: Option<Method>, errors: &mut Errors) {
    match method {
        // Without a method there is a message about that.
        Some(Method::Get) | None => {}
        Some(Method::Post | Method::Put | Method::Patch | Method::Delete) => {
            let word = written.name.unraw();
            errors.on(
                &written.name,
                format!("a {word} is read, so its operation is a `get`; write a `get` of its own, or leave `{word}` out"),
            );
        }
    }
}
