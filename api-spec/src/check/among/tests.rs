use super::*;
use crate::{Assignable, Method, Mount};

const BASE: EndpointDef = EndpointDef {
    operation_id: "get_report",
    method: Method::Get,
    path: "/reports/{id}",
    mount: Mount::Api,
    access: Access::SignedIn,
    tool: Some("get_report"),
    doc: "",
    ..EndpointDef::CLOSED
};

const OTHER: EndpointDef = EndpointDef {
    operation_id: "list_reports",
    path: "/reports",
    tool: Some("list_reports"),
    ..BASE
};

fn said(first: &EndpointDef, second: &EndpointDef) -> String {
    clash_fault(first, second).map_or_else(String::new, |fault| fault.as_str().to_owned())
}

#[test]
fn endpoints_with_routes_and_names_of_their_own_stand_side_by_side() {
    assert_eq!(said(&BASE, &OTHER), "");
    let other_method = EndpointDef {
        method: Method::Put,
        path: BASE.path,
        ..OTHER
    };
    assert_eq!(said(&BASE, &other_method), "");
    let below = EndpointDef {
        path: "/reports/{report}/pages",
        ..OTHER
    };
    assert_eq!(said(&BASE, &below), "", "the router tells these apart");
    let fixed = EndpointDef {
        path: "/reports/latest",
        ..OTHER
    };
    assert_eq!(said(&BASE, &fixed), "", "a fixed segment wins");
    let longer = EndpointDef {
        path: "/reports/{id}/{page}",
        ..OTHER
    };
    assert_eq!(said(&BASE, &longer), "");
    let at_root = EndpointDef {
        mount: Mount::Root,
        path: BASE.path,
        ..OTHER
    };
    assert_eq!(said(&BASE, &at_root), "");
}

#[test]
fn a_route_is_served_once() {
    let second = EndpointDef {
        path: BASE.path,
        ..OTHER
    };
    assert_eq!(
        said(&BASE, &second),
        "`GET /api/v1/reports/{id}` is served twice: by `get_report` and by `list_reports`; change the path or the method of one"
    );
    let at_root = EndpointDef {
        mount: Mount::Root,
        path: "/api/v1/reports/{id}",
        ..OTHER
    };
    assert!(said(&BASE, &at_root).contains("is served twice"));
    assert!(said(&BASE, &BASE).contains("`get_report` is listed twice"));
}

#[test]
fn templates_differ_in_more_than_a_parameter_name() {
    let second = EndpointDef {
        method: Method::Put,
        path: "/reports/{report}",
        ..OTHER
    };
    assert_eq!(
        said(&BASE, &second),
        "`GET /api/v1/reports/{id}` and `PUT /api/v1/reports/{report}` differ only in a parameter's name: by `get_report` and by `list_reports`; give the parameter one name in both"
    );
}

#[test]
fn an_operation_id_and_a_tool_name_are_used_once() {
    let same_id = EndpointDef {
        operation_id: BASE.operation_id,
        ..OTHER
    };
    assert_eq!(
        said(&BASE, &same_id),
        "operation id `get_report` is used twice: by `GET /api/v1/reports/{id}` and by `GET /api/v1/reports`; rename one of the functions"
    );
    let same_tool = EndpointDef {
        tool: BASE.tool,
        ..OTHER
    };
    assert_eq!(
        said(&BASE, &same_tool),
        "tool name `get_report` is used twice: by `get_report` and by `list_reports`; choose another with `mcp(name = \"..\")`"
    );
    let no_tool = EndpointDef {
        tool: None,
        ..OTHER
    };
    assert_eq!(said(&BASE, &no_tool), "");
}

#[test]
fn an_endpoint_after_an_error_clashes_with_nothing() {
    let broken = EndpointDef {
        access: Access::DenyAll,
        ..BASE
    };
    assert_eq!(said(&BASE, &broken), "");
    assert_eq!(said(&broken, &BASE), "");
}

#[test]
fn a_role_is_asked_of_those_who_can_hold_it() {
    let role = |assignable| RoleDef {
        name: "Ingest",
        description: "",
        assignable,
    };
    let users = role(Assignable::Users);
    let applications = role(Assignable::Applications);
    let both = role(Assignable::UsersAndApplications);
    assert!(role_for_users_fault(&users).is_none() && role_for_users_fault(&both).is_none());
    assert!(role_for_users_fault(&applications).is_some());
    assert!(role_for_applications_fault(&applications).is_none());
    assert!(role_for_applications_fault(&both).is_none());
    assert!(role_for_applications_fault(&users).is_some());
}
