//! A running service: started, found by its own log line, stopped when dropped.

use std::process::Stdio;

use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use tokio::process::Child;

use super::{Answer, CLIENT_ID, Log, LogWrites, Program, TENANT_ID, Tenant, Token};

/// The service and its addresses.
pub(crate) struct Service {
    child: Child,
    log: Log,
    client: reqwest::Client,
    /// `http://127.0.0.1:port` of the public listener.
    pub(crate) url: String,
    /// `http://127.0.0.1:port` of the management listener.
    pub(crate) management_url: String,
    // Dropped last: the folder goes away after the process.
    _program: Program,
}

impl Service {
    /// Starts in `test` with authentication on, for callers of this tenant, and waits until it is ready.
    pub(crate) async fn start(tenant: &Tenant) -> Self {
        Self::start_ready(Self::program_for(tenant)).await
    }

    /// The program that [`start`](Self::start) starts, for tests that set more.
    pub(crate) fn program_for(tenant: &Tenant) -> Program {
        Program::isolated()
            .set("APP_ENV", "test")
            .set("AZURE_TENANT_ID", TENANT_ID)
            .set("AZURE_AD_CLIENT_ID", CLIENT_ID)
            .set("APP_AUTH__AUTHORITY", tenant.authority())
            // Tests ask fast and often; the tests of the limit itself set their own.
            .set("APP_RATE_LIMIT__ENABLED", "false")
    }

    /// Starts `serve` and waits until it is ready.
    pub(crate) async fn start_ready(program: Program) -> Self {
        let service = Self::start_program(program).await;
        service.wait_until_ready().await;
        service
    }

    /// Starts `serve` and waits until it listens, ready or not.
    pub(crate) async fn start_program(program: Program) -> Self {
        Self::start_command(program, &["serve"]).await
    }

    /// Starts any command that serves.
    pub(crate) async fn start_command(program: Program, arguments: &[&str]) -> Self {
        let (mut child, log) = spawn(&program, arguments);
        let listening = tokio::select! {
            event = log.wait_for("listening") => event,
            status = child.wait() => panic!("{status:?} before it listened:\n{}", log.text()),
        };
        Self {
            url: url_of(&listening, "address"),
            management_url: url_of(&listening, "management_address"),
            child,
            log,
            client: build_client(),
            _program: program,
        }
    }

    /// Starts `serve` with a log for people, and waits until it is ready.
    pub(crate) async fn start_in_pretty(program: Program) -> Self {
        let (child, log) = spawn(&program, &["serve"]);
        let line = super::eventually("the line of the start", async || {
            let text = log.text();
            let line = text.lines().find(|line| line.contains(" listening "));
            line.map(str::to_owned)
        })
        .await;
        let url_of = |field: &str| {
            let mut words = line.split(' ');
            let address = words.find_map(|word| word.strip_prefix(field));
            format!("http://{}", address.expect("the line names both addresses"))
        };
        let service = Self {
            url: url_of("address="),
            management_url: url_of("management_address="),
            child,
            log,
            client: build_client(),
            _program: program,
        };
        service.wait_until_ready().await;
        service
    }

    /// Starts `serve` with a log that tells its writes apart, and waits until it is ready.
    pub(crate) async fn start_with_writes(program: Program) -> (Self, LogWrites) {
        let (mut writes, stderr) = LogWrites::new();
        let mut command = program.command(&["serve"]);
        command.stdout(Stdio::null()).stderr(stderr);
        let child = command.spawn().expect("the binary starts");
        let listening = super::eventually("the line of the start", async || {
            let mut events = writes.so_far().iter().flatten();
            events
                .find(|event| event["message"] == "listening")
                .cloned()
        })
        .await;
        let service = Self {
            url: url_of(&listening, "address"),
            management_url: url_of(&listening, "management_address"),
            child,
            log: Log::default(),
            client: build_client(),
            _program: program,
        };
        super::eventually("readiness", async || {
            let answer = service.manage("/readyz").await;
            writes.so_far();
            (answer.status == 200).then_some(())
        })
        .await;
        (service, writes)
    }

    /// Waits until `/readyz` is 200.
    pub(crate) async fn wait_until_ready(&self) {
        super::eventually("readiness", async || {
            let answer = self.manage("/readyz").await;
            (answer.status == 200).then_some(())
        })
        .await;
    }

    /// Begins a request on the public listener.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    /// Asks without a credential.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path)).await
    }

    /// Asks with a token.
    pub(crate) async fn get_as(&self, token: &Token, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path).bearer_auth(token)).await
    }

    /// Sends JSON with a token.
    pub(crate) async fn send_as(
        &self,
        token: &Token,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Answer {
        let request = self.request(method, path).bearer_auth(token).json(body);
        Answer::of(request).await
    }

    /// Asks on the management listener.
    pub(crate) async fn manage(&self, path: &str) -> Answer {
        let url = format!("{}{path}", self.management_url);
        Answer::undocumented(self.client.get(url)).await
    }

    /// `127.0.0.1:port` of the public listener, for tests that write bytes themselves.
    pub(crate) fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    pub(crate) fn log(&self) -> &Log {
        &self.log
    }

    /// How many files the process may have open now.
    pub(crate) fn soft_limit_of_open_files(&self) -> u64 {
        let id = self.child.id().expect("the service runs");
        let limits = std::fs::read_to_string(format!("/proc/{id}/limits"));
        let limits = limits.expect("Linux tells the limits of a child");
        let line = limits
            .lines()
            .find(|line| line.starts_with("Max open files"));
        let soft = line.and_then(|line| line.split_whitespace().nth(3));
        soft.and_then(|soft| soft.parse().ok())
            .expect("it is a number")
    }

    /// Sends SIGTERM, as an orchestrator does.
    pub(crate) async fn terminate(&self) {
        let id = self.child.id().expect("the service runs").to_string();
        let mut kill = tokio::process::Command::new("kill");
        let status = kill.args(["-TERM", &id]).status().await;
        assert!(status.expect("kill can be run").success());
    }

    /// Ends the process without giving it time for anything, as a machine that fails does.
    pub(crate) fn kill(&mut self) {
        self.child.start_kill().expect("the service runs");
    }

    /// Waits for the process to end by itself, and gives its exit code.
    pub(crate) async fn wait_for_exit(&mut self) -> Option<i32> {
        let status = super::within("the end of the service", self.child.wait()).await;
        status.expect("a child can be waited for").code()
    }
}

/// Where the line of the start says that it listens.
fn url_of(listening: &Value, field: &str) -> String {
    let address = listening[field].as_str();
    format!("http://{}", address.expect("the line names both addresses"))
}

fn spawn(program: &Program, arguments: &[&str]) -> (Child, Log) {
    let mut command = program.command(arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary starts");
    let log = Log::default();
    log.follow(child.stdout.take());
    log.follow(child.stderr.take());
    (child, log)
}

/// A client that adds nothing: no proxy, no redirects.
fn build_client() -> reqwest::Client {
    let builder = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none());
    builder.build().expect("a plain client can be built")
}
