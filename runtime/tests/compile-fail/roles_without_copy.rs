mod api {
    use portcullis::{Roles, Scopes};

    pub struct AppState;

    #[derive(Roles)]
    pub enum Role {
        Admin,
    }

    #[derive(Clone, Copy, Scopes)]
    pub enum Scope {
        UserImpersonation,
    }

    portcullis::api! { state = AppState, roles = Role, scopes = Scope }
}

fn main() {}
