//! What is said of a value that fits no variant of an enum.

use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::super::check_against;

#[derive(Serialize, ToSchema)]
#[expect(dead_code, reason = "only its schema is read")]
enum Kind {
    Equity,
    Fund,
}

#[derive(Serialize, ToSchema)]
struct Circle {
    radius: f64,
    unit: String,
}

#[derive(Serialize, ToSchema)]
#[expect(dead_code, reason = "only its schema is read")]
enum Outside {
    Empty,
    Round(Circle),
    Square { side: f64, unit: String },
    Nothing,
}

#[derive(Serialize, ToSchema)]
#[serde(tag = "type")]
#[expect(dead_code, reason = "only its schema is read")]
enum Inside {
    Empty,
    Round(Circle),
    Square { side: f64, unit: String },
}

#[derive(Serialize, ToSchema)]
#[serde(tag = "type", content = "of")]
#[expect(dead_code, reason = "only its schema is read")]
enum Beside {
    Round(Circle),
    Side(f64),
}

#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its schema is read")]
enum Untagged {
    Name(String),
    Round(Circle),
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is read")]
struct Form {
    kind: Option<Kind>,
    outside: Option<Outside>,
    inside: Option<Inside>,
    beside: Option<Beside>,
    untagged: Option<Untagged>,
    one: Option<Circle>,
}

const OUTSIDE: &str =
    r#"expected one of "Empty", "Nothing" or an object with one member of "Round", "Square""#;

#[test]
fn the_fault_of_a_wrong_variant_names_what_is_allowed_and_where() {
    let inside = r#"one of "Empty", "Round", "Square""#;
    let cases = [
        (
            "kind",
            json!("Bond"),
            "",
            r#"expected one of "Equity", "Fund" or null"#.to_owned(),
        ),
        (
            "kind",
            json!({"Fund": 1}),
            "",
            r#"expected one of "Equity", "Fund" or null, found object"#.to_owned(),
        ),
        (
            "kind",
            json!(7),
            "",
            r#"expected one of "Equity", "Fund" or null, found integer"#.to_owned(),
        ),
        ("outside", json!("Emty"), "", OUTSIDE.to_owned()),
        ("outside", json!("Round"), "", OUTSIDE.to_owned()),
        (
            "outside",
            json!({"Rund": {"radius": 1, "unit": "m"}}),
            "",
            OUTSIDE.to_owned(),
        ),
        ("outside", json!({}), "", OUTSIDE.to_owned()),
        (
            "outside",
            json!(["Round"]),
            "",
            format!("{OUTSIDE}, found array"),
        ),
        (
            "outside",
            json!({"Round": {"unit": 7}}),
            "/Round/radius",
            "is required".to_owned(),
        ),
        (
            "outside",
            json!({"Square": 7}),
            "/Square",
            "expected object, found integer".to_owned(),
        ),
        (
            "inside",
            json!({"type": "Rund", "radius": 1}),
            "/type",
            format!("expected {inside}"),
        ),
        (
            "inside",
            json!({"radius": 1, "unit": "m"}),
            "/type",
            format!("is required: {inside}"),
        ),
        (
            "inside",
            json!({"type": "Round", "unit": "m"}),
            "/radius",
            "is required".to_owned(),
        ),
        (
            "inside",
            json!("Empty"),
            "",
            format!(r#"expected an object whose "type" is {inside}, found string"#),
        ),
        (
            "beside",
            json!({"type": "Round", "of": 7}),
            "/of",
            "expected object, found integer".to_owned(),
        ),
        (
            "beside",
            json!({"type": "x", "of": 7}),
            "/type",
            r#"expected one of "Round", "Side""#.to_owned(),
        ),
        (
            "untagged",
            json!({"unit": "m"}),
            "/radius",
            "is required".to_owned(),
        ),
        (
            "untagged",
            json!(7),
            "",
            "expected object or string, found integer".to_owned(),
        ),
        (
            "one",
            json!({"unit": "m"}),
            "/radius",
            "is required".to_owned(),
        ),
    ];
    for (member, value, below, detail) in cases {
        let faults = check_against::<Form>(&json!({ member: value }));
        let told: Vec<_> = faults
            .iter()
            .map(|it| (it.pointer.as_str(), it.detail.as_str()))
            .collect();
        let pointer = format!("/{member}{below}");
        assert!(
            told.contains(&(pointer.as_str(), detail.as_str())),
            "{member} {value}: {told:?}"
        );
    }
}

#[test]
fn what_fits_a_variant_has_no_fault() {
    for (member, value) in [
        ("kind", json!("Fund")),
        ("kind", json!(null)),
        ("outside", json!("Empty")),
        ("outside", json!({"Round": {"radius": 1, "unit": "m"}})),
        ("inside", json!({"type": "Square", "side": 1, "unit": "m"})),
        ("beside", json!({"type": "Side", "of": 7})),
        ("untagged", json!("round")),
    ] {
        assert_eq!(
            check_against::<Form>(&json!({ member: value })),
            [],
            "{member} {value}"
        );
    }
}
