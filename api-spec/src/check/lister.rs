//! Who lists what the URI of a resource names.

use portcullis_grammar::{Message, text};

use crate::{EndpointDef, Method};

/// Why an operation cannot list what a resource names.
pub(super) const fn lister_fault(uri: &str, lister: &EndpointDef) -> Option<Message> {
    let start = Message::new("").code(lister.operation_id);
    if text::find(uri, 0, b'{') == uri.len() {
        let message = about(uri).text("it has no parameter and is listed itself; leave ");
        return Some(message.code("listed_by").text(" out"));
    }
    match lister.method {
        Method::Get => {}
        Method::Post | Method::Put | Method::Patch | Method::Delete => {
            return Some(start.text(" is no GET; name the operation that lists what can be read"));
        }
    }
    if text::find(lister.path, 0, b'{') < lister.path.len() {
        let message = start.text(" has parameters in its path ").code(lister.path);
        return Some(message.text(", which a list of resources cannot fill; name another"));
    }
    None
}

/// How every sentence about a template begins.
const fn about(uri: &str) -> Message {
    Message::new("resource ").code(uri).text(": ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Access, Mount};

    #[test]
    fn what_lists_is_a_get_without_parameters_of_its_path() {
        let lister = |method, path| EndpointDef {
            operation_id: "list_reports",
            method,
            path,
            mount: Mount::Api,
            access: Access::SignedIn,
            doc: "",
            ..EndpointDef::CLOSED
        };
        let said = |uri: &str, lister: &EndpointDef| {
            lister_fault(uri, lister).map_or_else(String::new, |fault| fault.as_str().to_owned())
        };
        let template = "desk://reports/{id}";
        assert_eq!(said(template, &lister(Method::Get, "/reports")), "");
        let post = said(template, &lister(Method::Post, "/reports"));
        assert!(post.contains("`list_reports` is no GET"), "{post}");
        let below = said(template, &lister(Method::Get, "/desks/{id}/reports"));
        assert!(below.contains("has parameters in its path"), "{below}");
        let fixed = said("desk://conventions", &lister(Method::Get, "/reports"));
        assert!(fixed.contains("leave `listed_by` out"), "{fixed}");
    }
}
