//! A service in a process of its own, served by the command line with everything on, and the messages that benchmarks send it.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use portcullis_dev_issuer::{Account, DevIssuer, IssuerSettings};
use serde_json::{Value, json};
use uuid::Uuid;

/// Where the MCP endpoint stands.
pub(crate) const PATH: &str = "/api/v1/mcp";

/// The first argument that makes a benchmark the service that it measures.
pub(crate) const SERVE: &str = "serve";

const TENANT_ID: Uuid = Uuid::from_u128(0x7d9e_1c52_3b64_4f0a_9a57_2c8e_61b4_d7f3);
const CLIENT_ID: Uuid = Uuid::from_u128(0xc1f0_a6d4_58b2_4e97_8d13_6a9b_2e7c_4f50);

/// A service in a process of its own.
pub(crate) struct Service {
    pub(crate) child: Child,
    pub(crate) address: String,
    pub(crate) token: Option<String>,
    /// Where a service with a management port says whether it is ready.
    management_address: Option<String>,
}

impl Service {
    /// Starts this program with other arguments, and waits for the line that says where it listens.
    pub(crate) fn start(
        arguments: &[&str],
        settings: &[(&str, String)],
        token: Option<String>,
    ) -> Self {
        let program = std::env::current_exe().expect("this program has a path");
        let mut child = Command::new(program)
            .args(arguments)
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .stderr(Stdio::piped())
            .spawn()
            .expect("this program can be started again");
        let mut lines = BufReader::new(child.stderr.take().expect("it is piped")).lines();
        let addresses = lines.by_ref().map_while(Result::ok).find_map(|line| {
            let line: Value = serde_json::from_str(&line).ok()?;
            let text = |name: &str| line[name].as_str().map(str::to_owned);
            Some((text("address")?, text("management_address")))
        });
        let (address, management_address) = addresses.expect("the service says where it listens");
        // Whoever logs must be read, or it waits.
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            child,
            address,
            token,
            management_address,
        }
    }

    /// Waits until the service has the keys of its issuer.
    async fn until_ready(self) -> Self {
        let management = self.management_address.as_ref();
        let management = management.expect("the service has a management port");
        let ready = format!("http://{management}/readyz");
        let client = reqwest::Client::builder().no_proxy().build();
        let client = client.expect("a plain client can be built");
        let is_ready = async || {
            let answer = client.get(&ready).send().await;
            answer.is_ok_and(|answer| answer.status().is_success())
        };
        while !is_ready().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self
    }

    /// Starts this program as a service for one person who holds `role` and the scope `user_impersonation`.
    pub(crate) async fn start_guarded(role: &str) -> Self {
        let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut settings = IssuerSettings::new(loopback, TENANT_ID, CLIENT_ID);
        settings.scopes = vec!["user_impersonation".to_owned()];
        settings.accounts = vec![Account::with_role(role)];
        let account = settings.accounts[0].name.clone();
        let issuer = DevIssuer::bind(settings)
            .await
            .expect("loopback has a free port");
        let token = issuer.token_for(&account, &["user_impersonation"]);
        let token = token.expect("the account holds what it asks for");
        let unlimited = "10000000".to_owned();
        let settings = [
            ("APP_ENV", "test".to_owned()),
            ("AZURE_TENANT_ID", TENANT_ID.to_string()),
            ("AZURE_AD_CLIENT_ID", CLIENT_ID.to_string()),
            ("APP_AUTH__AUTHORITY", issuer.authority().to_string()),
            ("APP_SERVER__BIND", loopback.to_string()),
            ("APP_SERVER__MANAGEMENT_BIND", loopback.to_string()),
            ("APP_RATE_LIMIT__PER_SECOND", unlimited.clone()),
            ("APP_RATE_LIMIT__BURST", unlimited),
        ];
        tokio::spawn(issuer.serve(std::future::pending()));
        let service =
            tokio::task::spawn_blocking(move || Self::start(&[SERVE], &settings, Some(token)))
                .await
                .expect("the start does not panic");
        service.until_ready().await
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An era of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Era {
    /// What a call is about stands in its body alone.
    Year2025,
    /// Each call says what its client is, and names itself in headers.
    Year2026,
}

impl Era {
    pub(crate) const ALL: [Era; 2] = [Era::Year2025, Era::Year2026];

    pub(crate) const fn version(self) -> &'static str {
        match self {
            Era::Year2025 => "2025-11-25",
            Era::Year2026 => "2026-07-28",
        }
    }

    /// The headers of a message that asks for `name`.
    pub(crate) fn headers(self, method: &'static str, name: &str) -> Vec<(&'static str, String)> {
        let mut headers = vec![
            ("accept", "application/json, text/event-stream".to_owned()),
            ("content-type", "application/json".to_owned()),
            ("mcp-protocol-version", self.version().to_owned()),
        ];
        if self == Era::Year2026 {
            headers.push(("mcp-method", method.to_owned()));
            headers.push(("mcp-name", name.to_owned()));
        }
        headers
    }

    /// The message of these parameters.
    pub(crate) fn message(self, method: &str, mut params: Value) -> String {
        params["_meta"] = match self {
            Era::Year2025 => json!({}),
            Era::Year2026 => json!({
                "io.modelcontextprotocol/protocolVersion": self.version(),
                "io.modelcontextprotocol/clientInfo": {"name": "benchmark", "version": "1"},
                "io.modelcontextprotocol/clientCapabilities": {},
            }),
        };
        json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string()
    }
}
