//! An access rule as one English sentence, for the reader of the document, of the tool list and of the matrix.
//!
//! Invariant: the sentence is made from the rule that `decide` reads, never from prose written beside it.

use crate::{Access, Requirements, RoleDef};

/// Renders who may call an operation, as a sentence that starts with "Who may call this:".
///
/// `also` is what the handler checks beyond the rule, from the annotation.
#[must_use]
pub fn render_access_sentence(access: &Access, also: Option<&str>) -> String {
    format!("Who may call this: {}", render_who(access, also))
}

/// The sentence without its beginning, for where a heading says it.
pub(crate) fn render_who(access: &Access, also: Option<&str>) -> String {
    let who = match access {
        Access::DenyAll => "nobody".to_owned(),
        Access::Public { reason } => format!("anyone, without a credential ({reason})"),
        Access::SignedIn => "any signed-in caller, user or application".to_owned(),
        Access::Restricted(requirements) => render_requirements(requirements),
    };
    match also {
        Some(also) => format!("{who}. The handler also checks: {also}."),
        None => format!("{who}."),
    }
}

fn render_requirements(requirements: &Requirements) -> String {
    let mut kinds = Vec::new();
    if requirements.admits_users() {
        kinds.push(render_users(requirements));
    }
    if requirements.admits_applications() {
        let roles = render_roles(requirements.applications);
        kinds.push(format!("applications with the app role {roles}"));
    }
    match kinds.is_empty() {
        true => "nobody".to_owned(),
        false => kinds.join("; "),
    }
}

fn render_users(requirements: &Requirements) -> String {
    let names = requirements.scopes.iter().map(|scope| scope.name);
    let scopes = join_words(names, "and");
    let noun = match requirements.scopes.len() {
        1 => "the scope",
        _ => "the scopes",
    };
    let users = match (requirements.roles, requirements.scopes) {
        (roles, []) => format!("users with the role {}", render_roles(roles)),
        ([], _) => format!("users whose token carries {noun} {scopes}"),
        (roles, _) => {
            let roles = render_roles(roles);
            format!("users with the role {roles} whose token carries {noun} {scopes}")
        }
    };
    match requirements.context {
        Some(context) => {
            format!("{users} and whose sign-in met the authentication context `{context}`")
        }
        None => users,
    }
}

fn render_roles(roles: &[RoleDef]) -> String {
    join_words(roles.iter().map(|role| role.name), "or")
}

/// Joins names as English does: `A`, `A or B`, `A, B or C`.
fn join_words(names: impl Iterator<Item = &'static str>, last: &str) -> String {
    let mut names = names.map(|name| format!("`{name}`")).collect::<Vec<_>>();
    let Some(final_name) = names.pop() else {
        return String::new();
    };
    match names.is_empty() {
        true => final_name,
        false => format!("{} {last} {final_name}", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Assignable, ScopeDef};

    const ANALYST: RoleDef = role("Analyst", Assignable::Users);
    const PM: RoleDef = role("PM", Assignable::Users);
    const ADMIN: RoleDef = role("Admin", Assignable::Users);
    const INGEST: RoleDef = role("Ingest", Assignable::Applications);
    const READ: ScopeDef = ScopeDef {
        name: "read",
        description: "",
    };
    const WRITE: ScopeDef = ScopeDef {
        name: "write",
        description: "",
    };

    const fn role(name: &'static str, assignable: Assignable) -> RoleDef {
        RoleDef {
            name,
            description: "",
            assignable,
        }
    }

    const fn restricted(
        roles: &'static [RoleDef],
        scopes: &'static [ScopeDef],
        applications: &'static [RoleDef],
    ) -> Access {
        Access::Restricted(Requirements {
            roles,
            scopes,
            applications,
            context: None,
        })
    }

    #[test]
    fn every_rule_has_its_own_sentence() {
        let public = Access::Public {
            reason: "load balancers probe it",
        };
        let table = [
            (Access::DenyAll, "nobody."),
            (
                public,
                "anyone, without a credential (load balancers probe it).",
            ),
            (
                Access::SignedIn,
                "any signed-in caller, user or application.",
            ),
            (
                restricted(&[ANALYST], &[], &[]),
                "users with the role `Analyst`.",
            ),
            (
                restricted(&[], &[READ, WRITE], &[]),
                "users whose token carries the scopes `read` and `write`.",
            ),
            (
                restricted(&[ANALYST, PM, ADMIN], &[READ], &[]),
                "users with the role `Analyst`, `PM` or `Admin` whose token carries the scope `read`.",
            ),
            (
                restricted(&[], &[], &[INGEST]),
                "applications with the app role `Ingest`.",
            ),
            (
                restricted(&[ADMIN], &[], &[INGEST]),
                "users with the role `Admin`; applications with the app role `Ingest`.",
            ),
            (restricted(&[], &[], &[]), "nobody."),
            (
                Access::Restricted(Requirements {
                    roles: &[ADMIN],
                    scopes: &[],
                    applications: &[],
                    context: Some("c1"),
                }),
                "users with the role `Admin` and whose sign-in met the authentication context `c1`.",
            ),
        ];
        for (access, expected) in table {
            let sentence = render_access_sentence(&access, None);
            assert_eq!(sentence, format!("Who may call this: {expected}"));
        }
    }

    #[test]
    fn what_the_handler_checks_beyond_the_rule_is_said_too() {
        let sentence = render_access_sentence(&Access::SignedIn, Some("only the author"));
        assert!(
            sentence.ends_with("The handler also checks: only the author."),
            "{sentence}"
        );
    }
}
