//! The function: what axum can call, and what types can describe.

use proc_macro2::Span;
use syn::{Attribute, FnArg, GenericParam, ReturnType, Safety, Signature};

use crate::errors::Errors;
use crate::written_type::WrittenType;

/// axum calls functions of up to this many arguments.
const MOST_ARGUMENTS: usize = 16;

/// Checks the signature; returns the types of the arguments and of the reply.
pub(super) fn check(signature: &Signature, errors: &mut Errors) -> (Vec<WrittenType>, WrittenType) {
    check_async(signature, errors);
    check_generics(signature, errors);
    if signature.inputs.len() > MOST_ARGUMENTS {
        errors.on(
            &signature.inputs,
            "an endpoint has at most 16 arguments; gather some in one `Query` or `Json` struct",
        );
    }
    let arguments = signature
        .inputs
        .iter()
        .filter_map(|argument| check_argument(argument, errors));
    let arguments = arguments.collect();
    (arguments, check_reply(signature, errors))
}

fn check_async(signature: &Signature, errors: &mut Errors) {
    if signature.asyncness.is_none() {
        errors.on(
            signature.fn_token,
            format!("an endpoint is async; write `async fn {}`", signature.ident),
        );
    }
    if let Some(word) = &signature.constness {
        errors.on(word, "an endpoint cannot be const; leave the word out");
    }
    match &signature.safety {
        Safety::Default => {}
        Safety::Unsafe(word) => errors.on(word, "an endpoint cannot be unsafe; leave the word out"),
        Safety::Safe(word) => errors.on(word, "leave the word `safe` out"),
    }
    if let Some(abi) = &signature.abi {
        errors.on(abi, "an endpoint is called from Rust; leave `extern` out");
    }
}

fn check_generics(signature: &Signature, errors: &mut Errors) {
    for parameter in &signature.generics.params {
        let message = match parameter {
            GenericParam::Type(_) | GenericParam::Const(_) => {
                "an endpoint cannot be generic: nobody names the type when a request comes in; write the type out"
            }
            GenericParam::Lifetime(_) => {
                "an endpoint owns its arguments, so it has no lifetimes; take the values themselves"
            }
        };
        errors.on(parameter, message);
    }
    if let (true, Some(clause)) = (
        signature.generics.params.is_empty(),
        &signature.generics.where_clause,
    ) {
        errors.on(
            clause,
            "an endpoint has no generics, so it needs no `where`; leave it out",
        );
    }
}

fn check_argument(argument: &FnArg, errors: &mut Errors) -> Option<WrittenType> {
    let argument = match argument {
        FnArg::Receiver(receiver) => {
            errors.on(receiver, "an endpoint is a free function; take what it needs from `State(..)`, outside of `impl`");
            return None;
        }
        FnArg::Typed(argument) => argument,
    };
    let is_condition =
        |it: &&Attribute| it.path().is_ident("cfg") || it.path().is_ident("cfg_attr");
    if let Some(condition) = argument.attrs.iter().find(is_condition) {
        errors.on(condition, "an endpoint has the same arguments in every build; put the condition on the function, and write a second one for the other case");
    }
    let written = WrittenType::of(&argument.ty);
    let message = if written.borrows() {
        "an endpoint owns its arguments; take the value itself, without `&`"
    } else if written.is_implied() {
        "an endpoint cannot be generic; write the type out instead of `impl ..`"
    } else {
        return Some(written);
    };
    errors.on(written, message);
    None
}

fn check_reply(signature: &Signature, errors: &mut Errors) -> WrittenType {
    match &signature.output {
        ReturnType::Default => {
            WrittenType::unit(Span::call_site().located_at(signature.ident.span()))
        }
        ReturnType::Type(_, written) => {
            let written = WrittenType::of(written);
            if written.is_implied() {
                errors.at(written.span(), "the document describes the reply by its type; write it out, such as `Json<Report>`, instead of `impl ..`");
            }
            written
        }
    }
}
