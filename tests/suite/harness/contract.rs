//! Every answer that a suite sees from an operation is held against the document: status, media type, problem code,
//! headers and body. A test that meets an undocumented answer fails, whatever it came to prove.

use std::process::Command;
use std::sync::LazyLock;

use jsonschema::Validator;
use reqwest::{Method, Url};
use serde_json::{Map, Value, json};

use super::Answer;

/// What `app openapi` prints.
static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let mut command = Command::new(env!("CARGO_BIN_EXE_app"));
    let printed = command.arg("openapi").env_clear().output();
    let printed = printed.expect("the binary starts").stdout;
    serde_json::from_slice(&printed).expect("the document is JSON")
});

/// Holds an answer against the document, when an operation stands at this path.
#[track_caller]
pub(super) fn check(method: &Method, url: &Url, answer: &Answer) {
    let Some((template, path)) = find_path(url.path()) else {
        return;
    };
    // HEAD is answered as GET without the body (RFC 9110 section 9.3.2).
    let has_body = *method != Method::HEAD;
    let documented_as = if has_body { method.as_str() } else { "GET" };
    let faults = match path.get(&documented_as.to_lowercase()) {
        Some(operation) => faults_of(operation, answer, has_body),
        // A preflight or a question for the methods; everything else is refused.
        None if method == Method::OPTIONS || answer.status == 405 => Vec::new(),
        None => vec!["no such operation, and yet the answer is not 405".to_owned()],
    };
    assert!(
        faults.is_empty(),
        "{method} {template} does not answer as documented:\n- {}\n{answer}",
        faults.join("\n- ")
    );
}

/// The template that the router takes this path for, and what the document says there.
fn find_path(path: &str) -> Option<(&'static str, &'static Map<String, Value>)> {
    let is_at = |template: &str| {
        let (mut wanted, mut given) = (template.split('/'), path.split('/'));
        loop {
            match (wanted.next(), given.next()) {
                (None, None) => return true,
                (Some(wanted), Some(given)) if wanted == given => {}
                (Some(wanted), Some(given)) if wanted.starts_with('{') && !given.is_empty() => {}
                _ => return false,
            }
        }
    };
    let paths = DOCUMENT["paths"].as_object()?;
    let (template, item) = paths.iter().find(|(template, _)| is_at(template))?;
    Some((template, item.as_object()?))
}

fn faults_of(operation: &'static Value, answer: &Answer, has_body: bool) -> Vec<String> {
    let response = &operation["responses"][answer.status.to_string()];
    if response.is_null() {
        return vec!["the status is not documented".to_owned()];
    }
    let response = resolve(response);
    let mut faults = header_faults(response, answer);
    if has_body {
        faults.extend(body_faults(response, answer));
    }
    faults
}

fn header_faults(response: &'static Value, answer: &Answer) -> Vec<String> {
    let documented = response["headers"].as_object().into_iter().flatten();
    let mut faults = Vec::new();
    for (name, header) in documented {
        let Some(text) = answer.header(name) else {
            continue;
        };
        let schema = &resolve(header)["schema"];
        let value = match schema["type"].as_str() {
            Some("integer") => text.parse::<i64>().map_or(json!(text), Value::from),
            _ => json!(text),
        };
        faults.extend(schema_faults(schema, &value, &format!("header {name}")));
    }
    faults
}

fn body_faults(response: &'static Value, answer: &Answer) -> Vec<String> {
    let Some(documented) = response["content"].as_object() else {
        return match answer.body.is_empty() {
            true => Vec::new(),
            false => vec!["a body, where none is documented".to_owned()],
        };
    };
    let content_type = answer.header("content-type").unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    let Some(content) = documented.get(media_type) else {
        return vec![format!("the media type {media_type:?} is not documented")];
    };
    if !media_type.ends_with("json") {
        return Vec::new();
    }
    let body = answer.json();
    let mut faults = schema_faults(&content["schema"], &body, "body");
    let codes = response["x-problem-codes"].as_array();
    if codes.is_some_and(|codes| !codes.contains(&body["code"])) {
        faults.push(format!(
            "the problem code {} is not documented",
            body["code"]
        ));
    }
    faults
}

/// What a value of the document's own, such as an example, does not keep of a schema; `place` begins each sentence.
pub(crate) fn schema_faults(schema: &Value, value: &Value, place: &str) -> Vec<String> {
    let validator = match build_validator(schema) {
        Ok(validator) => validator,
        Err(error) => return vec![format!("{place}: {error}")],
    };
    let errors = validator.iter_errors(value);
    errors
        .map(|error| format!("{place} at {:?}: {error}", error.instance_path().as_str()))
        .collect()
}

fn build_validator(schema: &Value) -> Result<Validator, String> {
    let schema = json!({ "allOf": [schema], "components": DOCUMENT["components"] });
    let options = jsonschema::draft202012::options().should_validate_formats(true);
    options.build(&schema).map_err(|error| error.to_string())
}

/// The document that answers are held against.
pub(crate) fn document() -> &'static Value {
    &DOCUMENT
}

/// Follows one `$ref` within the document.
fn resolve(value: &'static Value) -> &'static Value {
    let Some(reference) = value["$ref"].as_str() else {
        return value;
    };
    let pointer = reference.trim_start_matches('#');
    DOCUMENT
        .pointer(pointer)
        .expect("references are not dangling")
}

#[test]
fn an_answer_that_the_document_does_not_allow_is_named() {
    let health =
        r#"{"status":"ok","environment":"test","authentication":"required","keys":"fresh"}"#;
    let cases = [
        (200, "application/json", health, None),
        (
            201,
            "application/json",
            health,
            Some("the status is not documented"),
        ),
        (200, "text/html", health, Some("is not documented")),
        (
            200,
            "application/json",
            r#"{"status":"ok"}"#,
            Some("body at \"\""),
        ),
        (
            500,
            "application/problem+json",
            r#"{"type":"urn:x:y","title":"Y","status":500,"code":"y","correlation_id":"1"}"#,
            Some("the problem code \"y\" is not documented"),
        ),
    ];
    let (_, path) = find_path("/health").unwrap();
    for (status, content_type, body, expected) in cases {
        let content_type = reqwest::header::HeaderValue::from_static(content_type);
        let headers = [(reqwest::header::CONTENT_TYPE, content_type)];
        let answer = Answer {
            status,
            headers: headers.into_iter().collect(),
            body: body.into(),
        };
        let faults = faults_of(&path["get"], &answer, true).join("; ");
        match expected {
            Some(expected) => assert!(faults.contains(expected), "{faults}"),
            None => assert_eq!(faults, ""),
        }
    }
}
