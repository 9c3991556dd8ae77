//! What the document says that no endpoint knows: its title, where the service is, and where tokens come from.

use crate::ScopeDef;

/// The facts of one deployment that the document repeats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentSettings {
    /// The service's name.
    pub title: String,
    /// The service's version.
    pub version: String,
    /// Markdown below the title; may be empty.
    pub description: String,
    /// Under what the service's interface may be used, as an SPDX expression.
    pub license: Option<String>,
    /// What the tags mean: pairs of name and sentence.
    pub tags: &'static [(&'static str, &'static str)],
    /// Where the service answers, the preferred one first.
    pub servers: Vec<DocumentServer>,
    /// Where tokens come from.
    pub entra: EntraSettings,
}

/// One place where the service answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentServer {
    /// The public URL, without a trailing slash.
    pub url: String,
    /// Which environment this is, in words.
    pub description: String,
    /// Whether only people of the organisation reach it (`x-internal`).
    pub is_internal: bool,
}

/// The tenant that issues tokens for this service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntraSettings {
    /// The OAuth 2.0 authorization endpoint.
    pub authorization_url: String,
    /// The OAuth 2.0 token endpoint; it refreshes too.
    pub token_url: String,
    /// The first App ID URI: what stands in front of a scope's short name, without the slash.
    pub scope_prefix: String,
    /// The tenant's id.
    pub tenant_id: String,
}

impl EntraSettings {
    /// Derives the endpoints from the authority, as Entra lays them out. No request is made: the document is the same
    /// whether the authority can be reached or not.
    #[must_use]
    pub fn of_tenant(authority: &str, tenant_id: &str, scope_prefix: &str) -> Self {
        let tenant = format!("{}/{tenant_id}", authority.trim_end_matches('/'));
        Self {
            authorization_url: format!("{tenant}/oauth2/v2.0/authorize"),
            token_url: format!("{tenant}/oauth2/v2.0/token"),
            scope_prefix: scope_prefix.to_owned(),
            tenant_id: tenant_id.to_owned(),
        }
    }

    /// The name of a scope as a client asks for it; a token carries the short one.
    #[must_use]
    pub fn qualify_scope(&self, scope: &ScopeDef) -> String {
        format!("{}/{}", self.scope_prefix, scope.name)
    }
}
