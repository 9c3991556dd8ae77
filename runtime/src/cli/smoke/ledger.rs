//! What the checks found, row by row: said on standard error as it happens, kept for the table.

use std::io::Write as _;
use std::time::{Duration, Instant};

use super::redaction::Redactor;

/// What came of one check. Ordered: the last is the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outcome {
    /// As it should be.
    Passed,
    /// Not asked, because it has no answer here.
    Skipped,
    /// It works, and an operator should know something about it.
    Warned,
    /// It could not be asked, for a reason that lies with this machine and not with the deployment.
    NotRun,
    /// Not as it should be.
    Failed,
    /// Somebody is let in who must not be.
    Breached,
}

impl Outcome {
    pub(super) const ALL: [Self; 6] = [
        Self::Breached,
        Self::Failed,
        Self::NotRun,
        Self::Warned,
        Self::Passed,
        Self::Skipped,
    ];

    /// The word for people.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Passed => "ok",
            Self::Skipped => "skipped",
            Self::Warned => "WARNING",
            Self::NotRun => "NOT RUN",
            Self::Failed => "FAILED",
            Self::Breached => "BREACH",
        }
    }

    /// The word for programs.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Passed => "ok",
            Self::Skipped => "skipped",
            Self::Warned => "warning",
            Self::NotRun => "not_run",
            Self::Failed => "failed",
            Self::Breached => "breach",
        }
    }
}

/// What one check says.
#[derive(Debug, Clone)]
pub(super) struct Finding {
    pub(super) outcome: Outcome,
    /// What was found, in one line.
    pub(super) found: String,
    /// What to do about it, in one line; `None` when there is nothing to do.
    pub(super) fix: Option<String>,
}

/// A finding and what later checks need of it, or the finding alone when there is nothing to go on with.
pub(super) type Checked<T> = Result<(Finding, T), Finding>;

impl Finding {
    pub(super) fn passed(found: impl Into<String>) -> Self {
        Self::new(Outcome::Passed, found, None)
    }

    pub(super) fn skipped(why: impl Into<String>) -> Self {
        Self::new(Outcome::Skipped, why, None)
    }

    pub(super) fn warned(found: impl Into<String>, fix: impl Into<String>) -> Self {
        Self::new(Outcome::Warned, found, Some(fix.into()))
    }

    pub(super) fn not_run(found: impl Into<String>, fix: impl Into<String>) -> Self {
        Self::new(Outcome::NotRun, found, Some(fix.into()))
    }

    pub(super) fn failed(found: impl Into<String>, fix: impl Into<String>) -> Self {
        Self::new(Outcome::Failed, found, Some(fix.into()))
    }

    pub(super) fn breached(found: impl Into<String>, fix: impl Into<String>) -> Self {
        Self::new(Outcome::Breached, found, Some(fix.into()))
    }

    fn new(outcome: Outcome, found: impl Into<String>, fix: Option<String>) -> Self {
        Self {
            outcome,
            found: found.into(),
            fix,
        }
    }
}

/// One line of the table.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) finding: Finding,
    pub(super) elapsed: Duration,
}

/// All lines so far.
pub(super) struct Ledger {
    pub(super) rows: Vec<Row>,
    started: Instant,
    redactor: Redactor,
}

impl Ledger {
    pub(super) fn open() -> Self {
        Self {
            rows: Vec::new(),
            started: Instant::now(),
            redactor: Redactor::default(),
        }
    }

    /// From now on nothing that is written shows this token.
    pub(super) fn conceal(&mut self, token: &str) {
        self.redactor.conceal(token);
    }

    /// Runs a check and enters what it found.
    pub(super) async fn check<T>(
        &mut self,
        name: impl Into<String>,
        check: impl Future<Output = Checked<T>>,
    ) -> Option<T> {
        let started = Instant::now();
        let (finding, learned) = match check.await {
            Ok((finding, learned)) => (finding, Some(learned)),
            Err(finding) => (finding, None),
        };
        self.enter(name.into(), finding, started.elapsed());
        learned
    }

    /// Enters a check that is not run, and why.
    pub(super) fn skip(&mut self, name: &str, why: &str) {
        self.enter(name.to_owned(), Finding::skipped(why), Duration::ZERO);
    }

    /// Says on standard error what goes on, for what takes long.
    pub(super) fn announce(&self, what: &str) {
        progress(&format!("..  {}\n", self.redactor.clean(what)));
    }

    /// Since the first check.
    pub(super) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    pub(super) fn worst(&self) -> Outcome {
        let outcomes = self.rows.iter().map(|row| row.finding.outcome);
        outcomes.max().unwrap_or(Outcome::NotRun)
    }

    /// How many checks came out so.
    pub(super) fn count(&self, outcome: Outcome) -> usize {
        let rows = self.rows.iter();
        rows.filter(|row| row.finding.outcome == outcome).count()
    }

    fn enter(&mut self, name: String, finding: Finding, elapsed: Duration) {
        let row = Row {
            name: self.redactor.clean(&name),
            finding: Finding {
                outcome: finding.outcome,
                found: self.redactor.clean(&finding.found),
                fix: finding.fix.map(|fix| self.redactor.clean(&fix)),
            },
            elapsed,
        };
        progress(&format!(
            "{:7}  {:>8}  {}\n",
            row.finding.outcome.word(),
            milliseconds(elapsed),
            row.name
        ));
        self.rows.push(row);
    }
}

/// How long something took, for people.
pub(super) fn milliseconds(elapsed: Duration) -> String {
    format!("{} ms", elapsed.as_millis())
}

fn progress(line: &str) {
    // Nobody reads it: then nobody needs it.
    let _ = std::io::stderr().lock().write_all(line.as_bytes());
}
