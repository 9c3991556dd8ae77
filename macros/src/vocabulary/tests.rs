use proc_macro2::TokenStream;
use quote::quote;

use super::input::{Assignable, Kind, VocabularyInput};
use super::{check_names, derive};
use crate::errors::Errors;

fn read(kind: Kind, item: TokenStream) -> (VocabularyInput, Vec<String>) {
    let mut errors = Errors::default();
    let item = syn::parse2(item).unwrap();
    let input = VocabularyInput::read(kind, &item, &mut errors);
    check_names(&input, &mut errors);
    let said = match errors.finish() {
        Ok(()) => Vec::new(),
        Err(error) => error.into_iter().map(|error| error.to_string()).collect(),
    };
    (input, said)
}

#[test]
fn roles_have_names_descriptions_and_holders() {
    let (input, said) = read(
        Kind::Roles,
        quote! {
            enum Role {
                /// Looks after the desk.
                Admin,
                #[role("PM")]
                Pm,
                #[role(applications)]
                Ingest,
                #[role("Desk.Batch", users, applications)]
                Batch,
            }
        },
    );
    assert!(said.is_empty(), "{said:?}");
    let entries: Vec<_> = input.entries.iter().collect();
    let names: Vec<_> = entries.iter().map(|entry| entry.name.value()).collect();
    assert_eq!(names, ["Admin", "PM", "Ingest", "Desk.Batch"]);
    assert_eq!(entries[0].description, "Looks after the desk.");
    let holders: Vec<_> = entries.iter().map(|entry| entry.assignable).collect();
    assert_eq!(
        holders,
        [
            Assignable::Users,
            Assignable::Users,
            Assignable::Applications,
            Assignable::UsersAndApplications
        ]
    );
}

#[test]
fn scopes_are_named_in_snake_case_unless_named() {
    let (input, said) = read(
        Kind::Scopes,
        quote!(
            enum Scope {
                UserImpersonation,
                #[scope("Reports.Read")]
                ReadReports,
            }
        ),
    );
    assert!(said.is_empty(), "{said:?}");
    assert_eq!(input.entries[0].name.value(), "user_impersonation");
    assert_eq!(input.entries[1].name.value(), "Reports.Read");
}

#[test]
fn several_mistakes_come_back_together() {
    let (_, said) = read(
        Kind::Roles,
        quote! {
            #[role("X")]
            enum Role<T> {
                A(T),
                #[role(aplications)]
                B,
                #[role]
                C,
                #[role("D", "E", users, users)]
                D,
                #[role("D")]
                E,
                #[role("E", F::G)]
                F,
            }
        },
    );
    let expected = [
        "`A` has no fields",
        "did you mean `applications`?",
        "it says nothing",
        "has one name",
        "`users` is written twice",
        "write `#[role",
        "without generics",
        "not on the enum",
        "both have the role name `D`",
    ];
    assert_eq!(said.len(), expected.len(), "{said:#?}");
    for (said, expected) in said.iter().zip(expected) {
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn a_struct_is_refused() {
    let (_, said) = read(
        Kind::Scopes,
        quote!(
            struct Scope;
        ),
    );
    assert_eq!(
        said,
        ["derive(Scopes) stands on an enum, one variant for each scope"]
    );
}

#[test]
fn a_mistake_leaves_an_empty_vocabulary_behind() {
    let tokens = derive(
        Kind::Roles,
        quote!(
            enum Role {
                A(u8),
            }
        ),
    )
    .to_string();
    assert!(tokens.contains("compile_error"));
    assert!(
        tokens.contains("ALL : & 'static [__portcullis :: RoleDef] = & []"),
        "{tokens}"
    );
}
