//! What the argument and reply types of an endpoint say about it.

mod query;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use utoipa::ToSchema;
use utoipa::openapi::header::Header;
use utoipa::openapi::path::Parameter;
use utoipa::openapi::request_body::RequestBody;
use utoipa::openapi::{RefOr, Schema};

pub use query::{QueryField, query_fields};

use crate::{EndpointDef, ProblemDef, TypeSchema};

/// The half of an operation that the function's types know; the other half is its [`EndpointDef`](crate::EndpointDef).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Op {
    /// Path, query and header parameters, in the order of the arguments.
    pub parameters: Vec<Parameter>,
    /// The request body, if an argument reads one.
    pub request_body: Option<RequestBody>,
    /// The answer when all goes well.
    pub success: Option<Success>,
    /// What the place that the success answer names in `Location` shows, when the operation only begins the work.
    pub outcome: Option<RefOr<Schema>>,
    /// Whether the success answer is a list of pieces of content, as the Model Context Protocol writes them.
    pub answers_contents: bool,
    /// Whether the handler says how far it is while it works.
    pub reports_progress: bool,
    /// Problems that the arguments and the handler's error type can answer with.
    pub problems: Vec<ProblemDef>,
    /// Names of the template's path parameters that no argument has taken yet, in order.
    pub path_names: VecDeque<&'static str>,
    /// Named schemas that the parts above refer to.
    pub schemas: BTreeMap<String, RefOr<Schema>>,
    /// Names that two different types of this operation claim; the document refuses them.
    pub contested_names: BTreeSet<String>,
    /// Names of types that were to be read from the query, but have no properties; the document refuses them.
    pub unreadable_queries: Vec<String>,
}

/// The answer when all goes well.
#[derive(Debug, Clone, PartialEq)]
pub struct Success {
    /// The reply type's own status; the annotation's `status` wins.
    pub status: u16,
    /// One sentence for the reader of the document.
    pub description: String,
    /// The body's media type and schema; `None` for an empty body.
    pub content: Option<(&'static str, RefOr<Schema>)>,
    /// Headers that belong to the answer, such as `ETag` and `Location`.
    pub headers: BTreeMap<&'static str, Header>,
}

impl Op {
    /// Starts the description of one endpoint, before its types have spoken.
    #[must_use]
    pub fn of(endpoint: &EndpointDef) -> Self {
        Self {
            path_names: endpoint.path_parameters().collect(),
            ..Self::default()
        }
    }

    /// Registers `T` and everything it refers to, and returns what stands for it in an operation:
    /// a `$ref` for a named schema, the schema itself for a primitive or a list.
    pub fn schema_of<T: ToSchema>(&mut self) -> RefOr<Schema> {
        self.add_type(TypeSchema::of::<T>())
    }

    /// [`Op::schema_of`] for a type that is forgotten.
    pub fn add_type(&mut self, of_type: TypeSchema) -> RefOr<Schema> {
        let schema = (of_type.schema)();
        let inline = match &schema {
            RefOr::T(schema) => !is_named(schema),
            RefOr::Ref(_) => true,
        };
        for (name, schema) in of_type.referred() {
            self.add_schema(name, schema);
        }
        if inline {
            return schema;
        }
        let name = (of_type.name)().into_owned();
        self.add_schema(name.clone(), schema);
        RefOr::Ref(utoipa::openapi::Ref::from_schema_name(name))
    }

    fn add_schema(&mut self, name: String, schema: RefOr<Schema>) {
        let known = self
            .schemas
            .entry(name.clone())
            .or_insert_with(|| schema.clone());
        if *known != schema {
            self.contested_names.insert(name);
        }
    }

    /// Notes a problem once.
    pub fn add_problem(&mut self, problem: ProblemDef) {
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }
}

/// Objects, enums and compositions have a name of their own; primitives and lists stand where they are used.
fn is_named(schema: &Schema) -> bool {
    if let Schema::Object(object) = schema {
        return !object.properties.is_empty() || object.enum_values.is_some();
    }
    matches!(
        schema,
        Schema::OneOf(_) | Schema::AllOf(_) | Schema::AnyOf(_)
    )
}
