mod api {
    use portcullis::Scopes;

    pub struct AppState;

    #[derive(Clone, Copy)]
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
