//! What a client notices: operations, parameters, bodies, answers, tools.

use serde_json::json;

use super::*;

const PRICES: &str = "/api/v1/instruments/{symbol}/prices";

fn reports(document: &mut Value) -> &mut Value {
    &mut document["paths"]["/api/v1/reports"]["post"]
}

fn parameters(document: &mut Value) -> &mut Vec<Value> {
    let operation = &mut document["paths"][PRICES]["put"];
    operation["parameters"].as_array_mut().unwrap()
}

fn remove(object: &mut Value, name: &str) {
    object.as_object_mut().unwrap().shift_remove(name);
}

#[test]
fn the_document_tells_what_an_operation_takes_otherwise() {
    let table: [Row; 12] = [
        (
            "a required parameter is new",
            |it| parameters(it).push(json!({"name": "day", "in": "query", "required": true})),
            &[
                "breaks clients: PUT /api/v1/instruments/{symbol}/prices: parameter query day: new required parameter",
            ],
        ),
        (
            "an optional parameter is new",
            |it| parameters(it).push(json!({"name": "day", "in": "query"})),
            &[
                "harmless: PUT /api/v1/instruments/{symbol}/prices: parameter query day: new optional parameter",
            ],
        ),
        (
            "a parameter is gone",
            |it| parameters(it).clear(),
            &[
                "breaks clients: PUT /api/v1/instruments/{symbol}/prices: parameter path symbol: removed parameter",
            ],
        ),
        (
            "a parameter takes less",
            |it| parameters(it)[0]["schema"]["maxLength"] = json!(12),
            &[
                "breaks clients: PUT /api/v1/instruments/{symbol}/prices: parameter path symbol: maxLength any -> 12",
            ],
        ),
        (
            "a parameter is written otherwise",
            |it| parameters(it)[0]["style"] = json!("matrix"),
            &[
                "breaks clients: PUT /api/v1/instruments/{symbol}/prices: parameter path symbol: `style` null -> \"matrix\"",
            ],
        ),
        (
            "a body is asked for",
            |it| it["paths"][PRICES]["put"]["requestBody"] = json!({"required": true}),
            &[
                "breaks clients: PUT /api/v1/instruments/{symbol}/prices: request body: new required body",
            ],
        ),
        (
            "a body may be sent",
            |it| it["paths"][PRICES]["put"]["requestBody"] = json!({}),
            &["harmless: PUT /api/v1/instruments/{symbol}/prices: request body: new optional body"],
        ),
        (
            "no body is taken",
            |it| remove(reports(it), "requestBody"),
            &["breaks clients: POST /api/v1/reports: request body: removed body"],
        ),
        (
            "a body must be sent",
            |it| reports(it)["requestBody"]["required"] = json!(true),
            &["breaks clients: POST /api/v1/reports: request body: required now"],
        ),
        (
            "a body may have another form",
            |it| reports(it)["requestBody"]["content"]["text/csv"] = json!({}),
            &["harmless: POST /api/v1/reports: request body: new form text/csv"],
        ),
        (
            "an operation has another id",
            |it| reports(it)["operationId"] = json!("add_report"),
            &[
                "breaks clients: POST /api/v1/reports: the operation id `create_report` is now `add_report`",
            ],
        ),
        (
            "an operation is described otherwise",
            |it| reports(it)["summary"] = json!("Write"),
            &["harmless: POST /api/v1/reports: `summary` changed"],
        ),
    ];
    check_table(Description::Document, &document(), &table);
}

#[test]
fn the_document_tells_what_an_operation_answers_otherwise() {
    let table: [Row; 11] = [
        (
            "success has another status",
            |it| {
                let created = reports(it)["responses"]["201"].take();
                remove(&mut reports(it)["responses"], "201");
                reports(it)["responses"]["200"] = created;
            },
            &[
                "breaks clients: POST /api/v1/reports: 201: removed answer",
                "harmless: POST /api/v1/reports: 200: new answer",
            ],
        ),
        (
            "a problem is no longer answered",
            |it| remove(&mut reports(it)["responses"], "409"),
            &["harmless: POST /api/v1/reports: 409: no longer answered"],
        ),
        (
            "an answer has no body",
            |it| reports(it)["responses"]["201"]["content"] = json!({}),
            &["breaks clients: POST /api/v1/reports: 201: removed form application/json"],
        ),
        (
            "a header is gone",
            |it| {
                remove(
                    &mut reports(it)["responses"]["201"]["headers"],
                    "x-correlation-id",
                )
            },
            &["breaks clients: POST /api/v1/reports: 201: header x-correlation-id: removed header"],
        ),
        (
            "a header is new",
            |it| reports(it)["responses"]["201"]["headers"]["ETag"] = json!({}),
            &["harmless: POST /api/v1/reports: 201: header ETag: new header"],
        ),
        (
            "a shared answer has other words",
            |it| it["components"]["responses"]["Unauthenticated"]["description"] = json!("Oh."),
            &["harmless: answer Unauthenticated: `description` changed"],
        ),
        (
            "the service is elsewhere",
            |it| it["servers"][0]["url"] = json!("https://b.example.com"),
            &[
                "breaks clients: servers: https://api.example.com is gone",
                "harmless: servers: https://b.example.com is new",
            ],
        ),
        (
            "tokens come from elsewhere",
            |it| {
                let flows = &mut it["components"]["securitySchemes"]["entra"]["flows"];
                flows["authorizationCode"]["tokenUrl"] = json!("https://b.example.com");
            },
            &["breaks clients: sign-in entra: `tokenUrl` changed"],
        ),
        (
            "a scope is new",
            |it| {
                let flows = &mut it["components"]["securitySchemes"]["entra"]["flows"];
                flows["authorizationCode"]["scopes"]["api://desk/write"] = json!("Write");
            },
            &["harmless: sign-in entra: the scope api://desk/write is new"],
        ),
        (
            "a way to sign in is gone",
            |it| remove(&mut it["components"]["securitySchemes"], "bearer"),
            &["breaks clients: sign-in bearer: removed"],
        ),
        (
            "the document has another version",
            |it| it["info"]["version"] = json!("2.0.0"),
            &["harmless: document: `info` changed"],
        ),
    ];
    check_table(Description::Document, &document(), &table);
}

#[test]
fn the_tools_tell_what_a_call_gives_and_gets_otherwise() {
    let table: [Row; 9] = [
        (
            "a tool is new",
            |it| {
                let mut tool = it[0].clone();
                tool["name"] = json!("write_report");
                it.as_array_mut().unwrap().push(tool);
            },
            &["harmless: tool write_report: new tool"],
        ),
        (
            "a tool is gone",
            |it| it.as_array_mut().unwrap().clear(),
            &["breaks clients: tool create_report: removed tool"],
        ),
        (
            "an argument is required",
            |it| it[0]["input_schema"]["required"] = json!(["title"]),
            &["breaks clients: tool create_report: input/title: required now"],
        ),
        (
            "an argument is new",
            |it| it[0]["input_schema"]["properties"]["body"] = json!({"type": "string"}),
            &["harmless: tool create_report: input/body: new property"],
        ),
        (
            "an argument is gone",
            |it| it[0]["input_schema"]["properties"] = json!({}),
            &["breaks clients: tool create_report: input/title: removed property"],
        ),
        (
            "the output loses a property",
            |it| it[0]["output_schema"]["properties"] = json!({}),
            &["breaks clients: tool create_report: output/title: removed property"],
        ),
        (
            "the output is not described",
            |it| it[0]["output_schema"] = json!(null),
            &["breaks clients: tool create_report: no longer promises a structured output"],
        ),
        (
            "a call removes something",
            |it| it[0]["destructive"] = json!(true),
            &["breaks clients: tool create_report: is no longer `destructive: false`"],
        ),
        (
            "a call only reads",
            |it| it[0]["read_only"] = json!(true),
            &["harmless: tool create_report: is now `read_only: true`"],
        ),
    ];
    check_table(Description::Tools, &tools(), &table);
}
