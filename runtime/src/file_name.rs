//! File names that others have chosen: what is left of one that can neither leave its folder nor deceive its reader.

/// Longest name, in characters. File systems take 255 bytes.
pub(crate) const MAX_NAME: usize = 100;

/// The part behind the last folder, without control characters; `None` when nothing is left to name a file by.
pub(crate) fn base_name(name: &str) -> Option<String> {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let visible = name.chars().filter(|character| !is_invisible(*character));
    let name: String = visible.take(MAX_NAME).collect();
    let name = name.trim();
    (!name.trim_matches('.').is_empty()).then(|| name.to_owned())
}

/// Control characters, and those that turn the direction of writing: `exe.gpj` read backwards looks harmless.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_what_stands_behind_the_last_folder() {
        for (name, expected) in [
            ("report.pdf", Some("report.pdf")),
            ("../../etc/passwd", Some("passwd")),
            ("C:\\Windows\\x.dll", Some("x.dll")),
            ("\u{202e}gpj.exe", Some("gpj.exe")),
            (" a\r\nb ", Some("ab")),
            ("..", None),
            ("a/", None),
            ("\0", None),
            ("", None),
        ] {
            assert_eq!(base_name(name).as_deref(), expected, "{name:?}");
        }
    }

    #[test]
    fn what_is_left_of_a_name_stays_as_it_is() {
        let long = format!("{} {}", "a".repeat(MAX_NAME - 1), "b".repeat(MAX_NAME));
        for name in [" a b ", "a\u{a0}\u{202e}", "\0 .x", "é", &long] {
            let once = base_name(name).unwrap();
            assert_eq!(base_name(&once).as_ref(), Some(&once), "{name:?}");
        }
    }
}
