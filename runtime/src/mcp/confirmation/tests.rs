//! What a call does next, by what it brings.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use http::Request;
use portcullis_api_spec::{
    Access, CallerKind, EndpointDef, Method, Mount, Op, Rights, build_tools,
};
use rmcp::model::{ElicitationCapability, FormElicitationCapability, UrlElicitationCapability};
use serde_json::json;
use utoipa::openapi::Required;
use utoipa::openapi::path::{ParameterBuilder, ParameterIn};
use uuid::Uuid;

use super::*;
use crate::caller::CallerFacts;
use crate::config::Key256;
use crate::identity::Authentication;

static DELETE_NOTE: EndpointDef = EndpointDef {
    operation_id: "delete_note",
    method: Method::Delete,
    path: "/notes/{id}",
    mount: Mount::Api,
    access: Access::SignedIn,
    tool: Some("delete_note"),
    doc: "Remove a note.",
    ..EndpointDef::CLOSED
};

pub(super) fn tool() -> ToolDef {
    let parameter = |name: &str, place| {
        let parameter = ParameterBuilder::new().name(name).parameter_in(place);
        parameter.required(Required::False).build()
    };
    let op = Op {
        parameters: vec![
            parameter("reason", ParameterIn::Query),
            parameter("id", ParameterIn::Path),
        ],
        ..Op::default()
    };
    build_tools([(&DELETE_NOTE, &op)]).unwrap().remove(0)
}

pub(super) fn caller(tenant_id: u128, object_id: u128, client_id: Option<&str>) -> Caller {
    Caller::from_verified(CallerFacts {
        tenant_id: Uuid::from_u128(tenant_id),
        object_id: Uuid::from_u128(object_id),
        rights: Rights {
            kind: CallerKind::User,
            roles: BTreeSet::new(),
            scopes: BTreeSet::new(),
            contexts: BTreeSet::new(),
        },
        client_id: client_id.map(str::to_owned),
        token_id: None,
        token_life: None,
        is_guest: false,
        takes_claims_challenges: false,
        is_synthetic: false,
    })
}

pub(super) fn service(client_id: u128, resource: &str) -> ServiceIdentity {
    ServiceIdentity {
        client_id: Uuid::from_u128(client_id),
        resource: resource.to_owned(),
    }
}

/// The same caller of the same tool, at a time that the test sets.
struct World {
    confirmations: Confirmations,
    now: Arc<AtomicU64>,
    tool: ToolDef,
    parts: Parts,
}

impl World {
    fn new(key: Option<Key256>) -> Self {
        let now = Arc::new(AtomicU64::new(1000));
        let (mut parts, ()) = Request::new(()).into_parts();
        let authentication = Authentication::Verified(caller(1, 2, Some("client")));
        parts.extensions.insert(authentication);
        Self {
            confirmations: Confirmations {
                service: service(7, "https://desk.example/mcp"),
                seal: Seal::new(key.as_ref()),
                clock: Clock::following(&now),
                lifetime: Duration::from_secs(300),
            },
            now,
            tool: tool(),
            parts,
        }
    }

    fn consider(&self, request: &CallToolRequestParams, can_ask: bool) -> Consent {
        self.confirmations.consider(&Proposal {
            tool: &self.tool,
            request,
            parts: &self.parts,
            can_ask,
        })
    }

    /// The state of a question about the call.
    fn asked(&self, request: &CallToolRequestParams) -> String {
        let consent = self.consider(request, true);
        let Consent::Ask(question) = consent else {
            panic!("not asked: {consent:?}");
        };
        question.request_state.unwrap()
    }
}

fn call(arguments: Value) -> CallToolRequestParams {
    let arguments = arguments.as_object().unwrap().clone();
    CallToolRequestParams::new("delete_note").with_arguments(arguments)
}

fn answered(state: &str, answer: Value) -> CallToolRequestParams {
    let mut request = call(json!({"id": "a"}));
    request.request_state = Some(state.to_owned());
    request.input_responses = Some(InputResponses::from([("confirm".to_owned(), answer)]));
    request
}

fn yes() -> Value {
    json!({"action": "accept", "content": {"ok": true}})
}

#[test]
fn a_yes_runs_the_call_as_often_as_it_comes_in_time() {
    let world = World::new(None);
    let state = world.asked(&call(json!({"id": "a"})));
    for _ in 0..2 {
        let consent = world.consider(&answered(&state, yes()), true);
        assert_eq!(consent.confirmation(), Confirmation::Confirmed);
    }
    world.now.store(1299, Ordering::SeqCst);
    let consent = world.consider(&answered(&state, yes()), true);
    assert_eq!(consent.confirmation(), Confirmation::Confirmed);
    world.now.store(1300, Ordering::SeqCst);
    let consent = world.consider(&answered(&state, yes()), true);
    assert_eq!(consent.confirmation(), Confirmation::Asked);
}

#[test]
fn only_a_yes_is_a_yes() {
    let world = World::new(None);
    let state = world.asked(&call(json!({"id": "a"})));
    for (answer, expected) in [
        (yes(), Confirmation::Confirmed),
        (
            json!({"action": "accept", "content": {"ok": true, "more": 1}}),
            Confirmation::Confirmed,
        ),
        (
            json!({"action": "accept", "content": {"ok": false}}),
            Confirmation::Declined,
        ),
        (json!({"action": "decline"}), Confirmation::Declined),
        (
            json!({"action": "decline", "content": {"ok": true}}),
            Confirmation::Declined,
        ),
        (json!({"action": "cancel"}), Confirmation::Declined),
        (json!({"action": "accept"}), Confirmation::Asked),
        (
            json!({"action": "accept", "content": {}}),
            Confirmation::Asked,
        ),
        (
            json!({"action": "accept", "content": {"ok": "true"}}),
            Confirmation::Asked,
        ),
        (
            json!({"action": "accept", "content": {"ok": 1}}),
            Confirmation::Asked,
        ),
        (
            json!({"action": "accept", "content": {"OK": true}}),
            Confirmation::Asked,
        ),
        (
            json!({"action": "accept", "content": [true]}),
            Confirmation::Asked,
        ),
        (
            json!({"action": "Accept", "content": {"ok": true}}),
            Confirmation::Asked,
        ),
        (json!({"content": {"ok": true}}), Confirmation::Asked),
        (json!({"ok": true}), Confirmation::Asked),
        (json!(true), Confirmation::Asked),
        (json!(12345), Confirmation::Asked),
        (json!(null), Confirmation::Asked),
    ] {
        let consent = world.consider(&answered(&state, answer.clone()), true);
        assert_eq!(consent.confirmation(), expected, "{answer}");
        // A client that cannot ask any more is not run for that.
        let consent = world.consider(&answered(&state, answer.clone()), false);
        let expected = if expected == Confirmation::Asked {
            Confirmation::Rejected
        } else {
            expected
        };
        assert_eq!(consent.confirmation(), expected, "{answer}");
    }
}

#[test]
fn a_state_that_is_none_of_this_calls_runs_nothing() {
    let world = World::new(None);
    let state = world.asked(&call(json!({"id": "a"})));
    let other_arguments = world.asked(&call(json!({"id": "b"})));
    let other_key = World::new(None).asked(&call(json!({"id": "a"})));
    let tampered = format!("{state}-TAMPERED");
    for (row, state, expected) in [
        (
            "of other arguments",
            other_arguments.as_str(),
            Confirmation::Rejected,
        ),
        ("tampered with", &tampered, Confirmation::Rejected),
        ("cut short", &state[..20], Confirmation::Rejected),
        ("empty", "", Confirmation::Rejected),
        ("of another replica", &other_key, Confirmation::Asked),
    ] {
        let consent = world.consider(&answered(state, yes()), true);
        assert_eq!(consent.confirmation(), expected, "{row}");
        let consent = world.consider(&answered(state, yes()), false);
        assert_eq!(consent.confirmation(), Confirmation::Rejected, "{row}");
    }
    let mut without_state = answered("", yes());
    without_state.request_state = None;
    let consent = world.consider(&without_state, true);
    assert_eq!(consent.confirmation(), Confirmation::Asked);
}

#[test]
fn another_caller_cannot_use_a_yes() {
    let mut world = World::new(None);
    let state = world.asked(&call(json!({"id": "a"})));
    for other in [
        caller(9, 2, Some("client")),
        caller(1, 9, Some("client")),
        caller(1, 2, Some("another client")),
        caller(1, 2, None),
    ] {
        world
            .parts
            .extensions
            .insert(Authentication::Verified(other));
        let consent = world.consider(&answered(&state, yes()), true);
        assert_eq!(consent.confirmation(), Confirmation::Rejected);
    }
    world.parts.extensions.insert(Authentication::Absent);
    let consent = world.consider(&answered(&state, yes()), true);
    assert_eq!(
        consent.confirmation(),
        Confirmation::NotNeeded,
        "the guard refuses it"
    );
}

#[test]
fn replicas_that_share_the_key_take_each_others_answers() {
    let key = || {
        let mut secret = [7; 32];
        secret[0] = 1;
        Some(Key256(secret))
    };
    let state = World::new(key()).asked(&call(json!({"id": "a"})));
    let consent = World::new(key()).consider(&answered(&state, yes()), true);
    assert_eq!(consent.confirmation(), Confirmation::Confirmed);
}

#[test]
fn another_service_with_the_same_key_takes_no_yes() {
    let shared = || Some(Key256([7; 32]));
    let state = World::new(shared()).asked(&call(json!({"id": "a"})));
    for other in [
        service(8, "https://desk.example/mcp"),
        service(7, "https://staging.desk.example/mcp"),
    ] {
        let mut world = World::new(shared());
        world.confirmations.service = other;
        let consent = world.consider(&answered(&state, yes()), true);
        assert_eq!(consent.confirmation(), Confirmation::Rejected);
    }
}

#[test]
fn nobody_is_asked_about_a_call_that_would_not_run() {
    let mut world = World::new(None);
    for arguments in [
        json!({}),
        json!({"id": "a", "x": 1}),
        json!({"id": ".."}),
        json!({"id": []}),
    ] {
        let consent = world.consider(&call(arguments.clone()), true);
        assert_eq!(
            consent.confirmation(),
            Confirmation::NotNeeded,
            "{arguments}"
        );
    }
    world.tool.endpoint.access = Access::DenyAll;
    let consent = world.consider(&call(json!({"id": "a"})), true);
    assert_eq!(consent.confirmation(), Confirmation::NotNeeded);
}

#[test]
fn only_destructive_tools_ask() {
    let mut world = World::new(None);
    let request = call(json!({"id": "a"}));
    assert_eq!(
        world.consider(&request, true).confirmation(),
        Confirmation::Asked
    );
    assert_eq!(
        world.consider(&request, false).confirmation(),
        Confirmation::NotAsked
    );
    world.tool.hints.is_destructive = false;
    for can_ask in [false, true] {
        let consent = world.consider(&request, can_ask);
        assert_eq!(consent.confirmation(), Confirmation::NotNeeded);
    }
}

#[test]
fn a_client_shows_forms_if_it_says_so_or_names_no_mode() {
    let with = |elicitation| {
        let mut capabilities = ClientCapabilities::default();
        capabilities.elicitation = elicitation;
        shows_forms(Some(&capabilities))
    };
    let (form, url) = (
        FormElicitationCapability::default(),
        UrlElicitationCapability::default(),
    );
    assert!(with(Some(ElicitationCapability::new())));
    assert!(with(Some(
        ElicitationCapability::new().with_form(form.clone())
    )));
    assert!(with(Some(
        ElicitationCapability::new()
            .with_form(form)
            .with_url(url.clone())
    )));
    assert!(!with(Some(ElicitationCapability::new().with_url(url))));
    assert!(!with(None));
    assert!(!shows_forms(None));
}
