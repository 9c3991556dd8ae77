//! How often something happened, by labels.
//!
//! A request counts several things, and an instrument of OpenTelemetry's copies and hashes all labels each time. So the
//! numbers are kept here, and an asynchronous instrument reads them when somebody looks.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use opentelemetry::KeyValue;
use opentelemetry::metrics::Meter;

use super::catalogue::MetricDef;

/// The counts of one metric with this many labels. Clones are the same.
#[derive(Clone)]
pub(super) struct Tally<const LABELS: usize> {
    /// In the order of their values.
    series: Arc<RwLock<Vec<Series<LABELS>>>>,
}

/// One count.
struct Series<const LABELS: usize> {
    /// In the order of the metric's labels.
    values: [Arc<str>; LABELS],
    count: AtomicU64,
}

impl<const LABELS: usize> Tally<LABELS> {
    /// Begins to count, and to show what is counted as this metric.
    pub(super) fn build(meter: &Meter, metric: &'static MetricDef) -> Self {
        let tally = Self {
            series: Arc::default(),
        };
        let shown = tally.clone();
        // A callback goes on living in the meter; the handle is of no use to anybody.
        let _ = meter
            .u64_observable_counter(metric.name)
            .with_description(metric.meaning)
            .with_callback(move |observer| {
                shown.each(|values, count| {
                    let labels = metric.labels.iter().zip(values);
                    let labels = labels.map(|(name, value)| KeyValue::new(*name, value.clone()));
                    observer.observe(count, &labels.collect::<Vec<_>>());
                });
            })
            .build();
        tally
    }

    /// Counts one more with these values, in the order of the metric's labels.
    pub(super) fn add(&self, values: [&str; LABELS]) {
        let series = self.series.read().unwrap_or_else(PoisonError::into_inner);
        if let Ok(place) = find(&series, values) {
            series[place].count.fetch_add(1, Ordering::Relaxed);
            return;
        }
        drop(series);
        let mut series = self.series.write().unwrap_or_else(PoisonError::into_inner);
        match find(&series, values) {
            Ok(place) => *series[place].count.get_mut() += 1,
            Err(place) => {
                let (values, count) = (values.map(Arc::from), AtomicU64::new(1));
                series.insert(place, Series { values, count });
            }
        }
    }

    fn each(&self, mut show: impl FnMut(&[Arc<str>; LABELS], u64)) {
        let series = self.series.read().unwrap_or_else(PoisonError::into_inner);
        for Series { values, count } in &*series {
            show(values, count.load(Ordering::Relaxed));
        }
    }
}

/// Where the series with these values stands.
///
/// # Errors
/// Where it would stand.
fn find<const LABELS: usize>(
    series: &[Series<LABELS>],
    values: [&str; LABELS],
) -> Result<usize, usize> {
    series.binary_search_by(|one| one.values.iter().map(|it| &**it).cmp(values))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use opentelemetry::metrics::MeterProvider;
    use opentelemetry_sdk::metrics::SdkMeterProvider;
    use proptest::prelude::*;

    use super::*;
    use crate::telemetry::catalogue;

    fn tally() -> Tally<2> {
        let meter = SdkMeterProvider::default().meter("test");
        Tally::build(&meter, &catalogue::TOOL_CALLS)
    }

    fn counted(tally: &Tally<2>) -> BTreeMap<[String; 2], u64> {
        let mut counted = BTreeMap::new();
        tally.each(|values, count| {
            let values = values.clone().map(|value| value.to_string());
            assert!(
                counted.insert(values, count).is_none(),
                "a series stands once"
            );
        });
        counted
    }

    proptest! {
        #[test]
        fn every_combination_of_values_has_a_count_of_its_own(
            happened in prop::collection::vec(("[ab]{0,2}", "[ab]{0,2}"), 0..60)
        ) {
            let tally = tally();
            let mut expected = BTreeMap::new();
            for (tool, outcome) in happened {
                tally.add([&tool, &outcome]);
                *expected.entry([tool, outcome]).or_insert(0) += 1;
            }
            prop_assert_eq!(counted(&tally), expected);
        }
    }

    #[test]
    fn nothing_is_lost_when_threads_count_the_same_for_the_first_time() {
        let tally = tally();
        let (threads, times, kinds) = (8, 200, ["a", "b", "c", "d"]);
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    for kind in kinds.into_iter().cycle().take(times) {
                        tally.add([kind, "success"]);
                    }
                });
            }
        });
        let each = threads * times as u64 / kinds.len() as u64;
        let expected = kinds.map(|kind| ([kind.to_owned(), "success".to_owned()], each));
        assert_eq!(counted(&tally), BTreeMap::from(expected));
    }
}
