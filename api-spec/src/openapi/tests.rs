use serde_json::{Value, json};
use utoipa::openapi::ContentBuilder;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};

use super::sample::{ENDPOINTS, VOCABULARY, object, ops, reference, settings};
use super::*;

fn build_with(endpoints: &[EndpointDef], ops: &[Op]) -> Result<Value, SpecError> {
    let pairs = endpoints.iter().zip(ops);
    let operations = pairs.map(|(def, op)| Operation { def, op });
    let operations = operations.collect::<Vec<_>>();
    let document = build_document(&settings(), &VOCABULARY, &operations)?;
    Ok(render_value(&document))
}

fn document() -> Value {
    build_with(&ENDPOINTS, &ops()).unwrap()
}

fn statuses(operation: &Value) -> Vec<&str> {
    let responses = operation["responses"].as_object().unwrap();
    responses.keys().map(String::as_str).collect()
}

#[test]
fn the_document_is_openapi_3_1_with_the_facts_of_the_deployment() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(
        document["info"],
        json!({
            "title": "Sample", "description": "A sample.", "version": "1.2.3",
            "license": {"name": "MIT", "identifier": "MIT"},
        })
    );
    assert_eq!(document["servers"][0]["url"], "https://api.example.com");
    assert_eq!(document["servers"][0]["x-internal"], false);
    let paths = document["paths"].as_object().unwrap();
    let paths = paths.keys().collect::<Vec<_>>();
    assert_eq!(
        paths,
        [
            "/health",
            "/api/v1/me",
            "/api/v1/reports",
            "/api/v1/instruments/{symbol}/prices"
        ]
    );
    assert_eq!(
        document["tags"],
        json!([
            {"name": "service"},
            {"name": "me"},
            {"name": "reports", "description": "What analysts write."},
            {"name": "instruments"},
        ])
    );
}

#[test]
fn a_public_operation_asks_for_nothing_and_counts_by_address() {
    let health = &document()["paths"]["/health"]["get"];
    assert_eq!(health["security"], json!([]));
    assert_eq!(health["x-access"], "public");
    assert_eq!(statuses(health), ["200", "429", "500", "504"]);
    assert!(health["responses"]["200"]["headers"]["RateLimit"].is_object());
}

#[test]
fn what_has_a_version_can_be_unchanged_and_says_so_without_content() {
    let mut ops = ops();
    let success = ops[1].success.as_mut().unwrap();
    for name in ["ETag", "Content-Disposition"] {
        let header = HeaderBuilder::new().description(Some(name)).build();
        success.headers.insert(name, header);
    }
    let document = build_with(&ENDPOINTS, &ops).unwrap();
    let me = &document["paths"]["/api/v1/me"]["get"];
    assert_eq!(
        statuses(me),
        [
            "200", "304", "400", "401", "422", "429", "500", "503", "504"
        ]
    );
    let condition = &me["parameters"][0];
    assert_eq!(
        (&condition["name"], &condition["in"]),
        (&json!("If-None-Match"), &json!("header"))
    );
    assert_eq!(condition["required"], false);
    let answer = &me["responses"]["304"];
    assert!(answer.get("content").is_none());
    let headers = answer["headers"].as_object().unwrap();
    let shown = me["responses"]["200"]["headers"].as_object().unwrap();
    assert_eq!(headers["ETag"], shown["ETag"]);
    let left_out = shown.keys().filter(|name| !headers.contains_key(*name));
    assert_eq!(left_out.collect::<Vec<_>>(), ["Content-Disposition"]);
}

#[test]
fn a_signed_in_operation_is_never_answered_403() {
    let me = &document()["paths"]["/api/v1/me"]["get"];
    assert_eq!(me["security"], json!([{"entra": []}, {"bearer": []}]));
    assert_eq!(
        statuses(me),
        ["200", "400", "401", "429", "500", "503", "504"]
    );
}

#[test]
fn a_restricted_operation_names_scopes_and_roles_to_machines() {
    let create = &document()["paths"]["/api/v1/reports"]["post"];
    assert_eq!(
        create["security"],
        json!([{"entra": ["api://desk/user_impersonation"]}, {"bearer": ["Analyst"]}])
    );
    assert_eq!(create["x-access"], "restricted");
    assert_eq!(create["x-roles"], json!(["Analyst"]));
    assert_eq!(create["x-scopes"], json!(["user_impersonation"]));
    assert_eq!(create["x-applications"], json!([]));
    assert_eq!(create["x-mcp-tool"], "create_report");
    assert_eq!(
        statuses(create),
        [
            "201", "400", "401", "403", "409", "412", "429", "500", "503", "504"
        ]
    );
    let shared = "#/components/responses/ForbiddenOrInsufficientScope";
    assert_eq!(create["responses"]["403"]["$ref"], shared);
}

#[test]
fn the_reader_is_told_who_may_call() {
    let create = &document()["paths"]["/api/v1/reports"]["post"];
    assert_eq!(create["summary"], "Create a report");
    let expected = "It starts as a draft.\n\nWho may call this: users with the role `Analyst` whose token carries \
                    the scope `user_impersonation`. The handler also checks: only the author.";
    assert_eq!(create["description"], expected);
}

#[test]
fn an_operation_for_applications_does_not_offer_the_sign_in_of_users() {
    let put = &document()["paths"]["/api/v1/instruments/{symbol}/prices"]["put"];
    assert_eq!(put["security"], json!([{"bearer": ["Ingest"]}]));
    assert_eq!(put["deprecated"], true);
    assert!(put["responses"]["204"].get("content").is_none());
    let shared = "#/components/responses/Forbidden";
    assert_eq!(put["responses"]["403"]["$ref"], shared);
}

#[test]
fn the_sign_in_scheme_asks_for_fully_qualified_scopes() {
    let schemes = &document()["components"]["securitySchemes"];
    let flow = &schemes["entra"]["flows"]["authorizationCode"];
    let tenant = "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555";
    assert_eq!(
        flow["authorizationUrl"],
        format!("{tenant}/oauth2/v2.0/authorize")
    );
    assert_eq!(flow["tokenUrl"], format!("{tenant}/oauth2/v2.0/token"));
    assert_eq!(flow["refreshUrl"], flow["tokenUrl"]);
    assert_eq!(
        flow["scopes"],
        json!({"api://desk/user_impersonation": "Use the service as the signed-in user"})
    );
    assert_eq!(schemes["bearer"]["type"], "http");
    assert_eq!(schemes["bearer"]["scheme"], "bearer");
}

#[test]
fn every_problem_follows_the_problem_schema_and_carries_a_correlation_id() {
    let document = document();
    let shared = document["components"]["responses"].as_object().unwrap();
    let create = &document["paths"]["/api/v1/reports"]["post"];
    let conflict = &create["responses"]["409"];
    for response in shared.values().chain([conflict]) {
        let schema = &response["content"]["application/problem+json"]["schema"]["$ref"];
        assert_eq!(schema, "#/components/schemas/Problem");
        assert!(response["headers"]["x-correlation-id"].is_object());
        assert!(response["headers"]["RateLimit"].is_object());
        assert!(response["headers"]["Access-Control-Allow-Origin"].is_object());
        assert!(!response["description"].as_str().unwrap().is_empty());
    }
    assert_eq!(conflict["x-problem-codes"], json!(["already_published"]));
    let unauthenticated = &shared["Unauthenticated"]["headers"];
    assert!(unauthenticated["WWW-Authenticate"].is_object());
    assert!(shared["RateLimited"]["headers"]["Retry-After"].is_object());
    assert!(shared["KeysUnavailable"]["headers"]["Retry-After"].is_object());
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let [json_texts, yaml_texts] = [render_json, render_yaml].map(|render| {
        (0..8)
            .map(|_| {
                let ops = ops();
                let pairs = ENDPOINTS.iter().zip(&ops);
                let operations = pairs.map(|(def, op)| Operation { def, op });
                let operations = operations.collect::<Vec<_>>();
                render(&build_document(&settings(), &VOCABULARY, &operations).unwrap())
            })
            .collect::<std::collections::BTreeSet<_>>()
    });
    assert_eq!(json_texts.len(), 1);
    assert_eq!(yaml_texts.len(), 1);
    let json: Value = serde_json::from_str(json_texts.first().unwrap()).unwrap();
    let yaml: Value = yaml_serde::from_str(yaml_texts.first().unwrap()).unwrap();
    assert_eq!(json, yaml);
}

#[test]
fn two_types_of_one_name_are_an_error() {
    let mut ops = ops();
    ops[1].schemas.insert("Report".to_owned(), object("other"));
    assert_eq!(
        build_with(&ENDPOINTS, &ops),
        Err(SpecError::SchemaCollision {
            name: "Report".to_owned(),
            operation_ids: ["me".to_owned(), "create_report".to_owned()],
        })
    );
    ops[1].schemas.insert("Report".to_owned(), object("title"));
    assert!(build_with(&ENDPOINTS, &ops).is_ok());
}

#[test]
fn a_type_that_takes_the_name_of_the_problem_schema_is_an_error() {
    let mut ops = ops();
    ops[1].schemas.insert("Problem".to_owned(), object("title"));
    let error = build_with(&ENDPOINTS, &ops).unwrap_err();
    assert!(
        matches!(error, SpecError::SchemaCollision { .. }),
        "{error}"
    );
}

#[test]
fn a_reference_to_nothing_is_an_error() {
    let mut ops = ops();
    let success = ops[1].success.as_mut().unwrap();
    success.content = Some(("application/json", reference("Nothing")));
    assert_eq!(
        build_with(&ENDPOINTS, &ops),
        Err(SpecError::UnknownReference {
            reference: "#/components/schemas/Nothing".to_owned()
        })
    );
}

#[test]
fn operations_that_stand_in_each_others_way_are_an_error() {
    let mut endpoints = ENDPOINTS;
    endpoints[2].operation_id = "me";
    let error = build_with(&endpoints, &ops()).unwrap_err();
    assert!(matches!(error, SpecError::DuplicateOperationId { .. }));

    let mut endpoints = ENDPOINTS;
    endpoints[2].method = Method::Get;
    endpoints[2].path = "/me";
    let error = build_with(&endpoints, &ops()).unwrap_err();
    assert!(matches!(error, SpecError::DuplicatePath { .. }), "{error}");
}

#[test]
fn a_path_parameter_that_no_argument_takes_is_an_error() {
    let mut ops = ops();
    ops[3].parameters.clear();
    assert_eq!(
        build_with(&ENDPOINTS, &ops),
        Err(SpecError::PathParameterMismatch {
            operation_id: "put_prices",
            name: "symbol".to_owned(),
            found_in: "template",
        })
    );
}

#[test]
fn a_sentence_about_a_tag_that_nothing_has_is_an_error() {
    let settings = DocumentSettings {
        tags: &[("raports", "What analysts write.")],
        ..settings()
    };
    let error = build_document(&settings, &VOCABULARY, &[]).unwrap_err();
    assert_eq!(error, SpecError::UnknownTag { name: "raports" });
}

/// Linters that know only scopes cannot check what OpenAPI 3.1 says of roles.
#[test]
fn a_requirement_names_a_scheme_and_the_scopes_of_its_flow() {
    let document = document();
    let schemes = &document["components"]["securitySchemes"];
    let scopes = &schemes["entra"]["flows"]["authorizationCode"]["scopes"];
    let operations = document["paths"].as_object().unwrap().values();
    let operations = operations.flat_map(|path| path.as_object().unwrap().values());
    let requirements = operations.flat_map(|operation| operation["security"].as_array().unwrap());
    for requirement in requirements {
        for (scheme, names) in requirement.as_object().unwrap() {
            assert!(schemes[scheme].is_object(), "{requirement}");
            let mut names = names.as_array().unwrap().iter().map(Value::as_str);
            let is_known = |name: &str| scheme == "bearer" || scopes.get(name).is_some();
            assert!(names.all(|name| is_known(name.unwrap())), "{requirement}");
        }
    }
}

#[test]
fn a_success_that_cannot_be_is_an_error() {
    let mut ops = ops();
    ops[0].success = None;
    let error = build_with(&ENDPOINTS, &ops).unwrap_err();
    assert_eq!(
        error,
        SpecError::NoSuccess {
            operation_id: "health"
        }
    );

    let mut endpoints = ENDPOINTS;
    endpoints[2].status = Some(204);
    let error = build_with(&endpoints, &self::ops()).unwrap_err();
    assert!(matches!(error, SpecError::BodyNotAllowed { .. }), "{error}");

    endpoints[2].status = Some(404);
    let error = build_with(&endpoints, &self::ops()).unwrap_err();
    assert!(matches!(error, SpecError::StatusIsNoSuccess { .. }));
}

#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "only its schema is read")]
struct Position {
    instrument: Instrument,
    history: Vec<Price>,
}

#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "only its schema is read")]
struct Instrument {
    symbol: String,
}

#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "only its schema is read")]
struct Price {
    close: f64,
}

#[test]
fn types_find_the_types_they_hold() {
    let describe: [fn(&mut Op) -> _; 3] = [
        |op| op.schema_of::<Position>(),
        |op| op.schema_of::<Vec<Position>>(),
        |op| op.schema_of::<Option<Position>>(),
    ];
    for describe in describe {
        let mut ops = ops();
        let schema = describe(&mut ops[1]);
        let success = ops[1].success.as_mut().unwrap();
        success.content = Some(("application/json", schema));
        let document = build_with(&ENDPOINTS, &ops).unwrap();
        let schemas = &document["components"]["schemas"];
        assert!(schemas["Instrument"]["properties"]["symbol"].is_object());
        assert!(schemas["Price"]["properties"]["close"].is_object());
    }
}

#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "only its schema is read")]
struct Letter {
    #[schema(value_type = Vec<String>, format = Binary)]
    scans: Vec<u8>,
}

#[test]
fn a_file_in_a_json_body_is_an_error_and_in_a_form_it_is_not() {
    let build = |media_type: &str| {
        let mut ops = ops();
        let schema = ops[1].schema_of::<Letter>();
        let content = ContentBuilder::new().schema(Some(schema)).build();
        let body = RequestBodyBuilder::new().content(media_type, content);
        ops[1].request_body = Some(body.build());
        build_with(&ENDPOINTS, &ops)
    };
    let error = build("application/json").unwrap_err();
    assert!(matches!(error, SpecError::FileInJson { .. }), "{error}");
    assert!(build("multipart/form-data").is_ok());
}

mod elsewhere {
    #[derive(utoipa::ToSchema)]
    #[expect(dead_code, reason = "only its schema is read")]
    pub(super) struct Price {
        amount: i64,
    }
}

#[test]
fn two_types_of_one_name_within_an_operation_are_an_error() {
    let mut ops = ops();
    ops[1].schema_of::<Position>();
    ops[1].schema_of::<elsewhere::Price>();
    let error = build_with(&ENDPOINTS, &ops).unwrap_err();
    assert!(matches!(error, SpecError::SchemaCollision { name, .. } if name == "Price"));
}

#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "only its schema is read")]
#[schema(example = json!({"day": {"number": 0}, "rows": []}))]
struct Diary {
    day: Day,
    #[schema(max_items = 2)]
    rows: Vec<String>,
}

#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "only its schema is read")]
struct Day {
    #[schema(minimum = 1)]
    number: u8,
}

#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "only its schema is read")]
struct Title {
    #[schema(max_length = 3, example = "abcd")]
    text: String,
}

#[test]
fn an_example_that_its_schema_refuses_is_an_error() {
    let answer = |describe: fn(&mut Op) -> _| {
        let mut ops = ops();
        let schema = describe(&mut ops[1]);
        let success = ops[1].success.as_mut().unwrap();
        success.content = Some(("application/json", schema));
        build_with(&ENDPOINTS, &ops).unwrap_err().to_string()
    };
    assert_eq!(
        answer(|op| op.schema_of::<Title>()),
        r#"schema Title/text: the example "abcd" does not fit: maxLength is 3; mend the example, or the schema"#
    );
    let through_a_reference = answer(|op| op.schema_of::<Vec<Diary>>());
    assert!(
        through_a_reference.contains("does not fit: /day/number: minimum is 1"),
        "{through_a_reference}"
    );
    let mut ops = ops();
    let schema = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .examples([json!(1), json!("two")]);
    let parameter = ParameterBuilder::new()
        .name("day")
        .parameter_in(ParameterIn::Query)
        .schema(Some(schema));
    ops[1].parameters.push(parameter.build());
    let error = build_with(&ENDPOINTS, &ops).unwrap_err().to_string();
    assert_eq!(
        error,
        r#"GET /api/v1/me, parameter day: the example "two" does not fit: expected integer, found string; mend the example, or the schema"#
    );
}
