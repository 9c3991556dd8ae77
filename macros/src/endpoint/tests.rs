use super::*;

fn function() -> TokenStream {
    function_with(quote!({ half written . }))
}

fn function_with(body: TokenStream) -> TokenStream {
    quote! {
        /// Fetch.
        #[expect(unused, reason = "an example")]
        pub(crate) async fn get_report(Caller(a): Caller, Path(id): Path<Id>) -> Json<Report> #body
    }
}

/// Attributes in the middle of being typed. What is unbalanced never reaches a macro: an editor closes it first.
fn half_typed() -> Vec<TokenStream> {
    vec![
        quote!(),
        quote!(g),
        quote!(get),
        quote!(get,),
        quote!(get, "/"),
        quote!(get, "/reports/{id}"),
        quote!(get, "/reports/{id}",),
        quote!(get, "/reports/{id}", ro),
        quote!(get, "/reports/{id}", roles),
        quote!(get, "/reports/{id}", roles()),
        quote!(get, "/reports/{id}", roles(Role::)),
        quote!(get, "/reports/{id}", roles(,)),
        quote!(get, "/reports/{id}", roles(Analyst Pm)),
        quote!(get, "/reports/{id}", roles(Analyst) sc),
        quote!(get, "/reports/{id}", roles(Analyst), sc),
        quote!(get, "/reports/{id}", roles(Analyst), scopes(),),
        quote!(get, "/reports/{id}", public),
        quote!(get, "/reports/{id}", public(load balancers)),
        quote!(get, "/reports/{id}", signed_in, also),
        quote!(get, "/reports/{id}", signed_in, status =),
        quote!(get, "/reports/{id}", signed_in, status = 2xx),
        quote!(get, "/reports/{id}", signed_in, mcp(name)),
        quote!(get, "/reports/{id}", signed_in, mcp(name =)),
        quote!(get, "/reports/{id}", signed_in, mcp(hide =)),
        quote!(get, "/reports/{id}", signed_in, tag = Reports),
        quote!(get, "/reports/{id}", signed_in, ?),
        quote!(get, "/reports/{id}" = signed_in),
        quote!(fn, struct, .., 7, 'a'),
    ]
}

#[test]
fn a_half_typed_attribute_keeps_the_function_and_admits_nobody() {
    let before = function().to_string();
    for attribute in half_typed() {
        let text = attribute.to_string();
        let after = expand(attribute, function()).to_string();
        let added = after.strip_prefix(&before);
        let added = added.unwrap_or_else(|| panic!("`{text}` changed the function: {after}"));
        assert!(
            added.contains(":: core :: compile_error"),
            "`{text}`: {added}"
        );
        assert!(
            added.contains("pub (crate) enum get_report { }"),
            "`{text}`: {added}"
        );
        assert_eq!(added.matches("Access ::").count(), 1, "`{text}`: {added}");
        assert!(added.contains("Access :: DenyAll"), "`{text}`: {added}");
    }
}

#[test]
fn an_unclosed_list_is_half_an_endpoint_and_no_open_one() {
    // As editors close `roles(Ana` and `roles(Analyst,`: the words are whole then, and mean what they say.
    for attribute in [
        quote!(get, "/reports/{id}", roles(Ana)),
        quote!(get, "/reports/{id}", roles(Analyst,)),
    ] {
        let after = expand(attribute, function()).to_string();
        assert!(after.starts_with(&function().to_string()), "{after}");
        assert!(after.contains("Access :: Restricted"), "{after}");
        assert!(after.contains("Role :: Ana"), "{after}");
    }
}

#[test]
fn a_broken_body_comes_out_as_it_went_in() {
    let bodies = [
        quote!({}),
        quote!({ let x = }),
        quote!({ state. }),
        quote!({ match caller. { Some( => ) } }),
        quote!({ if let = .await }),
        quote!({ fn async struct ;;; #[] ? }),
        quote!(;),
    ];
    for body in bodies {
        let before = function_with(body).to_string();
        for attribute in [
            quote!(get, "/reports/{id}", signed_in, mcp),
            quote!(get, "/reports/{id}", ro),
        ] {
            let item = before.parse().unwrap();
            let after = expand(attribute, item).to_string();
            assert!(after.starts_with(&before), "{after}");
            assert!(after.contains("enum get_report"), "{after}");
        }
    }
}

#[test]
fn a_half_typed_signature_is_kept_too() {
    for item in [
        quote!(pub async fn get_report(id: ) -> Json<Report> { body }),
        quote!(async fn get_report(Path(id), ..) { body }),
        quote!(pub async fn get_report(id: Path<u32>) -> { body }),
    ] {
        let before = item.to_string();
        let after = expand(quote!(get, "/reports/{id}", signed_in), item).to_string();
        assert!(after.ends_with(&before), "{after}");
        assert!(after.contains("cannot read the signature"), "{after}");
    }
}

#[test]
fn after_a_mistake_nobody_gets_in() {
    let after = expand(quote!(get, "/reports/{id}", public), function()).to_string();
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
        "EndpointDef",
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
