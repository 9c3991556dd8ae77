//! A real service with one endpoint, a dev issuer behind it, and a billing API that records what it is sent.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use portcullis_api_spec::{
    Access, Assignable, EndpointDef, Method, Mount, RoleDef, ScopeDef, Vocabulary,
};
use portcullis_dev_issuer::{
    Account, ApiCredential, ApplicationAccount, DevIssuer, DownstreamPolicy, IssuerSettings,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use uuid::{Uuid, uuid};

use crate::application::Application;
use crate::config::{ConfigSources, Flag};
use crate::endpoint::EndpointEntry;
use crate::{
    Api, Caller, Downstream, DownstreamApi, DownstreamError, EndpointSet, Json, Reply, StateError,
    config,
};

pub(super) const TENANT_ID: Uuid = uuid!("0a111111-1111-4111-8111-111111111111");
pub(super) const API_ID: Uuid = uuid!("0b222222-2222-4222-8222-222222222222");
pub(super) const BILLING_ID: Uuid = uuid!("0c333333-3333-4333-8333-333333333333");
const BILLING_URI: &str = "api://billing";
pub(super) const SECRET: &str = "the API's own client secret";

const VOCABULARY: Vocabulary = Vocabulary {
    roles: &[RoleDef {
        name: "Viewer",
        description: "",
        assignable: Assignable::Users,
    }],
    scopes: &[ScopeDef {
        name: "user_impersonation",
        description: "",
    }],
};

static INVOICES: EndpointDef = EndpointDef {
    operation_id: "list_invoices",
    method: Method::Get,
    path: "/invoices",
    mount: Mount::Api,
    access: Access::SignedIn,
    tool: Some("list_invoices"),
    doc: "List invoices.",
    ..EndpointDef::CLOSED
};

#[derive(Clone)]
struct AppState {
    billing: Downstream,
    billing_url: String,
    client: reqwest::Client,
}

/// Whom the billing API saw.
#[derive(serde::Serialize, utoipa::ToSchema)]
struct Invoices {
    of: String,
}

type InvoicesReply = Result<Json<Invoices>, DownstreamError>;

/// What an application's handler looks like.
async fn list_invoices(State(state): State<AppState>, caller: Caller) -> InvoicesReply {
    let token = state.billing.token_for(&caller).await?;
    assert_eq!(format!("{token:?}"), "DownstreamToken(..)");
    let request = state.client.get(&state.billing_url);
    let request = request.header(AUTHORIZATION, token.authorization());
    let request = request.headers(crate::telemetry::trace_headers());
    let answer = request.send().await.expect("the billing API answers");
    let of = answer
        .text()
        .await
        .expect("the billing API answers in text");
    Ok(Json(Invoices { of }))
}

/// Everything, running.
pub(super) struct World {
    pub(super) issuer: DevIssuer,
    pub(super) url: String,
    pub(super) billing: Billing,
}

/// How a world differs from the usual one.
pub(super) struct Setup {
    pub(super) policy: DownstreamPolicy,
    pub(super) accepted: ApiCredential,
    /// Variables of the service, in place of the right secret.
    pub(super) credential: Vec<(&'static str, String)>,
    pub(super) token_lifetime_seconds: u64,
    pub(super) is_bypassed: bool,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            policy: DownstreamPolicy::Consented,
            accepted: ApiCredential::Secret(SECRET.to_owned()),
            credential: vec![("APP_AUTH__CLIENT_SECRET", SECRET.to_owned())],
            token_lifetime_seconds: 3600,
            is_bypassed: false,
        }
    }
}

impl World {
    pub(super) async fn start(setup: Setup) -> Self {
        let issuer = start_issuer(&setup).await;
        let billing = Billing::start().await;
        let mut variables = setup.credential;
        variables.push(("AUTH_REQUIRED", (!setup.is_bypassed).to_string()));
        let url = start_service(&issuer, &billing.url, variables).await;
        let world = Self {
            issuer,
            url,
            billing,
        };
        world.wait_until_ready().await;
        world
    }

    /// Asks as somebody who is refused without an exchange, until the service has its keys.
    async fn wait_until_ready(&self) {
        let batch = self.issuer.token_for_application("Batch");
        let batch = batch.expect("the tenant has the application");
        let ready = async {
            while self.call(&batch).await.status == 503 {
                tokio::task::yield_now().await;
            }
        };
        let in_time = tokio::time::timeout(std::time::Duration::from_secs(30), ready);
        in_time.await.expect("the service becomes ready");
    }

    pub(super) fn token_of(&self, account: &str) -> String {
        let token = self.issuer.token_for(account, &["user_impersonation"]);
        token.expect("the tenant has the account and the scope")
    }

    /// Calls the endpoint.
    pub(super) async fn call(&self, token: &str) -> Answer {
        let url = format!("{}/api/v1/invoices", self.url);
        answer_to(client().get(url).bearer_auth(token)).await
    }

    /// Calls the endpoint within a trace.
    pub(super) async fn call_within(&self, traceparent: &str, token: &str) -> Answer {
        let url = format!("{}/api/v1/invoices", self.url);
        let request = client().get(url).header("traceparent", traceparent);
        answer_to(request.bearer_auth(token)).await
    }

    /// Calls the same one as a tool.
    pub(super) async fn call_tool(&self, token: &str) -> Answer {
        let call = json!({
            "jsonrpc": "2.0",
            "id": 1,
            "method": "tools/call",
            "params": { "name": "list_invoices", "arguments": {} },
        });
        let request = client()
            .post(format!("{}/api/v1/mcp", self.url))
            .header("accept", "application/json, text/event-stream")
            .header("mcp-protocol-version", "2025-06-18");
        answer_to(request.bearer_auth(token).json(&call)).await
    }
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

async fn answer_to(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    Answer {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body: response.text().await.unwrap(),
    }
}

pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

impl Answer {
    /// The object id that the other API saw.
    pub(super) fn seen(&self) -> String {
        assert_eq!(self.status, 200, "{}", self.body);
        let invoices: Value = serde_json::from_str(&self.body).unwrap();
        invoices["of"].as_str().unwrap().to_owned()
    }

    /// The code of the problem that this must be.
    pub(super) fn code(&self) -> String {
        let problem: Value = serde_json::from_str(&self.body).unwrap();
        problem["code"].as_str().unwrap().to_owned()
    }
}

/// The other API: records every request, and answers with the object id in the token.
pub(super) struct Billing {
    url: String,
    seen: Arc<Mutex<Vec<HeaderMap>>>,
}

impl Billing {
    async fn start() -> Self {
        let seen: Arc<Mutex<Vec<HeaderMap>>> = Arc::default();
        let answer = |State(seen): State<Arc<Mutex<Vec<HeaderMap>>>>, request: Request| async move {
            let claims = claims_of(bearer_of(request.headers()));
            seen.lock().unwrap().push(request.headers().clone());
            claims["oid"].as_str().unwrap().to_owned()
        };
        let router = Router::new().fallback(answer).with_state(Arc::clone(&seen));
        Self {
            url: serve(router).await,
            seen,
        }
    }

    /// The headers of every request so far.
    pub(super) fn seen(&self) -> Vec<HeaderMap> {
        self.seen.lock().unwrap().clone()
    }
}

/// Serves on a free port and gives the URL.
pub(super) async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

pub(super) fn bearer_of(headers: &HeaderMap) -> &str {
    let value = headers[AUTHORIZATION].to_str().unwrap();
    value.strip_prefix("Bearer ").unwrap()
}

/// The claims of a token, unverified: the recording API is not the one under test.
pub(super) fn claims_of(token: &str) -> Value {
    jsonwebtoken::dangerous::insecure_decode_claims(token).unwrap()
}

async fn start_issuer(setup: &Setup) -> DevIssuer {
    let bind = SocketAddr::from(([127, 0, 0, 1], 0));
    let issuer = DevIssuer::bind(IssuerSettings {
        scopes: vec!["user_impersonation".to_owned()],
        accounts: ["Ada", "Ben"]
            .map(|name| Account {
                name: name.to_owned(),
                roles: vec!["Viewer".to_owned()],
            })
            .into(),
        applications: vec![ApplicationAccount {
            name: "Batch".to_owned(),
            client_id: Uuid::new_v4(),
            secret: "batch".to_owned(),
            roles: vec!["Viewer".to_owned()],
        }],
        api_credentials: vec![setup.accepted.clone()],
        downstream_apis: vec![portcullis_dev_issuer::DownstreamApi {
            client_id: BILLING_ID,
            app_id_uri: BILLING_URI.to_owned(),
            scopes: vec!["Invoices.Read".to_owned()],
            policy: setup.policy,
        }],
        token_lifetime: std::time::Duration::from_secs(setup.token_lifetime_seconds),
        ..IssuerSettings::new(bind, TENANT_ID, API_ID)
    });
    let issuer = issuer.await.unwrap();
    tokio::spawn(issuer.clone().serve(std::future::pending()));
    issuer
}

fn application(billing_url: String) -> Application {
    const ENTRY: EndpointEntry<AppState> = EndpointEntry {
        definition: INVOICES,
        fingerprints: INVOICES.fingerprints(),
        arguments: &[],
        reply: <InvoicesReply as Reply>::describe,
        run: |admitted| admitted.run_2(list_invoices),
    };
    let build_state = move |start: crate::Start| async move {
        assert!(start.downstream("payroll").is_err(), "nobody declared it");
        Ok::<_, StateError>(AppState {
            billing: start.downstream("billing")?,
            billing_url,
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
        })
    };
    Api::new("Invoices", "1.0.0")
        .endpoints(EndpointSet::new(VOCABULARY, &[ENTRY]))
        .downstream_apis(&[DownstreamApi {
            name: "billing",
            doc: "Scopes of the billing API.",
        }])
        .state(build_state)
        .application
}

async fn start_service(
    issuer: &DevIssuer,
    billing_url: &str,
    variables: Vec<(&'static str, String)>,
) -> String {
    let application = application(billing_url.to_owned());
    let usual = [
        ("APP_ENV", "test".to_owned()),
        ("APP_SERVER__BIND", "127.0.0.1:0".to_owned()),
        ("APP_SERVER__MANAGEMENT_BIND", "127.0.0.1:0".to_owned()),
        ("APP_SERVER__SHUTDOWN_GRACE", "0s".to_owned()),
        ("APP_AUTH__AUTHORITY", issuer.authority().to_string()),
        (
            "APP_DOWNSTREAM__BILLING__SCOPES",
            format!("{BILLING_URI}/Invoices.Read"),
        ),
        ("AZURE_TENANT_ID", TENANT_ID.to_string()),
        ("AZURE_AD_CLIENT_ID", API_ID.to_string()),
    ];
    let sources = ConfigSources {
        variables: usual
            .into_iter()
            .chain(variables)
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
        shipped_layers: &[],
        config_dir: None,
        flags: Vec::<Flag>::new(),
        vocabulary: VOCABULARY,
        app_settings: &[],
        downstream_apis: application.facts.downstream_apis,
    };
    let loaded = match config::Config::load(&sources) {
        Ok(loaded) => loaded,
        Err(error) => panic!("{error}"),
    };
    let service = crate::server::Service::build(application, Arc::new(loaded.config), false).await;
    let service = service.expect("the service starts");
    let url = service
        .public_url()
        .as_str()
        .trim_end_matches('/')
        .to_owned();
    tokio::spawn(service.run(std::future::pending()));
    url
}
