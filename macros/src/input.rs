//! First step: `#[endpoint(..)]` and its function, as written.
//!
//! Splits the attribute into words and reads the function up to its body. What the words mean is for `check`.
//!
//! Invariant: a word that cannot be read does not hide the next one, and the function's body is never looked at, so
//! that half-written code still gets its completion in an editor.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, LitStr, Signature, Token, Visibility};

use crate::errors::Errors;

/// One word of the attribute, between two commas.
pub(crate) enum Word {
    /// `"/reports"`
    Text(LitStr),
    /// `mcp`, `roles(A, B)`, `status = 201`
    Named(Ident, Value),
}

/// What stands behind a named word.
pub(crate) enum Value {
    Nothing,
    /// `(..)`
    List(Group),
    /// `= ..`
    Assigned(TokenStream),
}

/// The function up to its body.
pub(crate) struct FunctionInput {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
}

impl FunctionInput {
    /// Reads the annotated item.
    pub(crate) fn read(item: TokenStream) -> syn::Result<Self> {
        let (before_body, is_function) = split_off_body(item);
        // rustc has parsed the item before, so it is another item; an editor also shows functions that are half typed.
        syn::parse2(before_body).map_err(|error| {
            if is_function {
                let message = format!("`#[endpoint]` cannot read the signature: {error}");
                return syn::Error::new(error.span(), message);
            }
            syn::Error::new(
                Span::call_site(),
                "`#[endpoint]` stands on an `async fn`; move it to the function that answers the request",
            )
        })
    }
}

impl Parse for FunctionInput {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let function = Self {
            attributes: input.call(Attribute::parse_outer)?,
            visibility: input.parse()?,
            signature: input.parse()?,
        };
        input.parse::<TokenStream>()?;
        Ok(function)
    }
}

/// An item without its body, which syn would read down to the last token; and whether `fn name` stands in it, outside of
/// all brackets.
fn split_off_body(item: TokenStream) -> (TokenStream, bool) {
    let mut tokens: Vec<_> = item.into_iter().collect();
    let is_function = tokens
        .windows(2)
        .any(|pair| matches!(pair, [TokenTree::Ident(word), TokenTree::Ident(_)] if word == "fn"));
    if let Some(TokenTree::Group(last)) = tokens.last()
        && last.delimiter() == Delimiter::Brace
        && is_function
    {
        tokens.pop();
    }
    (tokens.into_iter().collect(), is_function)
}

/// Splits the attribute into words; what cannot be read is noted and left out.
pub(crate) fn read_words(attribute: TokenStream, errors: &mut Errors) -> Vec<Word> {
    let mut words = Vec::new();
    for tokens in split_at_commas(attribute) {
        words.extend(errors.take(read_word.parse2(tokens)));
    }
    words
}

fn read_word(input: ParseStream<'_>) -> syn::Result<Word> {
    if input.peek(LitStr) {
        let text = input.parse()?;
        expect_comma(input)?;
        return Ok(Word::Text(text));
    }
    if !input.peek(syn::Ident::peek_any) {
        return Err(input.error("expected a word such as `roles(..)`, or the path in quotes"));
    }
    let name = input.call(Ident::parse_any)?;
    if input.is_empty() {
        return Ok(Word::Named(name, Value::Nothing));
    }
    if input.peek(Token![=]) {
        input.parse::<Token![=]>()?;
        if input.is_empty() {
            return Err(input.error(format!("`{name} =` has no value")));
        }
        return Ok(Word::Named(name, Value::Assigned(input.parse()?)));
    }
    let next = input.parse::<TokenTree>()?;
    if let TokenTree::Group(group) = &next
        && group.delimiter() == Delimiter::Parenthesis
    {
        expect_comma(input)?;
        return Ok(Word::Named(name, Value::List(group.clone())));
    }
    let message = format!("expected `,`, `(..)` or `=` after `{name}`");
    Err(syn::Error::new(next.span(), message))
}

fn expect_comma(input: ParseStream<'_>) -> syn::Result<()> {
    if input.is_empty() {
        return Ok(());
    }
    Err(input.error("expected `,` before this"))
}

/// Splits at top-level commas; a comma at the end is allowed.
pub(crate) fn split_at_commas(tokens: TokenStream) -> Vec<TokenStream> {
    let mut parts = Vec::new();
    let mut part = TokenStream::new();
    for token in tokens {
        if is_comma(&token) {
            parts.push(std::mem::take(&mut part));
        } else {
            part.extend([token]);
        }
    }
    if !part.is_empty() {
        parts.push(part);
    }
    parts
}

/// Says whether a token is a comma.
pub(crate) fn is_comma(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',')
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::quote;

    fn read(attribute: TokenStream) -> (Vec<Word>, String) {
        let mut errors = Errors::default();
        let words = read_words(attribute, &mut errors);
        let said = match errors.finish() {
            Ok(()) => String::new(),
            Err(error) => error
                .into_iter()
                .map(|error| format!("{error}\n"))
                .collect(),
        };
        (words, said)
    }

    #[test]
    fn every_form_of_word_is_read() {
        let (words, said) = read(quote!(get, "/x", roles(A, B), status = 201, mcp,));
        assert_eq!(said, "");
        assert!(matches!(&words[0], Word::Named(name, Value::Nothing) if name == "get"));
        assert!(matches!(&words[1], Word::Text(text) if text.value() == "/x"));
        assert!(matches!(&words[2], Word::Named(name, Value::List(_)) if name == "roles"));
        assert!(matches!(&words[3], Word::Named(name, Value::Assigned(_)) if name == "status"));
        assert_eq!(words.len(), 5);
    }

    #[test]
    fn an_unreadable_word_does_not_hide_the_next() {
        let (words, said) = read(quote!(get "/x", 7, signed_in, tag =, mcp[a]));
        assert_eq!(words.len(), 1);
        assert_eq!(said.lines().count(), 4, "{said}");
    }

    #[test]
    fn a_function_is_read_without_its_body() {
        let item = quote! {
            /// Text.
            pub(crate) async fn get(Path(id): Path<u32>) -> Json<u32> { let half = ; written. }
        };
        let function = FunctionInput::read(item).unwrap();
        assert_eq!(function.signature.ident, "get");
        assert_eq!(function.attributes.len(), 1);
    }

    #[test]
    fn what_is_not_a_function_is_explained() {
        let error = FunctionInput::read(quote!(
            struct X;
        ))
        .err()
        .unwrap();
        assert!(error.to_string().contains("stands on an `async fn`"));
    }
}
