//! A server that answers what a test says, keeps what it was asked, and can be as bad as real ones: silent, cut off,
//! far too long. One request a connection.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::certificates;

/// A running server; it ends when dropped.
pub(super) struct Fake {
    pub(super) address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
    serving: JoinHandle<()>,
}

/// A request.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) method: String,
    /// With the query.
    pub(super) target: String,
    /// By lower-case name.
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: String,
}

/// What comes of a request.
#[derive(Debug, Clone)]
pub(super) enum Act {
    Answer {
        status: u16,
        headers: Vec<(&'static str, String)>,
        body: String,
    },
    /// Nothing, and the connection stays open.
    Hang,
    /// The beginning of an answer, and the connection is closed.
    CutOff,
}

/// Plain, or TLS with the certificate of this run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Speech {
    Plain,
    Tls,
    /// A proxy that lets every `CONNECT` end at this very server, in TLS.
    Proxy,
}

type Script = dyn Fn(&Asked, usize) -> Act + Send + Sync;

impl Act {
    pub(super) fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::text(status, body.to_string())
    }

    pub(super) fn text(status: u16, body: impl Into<String>) -> Self {
        Act::Answer {
            status,
            headers: Vec::new(),
            body: body.into(),
        }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        if let Act::Answer { headers, .. } = &mut self {
            headers.push((name, value.into()));
        }
        self
    }
}

impl Asked {
    /// A parameter of the query.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        let url = reqwest::Url::parse("http://fake").ok()?;
        let url = url.join(&self.target).ok()?;
        let found = url.query_pairs().find(|(key, _)| key == name);
        found.map(|(_, value)| value.into_owned())
    }
}

impl Fake {
    /// Starts on a free port. The script is given the request and how many came before it.
    pub(super) async fn start(
        speech: Speech,
        script: impl Fn(&Asked, usize) -> Act + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("loopback has a free port");
        let address = listener.local_addr().expect("it is bound");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let script: Arc<Script> = Arc::new(script);
        let kept = Arc::clone(&asked);
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (script, kept) = (Arc::clone(&script), Arc::clone(&kept));
                tokio::spawn(async move {
                    // A client that goes away in the middle is what some tests are about.
                    let _ = serve(stream, speech, &*script, &kept).await;
                });
            }
        });
        Self {
            address,
            asked,
            serving,
        }
    }

    /// Everything so far.
    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("no holder panics").clone()
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(
    mut stream: TcpStream,
    speech: Speech,
    script: &Script,
    kept: &Mutex<Vec<Asked>>,
) -> std::io::Result<()> {
    if speech == Speech::Proxy {
        let connect = read(&mut stream).await?;
        assert_eq!(connect.method, "CONNECT");
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
    }
    if speech == Speech::Plain {
        answer(stream, script, kept).await
    } else {
        let stream = certificates::acceptor().accept(stream).await?;
        answer(stream, script, kept).await
    }
}

async fn answer(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    script: &Script,
    kept: &Mutex<Vec<Asked>>,
) -> std::io::Result<()> {
    let asked = read(&mut stream).await?;
    let before = {
        let mut kept = kept.lock().expect("no holder panics");
        kept.push(asked.clone());
        kept.len() - 1
    };
    match script(&asked, before) {
        Act::Hang => std::future::pending().await,
        Act::CutOff => {
            let begun = b"HTTP/1.1 200 -\r\ncontent-length: 1000\r\n\r\n{\"value\"";
            stream.write_all(begun).await?;
            stream.shutdown().await
        }
        Act::Answer {
            status,
            headers,
            body,
        } => {
            let mut head = format!(
                "HTTP/1.1 {status} -\r\ncontent-length: {}\r\nconnection: close\r\ncontent-type: application/json\r\n",
                body.len()
            );
            for (name, value) in headers {
                head.push_str(&format!("{name}: {value}\r\n"));
            }
            stream
                .write_all(format!("{head}\r\n{body}").as_bytes())
                .await?;
            stream.shutdown().await
        }
    }
}

async fn read(stream: &mut (impl AsyncRead + Unpin)) -> std::io::Result<Asked> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let mut lines = head.lines();
    let mut words = lines.next().unwrap_or_default().split(' ');
    let (method, target) = (words.next(), words.next());
    let headers: BTreeMap<String, String> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers.get("content-length").and_then(|it| it.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).await?;
    Ok(Asked {
        method: method.unwrap_or_default().to_owned(),
        target: target.unwrap_or_default().to_owned(),
        headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    })
}
