//! Whether the arguments of a handler take exactly the parameters that its path template has.
//!
//! The names and types come from the function, the counts from the argument types' own `Arg::PATH`.
//!
//! Invariant: one argument takes all parameters. The router hands each reader of the path every parameter, so two of
//! them could only fail at request time.

use portcullis_grammar::{Message, path as template, text};

use crate::{Argument, PathArity};

/// Says whether the arguments take exactly the parameters of a path, without the words for it: rustc asks this of every
/// endpoint of an application.
pub(super) const fn take_path(path: &str, count: usize, arguments: &[(&str, &Argument)]) -> bool {
    let mut taken = 0;
    let mut takers = 0;
    let mut index = 0;
    while index < arguments.len() {
        match arguments[index].1.path {
            PathArity::None => {}
            PathArity::Exactly(parameters) => {
                taken += parameters;
                takers += 1;
            }
            // The names are compared with those of the path.
            PathArity::Named(_) => return path_arguments_fault(path, count, arguments).is_none(),
        }
        index += 1;
    }
    taken == count && takers <= 1 && (takers == 1 || count == 0)
}

/// What is wrong between a template of `count` parameters and the arguments, each a type as written and what it says.
pub(super) const fn path_arguments_fault(
    path: &str,
    count: usize,
    arguments: &[(&str, &Argument)],
) -> Option<Message> {
    let mut taker: Option<(&str, PathArity)> = None;
    let mut index = 0;
    while index < arguments.len() {
        let (argument, &Argument { path: arity, .. }) = arguments[index];
        index += 1;
        match (arity, taker) {
            (PathArity::None, _) => {}
            (PathArity::Exactly(_) | PathArity::Named(_), None) => taker = Some((argument, arity)),
            (PathArity::Exactly(_) | PathArity::Named(_), Some((first, _))) => {
                let message = Message::new("").code(first).text(" and ").code(argument);
                return Some(message.text(
                    " both read the path; one argument takes all of its parameters: `Path((a, b)): Path<(A, B)>`",
                ));
            }
        }
    }
    match taker {
        None if count == 0 => None,
        None => Some(untaken(path, count)),
        Some((argument, PathArity::Exactly(taken))) => {
            if taken == count {
                None
            } else {
                Some(miscounted(path, count, argument, taken))
            }
        }
        Some((argument, PathArity::Named(names))) => names_fault(path, argument, names),
        Some((_, PathArity::None)) => None,
    }
}

/// What is wrong with an argument that reads the body before another argument.
pub(super) const fn early_body_fault(argument: &str) -> Message {
    Message::new("").code(argument).text(
        " reads the request body, so it must be the last argument: move it to the end; a request has one body",
    )
}

/// What is wrong with an argument that needs a caller where nobody's credential is looked at.
pub(super) const fn unknown_caller_fault(argument: &str) -> Message {
    Message::new("").code(argument).text(
        " is there for a verified caller, and a public endpoint looks at no credential: every call would be answered 401; leave it out, or say `signed_in` in place of `public(..)`",
    )
}

const fn untaken(path: &str, count: usize) -> Message {
    let message = Message::new("path ").code(path).text(" has ");
    let message = parameters(message, path, count);
    if count == 1 {
        message.text(", which no argument takes; add `Path(..): Path<..>`")
    } else {
        message.text(", which no argument takes; add `Path((..)): Path<(..)>`, in this order")
    }
}

const fn miscounted(path: &str, count: usize, argument: &str, taken: usize) -> Message {
    let message = Message::new("path ").code(path).text(" has ");
    let message = if count == 0 {
        message.text("no parameter")
    } else {
        parameters(message, path, count)
    };
    let message = message.text(", but ").code(argument).text(" takes ");
    let message = message.number(taken);
    if taken > count {
        message.text("; add what is missing to the path, or take less")
    } else {
        message.text("; take them all in one tuple, in this order")
    }
}

/// `1 parameter (`{id}`)`, `2 parameters (`{symbol}`, `{date}`)`.
const fn parameters(message: Message, path: &str, count: usize) -> Message {
    let message = message.number(count);
    let mut message = message.text(if count == 1 {
        " parameter ("
    } else {
        " parameters ("
    });
    let mut named = 0;
    let mut from = 1;
    while from < path.len() {
        let to = text::find(path, from, b'/');
        let segment = text::slice(path, from, to);
        if template::is_parameter(segment) {
            if named > 0 {
                message = message.text(", ");
            }
            message = message.code(segment);
            named += 1;
        }
        from = to + 1;
    }
    message.text(")")
}

const fn names_fault(path: &str, argument: &str, names: &[&str]) -> Option<Message> {
    let mut taken = 0;
    let mut from = 1;
    while from < path.len() {
        let to = text::find(path, from, b'/');
        let segment = text::slice(path, from, to);
        if template::is_parameter(segment) && segment.len() > 2 {
            let name = text::slice(segment, 1, segment.len() - 1);
            if !text::contains(names, name) {
                let message = Message::new("path ").code(path).text(" has ").code(segment);
                let message = message.text(", but ").code(argument);
                return Some(
                    message.text(" has no field of that name; add it, or rename the parameter"),
                );
            }
            taken += 1;
        }
        from = to + 1;
    }
    if taken == names.len() {
        return None;
    }
    let message = Message::new("")
        .code(argument)
        .text(" takes ")
        .number(names.len());
    let message = message
        .text(" parameters by name, but path ")
        .code(path)
        .text(" has ");
    Some(
        message
            .number(taken)
            .text("; add what is missing to the path"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    type Row = (
        &'static str,
        &'static [(&'static str, &'static Argument)],
        &'static str,
    );

    const fn taking(path: PathArity) -> Argument {
        Argument {
            describe: |_| {},
            path,
            reads_body: false,
            needs_caller: false,
        }
    }

    const NONE: (&str, &Argument) = ("Caller", &taking(PathArity::None));
    const ONE: (&str, &Argument) = ("Path<Id>", &taking(PathArity::Exactly(1)));
    const TWO: (&str, &Argument) = ("Path<(Id, Page)>", &taking(PathArity::Exactly(2)));
    const NAMED: (&str, &Argument) = ("Path<Ids>", &taking(PathArity::Named(&["id", "page"])));

    fn said(path: &str, arguments: &[(&str, &Argument)]) -> String {
        let count = path.matches('{').count();
        let fault = path_arguments_fault(path, count, arguments);
        assert_eq!(
            take_path(path, count, arguments),
            fault.is_none(),
            "the question and its words disagree about {path}"
        );
        fault.map_or_else(String::new, |fault| fault.as_str().to_owned())
    }

    #[test]
    fn arguments_that_take_every_parameter_are_accepted() {
        assert_eq!(said("/", &[]), "");
        assert_eq!(said("/reports", &[NONE]), "");
        assert_eq!(said("/reports/{id}", &[NONE, ONE, NONE]), "");
        assert_eq!(said("/reports/{id}/pages/{page}", &[TWO]), "");
        assert_eq!(said("/reports/{page}/{id}", &[NAMED]), "");
    }

    #[test]
    fn what_does_not_agree_is_named() {
        let rows: [Row; 7] = [
            (
                "/reports/{id}",
                &[NONE],
                "path `/reports/{id}` has 1 parameter (`{id}`), which no argument takes; add `Path(..): Path<..>`",
            ),
            (
                "/{id}/{page}",
                &[ONE],
                "path `/{id}/{page}` has 2 parameters (`{id}`, `{page}`), but `Path<Id>` takes 1; take them all in one tuple, in this order",
            ),
            (
                "/{id}",
                &[TWO],
                "path `/{id}` has 1 parameter (`{id}`), but `Path<(Id, Page)>` takes 2; add what is missing to the path, or take less",
            ),
            (
                "/reports",
                &[ONE],
                "path `/reports` has no parameter, but `Path<Id>` takes 1; add what is missing to the path, or take less",
            ),
            (
                "/{id}/{page}",
                &[ONE, ONE],
                "`Path<Id>` and `Path<Id>` both read the path; one argument takes all of its parameters: `Path((a, b)): Path<(A, B)>`",
            ),
            (
                "/{id}/{sheet}",
                &[NAMED],
                "path `/{id}/{sheet}` has `{sheet}`, but `Path<Ids>` has no field of that name; add it, or rename the parameter",
            ),
            (
                "/{id}",
                &[NAMED],
                "`Path<Ids>` takes 2 parameters by name, but path `/{id}` has 1; add what is missing to the path",
            ),
        ];
        for (path, arguments, expected) in rows {
            assert_eq!(said(path, arguments), expected);
        }
    }
}
