//! What the derive says about mistakes, and what it reads out of an enum.

use quote::quote;
use syn::{DeriveInput, parse_quote};

use super::check::check;
use super::model::{Answer, Declared};

fn said(item: DeriveInput) -> Vec<String> {
    let error = check(&item).err().unwrap();
    error.into_iter().map(|error| error.to_string()).collect()
}

fn declared(item: DeriveInput) -> Declared {
    let variant = check(&item).unwrap().variants.remove(0);
    match variant.answer {
        Answer::Declared(declared) => *declared,
        Answer::Transparent(_) | Answer::Internal => panic!("not declared"),
    }
}

#[test]
fn the_code_is_the_variant_in_snake_case_unless_said() {
    let unsaid = declared(parse_quote! {
        enum E { #[problem(status = 404, title = "Gone")] ReportNotFound }
    });
    assert_eq!(unsaid.code.value(), "report_not_found");
    let said = declared(parse_quote! {
        enum E { #[problem(status = 404, title = "Gone", code = "gone")] ReportNotFound }
    });
    assert_eq!(said.code.value(), "gone");
}

#[test]
fn a_sentence_binds_the_fields_it_names() {
    let by_position = declared(parse_quote! {
        enum E { #[problem(status = 404, title = "t", detail = "{{{0:?}}} of {1}, {0}")] V(u8, u8, u8) }
    });
    let detail = by_position.detail.unwrap();
    assert_eq!(
        detail.text.value(),
        "{{{field_0:?}}} of {field_1}, {field_0}"
    );
    assert_eq!(detail.fields.len(), 2);
}

#[test]
fn a_source_is_found_under_either_name() {
    for attribute in [quote!(#[source]), quote!(#[from])] {
        let found = declared(parse_quote! {
            enum E { #[problem(status = 500, title = "t")] V(#attribute Inner) }
        });
        assert!(found.source.is_some());
    }
}

#[test]
fn all_mistakes_come_back_at_once() {
    let said = said(parse_quote! {
        #[problem(internal)]
        enum E {
            Silent,
            #[problem(status = 404)] Untitled,
            #[problem(status = many, title = "t", reason = "r")] Misspelt,
            #[problem(transparent, title = "t")] Both(Inner),
            #[problem(transparent)] Two(Inner, Inner),
            #[problem(status = 404, title = "t", detail = "{} {nam} }")] Sentence { name: u8 },
        }
    });
    let expected = [
        "`Silent` does not say what it answers",
        "`Untitled` has no `title = \"..\"`",
        "unknown word `reason`",
        "`status` needs a plain number",
        "`transparent` stands alone; leave `title` out",
        "`transparent` stands on a variant with one field",
        "`{}` names no field",
        "`{nam}` names no field of this variant; did you mean `name`?",
        "a lone `}`",
        "stands on a variant, not on the enum",
    ];
    assert_eq!(said.len(), expected.len(), "{said:#?}");
    for (said, expected) in said.iter().zip(expected) {
        assert!(said.contains(expected), "{said}\n{expected}");
    }
}

#[test]
fn a_code_stands_for_one_kind_of_problem() {
    let said = said(parse_quote! {
        enum E {
            #[problem(status = 404, title = "Gone")] Gone,
            #[problem(status = 404, title = "Gone", code = "gone")] AlsoGone,
            #[problem(status = 410, title = "Gone", code = "gone")] Left,
        }
    });
    assert_eq!(said.len(), 1);
    assert!(said[0].contains("`Gone` and `Left` both have the code `gone`"));
}

#[test]
fn a_cause_stands_in_no_public_sentence() {
    let said = said(parse_quote! {
        enum E { #[problem(status = 503, title = "t", detail = "{0}")] V(#[source] Inner) }
    });
    assert!(said[0].contains("the cause of an error to the log only"));
}
