use std::collections::BTreeSet;

use super::*;
use crate::{Assignable, RoleDef, ScopeDef};

const ANALYST: RoleDef = role("Analyst");
const INGEST: RoleDef = role("Ingest");
const READ: ScopeDef = scope("read");
const WRITE: ScopeDef = scope("write");

const fn role(name: &'static str) -> RoleDef {
    RoleDef {
        name,
        description: "",
        assignable: Assignable::Users,
    }
}

const fn scope(name: &'static str) -> ScopeDef {
    ScopeDef {
        name,
        description: "",
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

fn rights(kind: CallerKind, roles: &[&str], scopes: &[&str]) -> Rights {
    Rights {
        kind,
        roles: roles.iter().map(ToString::to_string).collect(),
        scopes: scopes.iter().map(ToString::to_string).collect(),
        contexts: BTreeSet::new(),
    }
}

fn user(roles: &[&str], scopes: &[&str]) -> Option<Rights> {
    Some(rights(CallerKind::User, roles, scopes))
}

fn application(roles: &[&str]) -> Option<Rights> {
    Some(rights(CallerKind::Application, roles, &[]))
}

#[test]
fn each_rule_answers_each_kind_of_caller_as_written() {
    use Decision::{Allow, Deny};
    let public = Access::Public { reason: "probe" };
    let both = restricted(&[ANALYST], &[READ, WRITE], &[]);
    let scopes_only = restricted(&[], &[READ], &[]);
    let applications_only = restricted(&[], &[], &[INGEST]);
    let mixed = restricted(&[ANALYST], &[], &[INGEST]);
    let table = [
        (
            "nobody gets past DenyAll",
            Access::DenyAll,
            user(&["Analyst"], &["read"]),
            Deny(Denial::Nobody),
        ),
        ("public asks for nothing", public, None, Allow),
        (
            "signed_in refuses the anonymous",
            Access::SignedIn,
            None,
            Deny(Denial::Unauthenticated),
        ),
        (
            "signed_in admits a user without rights",
            Access::SignedIn,
            user(&[], &[]),
            Allow,
        ),
        (
            "signed_in admits applications",
            Access::SignedIn,
            application(&[]),
            Allow,
        ),
        (
            "a rule refuses the anonymous",
            both,
            None,
            Deny(Denial::Unauthenticated),
        ),
        (
            "role and all scopes are admitted",
            both,
            user(&["Analyst"], &["read", "write"]),
            Allow,
        ),
        (
            "one of two scopes is not enough",
            both,
            user(&["Analyst"], &["read"]),
            Deny(Denial::MissingScope),
        ),
        (
            "lacking both is lacking the role",
            both,
            user(&[], &[]),
            Deny(Denial::MissingRole),
        ),
        (
            "role names keep their case",
            both,
            user(&["analyst"], &["read", "write"]),
            Deny(Denial::MissingRole),
        ),
        (
            "a scope is never a role",
            both,
            user(&[], &["Analyst", "read", "write"]),
            Deny(Denial::MissingRole),
        ),
        (
            "a role is never a scope",
            scopes_only,
            user(&["read"], &[]),
            Deny(Denial::MissingScope),
        ),
        (
            "scopes alone admit any role",
            scopes_only,
            user(&[], &["read"]),
            Allow,
        ),
        (
            "applications need to be named",
            both,
            application(&["Analyst"]),
            Deny(Denial::UsersOnly),
        ),
        (
            "scopes alone refuse applications",
            scopes_only,
            application(&["read"]),
            Deny(Denial::UsersOnly),
        ),
        (
            "applications alone refuse users",
            applications_only,
            user(&["Ingest"], &["read"]),
            Deny(Denial::ApplicationsOnly),
        ),
        (
            "a named application is admitted",
            applications_only,
            application(&["Ingest"]),
            Allow,
        ),
        (
            "an application needs its role",
            applications_only,
            application(&["Analyst"]),
            Deny(Denial::MissingRole),
        ),
        (
            "a mixed rule admits its application",
            mixed,
            application(&["Ingest"]),
            Allow,
        ),
        (
            "a user role does not help an application",
            mixed,
            application(&["Analyst"]),
            Deny(Denial::MissingRole),
        ),
        (
            "an application role does not help a user",
            mixed,
            user(&["Ingest"], &[]),
            Deny(Denial::MissingRole),
        ),
    ];
    for (claim, access, rights, expected) in table {
        assert_eq!(decide(&access, rights.as_ref()), expected, "{claim}");
    }
}

#[test]
fn a_context_is_asked_of_users_after_role_and_scope_and_of_no_application() {
    use Decision::{Allow, Deny};
    let access = Access::Restricted(Requirements {
        roles: &[ANALYST],
        scopes: &[READ],
        applications: &[INGEST],
        context: Some("c1"),
    });
    let with_contexts = |rights: Option<Rights>, contexts: &[&str]| {
        let contexts = contexts.iter().map(ToString::to_string).collect();
        rights.map(|rights| Rights { contexts, ..rights })
    };
    let analyst = || user(&["Analyst"], &["read"]);
    let rows = [
        (analyst(), Deny(Denial::MissingContext)),
        (with_contexts(analyst(), &["c1"]), Allow),
        (with_contexts(analyst(), &["c2", "c1"]), Allow),
        (
            with_contexts(analyst(), &["c2", "C1", "c11", ""]),
            Deny(Denial::MissingContext),
        ),
        (
            with_contexts(user(&["Analyst"], &[]), &["c1"]),
            Deny(Denial::MissingScope),
        ),
        (
            with_contexts(user(&[], &["read"]), &["c1"]),
            Deny(Denial::MissingRole),
        ),
        (
            user(&["Analyst"], &["read", "c1"]),
            Deny(Denial::MissingContext),
        ),
        (application(&["Ingest"]), Allow),
        (None, Deny(Denial::Unauthenticated)),
    ];
    for (rights, expected) in rows {
        assert_eq!(decide(&access, rights.as_ref()), expected, "{rights:?}");
    }
}
