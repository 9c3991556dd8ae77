//! W3C Trace Context: where a request stands in a distributed trace, read strictly, and written on what we ask of others.
//!
//! What does not follow the recommendation is as if it had not been sent: a trace is never a reason to refuse, and never
//! a way to write into a log. Source: W3C Trace Context, sections 3.2 and 3.3.

use std::str::FromStr;

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};

use crate::hex::Hex;

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");

/// `00-<32 hex>-<16 hex>-<2 hex>`
const TRACEPARENT_LENGTH: usize = 55;
/// Longest `tracestate` that is carried on, in bytes (section 3.3.1.5 asks for at least this much).
const TRACESTATE_LIMIT: usize = 512;

/// Reads where the client stands; `None` without one well-formed `traceparent`.
pub(super) fn read_headers(headers: &HeaderMap) -> Option<SpanContext> {
    let mut values = headers.get_all(TRACEPARENT).iter();
    let (Some(traceparent), None) = (values.next(), values.next()) else {
        return None;
    };
    let states = headers.get_all(TRACESTATE).iter();
    let states: Option<Vec<&str>> = states.map(|value| value.to_str().ok()).collect();
    read(
        traceparent.to_str().ok()?,
        &states.unwrap_or_default().join(","),
    )
}

/// Reads the two values, from wherever they came.
pub(crate) fn read(traceparent: &str, tracestate: &str) -> Option<SpanContext> {
    let (trace_id, span_id, flags) = parse_traceparent(traceparent)?;
    let state = match tracestate.len() <= TRACESTATE_LIMIT {
        true => TraceState::from_str(tracestate).unwrap_or_default(),
        false => TraceState::default(),
    };
    Some(SpanContext::new(trace_id, span_id, flags, true, state))
}

fn parse_traceparent(text: &str) -> Option<(TraceId, SpanId, TraceFlags)> {
    // Of a later version only what this one has in common with it counts: further fields follow a dash.
    let (head, rest) = text.split_at_checked(TRACEPARENT_LENGTH)?;
    let mut fields = head.split('-');
    let mut field = |length: usize| {
        let field = fields.next()?;
        let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (field.len() == length && field.bytes().all(is_hex)).then_some(field)
    };
    let (version, trace_id, span_id, flags) = (field(2)?, field(32)?, field(16)?, field(2)?);
    match version {
        "ff" => return None,
        "00" if !rest.is_empty() => return None,
        _ if !rest.is_empty() && !rest.starts_with('-') => return None,
        _ => {}
    }
    let trace_id = TraceId::from_hex(trace_id).ok()?;
    let span_id = SpanId::from_hex(span_id).ok()?;
    let flags = TraceFlags::new(u8::from_str_radix(flags, 16).ok()?) & TraceFlags::SAMPLED;
    let is_valid = trace_id != TraceId::INVALID && span_id != SpanId::INVALID;
    is_valid.then_some((trace_id, span_id, flags))
}

/// The headers that continue the trace of the request that is being answered: `traceparent`, and `tracestate` where
/// there is one. Empty outside of a request.
///
/// Add them to what a handler asks of other services, so that one trace shows both. They name nobody.
#[must_use]
pub fn trace_headers() -> HeaderMap {
    let mut headers = HeaderMap::new();
    write_trace_headers(&mut headers);
    headers
}

/// Adds them to what is asked of this service itself.
pub(crate) fn write_trace_headers(headers: &mut HeaderMap) {
    let context = Context::current();
    let span = context.span();
    let place = span.span_context();
    if !place.is_valid() {
        return;
    }
    if let Ok(value) = HeaderValue::try_from(traceparent(place)) {
        headers.insert(TRACEPARENT, value);
    }
    let state = place.trace_state().header();
    if !state.is_empty()
        && let Ok(value) = HeaderValue::try_from(state)
    {
        headers.insert(TRACESTATE, value);
    }
}

fn traceparent(place: &SpanContext) -> String {
    let flags = (place.trace_flags() & TraceFlags::SAMPLED).to_u8();
    let mut text = String::with_capacity(TRACEPARENT_LENGTH);
    text.push_str("00");
    for bytes in [
        &place.trace_id().to_bytes()[..],
        &place.span_id().to_bytes(),
        &[flags],
    ] {
        text.push('-');
        // A string takes what is written to it.
        let _ = Hex(bytes).write_to(&mut text);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    const SPAN: &str = "00f067aa0ba902b7";

    fn well_formed() -> String {
        format!("00-{TRACE}-{SPAN}-01")
    }

    #[test]
    fn a_well_formed_traceparent_is_read_and_only_its_sampled_flag_counts() {
        for (text, is_sampled) in [
            (well_formed(), true),
            (format!("00-{TRACE}-{SPAN}-00"), false),
            (format!("00-{TRACE}-{SPAN}-fe"), false),
            (format!("00-{TRACE}-{SPAN}-ff"), true),
            (format!("01-{TRACE}-{SPAN}-01"), true),
            (format!("cc-{TRACE}-{SPAN}-01-what-the-future-brings"), true),
        ] {
            let place = read(&text, "").unwrap_or_else(|| panic!("{text}"));
            assert_eq!(place.trace_id().to_string(), TRACE, "{text}");
            assert_eq!(place.span_id().to_string(), SPAN, "{text}");
            assert_eq!(place.is_sampled(), is_sampled, "{text}");
            assert!(place.is_remote());
        }
    }

    #[test]
    fn any_other_traceparent_is_as_if_it_had_not_been_sent() {
        let upper = TRACE.to_uppercase();
        for text in [
            String::new(),
            "00".to_owned(),
            format!("ff-{TRACE}-{SPAN}-01"),
            format!("0-{TRACE}-{SPAN}-01"),
            format!("+0-{TRACE}-{SPAN}-01"),
            format!("00-{upper}-{SPAN}-01"),
            format!("00-{TRACE}-{SPAN}-1"),
            format!("00-{TRACE}-{SPAN}-+1"),
            format!("00-{TRACE}-{SPAN}-01-"),
            format!("00-{TRACE}-{SPAN}-01-extra"),
            format!("01-{TRACE}-{SPAN}-01extra"),
            format!(" 00-{TRACE}-{SPAN}-01"),
            format!("00-{TRACE}-{SPAN}-01 "),
            format!("00-{}-{SPAN}-01", "0".repeat(32)),
            format!("00-{TRACE}-{}-01", "0".repeat(16)),
            format!("00-{}x-{SPAN}-01", &TRACE[..31]),
            format!("00_{TRACE}-{SPAN}-01"),
            format!("00-{TRACE}{SPAN}--01"),
            "é".repeat(60),
        ] {
            assert_eq!(read(&text, ""), None, "{text}");
        }
    }

    #[test]
    fn a_bad_tracestate_costs_only_itself() {
        let long = format!("a={}", "x".repeat(TRACESTATE_LIMIT));
        for (state, expected) in [
            (
                "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7",
                "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7",
            ),
            ("no equals sign", ""),
            (long.as_str(), ""),
        ] {
            let place = read(&well_formed(), state).unwrap();
            assert_eq!(place.trace_state().header(), expected, "{state}");
        }
    }

    #[test]
    fn two_traceparents_are_none() {
        let value = HeaderValue::try_from(well_formed()).unwrap();
        let mut headers = HeaderMap::new();
        headers.append(TRACEPARENT, value.clone());
        assert!(read_headers(&headers).is_some());
        headers.append(TRACEPARENT, value);
        assert_eq!(read_headers(&headers), None);
    }

    #[test]
    fn what_is_asked_of_others_continues_the_trace() {
        assert!(trace_headers().is_empty());
        let place = read(&well_formed(), "congo=t61rcWkgMzE").unwrap();
        let _attached = Context::new().with_remote_span_context(place).attach();
        let headers = trace_headers();
        assert_eq!(headers[TRACEPARENT], well_formed());
        assert_eq!(headers[TRACESTATE], "congo=t61rcWkgMzE");
    }
}
