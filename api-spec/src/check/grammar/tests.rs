use super::*;

fn said(fault: Option<Message>) -> String {
    fault.map_or_else(String::new, |fault| fault.as_str().to_owned())
}

#[test]
fn ordinary_paths_are_accepted() {
    let paths = [
        "/reports",
        "/reports/{id}",
        "/instruments/{symbol}/prices",
        "/a-b_c.d~e/{x1}/{y_2}",
        "/docs-of-ours",
        "/mcp-servers",
    ];
    for path in paths {
        assert_eq!(said(count_parameters(Mount::Api, path).err()), "", "{path}");
    }
    assert_eq!(said(count_parameters(Mount::Root, "/").err()), "");
    assert_eq!(said(count_parameters(Mount::Root, "/mcp").err()), "");
    assert_eq!(said(count_parameters(Mount::Api, "/docs").err()), "");
}

#[test]
fn wrong_paths_are_refused_with_a_reason() {
    let rows = [
        (Mount::Api, "", "must start with `/`"),
        (Mount::Api, "reports", "must start with `/`"),
        (Mount::Api, "/", "below `root` only"),
        (Mount::Api, "/reports/", "must not end with `/`"),
        (Mount::Api, "/reports//{id}", "empty segment"),
        (Mount::Api, "/reports/..", "`..` is resolved by clients"),
        (Mount::Api, "/reports/{id}.pdf", "takes a whole segment"),
        (Mount::Api, "/reports/x{id}", "takes a whole segment"),
        (Mount::Api, "/reports/{", "takes a whole segment"),
        (Mount::Api, "/reports/:id", "written `{name}`"),
        (Mount::Api, "/reports/<id>", "written `{name}`"),
        (Mount::Api, "/reports/*", "written `{name}`"),
        (Mount::Api, "/reports/{*rest}", "any number of segments"),
        (Mount::Api, "/reports/{}", "has no name"),
        (Mount::Api, "/reports/{reportId}", "not snake_case"),
        (Mount::Api, "/reports/{1st}", "not snake_case"),
        (Mount::Api, "/reports/{_id}", "not snake_case"),
        (Mount::Api, "/reports/a b", "only"),
        (Mount::Api, "/reports/größe", "only"),
        (Mount::Api, "/reports?x=1", "only"),
        (Mount::Api, "/reports/%41", "only"),
        (Mount::Api, "/{id}/x/{id}", "stands in it twice"),
        (Mount::Api, "/mcp", "`/api/v1/mcp` is served by"),
        (
            Mount::Root,
            "/api/v1/mcp/tools",
            "`/api/v1/mcp` is served by",
        ),
        (Mount::Root, "/docs", "`/docs` is served by"),
        (Mount::Root, "/docs/index.html", "`/docs` is served by"),
        (Mount::Root, "/openapi.json", "`/openapi.json` is served by"),
    ];
    for (mount, path, reason) in rows {
        let said = said(count_parameters(mount, path).err());
        assert!(said.starts_with(&format!("path `{path}`: ")), "{said}");
        assert!(said.contains(reason), "{path}: {said}");
    }
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
