//! The schema and the loader agree; the loader is asked with the same texts.

use jsonschema::Validator;
use serde_json::{Value as Json, json};

use super::render_schema;
use crate::config::Registry;
use crate::config::sections::Environment;
use crate::config::tests::sources::{DATABASE, valid};

fn schema() -> Json {
    let text = render_schema(&Registry::new(DATABASE), "Research desk");
    serde_json::from_str(&text).unwrap()
}

fn validator() -> Validator {
    jsonschema::draft202012::new(&schema()).unwrap()
}

fn as_json(toml: &str) -> Json {
    let table: toml::Table = toml.parse().unwrap();
    serde_json::to_value(table).unwrap()
}

#[test]
fn the_schema_is_one_by_its_own_dialect() {
    assert!(jsonschema::draft202012::meta::is_valid(&schema()));
}

#[test]
fn the_schema_has_every_key_with_its_default_and_sentence() {
    let schema = schema();
    let registry = Registry::new(DATABASE);
    for key in registry.keys() {
        let pointer = format!("/properties/{}", key.name.replace('.', "/properties/"));
        let found = schema.pointer(&pointer);
        let found = found.unwrap_or_else(|| panic!("{} is missing", key.name));
        let description = found["description"].as_str().unwrap();
        assert!(description.starts_with(key.doc) && description.contains(&key.variable));
        assert_eq!(
            found["writeOnly"].as_bool(),
            key.secret.then_some(true),
            "{}",
            key.name
        );
    }
    assert_eq!(
        schema["properties"]["server"]["properties"]["body_limit"]["default"],
        "1MiB"
    );
    assert_eq!(
        schema["properties"]["auth"]["properties"]["required"]["default"],
        true
    );
    assert_eq!(
        schema["properties"]["rate_limit"]["properties"]["burst"]["default"],
        200
    );
    assert_eq!(
        schema["properties"]["cors"]["properties"]["allowed_origins"]["default"],
        json!([])
    );
}

/// Every default is one of the values that the schema accepts.
#[test]
fn every_default_fits_the_schema() {
    let validator = validator();
    let registry = Registry::new(DATABASE);
    for environment in Environment::ALL {
        for key in registry.keys() {
            let Some(text) = key.default_text(environment) else {
                continue;
            };
            let layer = key
                .name
                .rsplit('.')
                .fold(json!(text), |inner, part| json!({ part: inner }));
            assert!(validator.is_valid(&layer), "{} = {text}", key.name);
        }
    }
}

/// Layers that the loader was asked about too.
#[test]
fn schema_and_loader_say_the_same_of_a_layer() {
    let table = [
        (
            "typed",
            "[auth]\nrequired = true\n[rate_limit]\nburst = 3",
            true,
        ),
        (
            "as texts",
            "[auth]\nrequired = \"Yes\"\n[rate_limit]\nburst = \"3\"",
            true,
        ),
        ("dotted", "auth.keys.refresh = \"1h 30min\"", true),
        ("sizes", "server.body_limit = 2048", true),
        ("sizes as texts", "server.body_limit = \"1.5MiB\"", true),
        (
            "lists",
            "cors.allowed_origins = [\"https://desk.contoso.com\"]",
            true,
        ),
        (
            "lists as texts",
            "cors.allowed_origins = \"https://desk.contoso.com\"",
            true,
        ),
        (
            "tables",
            "auth.roles = { \"D.A\" = \"Admin\", V = \"Viewer\", I = \"Ingest\" }",
            true,
        ),
        ("IPv6", "server.bind = \"[::1]:8080\"", true),
        ("a misspelt key", "[server]\nbnid = \"127.0.0.1:1\"", false),
        (
            "a misspelt section",
            "[sevrer]\nbind = \"127.0.0.1:1\"",
            false,
        ),
        (
            "an environment",
            "[prod.server]\nbind = \"127.0.0.1:1\"",
            false,
        ),
        (
            "a number for a duration",
            "server.request_timeout = 30",
            false,
        ),
        ("no unit", "server.request_timeout = \"30\"", false),
        ("a number for a boolean", "auth.required = 1", false),
        ("no boolean", "auth.required = \"off\"", false),
        ("out of range", "rate_limit.burst = 10000001", false),
        ("below range", "rate_limit.burst = 0", false),
        ("no host names", "server.bind = \"localhost:8080\"", false),
        ("no choice", "docs.access = \"everybody\"", false),
        ("no GUID", "auth.tenant_id = \"contoso\"", false),
        (
            "no http",
            "auth.authority = \"login.microsoftonline.com\"",
            false,
        ),
        ("no texts", "cors.allowed_origins = [1]", false),
        ("no texts in a table", "auth.roles = { A = 1 }", false),
        ("a value for a section", "auth.keys = 5", false),
    ];
    let validator = validator();
    for (case, text, is_right) in table {
        assert_eq!(
            validator.is_valid(&as_json(text)),
            is_right,
            "schema: {case}"
        );
        let layers: &'static [(&str, &str)] = Box::leak(Box::new([("default.toml", text)]));
        let mut sources = valid(Environment::Prod).shipped(layers);
        if text.contains("tenant_id") {
            sources = sources.without("AZURE_TENANT_ID");
        }
        assert_eq!(
            sources.ids().is_empty(),
            is_right,
            "loader: {case}: {:?}",
            sources.ids()
        );
    }
}
