//! The schemas of an object's members, for content that comes as text and has to be read by them.

use serde_json::Value;

use super::{closed_schema, referred, types};
use crate::TypeSchema;

/// What a type says about each of its members.
#[derive(Debug, Clone)]
pub struct MemberSchemas {
    root: Value,
}

impl MemberSchemas {
    /// Asks a type.
    #[must_use]
    pub fn of(of_type: TypeSchema) -> Self {
        Self {
            root: closed_schema(of_type).unwrap_or_default(),
        }
    }

    /// The schema of a member: references are followed, and of what may be `null` it is what stands beside it. `None` for
    /// a member that is not known.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        Some(self.follow(self.root.get("properties")?.get(name)?))
    }

    /// The schema of the items of a list; `None` for anything that is no list.
    #[must_use]
    pub fn items_of<'a>(&'a self, schema: &'a Value) -> Option<&'a Value> {
        Some(self.follow(schema.get("items")?))
    }

    /// Whether a member is a number or a boolean, of which the empty text is none.
    #[must_use]
    pub fn is_number_or_boolean(&self, name: &str) -> bool {
        let kinds = self.get(name).map_or(&[][..], types);
        let kinds = kinds.iter().filter_map(Value::as_str);
        let mut kinds = kinds.filter(|kind| *kind != "null").peekable();
        kinds.peek().is_some() && kinds.all(|kind| matches!(kind, "integer" | "number" | "boolean"))
    }

    /// Whether a member may be `null`.
    #[must_use]
    pub fn may_be_null(&self, name: &str) -> bool {
        let member = self.root.get("properties").and_then(|it| it.get(name));
        let Some(member) = member else {
            return false;
        };
        let choices = ["oneOf", "anyOf"]
            .iter()
            .filter_map(|keyword| member.get(keyword));
        let mut choices = choices.filter_map(Value::as_array).flatten();
        types(member).iter().any(|kind| kind == "null") || choices.any(is_null)
    }

    fn follow<'a>(&'a self, mut schema: &'a Value) -> &'a Value {
        // A bound, since references may lead in a circle.
        for _ in 0..super::DEPTH {
            let choices = ["oneOf", "anyOf", "allOf"].iter();
            let mut choices = choices.filter_map(|keyword| schema.get(keyword)?.as_array());
            let choice = choices.find_map(|choices| {
                let mut present = choices.iter().filter(|choice| !is_null(choice));
                present.next().filter(|_| present.next().is_none())
            });
            match referred(&self.root, schema).or(choice) {
                Some(next) => schema = next,
                None => break,
            }
        }
        schema
    }
}

fn is_null(schema: &Value) -> bool {
    schema.get("type").is_some_and(|kind| kind == "null")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Serialize;
    use utoipa::ToSchema;

    #[derive(Serialize, ToSchema)]
    #[expect(dead_code, reason = "only its schema is read")]
    enum Kind {
        Staff,
    }

    #[derive(ToSchema)]
    #[expect(dead_code, reason = "only its schema is read")]
    struct Form {
        count: Option<u8>,
        kind: Option<Kind>,
        kinds: Vec<Kind>,
        text: Option<String>,
        is_good: bool,
    }

    #[test]
    fn a_member_is_found_behind_references_and_beside_null() {
        let members = MemberSchemas::of(TypeSchema::of::<Form>());
        let kind = members.get("kind").unwrap();
        assert_eq!(kind["enum"][0], "Staff");
        let kinds = members.get("kinds").unwrap();
        assert_eq!(members.items_of(kinds).unwrap(), kind);
        assert_eq!(members.get("count").unwrap()["type"][0], "integer");
        assert!(members.get("unknown").is_none());
        assert!(members.items_of(kind).is_none());
    }

    #[test]
    fn numbers_and_booleans_are_told_from_what_may_be_empty_text() {
        let members = MemberSchemas::of(TypeSchema::of::<Form>());
        let told = |name| {
            (
                members.is_number_or_boolean(name),
                members.may_be_null(name),
            )
        };
        assert_eq!(told("count"), (true, true));
        assert_eq!(told("is_good"), (true, false));
        assert_eq!(told("text"), (false, true));
        assert_eq!(told("kind"), (false, true));
        assert_eq!(told("kinds"), (false, false));
        assert_eq!(told("unknown"), (false, false));
    }
}
