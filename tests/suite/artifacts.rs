//! The generated descriptions as commands: every format, and what a difference means.

mod registration;

use serde_json::{Value, json};

use crate::harness::Program;

/// A command, how the file differs from what the application says now, and what is told of it.
struct Row {
    name: &'static str,
    command: &'static str,
    edit: fn(&mut Value),
    exit_code: i32,
    lines: &'static [&'static str],
}

const TABLE: [Row; 12] = [
    Row {
        name: "a role was admitted",
        command: "matrix",
        edit: |it| row(it, "delete_report")["answers"]["user:Admin"] = json!("403"),
        exit_code: 4,
        lines: &["widens access: DELETE /api/v1/reports/{id}: `user:Admin` is admitted now"],
    },
    Row {
        name: "a role was refused",
        command: "matrix",
        edit: |it| row(it, "delete_report")["answers"]["user:Viewer"] = json!("allow"),
        exit_code: 1,
        lines: &[
            "narrows access: DELETE /api/v1/reports/{id}: `user:Viewer` is no longer admitted",
        ],
    },
    Row {
        name: "an operation was renamed, another opened: the worst wins",
        command: "matrix",
        edit: |it| {
            row(it, "delete_report")["answers"]["user:Admin"] = json!("403");
            row(it, "get_me")["operation_id"] = json!("me");
        },
        exit_code: 4,
        lines: &[
            "widens access: DELETE /api/v1/reports/{id}: `user:Admin` is admitted now",
            "breaks clients: GET /api/v1/me: the operation id `me` is now `get_me`",
        ],
    },
    Row {
        name: "a parameter was removed",
        command: "openapi",
        edit: |it| {
            let parameter = json!({"name": "at", "in": "query", "schema": {}});
            it["paths"]["/api/v1/me"]["get"]["parameters"] = json!([parameter]);
        },
        exit_code: 3,
        lines: &["breaks clients: GET /api/v1/me: parameter query at: removed parameter"],
    },
    Row {
        name: "a role was added to a rule",
        command: "openapi",
        edit: |it| {
            let operation = &mut it["paths"]["/api/v1/reports"]["get"];
            operation["x-roles"] = json!(["Viewer", "Analyst", "PM"]);
        },
        exit_code: 4,
        lines: &["widens access: GET /api/v1/reports: admits the role `Admin`"],
    },
    Row {
        name: "words changed",
        command: "openapi",
        edit: |it| it["paths"]["/health"]["get"]["summary"] = json!("Health"),
        exit_code: 1,
        lines: &["harmless: GET /health: `summary` changed"],
    },
    Row {
        name: "an argument became required",
        command: "tools",
        edit: |it| {
            tool(it, "create_report")["input_schema"]["required"] = json!(["symbol", "body"])
        },
        exit_code: 3,
        lines: &["breaks clients: tool create_report: input/title: required now"],
    },
    Row {
        name: "a tool was added",
        command: "tools",
        edit: |it| {
            let tools = it.as_array_mut().expect("tools are a list");
            tools.retain(|tool| tool["name"] != "get_me");
        },
        exit_code: 1,
        lines: &["harmless: tool get_me: new tool"],
    },
    Row {
        name: "a resource is listed by another operation",
        command: "resources",
        edit: |it| it[0]["listed_by"] = json!("list_papers"),
        exit_code: 1,
        lines: &[
            "harmless: resource desk://reports/{id}: is listed by `list_reports` instead of `list_papers`",
        ],
    },
    Row {
        name: "a prompt asks for more",
        command: "prompts",
        edit: |it| tool(it, "review_report")["arguments"] = json!([]),
        exit_code: 3,
        lines: &["breaks clients: prompt review_report: asks for a new argument `report_id`"],
    },
    Row {
        name: "a client was pre-authorized",
        command: "entra-manifest",
        edit: |it| it["api"]["preAuthorizedApplications"] = json!([]),
        exit_code: 4,
        lines: &[
            "widens access: client 04b07795-8ddb-461a-bbee-02f9e1bf7b46: pre-authorized for the scope user_impersonation",
        ],
    },
    Row {
        name: "the token version changed",
        command: "entra-manifest",
        edit: |it| it["api"]["requestedAccessTokenVersion"] = json!(1),
        exit_code: 3,
        lines: &["breaks clients: tokens: requestedAccessTokenVersion 1 -> 2"],
    },
];

fn row<'a>(matrix: &'a mut Value, operation_id: &str) -> &'a mut Value {
    let operations = matrix["operations"].as_array_mut();
    let mut operations = operations.expect("operations are a list").iter_mut();
    let found = operations.find(|operation| operation["operation_id"] == operation_id);
    found.expect("the operation exists")
}

/// The tool, or the prompt, of this name.
fn tool<'a>(tools: &'a mut Value, name: &str) -> &'a mut Value {
    let mut tools = tools.as_array_mut().expect("they are a list").iter_mut();
    let found = tools.find(|tool| tool["name"] == name);
    found.expect("one has this name")
}

#[tokio::test]
async fn every_difference_is_one_line_and_the_worst_is_the_exit_code() {
    for case in TABLE {
        let program = Program::bare();
        let printed = program.run(&[case.command, "--format", "json"]).await;
        let mut earlier: Value = serde_json::from_str(&printed.stdout).expect("it is JSON");
        (case.edit)(&mut earlier);
        let program = program.with_file("earlier.json", &format!("{earlier:#}\n"));
        let checked = program
            .run(&[case.command, "--check", "earlier.json"])
            .await;
        let name = case.name;
        assert_eq!(
            checked.exit_code,
            Some(case.exit_code),
            "{name}: {}",
            checked.output()
        );
        let lines: Vec<_> = checked.stdout.lines().collect();
        let (summary, lines) = lines.split_last().expect("there is a summary");
        assert_eq!(lines, case.lines, "{name}");
        assert!(
            summary.starts_with(&format!("{} difference", lines.len())),
            "{name}: {summary}"
        );
        assert!(
            checked.stderr.contains("earlier.json"),
            "{name}: {}",
            checked.stderr
        );
    }
}

#[tokio::test]
async fn a_file_that_the_command_wrote_has_no_difference_in_any_format() {
    let table = [
        ("openapi", "json", "file.json"),
        ("openapi", "yaml", "file.yaml"),
        ("matrix", "json", "file.json"),
        ("matrix", "md", "file.md"),
        ("matrix", "csv", "file.csv"),
        ("matrix", "html", "file.html"),
        ("tools", "json", "file.json"),
        ("resources", "json", "file.json"),
        ("prompts", "json", "file.json"),
        ("entra-manifest", "json", "file.json"),
        ("entra-manifest", "az", "file.sh"),
        ("entra-manifest", "terraform", "file.tf"),
    ];
    for (command, format, file) in table {
        let program = Program::bare();
        let printed = program.run(&[command, "--format", format]).await;
        assert_eq!(printed.exit_code, Some(0), "{}", printed.stderr);
        let program = program
            .with_file(file, &printed.stdout)
            .with_file("file", &printed.stdout);
        // Either the ending of the file's name or the option says which format it is in.
        for arguments in [
            &[command, "--check", file][..],
            &[command, "--format", format, "--check", "file"],
        ] {
            let checked = program.run(arguments).await;
            assert_eq!(checked.exit_code, Some(0), "{arguments:?}");
            assert_eq!(checked.output().trim(), "", "{arguments:?}");
        }
    }
}

#[tokio::test]
async fn yaml_is_judged_like_json() {
    let program = Program::bare();
    let printed = program.run(&["openapi", "--format", "yaml"]).await;
    let earlier = printed
        .stdout
        .replacen("operationId: get_me", "operationId: me", 1);
    assert_ne!(earlier, printed.stdout);
    let program = program.with_file("earlier.yaml", &earlier);
    let checked = program.run(&["openapi", "--check", "earlier.yaml"]).await;
    assert_eq!(checked.exit_code, Some(3), "{}", checked.output());
}

#[tokio::test]
async fn a_format_for_people_is_compared_line_by_line() {
    let program = Program::bare().with_file("earlier.md", "# Access matrix\n\nold\n");
    let checked = program.run(&["matrix", "--check", "earlier.md"]).await;
    assert_eq!(checked.exit_code, Some(1), "{}", checked.output());
    let lines: Vec<_> = checked.stdout.lines().collect();
    assert_eq!(lines[0], "- old");
    assert!(lines[1].starts_with("+ "), "{}", checked.stdout);
}

#[tokio::test]
async fn other_formatting_is_told_apart_from_other_content() {
    let program = Program::bare();
    let printed = program.run(&["tools"]).await;
    let tools: Value = serde_json::from_str(&printed.stdout).expect("it is JSON");
    let program = program.with_file("compact.json", &tools.to_string());
    let checked = program.run(&["tools", "--check", "compact.json"]).await;
    assert_eq!(checked.exit_code, Some(1), "{}", checked.output());
    let first = checked.stdout.lines().next();
    assert_eq!(
        first,
        Some("harmless: the file: the same content, written otherwise")
    );
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_no_drift() {
    let program = Program::bare().with_file("broken.json", "{");
    for file in ["none.json", "broken.json"] {
        let checked = program.run(&["matrix", "--check", file]).await;
        assert_eq!(checked.exit_code, Some(2), "{}", checked.output());
        assert!(checked.stderr.contains(file), "{}", checked.stderr);
    }
}

/// The commands that print a description.
const DESCRIPTIONS: [&str; 6] = [
    "openapi",
    "matrix",
    "tools",
    "resources",
    "prompts",
    "entra-manifest",
];

#[tokio::test]
async fn help_tells_every_exit_code_of_a_check() {
    for command in DESCRIPTIONS {
        let help = Program::bare().run(&[command, "--help"]).await.stdout;
        for line in ["0  no difference", "3  breaks clients", "4  widens access"] {
            assert!(help.contains(line), "{command}: {help}");
        }
    }
}

#[tokio::test]
async fn a_description_of_another_kind_is_wrong_usage() {
    let mut program = Program::bare();
    for command in DESCRIPTIONS {
        let printed = program.run(&[command, "--format", "json"]).await;
        program = program.with_file(&format!("{command}.json"), &printed.stdout);
    }
    for command in DESCRIPTIONS {
        for other in DESCRIPTIONS {
            let file = format!("{other}.json");
            let checked = program.run(&[command, "--check", &file]).await;
            let output = checked.output();
            if command == other {
                assert_eq!(checked.exit_code, Some(0), "{command}: {output}");
            } else {
                assert_eq!(checked.exit_code, Some(2), "{command} {other}: {output}");
                assert!(output.contains(&format!("{file} is not a")), "{output}");
            }
        }
    }
}
