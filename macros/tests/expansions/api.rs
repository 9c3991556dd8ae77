// portcullis::api! {
//     state = AppState, roles = Role, scopes = Scope
// }

#[doc(hidden)]
type __PortcullisState = AppState;
#[doc(hidden)]
type __PortcullisRole = Role;
#[doc(hidden)]
type __PortcullisScope = Scope;
#[doc(hidden)]
pub mod __portcullis {
    pub use portcullis::__private::*;
    pub type State = super::__PortcullisState;
    pub type Role = super::__PortcullisRole;
    pub type Scope = super::__PortcullisScope;
}
const _: portcullis::__private::Vocabulary = portcullis::__private::Vocabulary::of::<
    Role,
    Scope,
>();
