mod api {
    use portcullis::{Roles, Scopes};

    pub struct AppState;

    #[derive(Clone, Copy, Roles)]
    pub enum Role {
        Admin,
    }

    #[derive(Clone, Copy, Scopes)]
    pub enum Scope {
        UserImpersonation,
    }

    portcullis::api! { roles = Role, scopes = Scope }
}

fn main() {}
