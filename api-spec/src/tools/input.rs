//! A tool's arguments: path, query and header parameters and the properties of the JSON body, in one flat list.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::{Content, RefOr};

use super::{ToolError, schema};
use crate::{ArgumentPlace, BodyForm, EndpointDef, FORM, JSON, Op};

/// The argument that stands for a body which is not an object.
pub(super) const WHOLE_BODY: &str = "body";

/// Headers that carry the request itself or its credential; a tool call sets them, never its arguments.
const RESERVED_HEADERS: [&str; 7] = [
    "accept",
    "authorization",
    "content-length",
    "content-type",
    "cookie",
    "host",
    "x-correlation-id",
];

/// The flat input of one tool.
pub(super) struct Input {
    pub(super) schema: Value,
    pub(super) places: BTreeMap<String, ArgumentPlace>,
    pub(super) body_form: BodyForm,
    pub(super) has_optional_body: bool,
    pub(super) has_object_body: bool,
}

/// Lays the parameters and the body of an operation flat.
pub(super) fn lay_flat(endpoint: &EndpointDef, op: &Op) -> Result<Input, Vec<ToolError>> {
    let mut list = ArgumentList::new(endpoint.operation_id);
    for parameter in &op.parameters {
        list.add_parameter(op, parameter);
    }
    list.check_path(endpoint);
    list.add_body(op);
    list.hide(endpoint.hidden_arguments);
    list.finish(op)
}

struct ArgumentList {
    operation: &'static str,
    properties: Map<String, Value>,
    required: Vec<String>,
    places: BTreeMap<String, ArgumentPlace>,
    body_form: BodyForm,
    has_optional_body: bool,
    has_object_body: bool,
    /// Properties that an optional body has whenever it is sent.
    needed_in_body: Vec<String>,
    errors: Vec<ToolError>,
}

/// One argument on its way into the list.
struct Argument {
    name: String,
    place: ArgumentPlace,
    schema: Value,
    required: Required,
}

impl ArgumentList {
    fn new(operation: &'static str) -> Self {
        Self {
            operation,
            properties: Map::new(),
            required: Vec::new(),
            places: BTreeMap::new(),
            body_form: BodyForm::Json,
            has_optional_body: false,
            has_object_body: false,
            needed_in_body: Vec::new(),
            errors: Vec::new(),
        }
    }

    fn add(&mut self, argument: Argument) {
        let Argument {
            name,
            place,
            schema,
            required,
        } = argument;
        if let Some(first) = self.places.get(&name) {
            self.errors.push(ToolError::ArgumentInTwoPlaces {
                operation: self.operation,
                argument: name,
                first: *first,
                second: place,
            });
            return;
        }
        if required == Required::True {
            self.required.push(name.clone());
        }
        self.places.insert(name.clone(), place);
        self.properties.insert(name, schema);
    }

    fn add_parameter(&mut self, op: &Op, parameter: &Parameter) {
        let place = match parameter.parameter_in {
            ParameterIn::Path => ArgumentPlace::Path,
            ParameterIn::Query => ArgumentPlace::Query,
            ParameterIn::Header => ArgumentPlace::Header,
            ParameterIn::QueryString => {
                self.refuse(
                    parameter,
                    "a tool's arguments stand in the query one by one",
                );
                return;
            }
            ParameterIn::Cookie => {
                self.refuse(parameter, "a tool call carries no cookies");
                return;
            }
        };
        let lower_case = parameter.name.to_ascii_lowercase();
        if place == ArgumentPlace::Header && RESERVED_HEADERS.contains(&lower_case.as_str()) {
            self.refuse(parameter, "this header is not the caller's to set");
            return;
        }
        let mut schema = parameter
            .schema
            .as_ref()
            .map_or_else(|| json!({}), schema::to_json);
        let kind = schema::resolve(op, &schema).and_then(|schema| schema.get("type").cloned());
        if kind.as_ref().is_some_and(|kind| kind == "object") {
            self.refuse(parameter, "only a body can hold an object");
            return;
        }
        if place != ArgumentPlace::Query && kind.is_some_and(|kind| kind == "array") {
            self.refuse(parameter, "only the query or a body can hold a list");
            return;
        }
        if let (Some(description), Some(members)) = (&parameter.description, schema.as_object_mut())
        {
            members.insert("description".to_owned(), description.clone().into());
        }
        self.add(Argument {
            name: parameter.name.clone(),
            place,
            schema,
            required: match place {
                ArgumentPlace::Path => Required::True,
                ArgumentPlace::Query
                | ArgumentPlace::Header
                | ArgumentPlace::BodyProperty
                | ArgumentPlace::Body => parameter.required.clone(),
            },
        });
    }

    fn refuse(&mut self, parameter: &Parameter, reason: &'static str) {
        self.errors.push(ToolError::UnsupportedParameter {
            operation: self.operation,
            argument: parameter.name.clone(),
            reason,
        });
    }

    /// A template parameter without an argument would leave braces in the path that is called.
    fn check_path(&mut self, endpoint: &EndpointDef) {
        let template: Vec<&str> = endpoint.path_parameters().collect();
        let is_path = |place: &ArgumentPlace| *place == ArgumentPlace::Path;
        let undescribed = template
            .iter()
            .filter(|name| !self.places.get(**name).is_some_and(is_path))
            .map(|name| (*name).to_owned());
        let unknown = self
            .places
            .iter()
            .filter(|(name, place)| is_path(place) && !template.contains(&name.as_str()))
            .map(|(name, _)| name.clone());
        let mismatches: Vec<String> = undescribed.chain(unknown).collect();
        for argument in mismatches {
            self.errors.push(ToolError::PathParameterMismatch {
                operation: self.operation,
                argument,
            });
        }
    }

    fn add_body(&mut self, op: &Op) {
        let Some(body) = &op.request_body else { return };
        let forms = [(JSON, BodyForm::Json), (FORM, BodyForm::Form)];
        let known = forms.into_iter().find_map(|(media_type, form)| {
            let RefOr::T(Content { schema, .. }) = body.content.get(media_type)? else {
                return None;
            };
            Some((form, schema.as_ref()?))
        });
        let Some((body_form, body_schema)) = known else {
            self.errors.push(ToolError::BodyNotReadable {
                operation: self.operation,
                media_type: body.content.keys().cloned().collect::<Vec<_>>().join(", "),
            });
            return;
        };
        self.body_form = body_form;
        let body_schema = schema::to_json(body_schema);
        let is_required = body.required == Some(Required::True);
        self.has_optional_body = !is_required;
        let mut properties = Map::new();
        let mut required = Vec::new();
        if collect_properties(op, &body_schema, &mut properties, &mut required, 0) {
            self.has_object_body = true;
            for (name, schema) in properties {
                let is_needed = required.contains(&name);
                if is_needed && !is_required {
                    self.needed_in_body.push(name.clone());
                }
                let required = match is_required && is_needed {
                    true => Required::True,
                    false => Required::False,
                };
                self.add(Argument {
                    name,
                    place: ArgumentPlace::BodyProperty,
                    schema,
                    required,
                });
            }
        } else {
            self.add(Argument {
                name: WHOLE_BODY.to_owned(),
                place: ArgumentPlace::Body,
                schema: body_schema,
                required: match is_required {
                    true => Required::True,
                    false => Required::False,
                },
            });
        }
    }

    /// Leaves out what the annotation hides: it is not in the schema, so that a call cannot name it either.
    fn hide(&mut self, names: &[&'static str]) {
        // What could not be read may be the very input that is hidden: nothing is reported as unknown then.
        let is_complete = self.errors.is_empty();
        let known: Vec<String> = self.places.keys().cloned().collect();
        for name in names {
            let (operation, argument) = (self.operation, (*name).to_owned());
            let is_needed = |list: &[String]| list.contains(&argument);
            match self.places.get(*name) {
                None if is_complete => self.errors.push(ToolError::UnknownHiddenArgument {
                    operation,
                    argument,
                    known: known.clone(),
                }),
                None => {}
                Some(place) if is_needed(&self.required) || is_needed(&self.needed_in_body) => {
                    self.errors.push(ToolError::HiddenArgumentRequired {
                        operation,
                        argument,
                        place: *place,
                    });
                }
                Some(_) => {
                    self.places.remove(*name);
                    self.properties.shift_remove(*name);
                }
            }
        }
    }

    fn finish(self, op: &Op) -> Result<Input, Vec<ToolError>> {
        let mut errors = self.errors;
        let mut schema = Map::new();
        schema.insert("type".to_owned(), "object".into());
        schema.insert("properties".to_owned(), Value::Object(self.properties));
        if !self.required.is_empty() {
            schema.insert("required".to_owned(), self.required.into());
        }
        schema.insert("additionalProperties".to_owned(), false.into());
        let schema = schema::close_over(self.operation, op, Value::Object(schema));
        if schema.as_ref().is_ok_and(has_mirrored_argument) {
            errors.push(ToolError::MirroredArgument {
                operation: self.operation,
            });
        }
        match schema {
            Ok(schema) if errors.is_empty() => Ok(Input {
                schema,
                places: self.places,
                body_form: self.body_form,
                has_optional_body: self.has_optional_body,
                has_object_body: self.has_object_body,
            }),
            Ok(_) => Err(errors),
            Err(error) => {
                errors.push(error);
                Err(errors)
            }
        }
    }
}

/// Says whether some part of a schema asks clients to repeat an argument in a header (SEP-2243).
fn has_mirrored_argument(schema: &Value) -> bool {
    schema::any_object(schema, &|members| members.contains_key("x-mcp-header"))
}

/// Collects the properties of an object, also of one composed by `allOf`. Says `false` for anything else:
/// lists, choices, and maps with free keys have no fixed properties to lay flat.
fn collect_properties(
    op: &Op,
    schema: &Value,
    properties: &mut Map<String, Value>,
    required: &mut Vec<String>,
    depth: usize,
) -> bool {
    let Some(schema) = schema::resolve(op, schema).filter(|_| depth < 8) else {
        return false;
    };
    let has = |keyword: &str| schema.get(keyword).is_some();
    let has_free_keys = schema
        .get("additionalProperties")
        .is_some_and(|value| *value != Value::Bool(false));
    if has_free_keys || has("oneOf") || has("anyOf") {
        return false;
    }
    if let Some(names) = schema.get("required").and_then(Value::as_array) {
        required.extend(names.iter().filter_map(Value::as_str).map(str::to_owned));
    }
    let own = schema.get("properties").and_then(Value::as_object);
    properties.extend(own.cloned().unwrap_or_default());
    if let Some(parts) = schema.get("allOf").and_then(Value::as_array) {
        return parts
            .iter()
            .all(|part| collect_properties(op, part, properties, required, depth + 1));
    }
    own.is_some()
}
