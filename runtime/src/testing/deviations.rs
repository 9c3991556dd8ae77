//! Everything that an assertion found, as one table in one panic: a developer mends all of it at once.

use std::fmt::Write as _;
use std::panic::Location;

/// Rows shown before the rest is only counted: a log that nobody can open helps nobody.
const MAX_ROWS_SHOWN: usize = 2000;

/// What deviates from what was annotated, a row each.
pub(super) struct Deviations<const COLUMNS: usize> {
    columns: [&'static str; COLUMNS],
    rows: Vec<[String; COLUMNS]>,
    checked: usize,
}

impl<const COLUMNS: usize> Deviations<COLUMNS> {
    pub(super) fn new(columns: [&'static str; COLUMNS]) -> Self {
        Self {
            columns,
            rows: Vec::new(),
            checked: 0,
        }
    }

    /// Counts one check, and keeps its row when it deviates.
    pub(super) fn check(&mut self, deviation: Option<[String; COLUMNS]>) {
        self.checked += 1;
        self.rows.extend(deviation);
    }

    /// Passes when nothing deviates.
    ///
    /// # Panics
    /// With the table; and when nothing was checked, which proves nothing.
    pub(super) fn settle(self, assertion: &str, at: &Location<'_>) {
        assert!(
            self.checked > 0,
            "{assertion} at {at} had nothing to check: does the application have such operations?"
        );
        assert!(
            self.rows.is_empty(),
            "{assertion} at {at}: {} of {} checks deviate\n\n{}",
            self.rows.len(),
            self.checked,
            self.render()
        );
    }

    fn render(&self) -> String {
        let shown = &self.rows[..self.rows.len().min(MAX_ROWS_SHOWN)];
        let widths: [usize; COLUMNS] = std::array::from_fn(|column| {
            let cells = shown.iter().map(|row| row[column].chars().count());
            cells
                .chain([self.columns[column].len()])
                .max()
                .unwrap_or_default()
        });
        let line = |cells: [&str; COLUMNS]| {
            let padded = cells
                .iter()
                .zip(widths)
                .map(|(cell, width)| format!("{cell:width$}"));
            let text = padded.collect::<Vec<_>>().join(" | ");
            text.trim_end().to_owned() + "\n"
        };
        let rule = widths.map(|width| "-".repeat(width));
        let mut table = line(self.columns);
        table += &line(std::array::from_fn(|column| rule[column].as_str()));
        for row in shown {
            table += &line(std::array::from_fn(|column| row[column].as_str()));
        }
        let more = self.rows.len() - shown.len();
        if more > 0 {
            // Writing to a String cannot fail.
            let _ = writeln!(table, ".. and {more} more");
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "2 of 3 checks deviate\n\n\
        operation | got\n\
        --------- | ----\n\
        a         | 200\n\
        b         | 4031\n")]
    fn all_deviations_stand_in_one_aligned_table() {
        let mut deviations = Deviations::new(["operation", "got"]);
        deviations.check(None);
        deviations.check(Some(["a".to_owned(), "200".to_owned()]));
        deviations.check(Some(["b".to_owned(), "4031".to_owned()]));
        deviations.settle("assert_it", Location::caller());
    }

    #[test]
    #[should_panic(expected = "had nothing to check")]
    fn an_assertion_without_a_check_fails() {
        Deviations::<1>::new(["operation"]).settle("assert_it", Location::caller());
    }
}
