//! Every word of `#[endpoint]`, endpoints in nested modules, raw identifiers, aliases and renamed types.
#![deny(warnings)]

mod api {
    use portcullis::{Roles, Scopes};

    #[derive(Clone)]
    pub struct AppState;

    #[derive(Clone, Copy, Roles)]
    pub enum Role {
        /// Publishes.
        Analyst,
        #[role("PM")]
        Pm,
        #[role(applications)]
        Ingest,
        #[role("Desk.Batch", users, applications)]
        Batch,
    }

    #[derive(Clone, Copy, Scopes)]
    pub enum Scope {
        /// Use the desk.
        UserImpersonation,
        #[scope("Reports.Read")]
        ReadReports,
    }

    portcullis::api! { state = AppState, roles = Role, scopes = Scope }
}

mod reports {
    use axum::extract::State as Shared;
    use portcullis::{Caller, NoContent, Path as Segment, endpoint};

    use crate::api::AppState;

    type Id = Segment<u32>;

    /// Fetch one report.
    ///
    /// Drafts are visible to their author only.
    #[endpoint(
        get,
        "/reports/{id}",
        roles(Analyst, Pm, Batch),
        scopes(UserImpersonation, ReadReports),
        applications(Ingest, Batch),
        also("only the author"),
        mcp(name = "find-report"),
        status = 204,
        tag = "Reports",
        deprecated,
    )]
    pub async fn get_report(_: Caller, Shared(_): Shared<AppState>, Segment(_): Id) -> NoContent {
        NoContent
    }

    pub(crate) mod nested {
        use portcullis::{NoContent, Path, endpoint};

        #[endpoint(delete, "/reports/{id}/pages/{page}", signed_in, mcp)]
        pub(crate) async fn r#type(Path((_, _)): Path<(u32, String)>) -> NoContent {
            NoContent
        }
    }
}

#[portcullis::endpoint(get, "/ping", public("load balancers probe it"), root)]
async fn ping() -> portcullis::NoContent {
    portcullis::NoContent
}

#[cfg(any())]
#[portcullis::endpoint(get, "/never", signed_in)]
async fn above() -> Missing {}

#[portcullis::endpoint(get, "/never", signed_in)]
#[cfg(any())]
async fn below() -> Missing {}

fn main() {
    use portcullis::Endpoint;

    let _ = portcullis::endpoints![ping, reports::get_report, reports::nested::r#type];
    let definition = <reports::get_report as Endpoint<api::AppState>>::DEF;
    assert_eq!(definition.operation_id, "get_report");
    assert_eq!(definition.full_path(), "/api/v1/reports/{id}");
    assert_eq!(definition.summary(), "Fetch one report");
    assert_eq!(definition.tool, Some("find-report"));
    assert_eq!(definition.access.scopes()[0].name, "user_impersonation");
    let nested = <reports::nested::r#type as Endpoint<api::AppState>>::DEF;
    assert_eq!(nested.tool, Some("type"));
}
