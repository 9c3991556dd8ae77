//! Whether time tells what is hidden from what is not there: `cargo bench -p portcullis --bench hidden_tool --features testing`.
//!
//! One caller asks one service four times a turn, in an order that is drawn anew: twice for a tool that exists and that this
//! caller may not know of, and once each for two names of the same length that nobody has, so that neither kind is asked for
//! more often and has its code and data at hand. Likewise a resource and a prompt, in both eras. The service is a process of
//! its own with everything on, the log too; the client keeps one connection over loopback, and takes the time from its first
//! byte to the last one of the answer, as somebody who measures from outside would.
//!
//! Of each block of turns the medians are compared. The mean of these differences is printed with its 95 % interval, beside
//! the same of two that ask for one kind of name: the noise floor.

#![expect(clippy::print_stdout, reason = "the table is what this program is for")]

use std::fmt::{self, Display};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use portcullis::{Api, File, Json, NoContent, Path, Prompt, endpoint, endpoints, media};
use serde_json::{Value, json};
use uuid::Uuid;

#[path = "loopback/service.rs"]
mod service;

use service::{Era, PATH, SERVE, Service};

mod api {
    #[derive(Clone, Copy, portcullis::Roles)]
    pub enum Role {
        /// Greets.
        Greeter,
        /// Closes accounts.
        Closer,
    }

    #[derive(Clone, Copy, portcullis::Scopes)]
    pub enum Scope {
        /// Use the API as the signed-in user.
        UserImpersonation,
    }

    portcullis::api! { state = (), roles = Role, scopes = Scope }
}

const BLOCKS: usize = 200;
const TURNS_A_BLOCK: usize = 100;
const TURNS_TO_WARM_UP: usize = 1_000;

/// Say good morning.
#[endpoint(
    get,
    "/greetings/{name}",
    roles(Greeter),
    scopes(UserImpersonation),
    mcp(name = "greet")
)]
async fn greet(Path(name): Path<String>) -> Json<String> {
    Json(name)
}

/// Why and how an account is closed.
#[derive(serde::Deserialize, utoipa::ToSchema)]
#[expect(dead_code, reason = "nobody may close an account here")]
struct Closing {
    /// Said to the owner.
    #[schema(max_length = 200)]
    reason: String,
    /// Where the rest is paid to.
    #[schema(max_length = 34)]
    pay_to: Option<String>,
    /// Whether letters are still sent.
    #[serde(default)]
    keep_letters: bool,
}

/// Close an account.
///
/// What is left on it is paid out, and nothing can be booked on it any more.
#[endpoint(
    post,
    "/accounts/{id}/closing",
    roles(Closer),
    scopes(UserImpersonation),
    mcp(name = "close_account")
)]
async fn close_account(Path(_): Path<String>, Json(_): Json<Closing>) -> NoContent {
    NoContent
}

/// Read a statement.
#[endpoint(
    get,
    "/statements/{id}",
    roles(Closer),
    scopes(UserImpersonation),
    resource("ledger://statements/{id}")
)]
async fn read_statement(Path(id): Path<String>) -> File<media::Markdown> {
    File::new(id)
}

/// Explain a closing.
#[endpoint(
    get,
    "/explanations/{id}",
    roles(Closer),
    scopes(UserImpersonation),
    prompt(name = "explain_closing")
)]
async fn explain_closing(Path(id): Path<String>) -> Prompt {
    Prompt::new("Explains a closing.").user(id)
}

fn api() -> Api<()> {
    Api::new("Benchmark", "1.0.0")
        .endpoints(endpoints![
            greet,
            close_account,
            read_statement,
            explain_closing
        ])
        .state(|_| async { Ok(()) })
}

/// What is asked for: something hidden, and two of the same length that nobody has. One of them begins like it.
struct Question {
    method: &'static str,
    names: [&'static str; 3],
    params: fn(&str) -> Value,
}

const QUESTIONS: [Question; 3] = [
    Question {
        method: "tools/call",
        names: ["close_account", "close_accounx", "qzkwvhjrtypmb"],
        params: |name| json!({"name": name, "arguments": {"id": "a", "reason": "moved"}}),
    },
    Question {
        method: "resources/read",
        names: [
            "ledger://statements/a",
            "ledger://statementx/a",
            "qzkwvh://jrtypmbdfc/a",
        ],
        params: |uri| json!({ "uri": uri }),
    },
    Question {
        method: "prompts/get",
        names: ["explain_closing", "explain_closinx", "qzkwvhjrtypmbdf"],
        params: |name| json!({"name": name, "arguments": {"id": "a"}}),
    },
];

/// A connection that is kept.
struct Connection {
    stream: TcpStream,
    answer: Vec<u8>,
}

impl Connection {
    fn open(service: &Service) -> Self {
        let stream = TcpStream::connect(&service.address).expect("the service listens");
        stream.set_nodelay(true).expect("the stream is open");
        Self {
            stream,
            answer: Vec::new(),
        }
    }

    /// Sends a request, and says how long its answer took to come to its end.
    fn time(&mut self, request: &[u8]) -> Duration {
        self.answer.clear();
        let begun = Instant::now();
        let sent = self.stream.write_all(request);
        sent.expect("the service reads");
        let mut chunk = [0; 4096];
        while !is_whole(&self.answer) {
            let length = self.stream.read(&mut chunk).expect("the service answers");
            assert_ne!(length, 0, "the service has closed the connection");
            self.answer.extend_from_slice(&chunk[..length]);
        }
        begun.elapsed()
    }

    /// Asks until the service has the keys that tokens are checked with, a moment after its start.
    fn wait_for_keys(&mut self, request: &[u8]) {
        self.time(request);
        while self.body()["code"] == "keys_unavailable" {
            std::thread::yield_now();
            self.time(request);
        }
    }

    /// The body of the last answer.
    fn body(&self) -> Value {
        let body = parts_of(&self.answer).map(|(_, body)| body);
        serde_json::from_slice(body.unwrap_or_default()).expect("the answer is JSON")
    }
}

fn parts_of(answer: &[u8]) -> Option<(&str, &[u8])> {
    let end = answer.windows(4).position(|it| it == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&answer[..end]).ok()?;
    Some((head, &answer[end + 4..]))
}

fn is_whole(answer: &[u8]) -> bool {
    let Some((head, body)) = parts_of(answer) else {
        return false;
    };
    let mut lines = head.lines();
    let length = lines.find_map(|line| line.strip_prefix("content-length: "));
    let length = length.and_then(|length| length.parse().ok());
    body.len() >= length.unwrap_or_else(|| panic!("no content-length in {head}"))
}

/// The bytes of a request for `name`.
fn request(service: &Service, question: &Question, era: Era, name: &str) -> Vec<u8> {
    let body = era.message(question.method, (question.params)(name));
    let mut head = format!("POST {PATH} HTTP/1.1\r\nhost: {}\r\n", service.address);
    for (name, value) in era.headers(question.method, name) {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let token = service.token.as_deref().unwrap_or_default();
    let length = body.len();
    format!("{head}authorization: Bearer {token}\r\ncontent-length: {length}\r\n\r\n{body}").into()
}

/// The order of a turn.
fn draw_order() -> [usize; 4] {
    let mut order = [0, 1, 2, 3];
    let drawn = Uuid::new_v4();
    for last in 1..order.len() {
        order.swap(last, usize::from(drawn.as_bytes()[last]) % (last + 1));
    }
    order
}

/// A mean and how far from it the true one may be, both in microseconds.
#[derive(Clone, Copy)]
struct Estimate {
    mean: f64,
    /// Half of the 95 % interval.
    spread: f64,
}

impl Estimate {
    fn of(values: &[f64]) -> Self {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        Self {
            mean,
            spread: 1.96 * (squares / (count - 1.0) / count).sqrt(),
        }
    }

    /// Says whether this is further from zero than noise can be.
    fn exceeds(self, floor: Estimate) -> bool {
        self.mean.abs() - self.spread > floor.mean.abs() + floor.spread
    }
}

impl Display for Estimate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:+.2} ± {:.2}", self.mean, self.spread)
    }
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// The median time of each request in each block.
fn measure(connection: &mut Connection, requests: &[Vec<u8>; 4]) -> [Vec<f64>; 4] {
    for turn in 0..TURNS_TO_WARM_UP {
        connection.time(&requests[turn % requests.len()]);
    }
    let mut medians = [const { Vec::new() }; 4];
    for _ in 0..BLOCKS {
        let mut times = [const { Vec::new() }; 4];
        for _ in 0..TURNS_A_BLOCK {
            for kind in draw_order() {
                let micros = connection.time(&requests[kind]).as_secs_f64() * 1e6;
                times[kind].push(micros);
            }
        }
        for (medians, times) in medians.iter_mut().zip(&mut times) {
            medians.push(median(times));
        }
    }
    medians
}

fn compare(service: &Service, question: &Question, era: Era) {
    let [hidden, unknown, other] = question.names;
    let requests =
        [hidden, hidden, unknown, other].map(|name| request(service, question, era, name));
    let mut connection = Connection::open(service);
    connection.wait_for_keys(&requests[0]);
    let mut answers = Vec::new();
    for request in &requests {
        connection.time(request);
        answers.push(connection.body());
    }
    for answer in &answers {
        let error = &answer["error"]["message"];
        let is_same = error.is_string() && *error == answers[0]["error"]["message"];
        assert!(is_same, "{answers:?}");
    }
    let medians = measure(&mut connection, &requests);
    let blocks = |of: fn([f64; 4]) -> f64| -> Vec<f64> {
        let block = |at| [0, 1, 2, 3].map(|kind: usize| medians[kind][at]);
        (0..BLOCKS).map(|at| of(block(at))).collect()
    };
    let difference = Estimate::of(&blocks(|[one, two, three, four]| {
        (one + two - three - four) / 2.0
    }));
    let floor = Estimate::of(&blocks(|[one, two, three, four]| {
        (two - one + four - three) / 2.0
    }));
    let verdict = if difference.exceeds(floor) {
        "yes"
    } else {
        "no"
    };
    let hidden = median(&mut blocks(|[one, two, ..]| (one + two) / 2.0));
    let unknown = median(&mut blocks(|[.., three, four]| (three + four) / 2.0));
    let (method, version) = (question.method, era.version());
    println!(
        "| {method} | {version} | {hidden:.1} | {unknown:.1} | {difference} | {floor} | {verdict} |"
    );
}

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some(SERVE) {
        return portcullis::cli::run(api());
    }
    let runtime = tokio::runtime::Runtime::new().expect("a runtime needs nothing but the machine");
    let service = runtime.block_on(Service::start_guarded("Greeter"));
    println!(
        "| message | era | hidden, µs | unknown, µs | difference, µs | noise floor, µs | told apart |"
    );
    println!("|---|---|---:|---:|---:|---:|---|");
    for question in &QUESTIONS {
        for era in Era::ALL {
            compare(&service, question, era);
        }
    }
    ExitCode::SUCCESS
}
