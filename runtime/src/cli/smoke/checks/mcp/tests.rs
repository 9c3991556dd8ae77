//! The list of tools against the rules, and the choice of the one that is called.

use std::collections::BTreeSet;

use portcullis_api_spec::{Access, Assignable, CallerKind, Requirements, RoleDef};

use super::*;

const ADMIN: RoleDef = RoleDef {
    name: "Admin",
    description: "",
    assignable: Assignable::Users,
};

fn rules() -> [ToolRule; 2] {
    let for_admins = Access::Restricted(Requirements {
        roles: &[ADMIN],
        scopes: &[],
        applications: &[],
        context: None,
    });
    [("get_me", Access::SignedIn), ("delete_report", for_admins)].map(|(name, access)| ToolRule {
        name: name.to_owned(),
        access,
    })
}

fn viewer() -> Rights {
    Rights {
        kind: CallerKind::User,
        roles: BTreeSet::from(["Viewer".to_owned()]),
        scopes: BTreeSet::new(),
        contexts: BTreeSet::new(),
    }
}

fn tool(name: &str, read_only: bool, required: &[&str]) -> Tool {
    read_tool(&json!({
        "name": name,
        "inputSchema": { "type": "object", "required": required },
        "annotations": { "readOnlyHint": read_only },
    }))
    .unwrap()
}

#[test]
fn a_list_that_shows_or_hides_too_much_is_told() {
    let (me, delete) = (
        tool("get_me", true, &[]),
        tool("delete_report", false, &["id"]),
    );
    let rules = rules();
    let judge = |tools: &[Tool], source| {
        judge_list(tools, Some(&viewer()), (source, &rules)).map(|finding| finding.found)
    };
    assert_eq!(judge(std::slice::from_ref(&me), Source::Deployment), None);
    let shown = judge(&[me, delete], Source::Binary).unwrap();
    assert!(shown.contains("delete_report is listed"), "{shown}");
    let hidden = judge(&[], Source::Deployment).unwrap();
    assert!(hidden.contains("get_me is not listed"), "{hidden}");
    // Another version may have fewer tools.
    assert_eq!(judge(&[], Source::Binary), None);
}

#[test]
fn only_a_tool_that_reads_and_needs_nothing_is_called() {
    for (tool, is_harmless) in [
        (tool("a", true, &[]), true),
        (tool("b", true, &["id"]), false),
        (tool("c", false, &[]), false),
        (read_tool(&json!({ "name": "d" })).unwrap(), false),
    ] {
        assert_eq!(tool.is_harmless, is_harmless, "{}", tool.name);
    }
}
