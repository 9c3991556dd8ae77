//! JSON pointers (RFC 6901): where in a value something is.

/// The pointer to a member of what lies at `whole`; the whole value lies at the empty one.
#[must_use]
pub fn pointer_to(whole: &str, name: &str) -> String {
    let name = name.replace('~', "~0").replace('/', "~1");
    format!("{whole}/{name}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn whatever_a_member_is_called_its_pointer_leads_to_it() {
        for name in ["plain", "", "a/b", "a~b", "~1", "/~"] {
            let value = json!({ "in": { name: 7 } });
            let pointer = pointer_to(&pointer_to("", "in"), name);
            assert_eq!(value.pointer(&pointer), Some(&json!(7)), "{name}");
        }
    }
}
