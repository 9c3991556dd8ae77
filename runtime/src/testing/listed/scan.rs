//! Finds `#[endpoint(..)]` in Rust source. Comments and texts are blanked first, so that an example is not a finding.

/// A function with the attribute.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Annotated {
    pub(super) name: String,
    /// Of the attribute, counted from 1.
    pub(super) line: usize,
}

pub(super) fn annotated_functions(source: &str) -> Vec<Annotated> {
    let code = blank(source);
    let mut found = Vec::new();
    for (at, _) in code.match_indices("#[") {
        let attribute = &code[at + 2..];
        let Some(end) = closing_bracket(attribute) else {
            continue;
        };
        // `#[endpoint(..)]`, `#[portcullis::endpoint(..)]`, also with spaces in between.
        let path: String = attribute[..end]
            .split('(')
            .next()
            .unwrap_or_default()
            .split_whitespace()
            .collect();
        if path.rsplit("::").next() != Some("endpoint") {
            continue;
        }
        if let Some(name) = function_name(&attribute[end + 1..]) {
            let line = code[..at].matches('\n').count() + 1;
            found.push(Annotated { name, line });
        }
    }
    found
}

fn closing_bracket(text: &str) -> Option<usize> {
    let mut depth = 1_usize;
    text.char_indices().find_map(|(at, letter)| {
        match letter {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => {}
        }
        (depth == 0).then_some(at)
    })
}

/// The word after the next `fn`.
fn function_name(text: &str) -> Option<String> {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '#';
    let mut words = text
        .split(|letter| !is_part(letter))
        .filter(|word| !word.is_empty());
    words.find(|word| *word == "fn")?;
    let name = words.next()?;
    Some(name.strip_prefix("r#").unwrap_or(name).to_owned())
}

/// Replaces comments, texts and characters by spaces; line ends and everything else stay where they are.
fn blank(source: &str) -> String {
    let mut code = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(letter) = rest.chars().next() {
        let length = skipped(rest, code.chars().next_back());
        let (taken, behind) = rest.split_at(length.unwrap_or(letter.len_utf8()));
        match length {
            None => code.push_str(taken),
            Some(_) => {
                code.extend(taken.chars().map(|it| if it == '\n' { '\n' } else { ' ' }));
            }
        }
        rest = behind;
    }
    code
}

/// How many bytes of a comment, text or character begin here; `None` where code goes on.
fn skipped(rest: &str, before: Option<char>) -> Option<usize> {
    let whole = rest.len();
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(whole));
    }
    if rest.starts_with("/*") {
        return Some(block_comment(rest));
    }
    if rest.starts_with('"') {
        return Some(quoted(rest, '"').unwrap_or(whole));
    }
    let is_within_word = before.is_some_and(|it| it.is_alphanumeric() || it == '_');
    if !is_within_word && (rest.starts_with('r') || rest.starts_with("br")) {
        let behind = rest.trim_start_matches('b').strip_prefix('r')?;
        let hashes = behind.len() - behind.trim_start_matches('#').len();
        let text = behind[hashes..].strip_prefix('"')?;
        let end = format!("\"{}", "#".repeat(hashes));
        let length = text.find(&end).map(|at| at + end.len());
        return Some(length.map_or(whole, |length| whole - text.len() + length));
    }
    if let Some(behind) = rest.strip_prefix('\'') {
        // A lifetime has no second quote behind its first letter.
        let letter = behind.chars().next()?;
        let closes = behind[letter.len_utf8()..].starts_with('\'');
        return (letter == '\\' || closes)
            .then(|| quoted(rest, '\''))
            .flatten();
    }
    None
}

fn block_comment(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < rest.len() {
        let here = &rest.as_bytes()[at..];
        if here.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if here.starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    rest.len()
}

/// The length of a text or character with its quotes and escapes.
fn quoted(rest: &str, quote: char) -> Option<usize> {
    let mut is_escaped = false;
    rest.char_indices().skip(1).find_map(|(at, letter)| {
        let ends = letter == quote && !is_escaped;
        is_escaped = letter == '\\' && !is_escaped;
        ends.then_some(at + letter.len_utf8())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(source: &str) -> Vec<String> {
        let found = annotated_functions(source).into_iter();
        found.map(|annotated| annotated.name).collect()
    }

    #[test]
    fn every_spelling_of_the_attribute_is_found() {
        let source = r##"
            #[endpoint(get, "/a", signed_in)]
            pub async fn plain() {}
            #[portcullis::endpoint(
                get, "/b/{id}",
                public("brackets ] and \" quotes"),
            )]
            #[must_use]
            pub(crate) async fn r#type<'a>(_: &'a str, _: [u8; 2]) {}
            # [ :: portcullis :: endpoint (get, r#"/c"#, signed_in)]
            async fn spaced() {}
        "##;
        assert_eq!(
            names(&source.replace("# [", "#[")),
            ["plain", "type", "spaced"]
        );
    }

    #[test]
    fn comments_texts_and_other_attributes_are_not_found() {
        let source = r###"
            // #[endpoint(get, "/a", signed_in)] async fn a() {}
            /// #[endpoint(get, "/b", signed_in)]
            /* /* nested */ #[endpoint(get, "/c", signed_in)] */
            const TEXT: &str = "#[endpoint(get)] fn d() {}";
            const RAW: &str = r#"#[endpoint(get)] fn e() { "quoted" }"#;
            const QUOTE: char = '"'; const ESCAPED: char = '\'';
            #[derive(endpoint_like)] #[endpoints] fn f() {}
            fn g<'a>(text: &'a str) -> char { 'b' }
        "###;
        assert_eq!(names(source), Vec::<String>::new());
    }

    #[test]
    fn the_line_is_that_of_the_attribute() {
        let source = "/* one\ntwo */\n#[endpoint(get, \"/a\", signed_in)]\nfn a() {}\n";
        let name = "a".to_owned();
        assert_eq!(annotated_functions(source), [Annotated { name, line: 3 }]);
    }
}
