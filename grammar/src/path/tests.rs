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
fn what_every_request_has_cannot_be_hidden() {
    let said = |name| {
        hidden_argument_fault("/a/{id}/b/{page}", name)
            .map_or_else(String::new, |fault| fault.as_str().to_owned())
    };
    for name in ["a", "limit", "If-Match", "{id}", "i", "ids"] {
        assert_eq!(said(name), "", "{name}");
    }
    assert_eq!(
        said("page"),
        "input `page` cannot be hidden: path `/a/{id}/b/{page}` needs it in every request; hide only what the operation does without"
    );
    assert!(said("id").starts_with("input `id` cannot be hidden"));
    assert!(said("").starts_with("this names no input"));
}
