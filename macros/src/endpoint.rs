//! `#[endpoint(..)]`: the steps in order.
//!
//! Invariant: the user's function comes out as it went in, whatever happens, so that editors keep working.

use proc_macro2::TokenStream;
use quote::quote;

use crate::check;
use crate::expand;
use crate::fallback;
use crate::input::FunctionInput;

/// Expands the attribute, or says what is wrong beside the untouched function.
pub(crate) fn expand(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let function = match FunctionInput::read(item.clone()) {
        Ok(function) => function,
        Err(error) => {
            let error = error.into_compile_error();
            return quote!(#error #item);
        }
    };
    let added = match check::check(attribute, &function) {
        Ok(model) => expand::expand(&model),
        Err(error) => {
            let error = error.into_compile_error();
            let fallback = fallback::expand(&function);
            quote!(#error #fallback)
        }
    };
    quote!(#item #added)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function() -> TokenStream {
        quote! {
            /// Fetch.
            pub async fn get_report(Caller(a): Caller, Path(id): Path<Id>) -> Json<Report> { half written . }
        }
    }

    #[test]
    fn the_function_comes_out_as_it_went_in() {
        let before = function().to_string();
        for attribute in [
            quote!(get, "/reports/{id}", signed_in),
            quote!(nonsense),
            quote!(),
        ] {
            let after = expand(attribute, function()).to_string();
            assert!(after.starts_with(&before), "{after}");
        }
    }

    #[test]
    fn after_a_mistake_nobody_gets_in() {
        let after = expand(quote!(get, "/reports/{id}", public), function()).to_string();
        assert!(after.contains(":: core :: compile_error"), "{after}");
        assert!(after.contains("enum get_report { }"), "{after}");
        assert!(after.contains("Access :: DenyAll"), "{after}");
        assert!(!after.contains("Access :: Public"), "{after}");
    }

    #[test]
    fn generated_paths_start_in_the_api_module_or_core() {
        let attribute = quote!(
            get,
            "/reports/{id}",
            roles(A),
            scopes(B),
            applications(C),
            also("x"),
            mcp,
            status = 201,
            tag = "T"
        );
        let text = expand(attribute, function()).to_string();
        let import = "use crate :: api :: __portcullis ;";
        assert_eq!(text.matches(import).count(), 1, "{text}");
        let text = text.replace(import, "").replace(":: core ::", "CORE");
        let known_ends = [
            "__portcullis",
            "Method",
            "Mount",
            "Access",
            "Role",
            "Scope",
            "Option",
            "option",
            ">",
        ];
        for (place, _) in text.match_indices("::") {
            let before = text[..place].trim_end();
            let is_generic = text[place..].starts_with(":: <");
            let known = is_generic || known_ends.iter().any(|end| before.ends_with(end));
            assert!(
                known,
                "{} is not below the module",
                &text[place.saturating_sub(60)..place + 2]
            );
        }
    }
}
