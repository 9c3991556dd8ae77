//! Duties 6, 7 and the form part of duty 1.

use super::*;
use crate::identity::testing::{encode, forge};

const HEADER: &str = r#"{"alg":"RS256","kid":"k"}"#;

fn parse(token: &str) -> Result<(), Reason> {
    UnverifiedToken::parse(token).map(|_| ())
}

fn with_claims(claims: impl AsRef<[u8]>) -> Result<(), Reason> {
    parse(&format!(
        "{}.{}.{}",
        encode(HEADER),
        encode(claims),
        encode("sig")
    ))
}

#[test]
fn a_token_is_three_parts_in_canonical_base64url() {
    let good = forge(HEADER, "{}", b"sig");
    let header = encode(HEADER);
    let table = [
        ("good", good.clone(), Ok(())),
        ("empty", String::new(), Err(Reason::TokenNotSigned)),
        (
            "two parts",
            format!("{header}.{}", encode("{}")),
            Err(Reason::TokenNotSigned),
        ),
        (
            "no signature",
            format!("{header}.{}.", encode("{}")),
            Err(Reason::TokenNotSigned),
        ),
        (
            "no claims",
            format!("{header}..{}", encode("sig")),
            Err(Reason::TokenNotSigned),
        ),
        (
            "no header",
            format!(".{}.{}", encode("{}"), encode("sig")),
            Err(Reason::TokenNotSigned),
        ),
        (
            "four parts",
            format!("{good}.x"),
            Err(Reason::TokenNotSigned),
        ),
        (
            "trailing dot",
            format!("{good}."),
            Err(Reason::TokenNotSigned),
        ),
        (
            "leading dot",
            format!(".{good}"),
            Err(Reason::TokenNotSigned),
        ),
        (
            "five parts",
            format!("{good}.x.y"),
            Err(Reason::TokenEncrypted),
        ),
        (
            "many parts",
            format!("{good}{}", ".".repeat(9000)),
            Err(Reason::TokenNotSigned),
        ),
        (
            "padded signature",
            format!("{good}="),
            Err(Reason::NotBase64Url),
        ),
        (
            "padded claims",
            format!("{header}.{}=.c2ln", encode("{}")),
            Err(Reason::NotBase64Url),
        ),
        (
            "spare bits set",
            format!("{header}.e31.c2ln"),
            Err(Reason::NotBase64Url),
        ),
        ("spare bits clear", format!("{header}.e30.c2ln"), Ok(())),
        (
            "spare bits in the signature",
            format!("{header}.e30.c2lnZh"),
            Err(Reason::NotBase64Url),
        ),
        ("standard alphabet", format!("{header}.e30.-_-_"), Ok(())),
        (
            "plus and slash",
            format!("{header}.e30.+/+/"),
            Err(Reason::NotBase64Url),
        ),
        (
            "impossible length",
            format!("{header}.e30.c2lnA"),
            Err(Reason::NotBase64Url),
        ),
        (
            "line break",
            format!("{header}.e30\n.c2ln"),
            Err(Reason::NotBase64Url),
        ),
        (
            "not ASCII",
            format!("{header}.e30.c2lné"),
            Err(Reason::NotBase64Url),
        ),
    ];
    for (name, token, expected) in table {
        assert_eq!(parse(&token), expected, "{name}");
    }
}

#[test]
fn duplicate_members_are_refused_at_every_depth() {
    let table = [
        ("tid twice", r#"{"tid":"a","tid":"a"}"#),
        ("tid twice, once escaped", r#"{"tid":"a","t\u0069d":"b"}"#),
        ("roles twice", r#"{"roles":[],"roles":["Admin"]}"#),
        ("an unknown one twice", r#"{"x":1,"x":2}"#),
        ("inside an unknown one", r#"{"x":{"y":1,"y":1}}"#),
        ("inside a list", r#"{"x":[[{"y":1,"\u0079":1}]]}"#),
        (
            "inside one that is pushed out",
            r#"{"x":{"y":1,"y":1},"x":1}"#,
        ),
    ];
    for (name, claims) in table {
        assert_eq!(with_claims(claims), Err(Reason::DuplicateMember), "{name}");
    }
    let header = r#"{"alg":"RS256","alg":"RS256","kid":"k"}"#;
    assert_eq!(
        parse(&forge(header, "{}", b"s")),
        Err(Reason::DuplicateMember)
    );
    let header = r#"{"alg":"none","a\u006cg":"RS256","kid":"k"}"#;
    assert_eq!(
        parse(&forge(header, "{}", b"s")),
        Err(Reason::DuplicateMember)
    );
}

#[test]
fn header_and_claims_are_one_json_object_in_utf8() {
    let table: [(&str, &[u8]); 10] = [
        ("array", b"[]"),
        ("string", b"\"{}\""),
        ("null", b"null"),
        ("invalid utf-8", b"{\"a\":\"\xff\"}"),
        ("overlong utf-8", b"{\"a\":\"\xc0\xae\"}"),
        ("utf-16", b"\xfe\xff\0{\0}"),
        ("byte order mark", b"\xef\xbb\xbf{}"),
        ("two objects", b"{}{}"),
        ("text after", b"{}x"),
        ("cut off", b"{\"a\":"),
    ];
    for (name, claims) in table {
        assert_eq!(with_claims(claims), Err(Reason::NotJson), "{name}");
    }
    assert_eq!(parse(&forge("[]", "{}", b"s")), Err(Reason::NotJson));
}

#[test]
fn size_caps_stand_before_any_decoding() {
    let over = "!".repeat(TOKEN_LIMIT_BYTES + 1);
    assert_eq!(parse(&over), Err(Reason::TokenTooLarge));
    // Not base64url either: the cap is looked at first.
    let header = "!".repeat(HEADER_LIMIT_BYTES + 1);
    assert_eq!(
        parse(&format!("{header}.e30.c2ln")),
        Err(Reason::HeaderTooLarge)
    );
    let padding = " ".repeat(HEADER_LIMIT_BYTES * 3 / 4 - HEADER.len());
    let largest = format!("{HEADER}{padding}");
    assert_eq!(encode(&largest).len(), HEADER_LIMIT_BYTES);
    assert_eq!(parse(&forge(&largest, "{}", b"sig")), Ok(()));
}
