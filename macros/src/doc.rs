//! Reads doc comments: for Portcullis they are product text, shown in the document and to models.

use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// The doc comment among `attributes`: lines joined by `\n`, each without its leading space.
pub(crate) fn text(attributes: &[Attribute]) -> String {
    let values = attributes.iter().filter_map(value);
    let texts = values.filter_map(written).map(|text| plain(&text));
    let text = texts.collect::<Vec<_>>().join("\n");
    text.trim().to_owned()
}

/// A part of the comment that cannot be read: `#[doc = include_str!(..)]` is not expanded before the annotation is.
pub(crate) fn unreadable(attributes: &[Attribute]) -> Option<&Attribute> {
    let is_lost = |attribute: &&Attribute| value(attribute).is_some_and(|it| written(it).is_none());
    attributes.iter().find(is_lost)
}

fn written(value: &Expr) -> Option<String> {
    // What a macro of the application hands on, such as `#[doc = $text]`.
    if let Expr::Group(group) = value {
        return written(&group.expr);
    }
    if let Expr::Lit(ExprLit {
        lit: Lit::Str(text),
        ..
    }) = value
    {
        return Some(text.value());
    }
    None
}

fn value(attribute: &Attribute) -> Option<&Expr> {
    match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => Some(&pair.value),
        Meta::NameValue(_) | Meta::List(_) | Meta::Path(_) => None,
    }
}

/// One comment without what only makes it a comment: the space behind `///`, and the stars at the left of `/** .. */`.
fn plain(text: &str) -> String {
    let is_starred = |line: &str| line.trim_start().starts_with('*');
    let mut behind_first = text.lines().skip(1).filter(|line| !line.trim().is_empty());
    let has_margin = text.contains('\n') && behind_first.all(is_starred);
    let lines = text.lines().enumerate().map(|(index, line)| {
        let line = match has_margin && index > 0 {
            true => line.trim_start().trim_start_matches('*'),
            false => line,
        };
        line.strip_prefix(' ').unwrap_or(line).trim_end()
    });
    lines.collect::<Vec<_>>().join("\n")
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

    #[test]
    fn a_block_is_read_without_its_margin() {
        let starred: syn::ItemFn = parse_quote! {
            /** Fetch one report.
             *
             * Drafts:
             *   * are hidden
             */
            fn f() {}
        };
        assert_eq!(
            text(&starred.attrs),
            "Fetch one report.\n\nDrafts:\n  * are hidden"
        );
        let bare: syn::ItemFn = parse_quote! {
            /**
            Fetch one report.

            * a list
            */
            fn f() {}
        };
        let found = text(&bare.attrs);
        assert!(found.starts_with("Fetch one report.\n"), "{found:?}");
        assert!(found.ends_with("* a list"), "{found:?}");
    }
}
