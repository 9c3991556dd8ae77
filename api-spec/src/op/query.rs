//! A query struct becomes query parameters: one for each property of its schema.
//!
//! The same derive describes a struct that is read from a body and one that is read from the query.

use std::collections::BTreeMap;

use utoipa::ToSchema;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{Object, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr, Required, Schema};

use super::{Op, is_named};
use crate::TypeSchema;

/// How deep `allOf`, which `#[serde(flatten)]` makes, is followed.
const DEPTH: usize = 8;

const COMPONENTS: &str = "#/components/schemas/";

/// One parameter of a query struct.
#[derive(Debug, Clone, PartialEq)]
pub struct QueryField {
    /// The name in the query.
    pub name: String,
    /// Whether a request without it is refused.
    pub is_required: bool,
    /// What its value can be; `null`, which a query cannot say, is left out.
    pub schema: RefOr<Schema>,
}

/// The fields of a query struct, in the order of its declaration. `None` for a type that is not an object.
#[must_use]
pub fn query_fields(of_type: TypeSchema) -> Option<Vec<QueryField>> {
    let named = of_type.referred().into_iter().collect();
    let mut fields = Vec::new();
    collect(&(of_type.schema)(), &named, &mut fields, 0).then_some(fields)
}

impl Op {
    /// Describes `T` as query parameters. A type that is not an object is noted, and refused when the document is built.
    pub fn add_query<T: ToSchema>(&mut self) {
        self.add_query_type(TypeSchema::of::<T>());
    }

    /// [`Op::add_query`] for a type that is forgotten.
    pub fn add_query_type(&mut self, of_type: TypeSchema) {
        let Some(fields) = query_fields(of_type) else {
            self.unreadable_queries.push((of_type.name)().into_owned());
            return;
        };
        let mut known = BTreeMap::new();
        for (name, schema) in of_type.referred() {
            // Also of primitives, which stand where they are used: one would silently stand for the other.
            if *known.entry(name.clone()).or_insert_with(|| schema.clone()) != schema {
                self.contested_names.insert(name.clone());
            }
            let is_primitive = matches!(&schema, RefOr::T(schema) if !is_named(schema));
            if !is_primitive {
                self.add_schema(name, schema);
            }
        }
        self.parameters
            .extend(fields.into_iter().map(QueryField::into_parameter));
    }
}

impl QueryField {
    fn into_parameter(self) -> Parameter {
        let required = match self.is_required {
            true => Required::True,
            false => Required::False,
        };
        let (description, schema) = take_description(self.schema);
        ParameterBuilder::new()
            .name(self.name)
            .parameter_in(ParameterIn::Query)
            .required(required)
            .description(description)
            .schema(Some(schema))
            .build()
    }
}

/// Collects the properties of an object, also of one composed by `allOf`. Says `false` for anything else.
fn collect(
    schema: &RefOr<Schema>,
    named: &BTreeMap<String, RefOr<Schema>>,
    fields: &mut Vec<QueryField>,
    depth: usize,
) -> bool {
    if depth > DEPTH {
        return false;
    }
    match schema {
        RefOr::Ref(reference) => match target(reference, named) {
            Some(schema) => collect(schema, named, fields, depth + 1),
            None => false,
        },
        RefOr::T(Schema::Object(object)) => {
            if object.schema_type != SchemaType::Type(Type::Object) {
                return false;
            }
            fields.extend(object.properties.iter().map(|(name, schema)| QueryField {
                name: name.clone(),
                is_required: object.required.contains(name),
                schema: without_null(inlined(schema, named)),
            }));
            true
        }
        RefOr::T(Schema::AllOf(parts)) => parts
            .items
            .iter()
            .all(|part| collect(part, named, fields, depth + 1)),
        RefOr::T(_) => false,
    }
}

fn target<'a>(
    reference: &Ref,
    named: &'a BTreeMap<String, RefOr<Schema>>,
) -> Option<&'a RefOr<Schema>> {
    named.get(reference.ref_location.strip_prefix(COMPONENTS)?)
}

/// Writes the schema of a primitive where it is used, with what the field says about it.
fn inlined(schema: &RefOr<Schema>, named: &BTreeMap<String, RefOr<Schema>>) -> RefOr<Schema> {
    match schema {
        RefOr::Ref(reference) => match target(reference, named) {
            Some(RefOr::T(primitive)) if !is_named(primitive) => {
                let (_, primitive) = take_description(RefOr::T(primitive.clone()));
                described(primitive, &reference.description)
            }
            Some(_) | None => schema.clone(),
        },
        RefOr::T(Schema::OneOf(choices)) => {
            let mut choices = choices.clone();
            for choice in &mut choices.items {
                *choice = inlined(choice, named);
            }
            RefOr::T(Schema::OneOf(choices))
        }
        RefOr::T(Schema::Array(list)) => {
            let mut list = list.clone();
            if let utoipa::openapi::schema::ArrayItems::RefOrSchema(item) = &mut list.items {
                **item = inlined(item, named);
            }
            RefOr::T(Schema::Array(list))
        }
        RefOr::T(_) => schema.clone(),
    }
}

/// An optional field is left out of a query; there is no way to write `null`.
fn without_null(schema: RefOr<Schema>) -> RefOr<Schema> {
    match schema {
        RefOr::T(Schema::Object(mut object)) => {
            object.schema_type = only_type(object.schema_type);
            RefOr::T(Schema::Object(object))
        }
        RefOr::T(Schema::Array(mut list)) => {
            list.schema_type = only_type(list.schema_type);
            RefOr::T(Schema::Array(list))
        }
        RefOr::T(Schema::OneOf(mut choices)) => {
            choices.items.retain(|choice| !is_null(choice));
            match (choices.items.len(), choices.items.pop()) {
                (1, Some(only)) => {
                    let description = choices.description.unwrap_or_default();
                    described(only, &description)
                }
                (_, last) => {
                    choices.items.extend(last);
                    RefOr::T(Schema::OneOf(choices))
                }
            }
        }
        other @ (RefOr::Ref(_) | RefOr::T(_)) => other,
    }
}

fn only_type(kinds: SchemaType) -> SchemaType {
    let SchemaType::Array(mut kinds) = kinds else {
        return kinds;
    };
    kinds.retain(|kind| *kind != Type::Null);
    match kinds.pop() {
        Some(only) if kinds.is_empty() => SchemaType::Type(only),
        last => {
            kinds.extend(last);
            SchemaType::Array(kinds)
        }
    }
}

fn is_null(schema: &RefOr<Schema>) -> bool {
    let null = SchemaType::Type(Type::Null);
    matches!(schema, RefOr::T(Schema::Object(Object { schema_type, .. })) if *schema_type == null)
}

/// Says something about a schema that says nothing about itself.
fn described(mut schema: RefOr<Schema>, description: &str) -> RefOr<Schema> {
    if description.is_empty() {
        return schema;
    }
    let slot = match &mut schema {
        RefOr::Ref(reference) => {
            description.clone_into(&mut reference.description);
            return schema;
        }
        RefOr::T(Schema::Object(object)) => &mut object.description,
        RefOr::T(Schema::Array(list)) => &mut list.description,
        RefOr::T(Schema::OneOf(choices)) => &mut choices.description,
        RefOr::T(_) => return schema,
    };
    *slot = Some(description.to_owned());
    schema
}

/// What a field says about itself belongs to the parameter, not to the schema of its value.
fn take_description(mut schema: RefOr<Schema>) -> (Option<String>, RefOr<Schema>) {
    let description = match &mut schema {
        RefOr::Ref(reference) => Some(std::mem::take(&mut reference.description)),
        RefOr::T(Schema::Object(object)) => object.description.take(),
        RefOr::T(Schema::Array(list)) => list.description.take(),
        RefOr::T(Schema::OneOf(choices)) => choices.description.take(),
        RefOr::T(_) => None,
    };
    (description.filter(|text| !text.is_empty()), schema)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use utoipa::PartialSchema;
    use utoipa::openapi::ObjectBuilder;

    use super::*;

    struct Symbol;

    impl PartialSchema for Symbol {
        fn schema() -> RefOr<Schema> {
            ObjectBuilder::new()
                .schema_type(Type::String)
                .description(Some("The symbol of an instrument."))
                .max_length(Some(12))
                .into()
        }
    }

    impl ToSchema for Symbol {}

    #[derive(ToSchema)]
    #[expect(dead_code, reason = "only described")]
    enum Status {
        Draft,
        Published,
    }

    #[derive(ToSchema)]
    #[expect(dead_code, reason = "only described")]
    struct Search {
        /// What to look for.
        text: String,
        /// Only this instrument.
        symbol: Option<Symbol>,
        /// Any of these.
        symbols: Vec<Symbol>,
        status: Option<Status>,
        /// At most so many.
        #[schema(minimum = 1)]
        limit: Option<u16>,
    }

    fn parameters<T: ToSchema>() -> (Op, Value) {
        let mut op = Op::default();
        op.add_query::<T>();
        let parameters = serde_json::to_value(&op.parameters).unwrap();
        (op, parameters)
    }

    #[test]
    fn each_property_is_a_parameter_and_null_is_left_out() {
        let (op, parameters) = parameters::<Search>();
        let expected = json!([
            { "name": "text", "in": "query", "required": true, "description": "What to look for.", "schema": { "type": "string" } },
            {
                "name": "symbol", "in": "query", "required": false, "description": "Only this instrument.",
                "schema": { "type": "string", "maxLength": 12 },
            },
            {
                "name": "symbols", "in": "query", "required": true, "description": "Any of these.",
                "schema": { "type": "array", "items": { "type": "string", "maxLength": 12 } },
            },
            { "name": "status", "in": "query", "required": false, "schema": { "$ref": "#/components/schemas/Status" } },
            {
                "name": "limit", "in": "query", "required": false, "description": "At most so many.",
                "schema": { "type": "integer", "format": "int32", "minimum": 1 },
            },
        ]);
        assert_eq!(parameters, expected);
        let named: Vec<&String> = op.schemas.keys().collect();
        assert_eq!(named, ["Status"], "a primitive stands where it is used");
    }

    mod elsewhere {
        use super::*;

        /// Another type of the same name.
        pub(super) struct Symbol;

        impl PartialSchema for Symbol {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new().schema_type(Type::Integer).into()
            }
        }

        impl ToSchema for Symbol {}
    }

    #[derive(ToSchema)]
    #[expect(dead_code, reason = "only described")]
    struct Ambiguous {
        one: Symbol,
        other: elsewhere::Symbol,
    }

    #[test]
    fn one_name_for_two_primitives_is_contested() {
        let (op, _) = parameters::<Ambiguous>();
        assert!(op.contested_names.contains("Symbol"), "{op:?}");
        let (op, _) = parameters::<Search>();
        assert!(op.contested_names.is_empty(), "{op:?}");
    }

    #[test]
    fn what_is_not_an_object_is_noted() {
        let (op, parameters) = parameters::<Status>();
        assert_eq!(parameters, json!([]));
        assert_eq!(op.unreadable_queries, ["Status"]);
    }
}
