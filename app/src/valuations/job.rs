//! The job: reads the prices of each position, simulates, and keeps every step where all replicas read it.

use portcullis::Progress;
use tokio::task::{self, JoinError};

use super::model::{Valuation, ValuationFailure, ValueAtRisk};
use super::simulation::{self, Holding, TooFewPrices};
use super::store::{self, Change, Outcome};
use crate::clock::Clock;
use crate::instruments;
use crate::portfolios::Portfolio;
use crate::room::Place;
use crate::store::{Store, StoreError};

/// A valuation to be computed.
pub(super) struct Job {
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) valuation: Valuation,
    /// As it was when the valuation began.
    pub(super) portfolio: Portfolio,
    /// Free again when the job has ended.
    pub(super) place: Place,
}

/// Why a job stopped without an outcome of its own.
#[derive(Debug, thiserror::Error)]
enum JobError {
    #[error("the valuation was given up as interrupted before it was done")]
    GivenUp,
    #[error("the simulation did not come to its end")]
    Simulation(#[from] JoinError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Job {
    /// Computes the valuation. Its end is stored before the last handle of `progress` is dropped.
    pub(super) async fn run(mut self, progress: Progress) {
        let done = match self.compute(&progress).await {
            Ok(outcome) => self.finish(&progress, outcome).await,
            Err(error) => Err(error),
        };
        if let Err(error) = done {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            tracing::error!(valuation = %self.valuation.id, %error, cause, "a valuation failed");
            let failed = Outcome::Failed(ValuationFailure::Internal);
            // When this fails too, the lease runs out, and whoever looks next ends it.
            let _ = self.finish(&progress, failed).await;
        }
        drop(self.place);
    }

    async fn compute(&mut self, progress: &Progress) -> Result<Outcome, JobError> {
        let parameters = self.valuation.parameters;
        let at_most = simulation::prices_to_read(&parameters);
        let mut holdings = Vec::new();
        let positions = self.portfolio.positions.clone();
        let count = positions.len();
        for position in positions {
            let newest = instruments::store::newest_prices(&self.store, &position.symbol, at_most);
            let prices = newest.await?;
            holdings.push(Holding { position, prices });
            // Neither the symbol nor its prices: who watches may be somebody who does not read the portfolio.
            let message = format!("prices of {} of {count} positions read", holdings.len());
            self.advance(progress, &message).await?;
        }
        let currency = self.portfolio.currency.clone();
        // As much as a hundred thousand prices: too long for a thread that answers requests.
        let simulate = move || simulation::simulate(&holdings, &parameters, currency);
        Ok(match task::spawn_blocking(simulate).await? {
            Ok(result) => Outcome::Done(result),
            Err(TooFewPrices) => Outcome::Failed(ValuationFailure::TooFewPrices),
        })
    }

    async fn advance(&mut self, progress: &Progress, message: &str) -> Result<(), JobError> {
        let number = self.valuation.steps_done + 1;
        let now = self.clock.now();
        match store::advance(&self.store, self.valuation.id, number, message, now).await? {
            Change::Stored => self.tell(progress, number, message),
            Change::GivenUp => return Err(JobError::GivenUp),
        }
        Ok(())
    }

    async fn finish(&mut self, progress: &Progress, outcome: Outcome) -> Result<(), JobError> {
        let number = self.valuation.steps_done + 1;
        let message = match &outcome {
            Outcome::Done(result) => sentence(result),
            Outcome::Failed(failure) => failure.sentence().to_owned(),
        };
        let now = self.clock.now();
        let end = store::End {
            number,
            message: &message,
            outcome: &outcome,
        };
        match store::finish(&self.store, self.valuation.id, end, now).await? {
            Change::Stored => self.tell(progress, number, &message),
            Change::GivenUp => return Err(JobError::GivenUp),
        }
        Ok(())
    }

    fn tell(&mut self, progress: &Progress, number: u32, message: &str) {
        self.valuation.steps_done = number;
        let total = u64::from(self.valuation.steps_total);
        progress.report(u64::from(number), total, message);
    }
}

fn sentence(result: &ValueAtRisk) -> String {
    format!(
        "{} scenarios played through: {:.2} {} at risk",
        result.scenarios, result.value_at_risk, result.currency
    )
}
