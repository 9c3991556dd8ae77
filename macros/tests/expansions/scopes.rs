// #[derive(Clone, Copy, Scopes)]
// pub enum Scope {
//     /// Use the research desk as the signed-in user.
//     UserImpersonation,
//     #[scope("Reports.Read")]
//     ReadReports,
// }

const _: () = {
    use crate::api::__portcullis;
    impl Scope {
        #[doc(hidden)]
        #[allow(unreachable_pub)]
        pub const fn __portcullis_def(self) -> __portcullis::ScopeDef {
            match self {
                Self::UserImpersonation => {
                    __portcullis::ScopeDef {
                        name: "user_impersonation",
                        description: "Use the research desk as the signed-in user.",
                    }
                }
                Self::ReadReports => {
                    __portcullis::ScopeDef {
                        name: "Reports.Read",
                        description: "",
                    }
                }
            }
        }
    }
    #[automatically_derived]
    impl __portcullis::Scopes for Scope {
        const ALL: &'static [__portcullis::ScopeDef] = &[
            Self::UserImpersonation.__portcullis_def(),
            Self::ReadReports.__portcullis_def(),
        ];
    }
    #[automatically_derived]
    impl ::core::convert::From<Scope> for __portcullis::ScopeDef {
        fn from(name: Scope) -> Self {
            name.__portcullis_def()
        }
    }
    const _: () = __portcullis::check_scope_name("user_impersonation");
    const _: () = __portcullis::check_scope_name("Reports.Read");
};
