//! Single values: booleans, GUIDs, addresses, durations, sizes, counts.

use std::net::SocketAddr;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytesize::ByteSize;
use portcullis_api_spec::nearest;
use tracing_subscriber::filter::LevelFilter;
use url::Url;
use uuid::Uuid;

use super::ParseError;
use crate::config::key::DurationRange;
use crate::config::sections::Environment;

/// `true`, `1`, `yes` and their opposites, in any case. Anything else could switch authentication by accident.
pub(super) fn parse_boolean(text: &str) -> Result<bool, ParseError> {
    let is_one_of = |words: [&str; 3]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is_one_of(["true", "1", "yes"]) {
        Ok(true)
    } else if is_one_of(["false", "0", "no"]) {
        Ok(false)
    } else if text.is_empty() {
        Err("it is empty; write true or false".to_owned())
    } else {
        Err("not a boolean; write true or false (1, 0, yes and no count too)".to_owned())
    }
}

/// The hyphenated form only: braces, URNs and 32 bare digits are somebody's copying mistake.
pub(super) fn parse_guid(text: &str) -> Result<Uuid, ParseError> {
    const EXPECTED: &str = "8-4-4-4-12 hexadecimal digits, such as Entra's portal shows";
    if text.is_empty() {
        return Err(format!("it is empty; unset it or give a GUID: {EXPECTED}"));
    }
    let is_hyphenated = text.len() == uuid::fmt::Hyphenated::LENGTH;
    match Uuid::parse_str(text) {
        Ok(guid) if is_hyphenated => Ok(guid),
        Ok(_) | Err(_) => Err(format!("not a GUID: {EXPECTED}")),
    }
}

pub(super) fn parse_uri(text: &str) -> Result<String, ParseError> {
    if text
        .chars()
        .any(|character| character.is_whitespace() || character.is_control())
    {
        return Err("an address holds no blanks".to_owned());
    }
    match Url::parse(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(format!("not an absolute address: {error}")),
    }
}

pub(super) fn parse_url(text: &str) -> Result<Url, ParseError> {
    parse_uri(text)?;
    let url = Url::parse(text).map_err(|error| format!("not an absolute address: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("the address must begin with https://".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("the address must not carry a user or password".to_owned());
    }
    Ok(url)
}

pub(super) fn parse_base_url(text: &str) -> Result<Url, ParseError> {
    let mut url = parse_url(text)?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err("the address must have no query and no fragment".to_owned());
    }
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(url)
}

pub(super) fn parse_address(text: &str) -> Result<SocketAddr, ParseError> {
    text.parse().map_err(|_| {
        "not an IP address and port; write 127.0.0.1:8080, 0.0.0.0:8080 or [::1]:8080 (no host names)"
            .to_owned()
    })
}

/// Levels and `target=level` only. A bare word would be taken for a target, so that `inof` logs nothing at all, as no word does.
pub(super) fn parse_log_filter(text: &str) -> Result<String, ParseError> {
    let directives: Vec<&str> = text.split(',').map(str::trim).collect();
    match directives.iter().all(|directive| is_directive(directive)) {
        true => Ok(directives.join(",")),
        false => Err(
            "each part must be off, error, warn, info, debug, trace or target=level, as in \
             info,portcullis=debug"
                .to_owned(),
        ),
    }
}

fn is_directive(text: &str) -> bool {
    let is_level = |text: &str| !text.is_empty() && text.parse::<LevelFilter>().is_ok();
    let in_target = |byte: u8| byte.is_ascii_alphanumeric() || b"_:-.".contains(&byte);
    match text.split_once('=') {
        Some((target, level)) => {
            !target.is_empty() && target.bytes().all(in_target) && is_level(level)
        }
        None => is_level(text),
    }
}

/// A key as `openssl rand -base64 32` prints it.
pub(crate) fn parse_key_256(text: &str) -> Result<[u8; 32], ParseError> {
    let bytes = STANDARD.decode(text.trim_end()).ok();
    let key: Option<[u8; 32]> = bytes.and_then(|bytes| bytes.try_into().ok());
    match key {
        Some(key) if key.iter().all(|byte| *byte == key[0]) => {
            Err("not random: draw one with `openssl rand -base64 32`".to_owned())
        }
        Some(key) => Ok(key),
        None => Err("not 32 bytes in base64: draw them with `openssl rand -base64 32`".to_owned()),
    }
}

pub(super) fn parse_choice(text: &str, choices: &[&'static str]) -> Result<String, ParseError> {
    if choices.contains(&text) {
        return Ok(text.to_owned());
    }
    let hint = nearest(text, choices.iter().copied())
        .map(|choice| format!("; did you mean {choice}?"))
        .unwrap_or_default();
    Err(format!("not one of {}{hint}", choices.join(", ")))
}

pub(super) fn parse_duration(
    text: &str,
    range: DurationRange,
    environment: Environment,
) -> Result<Duration, ParseError> {
    let duration = humantime::parse_duration(text).map_err(|_| {
        "not a duration; write a number with its unit: 500ms, 30s, 5min, 1h".to_owned()
    })?;
    let min = if environment.is_local() {
        range.min_local
    } else {
        range.min
    };
    if duration < min || duration > range.max {
        let only_local = if duration < min && duration >= range.min_local {
            "; smaller ones are for dev and test"
        } else {
            ""
        };
        return Err(format!(
            "out of range: {} to {}{only_local}",
            humantime::format_duration(min),
            humantime::format_duration(range.max)
        ));
    }
    Ok(duration)
}

pub(super) fn describe_durations(range: DurationRange) -> String {
    let words = |duration| humantime::format_duration(duration).to_string();
    let local = if range.min_local < range.min {
        format!(" (from {} in dev and test)", words(range.min_local))
    } else {
        String::new()
    };
    format!("{} to {}{local}", words(range.min), words(range.max))
}

pub(super) fn describe_sizes(min: u64, max: u64) -> String {
    let words = |bytes| ByteSize(bytes).display().iec().to_string();
    format!("{} to {}", words(min), words(max))
}

pub(super) fn parse_size(text: &str, min: u64, max: u64) -> Result<u64, ParseError> {
    let size: ByteSize = text.parse().map_err(|_| {
        "not a size; write bytes, or a number with its unit: 64KiB, 1MiB".to_owned()
    })?;
    check_size(u128::from(size.as_u64()), min, max)
}

pub(super) fn check_size(bytes: u128, min: u64, max: u64) -> Result<u64, ParseError> {
    in_range(bytes, min, max).ok_or_else(|| format!("out of range: {}", describe_sizes(min, max)))
}

pub(super) fn parse_count(text: &str, min: u64, max: u64) -> Result<u64, ParseError> {
    let count: u128 = text
        .parse()
        .map_err(|_| format!("not a whole number from {min} to {max}"))?;
    check_count(count, min, max)
}

pub(super) fn check_count(count: u128, min: u64, max: u64) -> Result<u64, ParseError> {
    in_range(count, min, max).ok_or_else(|| format!("out of range: {min} to {max}"))
}

fn in_range(number: u128, min: u64, max: u64) -> Option<u64> {
    u64::try_from(number)
        .ok()
        .filter(|number| (min..=max).contains(number))
}
