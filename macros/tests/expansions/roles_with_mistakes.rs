// #[derive(Clone, Copy, Roles)]
// pub enum Role {
//     Analyst { desk: String },
//     #[role(admins)]
//     Admin,
// }

::core::compile_error! {
    "a role is a name, so `Analyst` has no fields; leave them out"
}
::core::compile_error! {
    "unknown word `admins` (a name stands in quotes); write one of `users`, `applications`"
}
const _: () = {
    use crate::api::__portcullis;
    impl Role {
        #[doc(hidden)]
        #[allow(unreachable_pub)]
        pub const fn __portcullis_def(self) -> __portcullis::RoleDef {
            __portcullis::RoleDef {
                name: "",
                description: "",
                assignable: __portcullis::Assignable::UsersAndApplications,
            }
        }
    }
    impl __portcullis::Roles for Role {
        const ALL: &'static [__portcullis::RoleDef] = &[];
    }
};
