use std::time::Duration;

use super::parse_text;
use crate::config::key::{DurationRange, Kind};
use crate::config::sections::Environment;
use crate::config::value::Value;

const RANGE: DurationRange = DurationRange::new(Duration::from_secs(10), Duration::from_secs(7200))
    .or_locally(Duration::from_millis(10));
const SIZE: Kind = Kind::Size {
    min: 1024,
    max: 1 << 20,
};
const COUNT: Kind = Kind::Count { min: 1, max: 100 };

#[test]
fn accepted_values_are_shown_in_their_normal_form() {
    let cases = [
        (Kind::Boolean, "YES", "true"),
        (
            Kind::Guid,
            "8F2B1C7E-5D0A-4E7B-9C55-1F6A2D3E4B5C",
            "8f2b1c7e-5d0a-4e7b-9c55-1f6a2d3e4b5c",
        ),
        (
            Kind::BaseUrl,
            "https://Login.Contoso.com:443/x//",
            "https://login.contoso.com/x",
        ),
        (
            Kind::Uri,
            "https://Login.Contoso.com/x/",
            "https://Login.Contoso.com/x/",
        ),
        (Kind::Address, "[::1]:80", "[::1]:80"),
        (
            Kind::LogFilter,
            "info,portcullis=debug",
            "info,portcullis=debug",
        ),
        (
            Kind::Key256,
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
            "(looks like a secret, not shown)",
        ),
        (Kind::Duration(RANGE), "90s", "1m 30s"),
        (Kind::Duration(RANGE), "2h", "2h"),
        (SIZE, "64KiB", "64.0 KiB"),
        (SIZE, "2048", "2.0 KiB"),
        (COUNT, "100", "100"),
        (Kind::TextList, " a , b ", "[\"a\", \"b\"]"),
        (Kind::TextList, "[]", "[]"),
        (Kind::TextList, "", "[]"),
        (Kind::Table, "{A=\"x\"}", "{\"A\" = \"x\"}"),
        (Kind::Choice(&["allow", "deny"]), "deny", "deny"),
    ];
    for (kind, text, expected) in cases {
        let value: Value = parse_text(kind, text, Environment::Prod).unwrap();
        assert_eq!(value.to_string(), expected, "{kind:?} {text}");
    }
}

#[test]
fn refused_values_say_what_is_wrong() {
    let cases = [
        (Kind::Boolean, "on", "not a boolean"),
        (
            Kind::Guid,
            "{8f2b1c7e-5d0a-4e7b-9c55-1f6a2d3e4b5c}",
            "not a GUID",
        ),
        (Kind::Guid, "8f2b1c7e5d0a4e7b9c551f6a2d3e4b5c", "not a GUID"),
        (Kind::Guid, "", "it is empty"),
        (
            Kind::BaseUrl,
            "login.contoso.com",
            "not an absolute address",
        ),
        (
            Kind::BaseUrl,
            "ftp://contoso.com",
            "must begin with https://",
        ),
        (Kind::BaseUrl, "https://contoso.com/?a=b", "no query"),
        (Kind::Url, "https://contoso.com/ x", "no blanks"),
        (Kind::Address, "localhost:80", "not an IP address and port"),
        (Kind::Address, "127.0.0.1", "not an IP address and port"),
        (Kind::LogFilter, "inof", "each part must be"),
        (Kind::LogFilter, "portcullis=loud", "each part must be"),
        (Kind::LogFilter, "portcullis=", "each part must be"),
        (Kind::LogFilter, "info,,debug", "each part must be"),
        (Kind::LogFilter, "=info", "each part must be"),
        (Kind::LogFilter, "desk=debug=info", "each part must be"),
        (
            Kind::LogFilter,
            "[request{id=7}]=debug",
            "each part must be",
        ),
        (Kind::LogFilter, "", "each part must be"),
        (Kind::Key256, "", "not 32 bytes in base64"),
        (Kind::Key256, "swordfish", "not 32 bytes in base64"),
        (
            Kind::Key256,
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==",
            "draw them with `openssl rand -base64 32`",
        ),
        (
            Kind::Key256,
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            "not random",
        ),
        (Kind::Duration(RANGE), "30", "not a duration"),
        (
            Kind::Duration(RANGE),
            "1s",
            "out of range: 10s to 2h; smaller ones are for dev and test",
        ),
        (Kind::Duration(RANGE), "3h", "out of range: 10s to 2h"),
        (SIZE, "2GiB", "out of range: 1.0 KiB to 1.0 MiB"),
        (SIZE, "big", "not a size"),
        (COUNT, "0", "out of range: 1 to 100"),
        (COUNT, "1.5", "not a whole number"),
        (COUNT, "99999999999999999999999999", "out of range"),
        (Kind::TextList, "a,,b", "empty item"),
        (Kind::TextList, "[a, b]", "not a list"),
        (
            Kind::GuidList,
            "8f2b1c7e-5d0a-4e7b-9c55-1f6a2d3e4b5c,x",
            "item 2: not a GUID",
        ),
        (Kind::UriList, "api", "item 1: not an absolute address"),
        (Kind::Table, "A=x", "not a table"),
        (Kind::Table, "{\"A\" = 1}", "not a table"),
        (
            Kind::Choice(&["allow", "deny"]),
            "alow",
            "did you mean allow?",
        ),
    ];
    for (kind, text, expected) in cases {
        let error = parse_text(kind, text, Environment::Prod).unwrap_err();
        assert!(error.contains(expected), "{kind:?} {text}: {error}");
    }
}

#[test]
fn smaller_durations_are_accepted_locally() {
    let kind = Kind::Duration(RANGE);
    assert!(parse_text(kind, "1s", Environment::Test).is_ok());
    assert!(parse_text(kind, "1ms", Environment::Test).is_err());
}
