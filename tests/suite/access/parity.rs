//! One decision, whichever way an operation is called: as REST, as a tool in either era, and in the list of tools.
//!
//! Nothing is compared with the matrix here, but the surfaces with each other, also for credentials that are none.

use super::samples;
use crate::harness::{
    Answer, Era, Matrix, MatrixOperation, Mcp, Program, Reply, Service, TENANT_ID, Tenant, Token,
    foreign_key,
};

/// What became of a call, before any handler looked at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Decision {
    Allowed,
    Unauthenticated,
    MissingScope,
    Refused,
}

/// A credential with its name; `None` sends none.
type Credential = (String, Option<String>);

#[tokio::test]
async fn every_surface_decides_alike_about_every_caller() {
    let matrix = Matrix::read().await;
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    let callers = matrix.callers.iter().filter(|caller| caller.kind != "poc");
    let mut credentials: Vec<Credential> = Vec::new();
    for caller in callers {
        let token = caller.token(&tenant);
        let guest = token.as_ref().map(|token| token.clone().claim("acct", 1));
        credentials.push((caller.id.clone(), token.map(|token| token.to_string())));
        if caller.kind == "user" {
            let guest = guest.map(|token| token.to_string());
            credentials.push((format!("{}, a guest", caller.id), guest));
        }
    }
    let decisions = compare(&matrix, &service, &credentials).await;
    // Had every caller been refused, or let in, the surfaces would have agreed about nothing.
    for decision in [
        Decision::Allowed,
        Decision::Unauthenticated,
        Decision::MissingScope,
        Decision::Refused,
    ] {
        assert!(decisions.contains(&decision), "nobody met {decision:?}");
    }
}

#[tokio::test]
async fn every_surface_refuses_every_credential_that_does_not_hold() {
    let matrix = Matrix::read().await;
    let tenant = Tenant::start().await;
    let service = Service::start_ready(unlimited(&tenant)).await;
    let mut credentials = Vec::new();
    for kind in ["user", "application"] {
        // Whoever may do most: nothing but the fault is there to refuse them for.
        let of_kind = matrix.callers.iter().filter(|caller| caller.kind == kind);
        let widest = of_kind.max_by_key(|caller| matrix.allowed(caller));
        let caller = widest.expect("the matrix has callers of each kind");
        if let Some(token) = caller.token(&tenant) {
            credentials.extend(
                broken(&token)
                    .map(|(fault, broken)| (format!("{}, {fault}", caller.id), Some(broken))),
            );
        }
    }
    let decisions = compare(&matrix, &service, &credentials).await;
    let is_refused = |decision: &Decision| *decision == Decision::Unauthenticated;
    assert!(decisions.iter().all(is_refused), "{decisions:?}");
}

#[tokio::test]
async fn every_surface_keeps_the_policies_of_the_deployment() {
    let matrix = Matrix::read().await;
    let tenant = Tenant::start().await;
    let users = matrix.callers.iter().filter(|caller| caller.kind == "user");
    let guests: Vec<Credential> = users
        .filter_map(|caller| {
            let guest = caller.token(&tenant)?.claim("acct", 1);
            Some((caller.id.clone(), Some(guest.to_string())))
        })
        .collect();
    let other_client = "0d3c5b1e-6f0a-4a53-9a4e-7b8c2d1f9e60";
    let policies: [Program; 2] = [
        unlimited(&tenant).set("APP_AUTH__GUESTS", "deny"),
        unlimited(&tenant).set("APP_AUTH__ALLOWED_CLIENTS", other_client),
    ];
    for program in policies {
        let service = Service::start_ready(program).await;
        let decisions = compare(&matrix, &service, &guests).await;
        let is_refused = |decision: &Decision| *decision == Decision::Unauthenticated;
        assert!(decisions.iter().all(is_refused), "{decisions:?}");
    }
}

/// A service that does not tire of failures: so many from one address would be 429.
fn unlimited(tenant: &Tenant) -> Program {
    Service::program_for(tenant).set("APP_RATE_LIMIT__ENABLED", "false")
}

/// The credential of a caller, wrong in one thing.
fn broken(token: &Token) -> [(&'static str, String); 9] {
    let other = "0d3c5b1e-6f0a-4a53-9a4e-7b8c2d1f9e60";
    let issuer = token.get("iss").as_str().unwrap_or_default();
    let now = crate::harness::unix_now();
    let unsigned = format!("{}.", token.signing_input());
    [
        ("expired", token.clone().expired().to_string()),
        (
            "not yet valid",
            token
                .clone()
                .valid_between(now + 900, now + 1800)
                .to_string(),
        ),
        (
            "for another audience",
            token.clone().claim("aud", other).to_string(),
        ),
        (
            "of another tenant",
            token
                .clone()
                .claim("tid", other)
                .claim("iss", issuer.replace(TENANT_ID, other))
                .to_string(),
        ),
        (
            "of another issuer",
            token
                .clone()
                .claim("iss", "https://login.example/v2.0")
                .to_string(),
        ),
        ("without a person", token.clone().without("oid").to_string()),
        (
            "without scope and role",
            token
                .clone()
                .without("scp")
                .without("roles")
                .without("idtyp")
                .to_string(),
        ),
        (
            "signed by a stranger",
            token.clone().signed_by(foreign_key()).to_string(),
        ),
        ("without a signature", unsigned),
    ]
}

/// Asks every tool's operation on every surface, and gives what was decided.
async fn compare(matrix: &Matrix, service: &Service, credentials: &[Credential]) -> Vec<Decision> {
    let tools: Vec<(&MatrixOperation, &str)> = matrix
        .operations
        .iter()
        // A public operation asks for nobody; the endpoint of MCP does.
        .filter(|operation| operation.answers["anonymous"] != "allow")
        .filter_map(|operation| Some((operation, operation.tool.as_deref()?)))
        .collect();
    assert!(tools.len() >= 10, "too few tools to compare anything");
    let (mut decisions, mut differences) = (Vec::new(), Vec::new());
    for (name, credential) in credentials {
        let surfaces = Era::BOTH.map(|era| Mcp::with(service, credential.clone()).in_era(era));
        let mut lists = Vec::new();
        for mcp in &surfaces {
            lists.push(list(mcp).await);
        }
        for (operation, tool) in &tools {
            let asked = ask(service, operation, credential.as_ref()).await;
            let decision = of_rest(&asked);
            for (mcp, listed) in surfaces.iter().zip(&lists) {
                let answer = call(mcp, operation, tool).await;
                if of_tool(&answer) != decision {
                    differences.push(format!("{tool} for {name}: {decision:?}, but {answer}"));
                }
                let is_listed = listed.iter().any(|listed| listed == tool);
                let is_there = matches!(decision, Decision::Allowed | Decision::MissingScope);
                if is_listed != is_there {
                    differences.push(format!("{tool} for {name}: {decision:?}, in {listed:?}"));
                }
            }
            decisions.push(decision);
        }
    }
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
    decisions
}

async fn ask(
    service: &Service,
    operation: &MatrixOperation,
    credential: Option<&String>,
) -> Answer {
    let path = samples::path(&operation.path);
    let mut request = service.request(super::method_of(operation), &path);
    if let Some(credential) = credential {
        request = request.bearer_auth(credential);
    }
    if let Some(body) = samples::body(&operation.name()) {
        request = request.json(&body);
    }
    Answer::of(request).await
}

async fn call(mcp: &Mcp<'_>, operation: &MatrixOperation, tool: &str) -> Answer {
    let mut arguments = samples::path_arguments(&operation.path);
    if let Some(serde_json::Value::Object(body)) = samples::body(&operation.name()) {
        arguments.extend(body);
    }
    mcp.call(tool, arguments.into()).await
}

/// The names that a caller is shown; none when the list is refused.
async fn list(mcp: &Mcp<'_>) -> Vec<String> {
    let answer = mcp.post("tools/list", serde_json::json!({})).await;
    match answer.status {
        401 => Vec::new(),
        _ => mcp.tool_names().await,
    }
}

fn of_rest(answer: &Answer) -> Decision {
    match answer.status {
        401 => Decision::Unauthenticated,
        403 => of_forbidden(answer),
        status if status < 500 => Decision::Allowed,
        _ => panic!("neither yes nor no: {answer}"),
    }
}

fn of_forbidden(answer: &Answer) -> Decision {
    let challenge = answer.header("www-authenticate").unwrap_or_default();
    match challenge.contains("error=\"insufficient_scope\"") {
        true => Decision::MissingScope,
        false => Decision::Refused,
    }
}

fn of_tool(answer: &Answer) -> Decision {
    match answer.status {
        401 => Decision::Unauthenticated,
        403 => of_forbidden(answer),
        _ => match Reply::read(answer) {
            Reply::Error { code: -32602, .. } => Decision::Refused,
            Reply::Error { .. } => panic!("neither yes nor no: {answer}"),
            // A refusal of the guard in a result would be a second opinion.
            Reply::Result(result) => match result["structuredContent"]["status"].as_u64() {
                Some(401 | 403 | 500..) if result["isError"] == true => {
                    panic!("neither yes nor no: {answer}")
                }
                _ => Decision::Allowed,
            },
        },
    }
}
