//! The standard variables of OpenTelemetry that are lists or numbers in a text: read here, and checked with the same eyes.
//!
//! Source: OpenTelemetry specification, "Environment Variable Specification" and "OTLP Exporter Configuration"; the lists
//! are those of W3C Baggage, without properties.

use http::{HeaderName, HeaderValue};
use percent_encoding::percent_decode_str;

use super::finding::{Finding, FindingId};
use super::keys;
use super::merge::RawConfig;
use super::sections::{OtlpConfig, SecretText, TraceSampler};
use crate::identity::is_loopback;

/// The way to a collector, when one is named and nothing forbids it.
pub(super) fn build(raw: &RawConfig) -> Option<OtlpConfig> {
    let endpoint = raw.get(&keys::OTLP_ENDPOINT)?;
    if raw.get(&keys::OTLP_DISABLED) == Some(true) {
        return None;
    }
    let headers = raw.get(&keys::OTLP_HEADERS);
    let headers = headers.and_then(|text| parse_list(&text.0));
    let attributes = raw.get(&keys::RESOURCE_ATTRIBUTES);
    Some(OtlpConfig {
        endpoint,
        headers: headers
            .unwrap_or_default()
            .into_iter()
            .map(|(name, value)| (name, SecretText(value)))
            .collect(),
        interval: raw.get(&keys::OTLP_INTERVAL)?,
        service_name: raw.get(&keys::SERVICE_NAME).filter(|name| !name.is_empty()),
        resource_attributes: attributes
            .and_then(|text| parse_list(&text))
            .unwrap_or_default(),
        sampler: sampler(raw)?,
    })
}

fn sampler(raw: &RawConfig) -> Option<TraceSampler> {
    let ratio = parse_ratio(&raw.get(&keys::TRACES_SAMPLER_ARG)?)?;
    Some(match raw.get(&keys::TRACES_SAMPLER)?.as_str() {
        "always_on" => TraceSampler::AlwaysOn,
        "always_off" => TraceSampler::AlwaysOff,
        "traceidratio" => TraceSampler::Ratio(ratio),
        "parentbased_always_off" => TraceSampler::ParentOrAlwaysOff,
        "parentbased_traceidratio" => TraceSampler::ParentOrRatio(ratio),
        _ => TraceSampler::ParentOrAlwaysOn,
    })
}

/// Checks what [`build`] reads. No sentence shows a value: headers are secrets.
pub(super) fn check(raw: &RawConfig) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(text) = raw.get(&keys::OTLP_HEADERS)
        && !parse_list(&text.0).is_some_and(|list| list.iter().all(is_header))
    {
        let what = "telemetry.otlp.headers is no list of headers";
        findings.push(
            Finding::error(FindingId::Value, what)
                .why("without its headers a collector refuses everything")
                .from(raw.source(&keys::OTLP_HEADERS))
                .fix("write name=value, with a comma between two, and other signs in a value percent-encoded"),
        );
    }
    findings.extend(check_open_headers(raw));
    if let Some(text) = raw.get(&keys::RESOURCE_ATTRIBUTES)
        && parse_list(&text).is_none()
    {
        let what = "telemetry.resource_attributes is no list of attributes";
        findings.push(
            Finding::error(FindingId::Value, what)
                .from(raw.source(&keys::RESOURCE_ATTRIBUTES))
                .fix("write name=value, with a comma between two, and other signs in a value percent-encoded"),
        );
    }
    if let Some(text) = raw.get(&keys::TRACES_SAMPLER_ARG)
        && parse_ratio(&text).is_none()
    {
        let what = "telemetry.traces.sampler_arg is no part of all traces";
        findings.push(
            Finding::error(FindingId::Value, what)
                .from(raw.source(&keys::TRACES_SAMPLER_ARG))
                .fix("write a number from 0 to 1, such as 0.1 for a tenth"),
        );
    }
    findings
}

/// Headers are keys to a collector; over http everybody on the way reads them.
fn check_open_headers(raw: &RawConfig) -> Option<Finding> {
    let has_headers = match raw.get(&keys::OTLP_HEADERS) {
        Some(text) => !text.0.trim().is_empty(),
        // Key Vault has them, or will say that it has none.
        None => !raw.is_unset(&keys::OTLP_HEADERS),
    };
    let endpoint = raw.get(&keys::OTLP_ENDPOINT)?;
    if !has_headers || endpoint.scheme() == "https" || is_loopback(&endpoint) {
        return None;
    }
    let what = "telemetry.otlp.headers would go over http, in clear text";
    let finding = Finding::error(FindingId::Value, what)
        .why("they are keys to the collector, and everybody on the way could read them")
        .from(raw.source(&keys::OTLP_ENDPOINT))
        .from(raw.source(&keys::OTLP_HEADERS))
        .fix("name the collector by https or on this machine, or leave the headers out");
    Some(finding)
}

fn is_header((name, value): &(String, String)) -> bool {
    HeaderName::try_from(name).is_ok() && HeaderValue::try_from(value).is_ok()
}

fn parse_ratio(text: &str) -> Option<f64> {
    let ratio = text.trim().parse::<f64>().ok()?;
    (0.0..=1.0).contains(&ratio).then_some(ratio)
}

/// `a=1,b=2`; empty text is an empty list, as an empty variable is an unset one.
fn parse_list(text: &str) -> Option<Vec<(String, String)>> {
    let members = text.split(',').map(str::trim).filter(|it| !it.is_empty());
    let parse = |member: &str| {
        let (name, value) = member.split_once('=')?;
        let value = percent_decode_str(value.trim()).decode_utf8().ok()?;
        let name = name.trim();
        (!name.is_empty()).then(|| (name.to_owned(), value.into_owned()))
    };
    members.map(parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_as_the_specification_writes_it() {
        let pairs = |list: &[(&str, &str)]| {
            let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
            Some(list.iter().map(owned).collect::<Vec<_>>())
        };
        for (text, expected) in [
            ("", pairs(&[])),
            ("a=1", pairs(&[("a", "1")])),
            (
                " a = 1 , b=x%20y%2Cz=,",
                pairs(&[("a", "1"), ("b", "x y,z=")]),
            ),
            ("a=b=c", pairs(&[("a", "b=c")])),
            ("a", None),
            ("=1", None),
            ("a=%ff", None),
        ] {
            assert_eq!(parse_list(text), expected, "{text}");
        }
    }

    #[test]
    fn a_ratio_is_a_part_of_one() {
        for (text, expected) in [
            ("0", Some(0.0)),
            ("0.25", Some(0.25)),
            ("1", Some(1.0)),
            ("1.1", None),
            ("-0.1", None),
            ("NaN", None),
            ("a tenth", None),
        ] {
            assert_eq!(parse_ratio(text), expected, "{text}");
        }
    }
}
