//! `derive(Settings)`: one struct is keys, types, defaults and bounds, and is read as it was declared.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use portcullis::testing::TestApi;
use portcullis::{Api, Settings, endpoints};
use url::Url;
use uuid::Uuid;

use super::{failure_of, notes};
use crate::api::AppState;

/// One field of every type.
#[derive(Debug, PartialEq, Settings)]
struct EverySetting {
    /// A text.
    #[setting(default = "plain")]
    text: String,
    /// A secret.
    #[setting(secret)]
    secret: String,
    /// A flag.
    #[setting(default = true)]
    flag: bool,
    /// A small number.
    #[setting(default = 8, min = 1, max = 64)]
    small: u16,
    /// A number.
    #[setting(default = 9)]
    number: u32,
    /// A large number.
    #[setting(default = 10)]
    large: u64,
    /// A size.
    #[setting(default = 11)]
    size: usize,
    /// A time.
    #[setting(default = "30s", min = "1s", max = "10min")]
    time: Duration,
    /// A list.
    #[setting(default = "a,b")]
    list: Vec<String>,
    /// A table.
    #[setting(default = "{\"a\" = \"b\"}")]
    table: BTreeMap<String, String>,
    /// An address,
    /// which may be unset.
    address: Option<Url>,
    /// A socket.
    socket: Option<SocketAddr>,
    /// A GUID.
    r#guid: Option<Uuid>,
}

type Read = Arc<Mutex<Option<EverySetting>>>;

/// An application that keeps what it has read.
fn api(read: Read) -> Api<AppState> {
    Api::new("Notes", "1.0.0")
        .endpoints(endpoints![notes::health])
        .settings::<EverySetting>()
        .state(async move |start| {
            *read.lock().expect("no holder panics") = Some(start.settings()?);
            Ok(AppState::default())
        })
}

async fn read_with(settings: &[(&str, &str)]) -> EverySetting {
    let read = Read::default();
    let kit = TestApi::new(api(Arc::clone(&read))).set("app.secret", "hidden");
    let kit = settings.iter().fold(kit, |kit, (key, value)| {
        kit.set(&format!("app.{key}"), value)
    });
    kit.await;
    let taken = read.lock().expect("no holder panics").take();
    taken.expect("the state was built")
}

fn by_default() -> EverySetting {
    EverySetting {
        text: "plain".to_owned(),
        secret: "hidden".to_owned(),
        flag: true,
        small: 8,
        number: 9,
        large: 10,
        size: 11,
        time: Duration::from_secs(30),
        list: vec!["a".to_owned(), "b".to_owned()],
        table: BTreeMap::from([("a".to_owned(), "b".to_owned())]),
        address: None,
        socket: None,
        guid: None,
    }
}

#[tokio::test]
async fn what_is_not_set_is_its_default_or_nothing() {
    assert_eq!(read_with(&[]).await, by_default());
}

#[tokio::test]
async fn every_type_is_read_as_it_was_declared() {
    let guid = "0d444444-4444-4444-8444-444444444444";
    let read = read_with(&[
        ("text", "other"),
        ("flag", "no"),
        ("small", "64"),
        ("large", "18446744073709551615"),
        ("time", "1s"),
        ("list", "x"),
        ("table", "{\"k\" = \"v\"}"),
        ("address", "https://prices.example/feed?a=b"),
        ("socket", "[::1]:80"),
        ("guid", guid),
    ])
    .await;
    let expected = EverySetting {
        text: "other".to_owned(),
        flag: false,
        small: 64,
        large: u64::MAX,
        time: Duration::from_secs(1),
        list: vec!["x".to_owned()],
        table: BTreeMap::from([("k".to_owned(), "v".to_owned())]),
        address: Url::parse("https://prices.example/feed?a=b").ok(),
        socket: "[::1]:80".parse().ok(),
        guid: Uuid::parse_str(guid).ok(),
        ..by_default()
    };
    assert_eq!(read, expected);
}

#[tokio::test]
async fn every_mistake_is_told_at_once_with_what_would_be_right() {
    let failure = failure_of(async {
        let kit = TestApi::new(api(Read::default()));
        kit.set("app.small", "65")
            .set("app.number", "4294967296")
            .set("app.time", "11min")
            .set("app.flag", "perhaps")
            .set("app.address", "nowhere")
            .set("app.tmie", "1s")
            .await;
    });
    let failure = failure.await;
    for told in [
        "app.secret is not set",
        "app.small",
        "1 to 64",
        "app.number",
        "0 to 4294967295",
        "app.time",
        "1s to 10m",
        "app.flag",
        "app.address",
        "did you mean app.time?",
        "An address, which may be unset.",
    ] {
        assert!(failure.contains(told), "{told} is not in:\n{failure}");
    }
}
