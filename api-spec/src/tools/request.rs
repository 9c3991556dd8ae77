//! From a call's arguments to the request that the endpoint's own route answers.

use std::borrow::Cow;

use serde_json::{Map, Number, Value};

use crate::schema_check::{SchemaFault, check_members};
use crate::{ArgumentPlace, BodyForm, FORM, JSON, Method, ToolDef, pointer_to, whole};

/// Longest path and query of a request that a message makes, in bytes: what `http::Uri` holds (2^16 - 2).
pub const LONGEST_PATH_AND_QUERY_BYTES: usize = 65_534;

/// A request to the endpoint behind a tool.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolRequest {
    /// The endpoint's method.
    pub method: Method,
    /// Path and query, percent-encoded.
    pub path_and_query: String,
    /// Headers that arguments stand for; values are printable ASCII.
    pub headers: Vec<(String, String)>,
    /// The body, if the endpoint reads one.
    pub body: Option<ToolBody>,
}

/// The body of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolBody {
    /// Its media type, for `Content-Type`.
    pub media_type: &'static str,
    /// The body as it is sent.
    pub text: String,
}

/// Checks a call's arguments and puts each in its place.
///
/// # Errors
/// Every [`SchemaFault`] found.
///
/// # Security
/// A value can never lead to another route: all but unreserved characters are encoded, and a path segment that is
/// empty, `.` or `..` is refused.
pub fn build_request(
    tool: &ToolDef,
    arguments: &Map<String, Value>,
) -> Result<ToolRequest, Vec<SchemaFault>> {
    let arguments = without_absent(tool, arguments);
    let mut faults = check_members(&tool.input_schema, &arguments);
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut path = tool.endpoint.full_path();
    let mut query = Vec::new();
    let mut headers = Vec::new();
    let mut members = Map::new();
    let mut pairs = Vec::new();
    let mut whole_body = None;
    for (name, value) in arguments.as_ref() {
        let Some(place) = tool.arguments.get(name) else {
            continue;
        };
        let placed = match place {
            ArgumentPlace::Path => path_segment(value).map(|segment| {
                path = path.replacen(&format!("{{{name}}}"), &segment, 1);
            }),
            ArgumentPlace::Query => pairs_of(name, value).map(|pairs| query.extend(pairs)),
            ArgumentPlace::Header => header_value(value).map(|value| {
                headers.push((name.to_ascii_lowercase(), value));
            }),
            ArgumentPlace::BodyProperty => match tool.body_form {
                BodyForm::Json => {
                    members.insert(name.clone(), value.clone());
                    Ok(())
                }
                BodyForm::Form => pairs_of(name, value).map(|more| pairs.extend(more)),
            },
            ArgumentPlace::Body => {
                whole_body = Some(value.clone());
                Ok(())
            }
        };
        if let Err(detail) = placed {
            faults.push(SchemaFault {
                pointer: pointer_to("", name),
                detail: detail.to_owned(),
            });
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(ToolRequest {
        method: tool.endpoint.method,
        path_and_query: path_and_query(path, &query).map_err(|fault| vec![fault])?,
        headers,
        body: match tool.body_form {
            BodyForm::Json => whole_body
                .or_else(|| body_of(tool, members))
                .map(|body| ToolBody {
                    media_type: JSON,
                    text: body.to_string(),
                }),
            BodyForm::Form => (!pairs.is_empty() || !tool.has_optional_body).then(|| ToolBody {
                media_type: FORM,
                text: pairs.join("&"),
            }),
        },
    })
}

/// `null` for an optional parameter says the same as leaving it out; only a JSON body can tell the two apart.
fn without_absent<'a>(
    tool: &ToolDef,
    arguments: &'a Map<String, Value>,
) -> Cow<'a, Map<String, Value>> {
    let is_parameter = |name: &str| match tool.arguments.get(name) {
        Some(ArgumentPlace::Query | ArgumentPlace::Header) => true,
        Some(ArgumentPlace::BodyProperty) if tool.body_form == BodyForm::Form => true,
        Some(ArgumentPlace::Path | ArgumentPlace::BodyProperty | ArgumentPlace::Body) | None => {
            false
        }
    };
    let is_absent = |name: &str, value: &Value| value.is_null() && is_parameter(name);
    if !arguments.iter().any(|(name, value)| is_absent(name, value)) {
        return Cow::Borrowed(arguments);
    }
    let mut present = arguments.clone();
    present.retain(|name, value| !is_absent(name, value));
    Cow::Owned(present)
}

/// Joins a path with the pairs of a query.
///
/// # Errors
/// A fault of the arguments as a whole, when both are longer than a request holds: a message may have more.
pub(crate) fn path_and_query(path: String, query: &[String]) -> Result<String, SchemaFault> {
    let path_and_query = match query {
        [] => path,
        [..] => format!("{path}?{}", query.join("&")),
    };
    let length = path_and_query.len();
    if length <= LONGEST_PATH_AND_QUERY_BYTES {
        return Ok(path_and_query);
    }
    Err(SchemaFault {
        pointer: String::new(),
        detail: format!(
            "path and query have {length} bytes, percent-encoded, and at most \
             {LONGEST_PATH_AND_QUERY_BYTES}: send shorter values"
        ),
    })
}

/// An endpoint that must have an object gets one, also when all its properties are optional and absent.
fn body_of(tool: &ToolDef, members: Map<String, Value>) -> Option<Value> {
    if members.is_empty() && tool.has_optional_body {
        return None;
    }
    tool.has_object_body.then_some(Value::Object(members))
}

fn scalar(value: &Value) -> Result<String, &'static str> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number_text(number)),
        Value::Bool(flag) => Ok(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => {
            Err("expected a string, a number or a boolean")
        }
    }
}

/// A whole number without a point: `7.0` is the integer that a path or a query writes `7`.
fn number_text(number: &Number) -> String {
    match number.as_f64().filter(|_| number.is_f64()).and_then(whole) {
        Some(whole) => whole.to_string(),
        None => number.to_string(),
    }
}

/// The text of one path segment.
pub(crate) fn path_segment(value: &Value) -> Result<String, &'static str> {
    let segment = scalar(value)?;
    if segment.is_empty() {
        return Err("must not be empty");
    }
    if segment == "." || segment == ".." {
        return Err("`.` and `..` are not values");
    }
    Ok(percent_encode(&segment))
}

fn pairs_of(name: &str, value: &Value) -> Result<Vec<String>, &'static str> {
    let name = percent_encode(name);
    let pair = |value: &Value| Ok(format!("{name}={}", percent_encode(&scalar(value)?)));
    match value {
        Value::Array(items) => items.iter().map(pair).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            pair(value).map(|pair| vec![pair])
        }
    }
}

/// A line break would begin another header.
fn header_value(value: &Value) -> Result<String, &'static str> {
    let value = scalar(value)?;
    let is_printable = value.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if is_printable && value.trim() == value {
        Ok(value)
    } else {
        Err("must be printable ASCII without spaces around it")
    }
}

/// Encodes everything but unreserved characters (RFC 3986 section 2.3).
pub(crate) fn percent_encode(value: &str) -> String {
    let mut encoded = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_whole_number_stands_in_a_path_without_a_point() {
        for (value, text) in [
            (json!(7.0), "7"),
            (json!(-0.0), "0"),
            (json!(-7.0), "-7"),
            (json!(7), "7"),
            (json!(7.25), "7.25"),
            (json!(u64::MAX), "18446744073709551615"),
        ] {
            assert_eq!(scalar(&value), Ok(text.to_owned()));
        }
    }
}
