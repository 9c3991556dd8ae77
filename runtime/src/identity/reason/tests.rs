use std::collections::BTreeSet;

use super::*;

#[test]
fn codes_are_unique_and_words_of_lower_case() {
    let codes: BTreeSet<&str> = Reason::ALL.iter().map(|reason| reason.code()).collect();
    assert_eq!(codes.len(), Reason::ALL.len());
    assert!(!codes.contains(KEYS_UNAVAILABLE.0));
    for code in codes {
        let is_plain =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        assert!(code.bytes().all(is_plain), "{code}");
    }
}

/// The enum and the list are made from one table, so the list has every variant.
#[test]
fn every_reason_stands_on_the_page_with_cause_fix_and_log_fields() {
    let page = render_page();
    for reason in Reason::ALL {
        let heading = format!("\n## `{}`\n", reason.code());
        assert_eq!(page.matches(&heading).count(), 1, "{heading}");
        let Guide {
            meaning,
            cause,
            fix,
        } = reason.guide();
        for sentence in [meaning, cause, fix] {
            assert!(sentence.len() > 8, "{heading}: {sentence:?}");
            assert!(!sentence.ends_with('.'), "{heading}: {sentence:?}");
        }
        assert!(page.contains(&format!("- Likely cause: {cause}\n- Fix: {fix}\n")));
    }
    assert_eq!(
        page.matches("- Log fields: `reason`").count(),
        Reason::ALL.len() + 1
    );
}

#[test]
fn the_page_in_the_repository_is_what_the_command_prints() {
    let page = include_str!("../../../../docs/generated/reasons.md");
    assert!(
        page == render_page(),
        "write what `app token reasons` prints to docs/generated/reasons.md"
    );
}

/// The matrix and the tool list serialize a denial; the log and `token explain` write its code.
#[test]
fn a_denial_has_one_code_everywhere() {
    for denial in denial::DENIALS {
        assert_eq!(serde_json::json!(denial), denial_code(denial));
    }
}
