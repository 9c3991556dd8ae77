//! One operation of the document.

use std::collections::BTreeSet;

use serde_json::Value;
use utoipa::openapi::path::{
    Operation as DocumentOperation, OperationBuilder, Parameter, ParameterIn,
};
use utoipa::openapi::{Deprecated, RefOr};

use super::{DocumentSettings, Operation, SpecError, not_modified, responses, security};
use crate::tools::schema;
use crate::{EndpointDef, render_access_sentence};

/// Builds what the document says about one endpoint.
pub(super) fn build(
    settings: &DocumentSettings,
    operation: &Operation<'_>,
) -> Result<DocumentOperation, SpecError> {
    check_parameters(operation)?;
    check_body(operation)?;
    let Operation { def, op } = *operation;
    let mut builder = OperationBuilder::new()
        .tag(def.tag())
        .operation_id(Some(def.operation_id))
        .description(Some(describe(def)))
        .responses(responses::build(operation)?)
        .securities(Some(security::requirements(settings, &def.access)))
        .request_body(op.request_body.clone())
        .extensions(Some(security::extensions(def)));
    let summary = def.summary();
    if !summary.is_empty() {
        builder = builder.summary(Some(summary));
    }
    let mut parameters = op.parameters.clone();
    parameters.extend(not_modified::parameter(operation));
    if !parameters.is_empty() {
        builder = builder.parameters(Some(parameters));
    }
    if def.deprecated {
        builder = builder.deprecated(Some(Deprecated::True));
    }
    Ok(builder.build())
}

/// The doc comment, then who may call.
fn describe(def: &EndpointDef) -> String {
    let access = render_access_sentence(&def.access, def.also);
    match def.description() {
        "" => access,
        description => format!("{description}\n\n{access}"),
    }
}

/// A JSON body that asks for a file could never be sent.
fn check_body(operation: &Operation<'_>) -> Result<(), SpecError> {
    let Operation { def, op } = *operation;
    let operation_id = def.operation_id;
    let json = op.request_body.as_ref().and_then(|body| {
        let RefOr::T(content) = body.content.get("application/json")? else {
            return None;
        };
        let schema = schema::to_json(content.schema.as_ref()?);
        // A reference to nothing is found with the document as a whole.
        schema::close_over(operation_id, op, schema).ok()
    });
    match json.is_some_and(|schema| has_binary(&schema)) {
        true => Err(SpecError::FileInJson { operation_id }),
        false => Ok(()),
    }
}

fn has_binary(schema: &Value) -> bool {
    schema::any_object(schema, &|members| {
        members.get("format").is_some_and(|it| it == "binary")
    })
}

fn check_parameters(operation: &Operation<'_>) -> Result<(), SpecError> {
    let Operation { def, op } = *operation;
    let operation_id = def.operation_id;
    if let Some(name) = op.unreadable_queries.first() {
        let name = name.clone();
        return Err(SpecError::QueryIsNoStruct { operation_id, name });
    }
    let mut in_path = BTreeSet::new();
    for (index, parameter) in op.parameters.iter().enumerate() {
        let name = &parameter.name;
        let is_same = |earlier: &Parameter| {
            earlier.name == *name && earlier.parameter_in == parameter.parameter_in
        };
        if op.parameters[..index].iter().any(is_same) {
            return Err(SpecError::DuplicateParameter {
                operation_id,
                name: name.clone(),
            });
        }
        if parameter.parameter_in == ParameterIn::Path {
            in_path.insert(name.as_str());
        }
    }
    let in_template = def.path_parameters().collect::<BTreeSet<_>>();
    let mismatch = |name: &str, found_in| SpecError::PathParameterMismatch {
        operation_id,
        name: name.to_owned(),
        found_in,
    };
    if let Some(name) = in_template.difference(&in_path).next() {
        return Err(mismatch(name, "template"));
    }
    if let Some(name) = in_path.difference(&in_template).next() {
        return Err(mismatch(name, "arguments"));
    }
    Ok(())
}
