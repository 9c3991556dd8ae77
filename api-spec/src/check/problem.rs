//! The grammar of problems: their status and their code.

use super::grammar;
use super::message::Message;

/// The bound that the document states for codes.
const LONGEST_CODE_BYTES: usize = 64;

/// What is wrong with the status of a problem.
pub(super) const fn status_fault(status: u16) -> Option<Message> {
    if status >= 400 && status <= 599 {
        return None;
    }
    let start = Message::new("status ").number(status as usize);
    Some(
        start.text(
            ": a problem has 400 to 499 when the client can mend it, 500 to 599 when it cannot",
        ),
    )
}

/// What is wrong with the code of a problem: the last part of a URI, and what clients branch on.
pub(super) const fn code_fault(code: &str) -> Option<Message> {
    let fault = if code.is_empty() || code.len() > LONGEST_CODE_BYTES {
        "it must have 1 to 64 characters"
    } else if !grammar::is_snake_case(code) {
        "it is not snake_case (`a-z`, then `a-z 0-9 _`)"
    } else {
        return None;
    };
    Some(Message::new("code ").code(code).text(": ").text(fault))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_error_statuses_are_statuses_of_problems() {
        for (status, is_good) in [
            (200, false),
            (399, false),
            (400, true),
            (599, true),
            (600, false),
        ] {
            assert_eq!(status_fault(status).is_none(), is_good, "{status}");
        }
    }

    #[test]
    fn codes_are_snake_case() {
        let longest = "a".repeat(LONGEST_CODE_BYTES);
        let too_long = "a".repeat(LONGEST_CODE_BYTES + 1);
        for code in ["a", "report_not_found", "http_2", &longest] {
            assert!(code_fault(code).is_none(), "{code}");
        }
        for code in ["", "Gone", "not-found", "_a", "2a", "a b", &too_long] {
            assert!(code_fault(code).is_some(), "{code}");
        }
    }
}
