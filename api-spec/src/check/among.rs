//! What endpoints and roles do to each other: routes, names and roles that cannot stand side by side.
//!
//! Invariant: an endpoint whose annotation did not compile (`DenyAll`) clashes with nothing, so that one mistake shows
//! as one message.

use portcullis_grammar::{Message, path, text};

use crate::{Access, EndpointDef, RoleDef};

/// Why `second` cannot stand in one list with `first`.
pub(super) const fn clash_fault(first: &EndpointDef, second: &EndpointDef) -> Option<Message> {
    if is_after_error(first) || is_after_error(second) {
        return None;
    }
    let same_id = text::equal(first.operation_id, second.operation_id);
    let same_method = first.method as u8 == second.method as u8;
    let likeness =
        if first.mount as u8 == second.mount as u8 && text::equal(first.path, second.path) {
            Likeness::Same
        } else {
            compare_templates(&Template::of(first), &Template::of(second))
        };
    match likeness {
        Likeness::Same if same_method && same_id => {
            let message = Message::new("endpoint ").code(first.operation_id);
            return Some(message.text(" is listed twice; leave one of them out"));
        }
        Likeness::Same if same_method => {
            let message = route(Message::new(""), second).text(" is served twice");
            let message = by(message, first.operation_id, second.operation_id);
            return Some(message.text("; change the path or the method of one"));
        }
        Likeness::ParameterNames => {
            let message = route(Message::new(""), first).text(" and ");
            let message = route(message, second).text(" differ only in a parameter's name");
            let message = by(message, first.operation_id, second.operation_id);
            return Some(message.text("; give the parameter one name in both"));
        }
        Likeness::Same | Likeness::Different => {}
    }
    if same_id {
        let message = Message::new("operation id ").code(first.operation_id);
        let message = route(message.text(" is used twice: by "), first);
        let message = route(message.text(" and by "), second);
        return Some(message.text("; rename one of the functions"));
    }
    if let (Some(tool), Some(other)) = (first.tool, second.tool)
        && text::equal(tool, other)
    {
        let message = Message::new("tool name ").code(tool).text(" is used twice");
        let message = by(message, first.operation_id, second.operation_id);
        return Some(message.text("; choose another with `mcp(name = \"..\")`"));
    }
    if let (Some(prompt), Some(other)) = (first.prompt, second.prompt)
        && text::equal(prompt, other)
    {
        let message = Message::new("prompt name ")
            .code(prompt)
            .text(" is used twice");
        let message = by(message, first.operation_id, second.operation_id);
        return Some(message.text("; choose another with `prompt(name = \"..\")`"));
    }
    if let (Some(resource), Some(other)) = (first.resource, second.resource)
        && is_same_resource(resource.uri, other.uri)
    {
        let message = Message::new("resources ").code(resource.uri).text(" and ");
        let message = message.code(other.uri).text(" are named by the same URIs");
        let message = by(message, first.operation_id, second.operation_id);
        return Some(message.text("; change one of them"));
    }
    None
}

/// Says whether two URI templates differ in nothing but the names of their parameters.
const fn is_same_resource(first: &str, second: &str) -> bool {
    let (colon, other_colon) = (text::find(first, 0, b':'), text::find(second, 0, b':'));
    if colon == first.len()
        || other_colon == second.len()
        || !text::equal(
            text::slice(first, 0, colon),
            text::slice(second, 0, other_colon),
        )
    {
        return false;
    }
    let first = Template {
        prefix: "",
        path: text::slice(first, colon + 1, first.len()),
    };
    let second = Template {
        prefix: "",
        path: text::slice(second, other_colon + 1, second.len()),
    };
    match compare_templates(&first, &second) {
        Likeness::Same | Likeness::ParameterNames => true,
        Likeness::Different => false,
    }
}

const fn is_after_error(endpoint: &EndpointDef) -> bool {
    matches!(endpoint.access, Access::DenyAll)
}

const fn route(message: Message, endpoint: &EndpointDef) -> Message {
    let message = message.text("`").text(endpoint.method.as_str()).text(" ");
    let message = message.text(endpoint.mount.prefix());
    message.text(endpoint.path).text("`")
}

const fn by(message: Message, first: &str, second: &str) -> Message {
    let message = message.text(": by ").code(first);
    message.text(" and by ").code(second)
}

/// A path template with its prefix, in two parts: joining them is not possible in a `const fn`.
struct Template<'a> {
    prefix: &'a str,
    path: &'a str,
}

impl<'a> Template<'a> {
    const fn of(endpoint: &EndpointDef) -> Template<'static> {
        Template {
            prefix: endpoint.mount.prefix(),
            path: endpoint.path,
        }
    }

    /// The segment that starts at `from`, counted over both parts, without its slash.
    ///
    /// Prefixes end where a segment ends, so no segment lies in both.
    const fn segment(&self, from: usize) -> Option<&'a str> {
        let (part, from) = if from < self.prefix.len() {
            (self.prefix, from)
        } else {
            (self.path, from - self.prefix.len())
        };
        if from >= part.len() {
            return None;
        }
        Some(text::slice(
            part,
            from + 1,
            text::find(part, from + 1, b'/'),
        ))
    }
}

enum Likeness {
    Same,
    ParameterNames,
    Different,
}

const fn compare_templates(first: &Template<'_>, second: &Template<'_>) -> Likeness {
    let (mut at_first, mut at_second) = (0, 0);
    let mut likeness = Likeness::Same;
    loop {
        match (first.segment(at_first), second.segment(at_second)) {
            (None, None) => return likeness,
            (Some(one), Some(other)) => {
                if !text::equal(one, other) {
                    if !(path::is_parameter(one) && path::is_parameter(other)) {
                        return Likeness::Different;
                    }
                    likeness = Likeness::ParameterNames;
                }
                at_first += one.len() + 1;
                at_second += other.len() + 1;
            }
            (Some(_), None) | (None, Some(_)) => return Likeness::Different,
        }
    }
}

/// Why `roles(..)` cannot ask for this role.
pub(super) const fn role_for_users_fault(role: &RoleDef) -> Option<Message> {
    if role.is_for_users() {
        return None;
    }
    let message = Message::new("role ").code(role.name);
    Some(message.text(
        " is assigned to applications only, so no user meets `roles(..)`; name it in `applications(..)`, or declare it `#[role(users, applications)]`",
    ))
}

/// Why `applications(..)` cannot ask for this role.
pub(super) const fn role_for_applications_fault(role: &RoleDef) -> Option<Message> {
    if role.is_for_applications() {
        return None;
    }
    let message = Message::new("role ").code(role.name);
    Some(message.text(
        " is assigned to users only, so no application meets `applications(..)`; declare it `#[role(applications)]` or `#[role(users, applications)]`",
    ))
}

#[cfg(test)]
mod tests;
