mod api {
    use portcullis::{Roles, Scopes};

    pub struct AppState;

    #[derive(Clone, Copy, Roles)]
    pub enum Role {
        #[role("Desk Admin")]
        Admin,
    }

    #[derive(Clone, Copy, Scopes)]
    pub enum Scope {
        UserImpersonation,
    }

    portcullis::api! { state = AppState, roles = Role, scopes = Scope }
}

fn main() {}
