//! Every result of a tool call that a suite sees is held against the tool's output schema, and every failed one against
//! the schema of problems: a test that meets another fails, whatever it came to prove.

use std::process::Command;
use std::sync::LazyLock;

use serde_json::{Value, json};

use super::contract::schema_faults;
use super::{Answer, Reply};

/// What `app tools` prints.
static TOOLS: LazyLock<Value> = LazyLock::new(|| {
    let mut command = Command::new(env!("CARGO_BIN_EXE_app"));
    let printed = command.arg("tools").env_clear().output();
    let printed = printed.expect("the binary starts").stdout;
    serde_json::from_slice(&printed).expect("the tools are JSON")
});

/// Holds the result of a tool call against the tool's output schema, and a failed one against that of problems.
#[track_caller]
pub(super) fn check(tool: &str, answer: &Answer) {
    let Reply::Result(result) = Reply::read(answer) else {
        return;
    };
    let faults = result_faults(tool, &result);
    assert!(
        faults.is_empty(),
        "{tool} does not answer as described:\n- {}\n{answer}",
        faults.join("\n- ")
    );
}

fn result_faults(tool: &str, result: &Value) -> Vec<String> {
    if result["resultType"] == "input_required" {
        return Vec::new();
    }
    let tools = TOOLS.as_array().into_iter().flatten();
    let described = tools.clone().find(|described| described["name"] == tool);
    let Some(described) = described else {
        return vec!["a result of a tool that is not described".to_owned()];
    };
    let content = result.get("structuredContent");
    if result["isError"] == true {
        let problem = json!({ "$ref": "#/components/schemas/Problem" });
        return match content {
            Some(content) => schema_faults(&problem, content, "problem"),
            None => vec!["an error that is no problem".to_owned()],
        };
    }
    let schema = &described["output_schema"];
    match (schema.is_null(), content) {
        (true, None) => Vec::new(),
        (true, Some(_)) => vec!["structured content, where none is described".to_owned()],
        (false, None) => vec!["no structured content".to_owned()],
        (false, Some(content)) => {
            let options = jsonschema::draft202012::options().should_validate_formats(true);
            let validator = options.build(schema).expect("an output schema is a schema");
            let errors = validator.iter_errors(content);
            errors
                .map(|error| format!("at {:?}: {error}", error.instance_path().as_str()))
                .collect()
        }
    }
}

#[test]
fn a_result_that_the_tool_does_not_describe_is_named() {
    let cases = [
        ("delete_report", json!({ "content": [] }), ""),
        (
            "delete_report",
            json!({ "content": [], "structuredContent": {} }),
            "where none is described",
        ),
        (
            "get_report",
            json!({ "content": [] }),
            "no structured content",
        ),
        ("get_report", json!({ "structuredContent": {} }), "at \"\""),
        ("no_such_tool", json!({ "content": [] }), "not described"),
        (
            "get_report",
            json!({ "isError": true, "structuredContent": { "status": 404 } }),
            "problem at",
        ),
        ("get_report", json!({ "isError": true }), "no problem"),
    ];
    for (tool, result, expected) in cases {
        let faults = result_faults(tool, &result).join("; ");
        assert!(faults.contains(expected), "{tool}: {faults}");
        assert_eq!(faults.is_empty(), expected.is_empty(), "{tool}: {faults}");
    }
}
