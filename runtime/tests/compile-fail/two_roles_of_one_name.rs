mod api {
    use portcullis::{Roles, Scopes};

    pub struct AppState;

    #[derive(Clone, Copy, Roles)]
    pub enum Role {
        Admin,
        #[role("Admin")]
        Owner,
    }

    #[derive(Clone, Copy, Scopes)]
    pub enum Scope {
        UserImpersonation,
    }

    portcullis::api! { state = AppState, roles = Role, scopes = Scope }
}

fn main() {}
