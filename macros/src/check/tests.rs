use portcullis_grammar::Mount;
use proc_macro2::TokenStream;
use quote::quote;

use super::check;
use crate::input::FunctionInput;
use crate::model::{Access, EndpointModel, Method};

fn run(attribute: TokenStream, item: TokenStream) -> syn::Result<EndpointModel> {
    check(attribute, &FunctionInput::read(item)?)
}

fn model(attribute: TokenStream) -> EndpointModel {
    run(
        attribute,
        quote!(
            async fn f() -> NoContent {}
        ),
    )
    .unwrap()
}

fn said(attribute: TokenStream, item: TokenStream) -> Vec<String> {
    let error = run(attribute, item).err().unwrap();
    error.into_iter().map(|error| error.to_string()).collect()
}

fn said_of(attribute: TokenStream) -> Vec<String> {
    said(
        attribute,
        quote!(
            async fn f() -> NoContent {}
        ),
    )
}

#[test]
fn every_word_finds_its_place() {
    let model = run(
        quote!(
            post,
            "/reports/{id}",
            roles(Analyst, Pm),
            scopes(UserImpersonation),
            applications(Ingest),
            also("only the author"),
            mcp(name = "write", hide = ["limit", "If-Match"]),
            root,
            status = 201,
            tag = "Reports",
            deprecated,
        ),
        quote! {
            /// Writes.
            #[cfg(unix)]
            pub(crate) async fn r#type(Path(id): Path<u32>, body: Json<A>) -> Created<A> {}
        },
    );
    let model = model.unwrap();
    assert_eq!(model.method, Method::Post);
    assert_eq!(model.mount, Mount::Root);
    assert_eq!(model.path.value(), "/reports/{id}");
    let Access::Restricted(restriction) = &model.access else {
        panic!("not restricted");
    };
    assert_eq!(restriction.roles.len(), 2);
    assert_eq!(restriction.scopes.len(), 1);
    assert_eq!(restriction.applications.len(), 1);
    assert_eq!(model.also.unwrap().value(), "only the author");
    let tool = model.tool.unwrap();
    assert_eq!(tool.name.value(), "write");
    let hidden: Vec<_> = tool.hidden.iter().map(syn::LitStr::value).collect();
    assert_eq!(hidden, ["limit", "If-Match"]);
    assert_eq!(model.status.unwrap().base10_digits(), "201");
    assert_eq!(model.tag.unwrap().value(), "Reports");
    assert!(model.deprecated);
    assert_eq!(model.doc, "Writes.");
    assert_eq!(model.arguments.len(), 2);
    assert_eq!(model.conditions.len(), 1);
}

#[test]
fn a_tool_is_named_like_the_function_without_the_raw_mark() {
    let model = run(
        quote!(get, "/x", signed_in, mcp),
        quote!(
            async fn r#type() -> A {}
        ),
    );
    assert_eq!(model.unwrap().tool.unwrap().name.value(), "type");
}

#[test]
fn a_resource_may_name_who_lists_it() {
    let resource = |word| model(quote!(get, "/x", signed_in, #word)).resource.unwrap();
    let alone = resource(quote!(resource("desk://x")));
    assert_eq!(alone.uri.value(), "desk://x");
    assert!(alone.listed_by.is_none());
    let listed = resource(quote!(resource(
        "desk://x",
        listed_by = crate::reports::list,
    )));
    assert_eq!(listed.listed_by.unwrap().segments.len(), 3);
}

#[test]
fn a_prompt_is_named_like_the_function_or_as_it_says() {
    let own = run(
        quote!(get, "/x", signed_in, prompt),
        quote!(
            async fn r#type() -> A {}
        ),
    );
    assert_eq!(own.unwrap().prompt.unwrap().value(), "type");
    let named = model(quote!(get, "/x", signed_in, prompt(name = "other")));
    assert_eq!(named.prompt.unwrap().value(), "other");
}

#[test]
fn what_is_read_is_a_get() {
    for (word, name) in [
        (quote!(resource("desk://x")), "resource"),
        (quote!(prompt), "prompt"),
    ] {
        for method in [quote!(post), quote!(put), quote!(patch), quote!(delete)] {
            let said = said_of(quote!(#method, "/x", signed_in, #word));
            let expected = format!("a {name} is read, so its operation is a `get`");
            assert_eq!(said.len(), 1, "{method}: {said:?}");
            assert!(said[0].starts_with(&expected), "{method}: {said:?}");
        }
    }
}

#[test]
fn public_and_signed_in_are_read() {
    let public = model(quote!(get, "/x", public("probes ask for it")));
    assert!(
        matches!(public.access, Access::Public(reason) if reason.value() == "probes ask for it")
    );
    assert!(matches!(
        model(quote!(get, "/x", signed_in)).access,
        Access::SignedIn
    ));
}

#[test]
fn one_mistake_is_one_message() {
    let rows: [(TokenStream, &str); 47] = [
        (quote!(), "say what the endpoint is"),
        (quote!(get, "/x"), "say who may call it"),
        (quote!(get, signed_in), "no path"),
        (quote!("/x", signed_in), "no method"),
        (
            quote!(fetch, "/x", signed_in),
            "`fetch` is not a method; write one of",
        ),
        (quote!(GET, "/x", signed_in), "did you mean `get`?"),
        (quote!(get, post, "/x", signed_in), "has one method"),
        (quote!("/x", get, signed_in), "the method stands first"),
        (quote!(get, signed_in, "/x"), "the path stands second"),
        (quote!(get, "/x", "/y", signed_in), "has one path"),
        (quote!(get("/x"), "/x", signed_in), "stands after a comma"),
        (
            quote!(get, "/x", signed_in, cached),
            "unknown word `cached`; write one of",
        ),
        (quote!(get, "/x", role(A)), "did you mean `roles`?"),
        (
            quote!(get, "/x", signed_in, depricated),
            "did you mean `deprecated`?",
        ),
        (
            quote!(get, "/x", roles(A), roles(B)),
            "`roles` is written twice",
        ),
        (quote!(get, "/x", roles()), "`roles()` is empty"),
        (quote!(get, "/x", roles), "`roles` needs a list"),
        (quote!(get, "/x", roles = A), "`roles` needs a list"),
        (quote!(get, "/x", roles(A, A)), "`A` is in `roles` twice"),
        (quote!(get, "/x", roles(Role::A)), "write `A`"),
        (quote!(get, "/x", roles("A")), "names variants"),
        (quote!(get, "/x", roles(A,,B)), "two commas"),
        (quote!(get, "/x", public), "`public` needs why"),
        (quote!(get, "/x", public()), "`public` needs why"),
        (quote!(get, "/x", public("")), "this is empty"),
        (
            quote!(get, "/x", public("r"), roles(A)),
            "`roles` cannot stand beside it",
        ),
        (
            quote!(get, "/x", public("r"), signed_in),
            "`signed_in` cannot stand beside it",
        ),
        (
            quote!(get, "/x", signed_in, scopes(A)),
            "`signed_in` admits every verified caller",
        ),
        (quote!(get, "/x", signed_in(A)), "`signed_in` stands alone"),
        (quote!(get, "/x", signed_in, also), "`also` needs what"),
        (
            quote!(get, "/x", signed_in, mcp(title = "x")),
            "no option `title`",
        ),
        (
            quote!(get, "/x", signed_in, mcp(hidden = ["x"])),
            "did you mean `hide`?",
        ),
        (quote!(get, "/x", signed_in, mcp = "x"), "write `mcp`"),
        (quote!(get, "/x", signed_in, mcp()), "write `mcp`"),
        (quote!(get, "/x", signed_in, mcp("x")), "write `mcp`"),
        (
            quote!(get, "/x", signed_in, mcp(name = x)),
            "`name` needs a text",
        ),
        (
            quote!(get, "/x", signed_in, mcp(name = "a", name = "b")),
            "`name` is written twice",
        ),
        (
            quote!(get, "/x", signed_in, mcp(hide)),
            "`hide` needs the names of inputs",
        ),
        (
            quote!(get, "/x", signed_in, mcp(hide = "limit")),
            "`hide` needs the names of inputs",
        ),
        (
            quote!(get, "/x", signed_in, mcp(hide = ("limit"))),
            "`hide` needs the names of inputs",
        ),
        (
            quote!(get, "/x", signed_in, mcp(hide = [limit])),
            "`hide` needs the names of inputs",
        ),
        (
            quote!(get, "/x", signed_in, mcp(hide = [])),
            "this hides nothing",
        ),
        (
            quote!(get, "/x", signed_in, mcp(hide = ["a", "b", "a"])),
            "\"a\" is hidden twice",
        ),
        (
            quote!(get, "/x", signed_in, status = "201"),
            "needs a plain number",
        ),
        (
            quote!(get, "/x", signed_in, status = 2xx),
            "needs a plain number",
        ),
        (quote!(get, "/x", signed_in, tag("x")), "needs a text"),
        (
            quote!(get, "/x", signed_in, root = true),
            "`root` stands alone",
        ),
    ];
    for (attribute, expected) in rows {
        let text = attribute.to_string();
        let said = said_of(attribute);
        assert_eq!(said.len(), 1, "{text}: {said:#?}");
        assert!(said[0].contains(expected), "{text}: {said:?}");
    }
}

#[test]
fn several_mistakes_come_back_together() {
    let said = said(
        quote!(fetch, "/x", roles(), status = "x", tool),
        quote!(
            fn f<T>(&self, a: &A, b: impl B) -> impl C {}
        ),
    );
    assert_eq!(said.len(), 10, "{said:#?}");
}

#[test]
fn an_unreadable_word_is_not_also_reported_as_missing() {
    let said = said_of(quote!(get, "/x" roles(A)));
    assert_eq!(said, ["expected `,` before this"]);
}

#[test]
fn signatures_that_cannot_be_called_are_refused() {
    let rows = [
        (
            quote!(
                fn f() -> A {}
            ),
            "write `async fn f`",
        ),
        (
            quote!(
                async fn f(self) -> A {}
            ),
            "free function",
        ),
        (
            quote!(
                async fn f<T>() -> A {}
            ),
            "cannot be generic",
        ),
        (
            quote!(
                async fn f<'a>() -> A {}
            ),
            "no lifetimes",
        ),
        (
            quote!(
                async fn f<const N: usize>() -> A {}
            ),
            "cannot be generic",
        ),
        (
            quote!(
                async fn f() -> A
                where
                    u8: Copy,
                {
                }
            ),
            "needs no `where`",
        ),
        (
            quote!(
                async fn f(a: &str) -> A {}
            ),
            "without `&`",
        ),
        (
            quote!(
                async fn f(a: impl B) -> A {}
            ),
            "instead of `impl ..`",
        ),
        (
            quote!(
                async fn f() -> impl A {}
            ),
            "instead of `impl ..`",
        ),
        (
            quote!(
                async unsafe fn f() -> A {}
            ),
            "cannot be unsafe",
        ),
    ];
    for (item, expected) in rows {
        let text = item.to_string();
        let said = said(quote!(get, "/x", signed_in), item);
        assert_eq!(said.len(), 1, "{text}: {said:#?}");
        assert!(said[0].contains(expected), "{text}: {said:?}");
    }
}
