//! Operations that a test may run without harm: GETs that need no parameter, with their access rule.

use portcullis_api_spec::{
    Access, Assignable, Decision, Requirements, Rights, RoleDef, ScopeDef, decide,
};
use serde_json::Value;

/// One GET without required parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Operation {
    /// The path below the base address.
    pub(super) path: String,
    pub(super) access: Access,
    /// Whether the handler checks more than the rule says.
    pub(super) checks_more: bool,
}

/// A tool and the rule of its operation, whatever its method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ToolRule {
    pub(super) name: String,
    pub(super) access: Access,
}

impl Operation {
    pub(super) fn decide(&self, rights: Option<&Rights>) -> Decision {
        decide(&self.access, rights)
    }
}

/// Reads the operations of an OpenAPI document of Portcullis that can be tried.
pub(super) fn read_operations(document: &Value) -> Vec<Operation> {
    let paths = document["paths"].as_object().into_iter().flatten();
    let operation = |(path, item): (&String, &Value)| {
        let get = item.get("get")?;
        // A stream has no end to wait for.
        let is_stream = get["responses"]["200"]["content"]["text/event-stream"].is_object();
        let is_plain = path.starts_with('/') && !path.contains('{') && !is_stream;
        if !is_plain || has_required_parameter(item, get) {
            return None;
        }
        Some(Operation {
            path: path.clone(),
            access: read_access(get)?,
            checks_more: get.get("x-also").is_some(),
        })
    };
    paths.filter_map(operation).collect()
}

/// Reads the tools of a document, with the rule of each.
pub(super) fn read_tools(document: &Value) -> Vec<ToolRule> {
    let paths = document["paths"].as_object().into_iter().flatten();
    let operations = paths.flat_map(|(_, item)| item.as_object().into_iter().flatten());
    let tool = |(_, operation): (&String, &Value)| {
        Some(ToolRule {
            name: operation["x-mcp-tool"].as_str()?.to_owned(),
            access: read_access(operation)?,
        })
    };
    operations.filter_map(tool).collect()
}

/// The operation to be refused at: guarded, and as plain as can be.
pub(super) fn find_guarded(operations: &[Operation]) -> Option<&Operation> {
    let guarded = operations
        .iter()
        .filter(|operation| !operation.access.is_public());
    guarded.min_by_key(|operation| match operation.access {
        Access::SignedIn => 0,
        Access::Restricted(_) => 1,
        Access::DenyAll | Access::Public { .. } => 2,
    })
}

/// The operation that tells a caller who he is, wherever an application has put it.
pub(super) fn find_who_am_i(document: &Value) -> Option<String> {
    let paths = document["paths"].as_object()?;
    let is_it = |item: &Value| {
        let schema = &item["get"]["responses"]["200"]["content"]["application/json"]["schema"];
        schema["$ref"] == "#/components/schemas/MeReport"
    };
    let mut found = paths
        .iter()
        .filter(|(path, item)| !path.contains('{') && is_it(item));
    found.next().map(|(path, _)| path.clone())
}

fn has_required_parameter(item: &Value, operation: &Value) -> bool {
    let lists = [&item["parameters"], &operation["parameters"]];
    let parameters = lists.into_iter().filter_map(Value::as_array).flatten();
    // A reference is not followed: who refers to one may ask for it.
    parameters
        .into_iter()
        .any(|parameter| parameter["required"] == true || parameter.get("$ref").is_some())
}

/// The rule as `x-access` and its companions say it; `None` when the document is not one of Portcullis.
fn read_access(operation: &Value) -> Option<Access> {
    Some(match operation["x-access"].as_str()? {
        "deny_all" => Access::DenyAll,
        "public" => Access::Public { reason: "" },
        "signed_in" => Access::SignedIn,
        "restricted" => Access::Restricted(Requirements {
            roles: role_list(&operation["x-roles"]),
            scopes: keep(names(&operation["x-scopes"]).map(|name| ScopeDef {
                name,
                description: "",
            })),
            applications: role_list(&operation["x-applications"]),
            context: operation["x-context"].as_str().map(keep_text),
        }),
        _ => return None,
    })
}

fn role_list(value: &Value) -> &'static [RoleDef] {
    keep(names(value).map(|name| RoleDef {
        name,
        description: "",
        assignable: Assignable::UsersAndApplications,
    }))
}

fn names(value: &Value) -> impl Iterator<Item = &'static str> {
    let items = value.as_array().into_iter().flatten();
    items.filter_map(Value::as_str).map(keep_text)
}

// Rules are constants everywhere else, so that `decide` takes them as such. A command that reads two documents and ends
// may keep what it has read until then; in return there is no second function that decides.
fn keep<T: 'static>(items: impl Iterator<Item = T>) -> &'static [T] {
    Vec::leak(items.collect())
}

fn keep_text(text: &str) -> &'static str {
    String::leak(text.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document() -> Value {
        let restricted = json!({"x-access": "restricted", "x-roles": ["Admin"], "x-scopes": ["s"], "x-applications": [], "x-mcp-tool": "list_audit"});
        let mut needs_query = restricted.clone();
        needs_query["parameters"] = json!([{"name": "q", "in": "query", "required": true}]);
        let mut streams = restricted.clone();
        streams["responses"]["200"]["content"]["text/event-stream"] = json!({});
        json!({"paths": {
            "/health": {"get": {"x-access": "public"}},
            "/api/v1/audit": {"get": restricted, "delete": {"x-access": "deny_all", "x-mcp-tool": "clear"}},
            "/api/v1/audit/{id}": {"get": restricted},
            "/api/v1/search": {"get": needs_query},
            "/api/v1/watch": {"get": streams},
            "/api/v1/me": {"get": {"x-access": "signed_in", "x-also": "more"}},
            "/api/v1/other": {"get": {"responses": {}}},
        }})
    }

    #[test]
    fn only_reads_that_need_nothing_are_tried() {
        let operations = read_operations(&document());
        let paths = Vec::from_iter(operations.iter().map(|operation| operation.path.as_str()));
        assert_eq!(paths, ["/health", "/api/v1/audit", "/api/v1/me"]);
        assert_eq!(find_guarded(&operations).unwrap().path, "/api/v1/me");
        let tools = read_tools(&document());
        assert!(
            tools
                .iter()
                .any(|tool| tool.name == "clear" && tool.access == Access::DenyAll)
        );
    }

    #[test]
    fn who_am_i_is_found_by_what_it_answers() {
        let answer = |name: &str| {
            let schema = json!({"$ref": format!("#/components/schemas/{name}")});
            json!({"get": {"responses": {"200": {"content": {"application/json": {"schema": schema}}}}}})
        };
        let document = json!({"paths": {"/api/v1/me": answer("Profile"), "/api/v1/caller": answer("MeReport")}});
        assert_eq!(find_who_am_i(&document).as_deref(), Some("/api/v1/caller"));
        assert_eq!(find_who_am_i(&self::document()), None);
    }

    #[test]
    fn a_rule_that_was_read_decides_as_the_annotation_does() {
        use std::collections::BTreeSet;

        use portcullis_api_spec::{CallerKind, Denial};
        let operations = read_operations(&document());
        let audit = &operations[1];
        let rights = |roles: &[&str], scopes: &[&str]| Rights {
            kind: CallerKind::User,
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            contexts: BTreeSet::new(),
        };
        for (rights, decision) in [
            (rights(&["Admin"], &["s"]), Decision::Allow),
            (
                rights(&["Viewer"], &["s"]),
                Decision::Deny(Denial::MissingRole),
            ),
            (
                rights(&["Admin"], &[]),
                Decision::Deny(Denial::MissingScope),
            ),
        ] {
            assert_eq!(audit.decide(Some(&rights)), decision);
        }
        assert_eq!(audit.decide(None), Decision::Deny(Denial::Unauthenticated));
    }
}
