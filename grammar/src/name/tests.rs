use super::*;

fn said(fault: Option<Message>) -> String {
    fault.map_or_else(String::new, |fault| fault.as_str().to_owned())
}

#[test]
fn tool_names_have_the_characters_of_the_protocol() {
    for name in ["get_report", "research.get-report", "A", &"a".repeat(128)] {
        assert_eq!(said(tool_name_fault(name)), "");
    }
    for name in ["", "get report", "get/report", "größe", &"a".repeat(129)] {
        assert!(
            said(tool_name_fault(name)).starts_with("tool name `"),
            "{name}"
        );
    }
}

#[test]
fn operation_ids_are_identifiers_of_any_language() {
    assert_eq!(said(operation_id_fault("get_report2")), "");
    assert!(said(operation_id_fault("größe")).contains("rename the function"));
    assert!(said(operation_id_fault(&"a".repeat(129))).contains("1 to 128"));
}

#[test]
fn role_and_scope_names_are_what_a_token_can_carry() {
    for name in ["PM", "Desk.Admin", "user_impersonation", "Reports:Read"] {
        assert_eq!(said(value_fault("role", name)), "");
    }
    let rows = [
        ("", "1 to 120"),
        (".Admin", "start with `.`"),
        ("Desk Admin", "visible ASCII"),
        ("Größe", "visible ASCII"),
        ("a\"b", "quotes"),
    ];
    for (name, reason) in rows {
        let said = said(value_fault("scope", name));
        assert!(
            said.starts_with("scope name `") && said.contains(reason),
            "{said}"
        );
    }
}

#[test]
fn a_status_is_one_of_success() {
    assert_eq!(said(status_fault(200)), "");
    assert_eq!(said(status_fault(299)), "");
    for status in [0, 199, 300, 404, u16::MAX] {
        assert!(said(status_fault(status)).contains(&format!("status {status}:")));
    }
}

#[test]
fn a_schema_has_a_name_that_a_document_can_refer_to() {
    for name in ["Symbol", "desk.Symbol_2-a"] {
        assert_eq!(said(schema_name_fault(name)), "");
    }
    for name in ["", "a b", "a/b", "Größe"] {
        let said = said(schema_name_fault(name));
        assert!(said.starts_with("schema name `"), "{said}");
    }
}

#[test]
fn a_header_that_an_argument_reads_is_one_that_nobody_else_does() {
    for name in ["x-request-source", "if-none-match", "x1"] {
        assert_eq!(said(header_fault(name)), "");
    }
    let rows = [
        ("", "lower case"),
        ("X-Source", "lower case"),
        ("x source", "lower case"),
        ("x:", "lower case"),
        ("authorization", "take `Caller`"),
        ("accept", "OpenAPI passes over"),
        ("content-type", "OpenAPI passes over"),
    ];
    for (name, reason) in rows {
        let said = said(header_fault(name));
        assert!(
            said.starts_with("header `") && said.contains(reason),
            "{said}"
        );
    }
}

#[test]
fn a_media_type_stands_alone() {
    for name in [
        "text/csv",
        "application/vnd.ms-excel",
        "image/svg+xml",
        "a/b",
    ] {
        assert_eq!(said(media_type_fault(name)), "");
    }
    let rows = [
        ("", "type/subtype"),
        ("csv", "type/subtype"),
        ("/csv", "type/subtype"),
        ("text/", "type/subtype"),
        ("text/csv; charset=utf-8", "leave parameters out"),
        ("Text/CSV", "a-z"),
        ("text/csv/x", "one `/`"),
        ("text/c\nv", "a-z"),
    ];
    for (name, reason) in rows {
        assert!(said(media_type_fault(name)).contains(reason), "{name}");
    }
}

#[test]
fn only_error_statuses_are_statuses_of_problems() {
    for (status, is_good) in [
        (200, false),
        (399, false),
        (400, true),
        (401, false),
        (402, true),
        (599, true),
        (600, false),
    ] {
        assert_eq!(problem_status_fault(status).is_none(), is_good, "{status}");
    }
}

#[test]
fn codes_are_snake_case() {
    let longest = "a".repeat(LONGEST_CODE_BYTES);
    let too_long = "a".repeat(LONGEST_CODE_BYTES + 1);
    for code in ["a", "report_not_found", "http_2", &longest] {
        assert!(problem_code_fault(code).is_none(), "{code}");
    }
    for code in ["", "Gone", "not-found", "_a", "2a", "a b", &too_long] {
        assert!(problem_code_fault(code).is_some(), "{code}");
    }
}
