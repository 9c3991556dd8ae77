//! The Entra app registration that an application needs: its app roles, its scopes, and who may ask for them.
//!
//! Made from the vocabulary alone, as the Microsoft Graph application resource, as `az` commands and as Terraform.
//! Invariant: the same names give the same ids on every machine, so that applying a manifest twice changes nothing and
//! assignments, which hang on the ids, survive.

mod az;
mod json;
mod terraform;

pub use az::render_az;
pub use json::render_json;
pub use terraform::render_terraform;

use uuid::Uuid;

use crate::{Assignable, RoleDef, ScopeDef, Vocabulary};

/// The Azure CLI, which fetches the token of a smoke test for the person at the keyboard.
pub const AZURE_CLI_CLIENT_ID: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";

/// The token version that the validator expects; Entra's default for a registration of its own tenant is 1.
const ACCESS_TOKEN_VERSION: u8 = 2;

/// Claims that the validator reads and that Entra sends only when asked: whether the caller is an application, and
/// whether a user is a guest.
const OPTIONAL_CLAIMS: [&str; 2] = ["acct", "idtyp"];

/// An app registration as an application needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// The name that administrators see.
    pub display_name: String,
    /// Which registration this is.
    pub registration: Registration,
    /// Every role, in the order of declaration.
    pub app_roles: Vec<AppRole>,
    /// Every scope, in the order of declaration.
    pub scopes: Vec<ExposedScope>,
}

/// Which registration a manifest is for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Registration {
    /// Its client id; the nil GUID stands for one that does not exist yet.
    pub client_id: Uuid,
    /// Identifier URIs beside `api://<client id>`, such as the MCP resource.
    pub further_uris: Vec<String>,
}

impl Registration {
    /// Every identifier URI, the one that qualifies scopes first.
    #[must_use]
    pub fn identifier_uris(&self) -> Vec<String> {
        let mut uris = vec![format!("api://{}", self.client_id)];
        for uri in &self.further_uris {
            if !uris.contains(uri) {
                uris.push(uri.clone());
            }
        }
        uris
    }
}

/// A role that an administrator assigns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppRole {
    /// Derived from the name.
    pub id: Uuid,
    /// What the token's `roles` claim carries; also the display name.
    pub value: &'static str,
    /// What the administrator reads.
    pub description: String,
    /// `User`, `Application` or both.
    pub allowed_member_types: &'static [&'static str],
}

/// A scope that a client asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExposedScope {
    /// Derived from the name.
    pub id: Uuid,
    /// What the token's `scp` claim carries.
    pub value: &'static str,
    /// One line for the consent page, without a full stop.
    pub display_name: String,
    /// The whole text for the consent page.
    pub description: String,
}

/// Makes the manifest of an application.
#[must_use]
pub fn build_manifest(
    display_name: &str,
    vocabulary: &Vocabulary,
    registration: Registration,
) -> Manifest {
    Manifest {
        display_name: display_name.to_owned(),
        registration,
        app_roles: vocabulary.roles.iter().map(build_role).collect(),
        scopes: vocabulary.scopes.iter().map(build_scope).collect(),
    }
}

fn build_role(role: &RoleDef) -> AppRole {
    AppRole {
        id: derive_id("app-role", role.name),
        value: role.name,
        description: describe(role.description, role.name),
        allowed_member_types: match role.assignable {
            Assignable::Users => &["User"],
            Assignable::Applications => &["Application"],
            Assignable::UsersAndApplications => &["User", "Application"],
        },
    }
}

fn build_scope(scope: &ScopeDef) -> ExposedScope {
    let description = describe(scope.description, scope.name);
    let first = scope.description.trim().split("\n\n").next();
    let line = describe(first.unwrap_or_default(), scope.name);
    let display_name = line.strip_suffix('.').unwrap_or(&line);
    ExposedScope {
        id: derive_id("scope", scope.name),
        value: scope.name,
        display_name: shorten(display_name, DISPLAY_NAME_LIMIT),
        description,
    }
}

/// Longest display name of a permission that Entra takes, in characters.
const DISPLAY_NAME_LIMIT: usize = 100;

fn shorten(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        None => text.to_owned(),
        Some(_) => {
            let kept = text.chars().take(limit - 2);
            format!("{}..", kept.collect::<String>().trim_end())
        }
    }
}

/// A doc comment on one line; Entra refuses an empty description, so the name stands in for a missing one.
fn describe(doc: &str, name: &str) -> String {
    let words: Vec<_> = doc.split_whitespace().collect();
    match words.is_empty() {
        true => name.to_owned(),
        false => words.join(" "),
    }
}

/// A version 5 UUID (RFC 9562 section 5.5) of `urn:portcullis:<kind>:<name>`. Roles and scopes of one registration
/// share a space of ids, hence the kind.
fn derive_id(kind: &str, name: &str) -> Uuid {
    let urn = format!("urn:portcullis:{kind}:{name}");
    Uuid::new_v5(&Uuid::NAMESPACE_URL, urn.as_bytes())
}

#[cfg(test)]
mod tests;
