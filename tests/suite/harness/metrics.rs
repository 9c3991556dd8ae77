//! What `/metrics` says, read as Prometheus reads it.

use std::collections::BTreeMap;

use super::Service;

/// One look at the metrics of a service.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Metrics {
    /// By name and labels as they are written.
    series: BTreeMap<String, f64>,
}

impl Metrics {
    pub(crate) async fn of(service: &Service) -> Self {
        let answer = service.manage("/metrics").await.expect(200);
        let content_type = answer.header("content-type");
        assert_eq!(
            content_type,
            Some("text/plain; version=0.0.4; charset=utf-8")
        );
        let samples = answer.text().lines().filter(|line| !line.starts_with('#'));
        let sample = |line: &str| {
            let (series, value) = line.rsplit_once(' ').expect("a sample has a value");
            let value = value.parse().expect("a sample's value is a number");
            (series.to_owned(), value)
        };
        Self {
            series: samples.map(sample).collect(),
        }
    }

    /// The sum over every series of this name that has all of these labels.
    pub(crate) fn sum(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let fits = |series: &str| {
            let (its_name, its_labels) = series.split_once('{').unwrap_or((series, ""));
            let has =
                |(name, value): &(&str, &str)| its_labels.contains(&format!("{name}=\"{value}\""));
            its_name == name && labels.iter().all(has)
        };
        let fitting = self.series.iter().filter(|(series, _)| fits(series));
        fitting.map(|(_, value)| value).sum()
    }

    /// Whether there is any series of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        let is_it = |series: &String| series.split('{').next() == Some(name);
        self.series.keys().any(is_it)
    }

    /// How many series there are in all.
    pub(crate) fn len(&self) -> usize {
        self.series.len()
    }

    /// The series whose name begins like this and which have grown since, by how much each.
    pub(crate) fn growth(&self, earlier: &Self, prefix: &str) -> Vec<(String, f64)> {
        let grown = self.series.iter().filter_map(|(series, value)| {
            let grown = value - earlier.series.get(series).unwrap_or(&0.0);
            (series.starts_with(prefix) && grown != 0.0).then(|| (series.clone(), grown))
        });
        grown.collect()
    }

    /// Every value of every label.
    pub(crate) fn text(&self) -> String {
        self.series.keys().cloned().collect::<Vec<_>>().join("\n")
    }
}
