//! The order of the checks, and which of them have an answer at a deployment.
//!
//! Invariant: a token is obtained and sent only after the API itself has answered.

use std::time::Duration;

use portcullis_api_spec::Rights;
use serde_json::Value;
use uuid::Uuid;

use super::SmokeArguments;
use super::bearer::BearerToken;
use super::checks::{self, Mcp, Metadata, Source, TokenWish};
use super::ledger::Ledger;
use super::operation::{
    Operation, ToolRule, find_guarded, find_who_am_i, read_operations, read_tools,
};
use super::probe::Probe;

/// How much longer than an answer of the API a token of `az` may take: it starts slowly and asks Entra.
const AZURE_CLI_FACTOR: u32 = 3;

/// Where callers are told who they are, if this API has nothing else that is guarded.
const FALLBACK_PATH: &str = "/api/v1/me";

/// One run of the test.
pub(super) struct Run<'a> {
    arguments: &'a SmokeArguments,
    /// The app registration of the API, when the operator's environment names it.
    client_id: Option<Uuid>,
    probe: Probe,
    ledger: Ledger,
    /// The document of this binary.
    own_document: Value,
}

impl<'a> Run<'a> {
    pub(super) fn new(
        arguments: &'a SmokeArguments,
        client_id: Option<Uuid>,
        probe: Probe,
        own_document: Value,
    ) -> Self {
        Self {
            arguments,
            client_id,
            probe,
            ledger: Ledger::open(),
            own_document,
        }
    }

    /// Runs every check that has an answer here, says of the others why they have none, and gives what was found.
    pub(super) async fn all(mut self, given: Option<BearerToken>) -> Ledger {
        if let Some(token) = &given {
            self.ledger.conceal(token.reveal());
        }
        self.check_all(given).await;
        self.ledger
    }

    async fn check_all(&mut self, given: Option<BearerToken>) {
        let own_operations = read_operations(&self.own_document);
        let guarded = find_guarded(&own_operations).map(|operation| operation.path.clone());
        let guarded = guarded.unwrap_or_else(|| FALLBACK_PATH.to_owned());
        let health = self
            .ledger
            .check("health", checks::check_health(&self.probe))
            .await;
        if !self.probe.has_met_anything() {
            return self.skip_rest("nothing answers there");
        }
        if health.as_ref().is_some_and(|health| health.is_bypassed) {
            return self.all_without_authentication(&guarded).await;
        }
        let refused = self
            .ledger
            .check("no token", checks::check_no_token(&self.probe, &guarded))
            .await;
        if !self.probe.was_last_from_api() {
            return self.skip_rest("the API was not reached");
        }
        self.ledger
            .check("bad token", checks::check_bad_token(&self.probe, &guarded))
            .await;
        let metadata = self
            .ledger
            .check("metadata", checks::check_metadata(&self.probe))
            .await;
        self.cors(&guarded).await;
        // A server that neither tells its state nor refuses as ours do is another one, and gets no token.
        if health.is_none() && refused.is_none() {
            self.ledger
                .skip("token", "this is not the API: no token is sent");
            return self.skip_callers("there is no token").await;
        }
        match self.token(given, metadata.as_ref()).await {
            Some(token) => self.as_caller(&token).await,
            None => self.skip_callers("there is no token").await,
        }
    }

    async fn cors(&mut self, path: &str) {
        self.ledger
            .check(
                "CORS, strangers",
                checks::check_cors_refused(&self.probe, path),
            )
            .await;
        if self.arguments.origin.is_empty() {
            self.ledger
                .skip("CORS, frontends", "name a frontend with --origin");
        }
        for origin in &self.arguments.origin {
            let check = checks::check_cors_allowed(&self.probe, path, origin);
            self.ledger.check("CORS, frontends", check).await;
        }
    }

    async fn token(
        &mut self,
        given: Option<BearerToken>,
        metadata: Option<&Metadata>,
    ) -> Option<BearerToken> {
        let wish = match given {
            Some(token) => TokenWish::Given(token),
            None => {
                self.ledger.announce("asking az for a token");
                TokenWish::FromAzureCli {
                    scope: self.arguments.scope.as_deref(),
                    client_id: self.client_id,
                    timeout: Duration::from_secs(self.arguments.timeout) * AZURE_CLI_FACTOR,
                }
            }
        };
        let token = self
            .ledger
            .check(
                "token",
                checks::check_token(&self.arguments.url, metadata, wish),
            )
            .await?;
        self.ledger.conceal(token.reveal());
        Some(token)
    }

    /// Everything that needs a caller.
    async fn as_caller(&mut self, token: &BearerToken) {
        let who_am_i = find_who_am_i(&self.own_document);
        let who_am_i = who_am_i.as_deref();
        let check = checks::check_me(&self.probe, token, who_am_i);
        let Some(rights) = self.ledger.check("who am I", check).await else {
            return self.skip_callers("the token was not accepted").await;
        };
        let (source, operations, tools) = self.described(Some(token)).await;
        let (chosen, left_out) = checks::choose_operations(&operations, &rights, who_am_i);
        for operation in chosen {
            let name = format!("GET {}", operation.path);
            let check =
                checks::check_operation(&self.probe, source, operation, Some((token, &rights)));
            self.ledger.check(name, check).await;
        }
        if left_out > 0 {
            let why = format!("{left_out} more must refuse this caller, and were not tried");
            self.ledger.skip("operations", &why);
        }
        if self
            .ledger
            .check("MCP, no token", checks::check_mcp_no_token(&self.probe))
            .await
            .is_some()
        {
            self.mcp(Some(token), Some(&rights), (source, &tools)).await;
        }
    }

    /// Reads what the deployment offers, or what this binary does.
    async fn described(
        &mut self,
        token: Option<&BearerToken>,
    ) -> (Source, Vec<Operation>, Vec<ToolRule>) {
        let check = checks::check_document(&self.probe, &self.own_document, token);
        match self.ledger.check("document", check).await {
            Some((source, document)) => (source, read_operations(&document), read_tools(&document)),
            None => (
                Source::Binary,
                read_operations(&self.own_document),
                read_tools(&self.own_document),
            ),
        }
    }

    async fn mcp(
        &mut self,
        token: Option<&BearerToken>,
        rights: Option<&Rights>,
        rules: (Source, &[ToolRule]),
    ) {
        let mcp = Mcp {
            probe: &self.probe,
            token,
        };
        self.ledger
            .check("MCP, discover", checks::check_discover(&mcp))
            .await;
        self.ledger
            .check("MCP, initialize", checks::check_initialize(&mcp))
            .await;
        let tools = self
            .ledger
            .check("MCP, list", checks::check_tools(&mcp, rights, rules))
            .await;
        match tools {
            Some(tools) => {
                self.ledger
                    .check("MCP, call", checks::check_call(&mcp, &tools))
                    .await;
            }
            None => self.ledger.skip("MCP, call", "no list to choose from"),
        }
    }

    /// POC mode: who calls does not matter, and no token is sent.
    async fn all_without_authentication(&mut self, guarded: &str) {
        let why = "authentication is off there, nobody is refused and no token is sent";
        for name in ["no token", "bad token"] {
            self.ledger.skip(name, why);
        }
        self.ledger
            .check("metadata", checks::check_metadata(&self.probe))
            .await;
        self.cors(guarded).await;
        self.ledger.skip("token", why);
        self.ledger
            .check(
                format!("GET {guarded}"),
                checks::check_bypassed(&self.probe, guarded),
            )
            .await;
        self.mcp(None, None, (Source::Binary, &[])).await;
    }

    /// The refusal at MCP needs no token; the rest is left out.
    async fn skip_callers(&mut self, why: &str) {
        for name in ["who am I", "document", "operations"] {
            self.ledger.skip(name, why);
        }
        self.ledger
            .check("MCP, no token", checks::check_mcp_no_token(&self.probe))
            .await;
        self.ledger.skip("MCP", why);
    }

    fn skip_rest(&mut self, why: &str) {
        for name in ["refusals", "metadata", "CORS", "token", "operations", "MCP"] {
            self.ledger.skip(name, why);
        }
    }
}
