//! A type as the signature writes it, looked through once.
//!
//! A macro is compiled without optimisation where it is used in development, and each look at a type makes tokens of it anew.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Type;
use syn::spanned::Spanned;

/// The tokens of a type, and where they stand.
pub(crate) struct WrittenType {
    tokens: TokenStream,
    span: Span,
}

impl WrittenType {
    /// Takes the tokens of a type.
    pub(crate) fn of(written: &Type) -> Self {
        let tokens = written.to_token_stream();
        let span = tokens.span();
        Self { tokens, span }
    }

    /// `()`, where a signature leaves the type out; shown at `span`.
    pub(crate) fn unit(span: Span) -> Self {
        let mut group = proc_macro2::Group::new(Delimiter::Parenthesis, TokenStream::new());
        group.set_span(span);
        let tokens = TokenTree::Group(group).into();
        Self { tokens, span }
    }

    /// Says whether a reference stands somewhere in it whose lifetime is not written, such as `&str`.
    pub(crate) fn borrows(&self) -> bool {
        borrows(self.tokens.clone())
    }

    /// Says whether `impl Trait` stands somewhere in it.
    pub(crate) fn is_implied(&self) -> bool {
        is_implied(self.tokens.clone())
    }

    /// Where the type stands.
    pub(crate) fn span(&self) -> Span {
        self.span
    }

    /// The type as people write it: without the spaces between tokens.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        write(self.tokens.clone(), &mut text);
        text
    }
}

impl ToTokens for WrittenType {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.tokens.to_tokens(tokens);
    }
}

fn borrows(tokens: TokenStream) -> bool {
    let (mut is_behind_ampersand, mut is_behind_word) = (false, false);
    for token in tokens {
        let mark = match &token {
            TokenTree::Punct(mark) => Some(mark.as_char()),
            TokenTree::Group(_) | TokenTree::Ident(_) | TokenTree::Literal(_) => None,
        };
        if is_behind_ampersand && mark != Some('\'') {
            return true;
        }
        if let TokenTree::Group(group) = &token {
            // `Fn(&str)` takes references of any lifetime.
            let is_signature = is_behind_word && group.delimiter() == Delimiter::Parenthesis;
            if !is_signature && borrows(group.stream()) {
                return true;
            }
        }
        is_behind_ampersand = mark == Some('&');
        is_behind_word = matches!(token, TokenTree::Ident(_));
    }
    false
}

fn is_implied(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(word) => word == "impl",
        TokenTree::Group(group) => is_implied(group.stream()),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

fn write(tokens: TokenStream, text: &mut String) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::None => ("", ""),
                };
                text.push_str(open);
                write(group.stream(), text);
                text.push_str(close);
            }
            TokenTree::Punct(punct) => match punct.as_char() {
                ',' => text.push_str(", "),
                ';' => text.push_str("; "),
                '+' => text.push_str(" + "),
                other => text.push(other),
            },
            TokenTree::Ident(_) | TokenTree::Literal(_) => {
                // Two words, such as `dyn Store`.
                if text.ends_with(|last: char| last == '_' || last.is_alphanumeric()) {
                    text.push(' ');
                }
                text.push_str(&token.to_string());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::parse_quote;

    #[test]
    fn a_type_is_written_as_people_write_it() {
        let rows: [(Type, &str); 6] = [
            (parse_quote!(State<AppState>), "State<AppState>"),
            (parse_quote!(Path<(ReportId, u16)>), "Path<(ReportId, u16)>"),
            (
                parse_quote!(Result<portcullis::Json<Report>, Problem>),
                "Result<portcullis::Json<Report>, Problem>",
            ),
            (parse_quote!(Json<[u8; 4]>), "Json<[u8; 4]>"),
            (parse_quote!(Header<&'static str>), "Header<&'static str>"),
            (
                parse_quote!(Json<Box<dyn Store + Send>>),
                "Json<Box<dyn Store + Send>>",
            ),
        ];
        for (written, expected) in rows {
            assert_eq!(WrittenType::of(&written).text(), expected);
        }
    }

    #[test]
    fn a_reference_without_a_written_lifetime_is_found_at_any_depth() {
        let rows: [(Type, bool); 8] = [
            (parse_quote!(&str), true),
            (parse_quote!(Json<&str>), true),
            (parse_quote!(Path<(u8, &mut [u8])>), true),
            (parse_quote!(Option<[&str; 2]>), true),
            (parse_quote!(State<&'static str>), false),
            (parse_quote!(State<Arc<dyn Fn(&str) -> bool>>), false),
            (parse_quote!(State<fn(&str)>), false),
            (parse_quote!(Json<Text<'_>>), false),
        ];
        for (written, expected) in rows {
            let written = WrittenType::of(&written);
            assert_eq!(written.borrows(), expected, "{}", written.text());
        }
    }

    #[test]
    fn an_implied_type_is_found_at_any_depth() {
        let rows: [(Type, bool); 4] = [
            (parse_quote!(impl Reply), true),
            (parse_quote!(Result<Json<impl Serialize>, Problem>), true),
            (parse_quote!(Json<Implied>), false),
            (parse_quote!(Json<(u8, [u8; 2])>), false),
        ];
        for (written, expected) in rows {
            let written = WrittenType::of(&written);
            assert_eq!(written.is_implied(), expected, "{}", written.text());
        }
    }
}
