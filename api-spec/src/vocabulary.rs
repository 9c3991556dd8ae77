//! The roles and scopes an application declares, once, with `derive(Roles)` and `derive(Scopes)`.

/// Who can be given an app role in Entra (`allowedMemberTypes` of the manifest).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assignable {
    /// Users and groups. The default.
    Users,
    /// Applications, by client credentials.
    Applications,
    /// Both.
    UsersAndApplications,
}

/// An internal role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoleDef {
    /// The exact name, as in the token's `roles` claim unless `auth.roles` maps it.
    pub name: &'static str,
    /// The doc comment of the variant; may be empty.
    pub description: &'static str,
    /// Who can be assigned it.
    pub assignable: Assignable,
}

impl RoleDef {
    /// Says whether a user can hold this role.
    #[must_use]
    pub const fn is_for_users(&self) -> bool {
        matches!(
            self.assignable,
            Assignable::Users | Assignable::UsersAndApplications
        )
    }

    /// Says whether an application can hold this role.
    #[must_use]
    pub const fn is_for_applications(&self) -> bool {
        matches!(
            self.assignable,
            Assignable::Applications | Assignable::UsersAndApplications
        )
    }
}

/// A delegated permission (OAuth 2.0 scope) of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScopeDef {
    /// The short name, as in the token's `scp` claim.
    pub name: &'static str,
    /// The doc comment of the variant; shown on the consent page.
    pub description: &'static str,
}

/// The role enum of an application. Implemented by `derive(Roles)`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a role enum",
    note = "put `#[derive(Clone, Copy, Roles)]` on the enum named as `roles` in `portcullis::api!`"
)]
pub trait Roles: Copy + 'static {
    /// Every role, in the order of declaration.
    const ALL: &'static [RoleDef];
}

/// The scope enum of an application. Implemented by `derive(Scopes)`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a scope enum",
    note = "put `#[derive(Clone, Copy, Scopes)]` on the enum named as `scopes` in `portcullis::api!`"
)]
pub trait Scopes: Copy + 'static {
    /// Every scope, in the order of declaration.
    const ALL: &'static [ScopeDef];
}

/// All roles and scopes of an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vocabulary {
    /// Every role, in the order of declaration.
    pub roles: &'static [RoleDef],
    /// Every scope, in the order of declaration.
    pub scopes: &'static [ScopeDef],
}

impl Vocabulary {
    /// Collects the vocabulary that `portcullis::api!` names.
    #[must_use]
    pub const fn of<R: Roles, S: Scopes>() -> Self {
        Self {
            roles: R::ALL,
            scopes: S::ALL,
        }
    }
}
