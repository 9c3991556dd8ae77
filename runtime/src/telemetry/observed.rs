//! Metrics that are read when somebody looks: what the authenticator knows about itself.

use std::sync::Arc;

use opentelemetry::KeyValue;
use opentelemetry::metrics::Meter;

use super::catalogue;
use crate::identity::{Authenticator, KeysStatus};

/// Reads what the authenticator knows about itself, whenever somebody looks.
pub(super) fn observe(meter: &Meter, authenticator: &Arc<Authenticator>) {
    let is_bypassed = u64::from(authenticator.is_bypassed());
    // A callback goes on living in the meter; the handles are of no use to anybody.
    let _ = meter
        .u64_observable_gauge(catalogue::AUTHENTICATION_BYPASSED.name)
        .with_description(catalogue::AUTHENTICATION_BYPASSED.meaning)
        .with_callback(move |observer| observer.observe(is_bypassed, &[]))
        .build();
    if authenticator.is_bypassed() {
        // POC mode needs no keys: "missing" would be an alert about nothing.
        return;
    }
    let status_of = Arc::clone(authenticator);
    let _ = meter
        .u64_observable_gauge(catalogue::SIGNING_KEYS.name)
        .with_description(catalogue::SIGNING_KEYS.meaning)
        .with_callback(move |observer| {
            let current = status_of.keys_status();
            for (status, label) in [
                (KeysStatus::Fresh, "fresh"),
                (KeysStatus::Stale, "stale"),
                (KeysStatus::Missing, "missing"),
            ] {
                let labels = [KeyValue::new(catalogue::KEYS_STATUS, label)];
                observer.observe(u64::from(status == current), &labels);
            }
        })
        .build();
    let age_of = Arc::clone(authenticator);
    let _ = meter
        .f64_observable_gauge(catalogue::SIGNING_KEYS_AGE.name)
        .with_description(catalogue::SIGNING_KEYS_AGE.meaning)
        .with_unit(catalogue::SIGNING_KEYS_AGE.unit)
        .with_callback(move |observer| {
            if let Some(age) = age_of.keys_age() {
                observer.observe(age.as_secs_f64(), &[]);
            }
        })
        .build();
    let fetches_of = Arc::clone(authenticator);
    let _ = meter
        .u64_observable_counter(catalogue::SIGNING_KEY_FETCHES.name)
        .with_description(catalogue::SIGNING_KEY_FETCHES.meaning)
        .with_callback(move |observer| {
            let fetches = fetches_of.key_fetches();
            for (outcome, count) in [
                ("success", fetches.successes),
                ("failure", fetches.failures),
            ] {
                observer.observe(count, &[KeyValue::new(catalogue::OUTCOME, outcome)]);
            }
        })
        .build();
}
