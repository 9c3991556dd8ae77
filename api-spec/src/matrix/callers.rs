//! The kinds of callers that the matrix knows: made from the vocabulary, so that a new role is a new column.

use std::collections::BTreeSet;

use crate::{CallerKind, Rights, RoleDef, Vocabulary};

/// One kind of caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallerProfile {
    /// Stable and unique: `anonymous`, `user:Analyst`, `user:Analyst:no-scope`, `user:no-role`, `application:Ingest`,
    /// `application:no-role`, `poc`.
    pub id: String,
    /// What makes this kind.
    pub kind: ProfileKind,
    /// What it holds; `None` without a credential.
    pub rights: Option<Rights>,
}

/// What makes a kind of caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProfileKind {
    /// No credential.
    Anonymous,
    /// A user's token.
    User,
    /// An application's token.
    Application,
    /// The synthetic caller of POC mode, as it is when nothing narrows it: a user with everything declared.
    Poc,
}

/// Lists the kinds of callers, in the order of declaration of their roles.
pub(super) fn list_callers(vocabulary: &Vocabulary) -> Vec<CallerProfile> {
    let scopes = vocabulary.scopes.iter().map(|scope| scope.name.to_owned());
    let scopes = scopes.collect::<BTreeSet<_>>();
    let mut callers = vec![CallerProfile {
        id: "anonymous".to_owned(),
        kind: ProfileKind::Anonymous,
        rights: None,
    }];
    let user_roles = || vocabulary.roles.iter().filter(|role| role.is_for_users());
    for role in user_roles() {
        callers.push(user(format!("user:{}", role.name), [role], &scopes));
    }
    // Without declared scopes these would be the callers above under a second name.
    if !scopes.is_empty() {
        for role in user_roles() {
            let id = format!("user:{}:no-scope", role.name);
            callers.push(user(id, [role], &BTreeSet::new()));
        }
    }
    callers.push(user("user:no-role".to_owned(), [], &scopes));
    let is_for_applications = |role: &&RoleDef| role.is_for_applications();
    for role in vocabulary.roles.iter().filter(is_for_applications) {
        callers.push(application(format!("application:{}", role.name), [role]));
    }
    callers.push(application("application:no-role".to_owned(), []));
    callers.push(CallerProfile {
        kind: ProfileKind::Poc,
        ..user("poc".to_owned(), vocabulary.roles, &scopes)
    });
    callers
}

fn user<'a>(
    id: String,
    roles: impl IntoIterator<Item = &'a RoleDef>,
    scopes: &BTreeSet<String>,
) -> CallerProfile {
    CallerProfile {
        id,
        kind: ProfileKind::User,
        rights: Some(Rights {
            kind: CallerKind::User,
            roles: names(roles),
            scopes: scopes.clone(),
            contexts: BTreeSet::new(),
        }),
    }
}

fn application<'a>(id: String, roles: impl IntoIterator<Item = &'a RoleDef>) -> CallerProfile {
    CallerProfile {
        id,
        kind: ProfileKind::Application,
        rights: Some(Rights {
            kind: CallerKind::Application,
            roles: names(roles),
            scopes: BTreeSet::new(),
            contexts: BTreeSet::new(),
        }),
    }
}

fn names<'a>(roles: impl IntoIterator<Item = &'a RoleDef>) -> BTreeSet<String> {
    roles.into_iter().map(|role| role.name.to_owned()).collect()
}
