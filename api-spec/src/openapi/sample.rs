//! A small application for the tests of the document and of the matrix.

use utoipa::openapi::path::{ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Schema};

use super::{DocumentServer, DocumentSettings, EntraSettings};
use crate::{
    Access, Assignable, EndpointDef, Method, Mount, Op, ProblemDef, Requirements, RoleDef,
    ScopeDef, Success, Vocabulary,
};

const ANALYST: RoleDef = RoleDef {
    name: "Analyst",
    description: "Writes reports",
    assignable: Assignable::Users,
};
const VIEWER: RoleDef = RoleDef {
    name: "Viewer",
    description: "Reads",
    assignable: Assignable::Users,
};
const INGEST: RoleDef = RoleDef {
    name: "Ingest",
    description: "Delivers prices",
    assignable: Assignable::Applications,
};
const IMPERSONATION: ScopeDef = ScopeDef {
    name: "user_impersonation",
    description: "Use the service as the signed-in user",
};

pub(crate) const VOCABULARY: Vocabulary = Vocabulary {
    roles: &[ANALYST, VIEWER, INGEST],
    scopes: &[IMPERSONATION],
};

pub(crate) const ENDPOINTS: [EndpointDef; 4] = [
    EndpointDef {
        mount: Mount::Root,
        access: Access::Public {
            reason: "load balancers probe it",
        },
        tag: Some("service"),
        ..endpoint("health", Method::Get, "/health")
    },
    EndpointDef {
        access: Access::SignedIn,
        ..endpoint("me", Method::Get, "/me")
    },
    EndpointDef {
        access: Access::Restricted(Requirements {
            roles: &[ANALYST],
            scopes: &[IMPERSONATION],
            applications: &[],
            context: None,
        }),
        also: Some("only the author"),
        tool: Some("create_report"),
        status: Some(201),
        doc: "Create a report.\n\nIt starts as a draft.",
        ..endpoint("create_report", Method::Post, "/reports")
    },
    EndpointDef {
        access: Access::Restricted(Requirements {
            roles: &[],
            scopes: &[],
            applications: &[INGEST],
            context: None,
        }),
        deprecated: true,
        ..endpoint("put_prices", Method::Put, "/instruments/{symbol}/prices")
    },
];

const fn endpoint(operation_id: &'static str, method: Method, path: &'static str) -> EndpointDef {
    EndpointDef {
        operation_id,
        method,
        path,
        ..EndpointDef::CLOSED
    }
}

pub(crate) fn settings() -> DocumentSettings {
    DocumentSettings {
        title: "Sample".to_owned(),
        version: "1.2.3".to_owned(),
        description: "A sample.".to_owned(),
        license: Some("MIT".to_owned()),
        tags: &[("reports", "What analysts write.")],
        servers: vec![DocumentServer {
            url: "https://api.example.com".to_owned(),
            description: "prod".to_owned(),
            is_internal: false,
        }],
        entra: EntraSettings::of_tenant(
            "https://login.microsoftonline.com/",
            "11111111-2222-3333-4444-555555555555",
            "api://desk",
        ),
    }
}

/// What the types of [`ENDPOINTS`] would say, in the same order.
pub(crate) fn ops() -> [Op; 4] {
    let health = op(success(200));
    let me = op(success(200));
    let mut create = op(Success {
        content: Some(("application/json", reference("Report"))),
        ..success(200)
    });
    create.schemas.insert("Report".to_owned(), object("title"));
    create.request_body = Some(
        RequestBodyBuilder::new()
            .content(
                "application/json",
                ContentBuilder::new()
                    .schema(Some(reference("Report")))
                    .build(),
            )
            .build(),
    );
    create.add_problem(ProblemDef {
        status: 409,
        code: "already_published",
        title: "The report is already published",
    });
    let mut put_prices = op(success(204));
    put_prices.parameters.push(
        ParameterBuilder::new()
            .name("symbol")
            .parameter_in(ParameterIn::Path)
            .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
            .build(),
    );
    [health, me, create, put_prices]
}

pub(super) fn object(property: &str) -> RefOr<Schema> {
    let text = ObjectBuilder::new().schema_type(Type::String);
    ObjectBuilder::new().property(property, text).into()
}

pub(super) fn reference(name: &str) -> RefOr<Schema> {
    RefOr::Ref(Ref::from_schema_name(name))
}

fn op(success: Success) -> Op {
    Op {
        success: Some(success),
        ..Op::default()
    }
}

fn success(status: u16) -> Success {
    Success {
        status,
        description: "Fine.".to_owned(),
        content: None,
        headers: std::collections::BTreeMap::new(),
    }
}
