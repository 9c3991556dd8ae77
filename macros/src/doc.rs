//! Reads doc comments: for Portcullis they are product text, shown in the document and to models.

use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// The doc comment among `attributes`: lines joined by `\n`, each without its leading space.
pub(crate) fn text(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(line);
    let text = lines.collect::<Vec<_>>().join("\n");
    text.trim().to_owned()
}

fn line(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(pair) = &attribute.meta else {
        return None;
    };
    if !pair.path.is_ident("doc") {
        return None;
    }
    let Expr::Lit(ExprLit {
        lit: Lit::Str(text),
        ..
    }) = &pair.value
    else {
        return None;
    };
    let text = text.value();
    Some(
        text.strip_prefix(' ')
            .unwrap_or(&text)
            .trim_end()
            .to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::parse_quote;

    #[test]
    fn lines_are_joined_without_their_leading_space() {
        let function: syn::ItemFn = parse_quote! {
            /// Fetch one report.
            ///
            ///     code stays indented
            #[inline]
            #[doc(hidden)]
            fn f() {}
        };
        assert_eq!(
            text(&function.attrs),
            "Fetch one report.\n\n    code stays indented"
        );
    }
}
