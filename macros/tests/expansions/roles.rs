// #[derive(Clone, Copy, Roles)]
// pub enum Role {
//     /// Publishes research reports.
//     Analyst,
//     #[role("PM")]
//     Pm,
//     #[role(applications)]
//     Ingest,
//     #[role("Desk.Batch", users, applications)]
//     Batch,
// }

const _: () = {
    use crate::api::__portcullis;
    impl Role {
        #[doc(hidden)]
        #[allow(unreachable_pub)]
        pub const fn __portcullis_def(self) -> __portcullis::RoleDef {
            match self {
                Self::Analyst => {
                    __portcullis::RoleDef {
                        name: "Analyst",
                        description: "Publishes research reports.",
                        assignable: __portcullis::Assignable::Users,
                    }
                }
                Self::Pm => {
                    __portcullis::RoleDef {
                        name: "PM",
                        description: "",
                        assignable: __portcullis::Assignable::Users,
                    }
                }
                Self::Ingest => {
                    __portcullis::RoleDef {
                        name: "Ingest",
                        description: "",
                        assignable: __portcullis::Assignable::Applications,
                    }
                }
                Self::Batch => {
                    __portcullis::RoleDef {
                        name: "Desk.Batch",
                        description: "",
                        assignable: __portcullis::Assignable::UsersAndApplications,
                    }
                }
            }
        }
    }
    #[automatically_derived]
    impl __portcullis::Roles for Role {
        const ALL: &'static [__portcullis::RoleDef] = &[
            Self::Analyst.__portcullis_def(),
            Self::Pm.__portcullis_def(),
            Self::Ingest.__portcullis_def(),
            Self::Batch.__portcullis_def(),
        ];
    }
    #[automatically_derived]
    impl ::core::convert::From<Role> for __portcullis::RoleDef {
        fn from(name: Role) -> Self {
            name.__portcullis_def()
        }
    }
    const _: () = __portcullis::check_role_name("Analyst");
    const _: () = __portcullis::check_role_name("PM");
    const _: () = __portcullis::check_role_name("Ingest");
    const _: () = __portcullis::check_role_name("Desk.Batch");
};
