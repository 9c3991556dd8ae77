//! Valuations in the database.
//!
//! Invariant: a valuation ends once, for everybody. One whose lease is over is ended by whoever looks at it, in the same
//! way as by its own process: the first of them wins, whichever clock each goes by, and a process that wakes up later
//! changes nothing.

use std::ops::Range;

use jiff::{SignedDuration, Timestamp};
use sqlx::Row;
use sqlx::any::AnyRow;
use uuid::Uuid;

use super::model::{
    Valuation, ValuationFailure, ValuationId, ValuationInput, ValuationStatus, ValueAtRisk,
};
use crate::person::Person;
use crate::portfolios::PortfolioId;
use crate::store::{Store, StoreError, parse_stored, timestamp_to_text};

/// How long a process is believed to live after its last step. A step takes milliseconds; the clocks of two instances
/// differ by less than the rest.
const LEASE: SignedDuration = SignedDuration::from_secs(30);

/// How long a valuation is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What became of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(super) enum Change {
    /// It is stored.
    Stored,
    /// The valuation had ended before: nothing is stored.
    GivenUp,
}

/// How a valuation ended.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Outcome {
    Done(ValueAtRisk),
    Failed(ValuationFailure),
}

/// The last step of a valuation.
#[derive(Debug, Clone, Copy)]
pub(super) struct End<'a> {
    pub(super) number: u32,
    pub(super) message: &'a str,
    pub(super) outcome: &'a Outcome,
}

/// One stored step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) number: u32,
    pub(super) message: String,
}

/// Stores a valuation that begins.
pub(super) async fn insert(
    store: &Store,
    valuation: &Valuation,
    now: Timestamp,
) -> Result<(), StoreError> {
    let parameters = serde_json::to_string(&valuation.parameters);
    let sql = "INSERT INTO valuations (id, portfolio_id, requested_by_tenant_id, requested_by_object_id, \
               parameters, status, steps_done, steps_total, lease_until, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    sqlx::query(sql)
        .bind(valuation.id.to_string())
        .bind(valuation.portfolio_id.to_string())
        .bind(valuation.requested_by.tenant_id.to_string())
        .bind(valuation.requested_by.object_id.to_string())
        .bind(parameters.expect("numbers always serialise"))
        .bind(valuation.status.as_str())
        .bind(i64::from(valuation.steps_done))
        .bind(i64::from(valuation.steps_total))
        .bind(lease_from(now))
        .bind(timestamp_to_text(valuation.created_at))
        .execute(store.pool())
        .await?;
    Ok(())
}

/// Reads a valuation as it stands now. One whose lease is over ends here.
pub(super) async fn find(
    store: &Store,
    id: ValuationId,
    now: Timestamp,
) -> Result<Option<Valuation>, StoreError> {
    let found = read_one(store, id).await?;
    let Some(Leased { valuation, until }) = found else {
        return Ok(None);
    };
    match valuation.status {
        ValuationStatus::Running if until < now => {}
        ValuationStatus::Running | ValuationStatus::Done | ValuationStatus::Failed => {
            return Ok(Some(valuation));
        }
    }
    // Whether it was this or somebody faster: what stands there afterwards is what everybody sees.
    let _ = interrupt(store, &valuation, now).await?;
    Ok(read_one(store, id).await?.map(|it| it.valuation))
}

/// A valuation, and how long the process that computes it is believed to live.
struct Leased {
    valuation: Valuation,
    until: Timestamp,
}

async fn read_one(store: &Store, id: ValuationId) -> Result<Option<Leased>, StoreError> {
    let sql = "SELECT id, portfolio_id, requested_by_tenant_id, requested_by_object_id, parameters, status, \
               steps_done, steps_total, result, failure, lease_until, created_at, finished_at \
               FROM valuations WHERE id = $1";
    let row = sqlx::query(sql)
        .bind(id.to_string())
        .fetch_optional(store.pool())
        .await?;
    row.map(|row| read(&row)).transpose()
}

/// Reads the newest valuation of a portfolio that has a result.
pub(super) async fn find_latest_done(
    store: &Store,
    portfolio: PortfolioId,
) -> Result<Option<Valuation>, StoreError> {
    let sql = "SELECT id, portfolio_id, requested_by_tenant_id, requested_by_object_id, parameters, status, \
               steps_done, steps_total, result, failure, lease_until, created_at, finished_at \
               FROM valuations WHERE portfolio_id = $1 AND status = 'done' \
               ORDER BY created_at DESC, id LIMIT 1";
    let row = sqlx::query(sql)
        .bind(portfolio.to_string())
        .fetch_optional(store.pool())
        .await?;
    row.map(|row| Ok(read(&row)?.valuation)).transpose()
}

/// Reads the steps behind the start up to the end, in order.
pub(super) async fn steps_within(
    store: &Store,
    id: ValuationId,
    new: Range<u32>,
) -> Result<Vec<Step>, StoreError> {
    let sql = "SELECT number, message FROM valuation_steps \
               WHERE valuation_id = $1 AND number > $2 AND number <= $3 ORDER BY number";
    let rows = sqlx::query(sql)
        .bind(id.to_string())
        .bind(i64::from(new.start))
        .bind(i64::from(new.end))
        .fetch_all(store.pool())
        .await?;
    let step = |row: &AnyRow| {
        Ok(Step {
            number: read_count(row, "number")?,
            message: row.try_get("message")?,
        })
    };
    rows.iter().map(step).collect()
}

/// Stores a step and moves the lease on.
pub(super) async fn advance(
    store: &Store,
    id: ValuationId,
    number: u32,
    message: &str,
    now: Timestamp,
) -> Result<Change, StoreError> {
    let mut transaction = store.pool().begin().await?;
    let sql = "UPDATE valuations SET steps_done = $1, lease_until = $2 \
               WHERE id = $3 AND status = 'running'";
    let done = sqlx::query(sql)
        .bind(i64::from(number))
        .bind(lease_from(now))
        .bind(id.to_string())
        .execute(&mut *transaction)
        .await?;
    if done.rows_affected() == 0 {
        return Ok(Change::GivenUp);
    }
    insert_step(&mut transaction, id, number, message).await?;
    transaction.commit().await?;
    Ok(Change::Stored)
}

/// Stores the last step and how the valuation ended.
pub(super) async fn finish(
    store: &Store,
    id: ValuationId,
    end: End<'_>,
    now: Timestamp,
) -> Result<Change, StoreError> {
    let (status, result, failure) = match end.outcome {
        Outcome::Done(result) => {
            let result = serde_json::to_string(result).expect("figures and names always serialise");
            (ValuationStatus::Done, Some(result), None)
        }
        Outcome::Failed(failure) => (ValuationStatus::Failed, None, Some(failure.as_str())),
    };
    let mut transaction = store.pool().begin().await?;
    let sql = "UPDATE valuations SET steps_done = $1, status = $2, result = $3, failure = $4, finished_at = $5 \
               WHERE id = $6 AND status = 'running'";
    let done = sqlx::query(sql)
        .bind(i64::from(end.number))
        .bind(status.as_str())
        .bind(result)
        .bind(failure)
        .bind(timestamp_to_text(now))
        .bind(id.to_string())
        .execute(&mut *transaction)
        .await?;
    if done.rows_affected() == 0 {
        return Ok(Change::GivenUp);
    }
    insert_step(&mut transaction, id, end.number, end.message).await?;
    transaction.commit().await?;
    Ok(Change::Stored)
}

/// Ends a valuation as it was read, unless its process has gone on meanwhile or somebody else has ended it.
async fn interrupt(
    store: &Store,
    valuation: &Valuation,
    now: Timestamp,
) -> Result<Change, StoreError> {
    let failure = ValuationFailure::Interrupted;
    let mut transaction = store.pool().begin().await?;
    let sql = "UPDATE valuations SET steps_done = $1, status = $2, failure = $3, finished_at = $4 \
               WHERE id = $5 AND status = 'running' AND steps_done = $6 AND lease_until < $4";
    let done = sqlx::query(sql)
        .bind(i64::from(valuation.steps_done) + 1)
        .bind(ValuationStatus::Failed.as_str())
        .bind(failure.as_str())
        .bind(timestamp_to_text(now))
        .bind(valuation.id.to_string())
        .bind(i64::from(valuation.steps_done))
        .execute(&mut *transaction)
        .await?;
    if done.rows_affected() == 0 {
        return Ok(Change::GivenUp);
    }
    let number = valuation.steps_done + 1;
    insert_step(&mut transaction, valuation.id, number, failure.sentence()).await?;
    transaction.commit().await?;
    tracing::warn!(valuation = %valuation.id, "a valuation was interrupted: its process has ended");
    Ok(Change::Stored)
}

/// Deletes what is no longer kept. Asked whenever another valuation begins, so that the tables do not grow for ever.
pub(super) async fn forget_old(store: &Store, now: Timestamp) -> Result<(), StoreError> {
    let oldest = now.checked_sub(KEPT).unwrap_or(Timestamp::MIN);
    let oldest = timestamp_to_text(oldest);
    let mut transaction = store.pool().begin().await?;
    for sql in [
        "DELETE FROM valuation_steps WHERE valuation_id IN (SELECT id FROM valuations WHERE created_at < $1)",
        "DELETE FROM valuations WHERE created_at < $1",
    ] {
        sqlx::query(sql)
            .bind(&oldest)
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    Ok(())
}

async fn insert_step(
    transaction: &mut sqlx::AnyConnection,
    id: ValuationId,
    number: u32,
    message: &str,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO valuation_steps (valuation_id, number, message) VALUES ($1, $2, $3)")
        .bind(id.to_string())
        .bind(i64::from(number))
        .bind(message)
        .execute(transaction)
        .await?;
    Ok(())
}

fn lease_from(now: Timestamp) -> String {
    timestamp_to_text(now.checked_add(LEASE).unwrap_or(Timestamp::MAX))
}

fn read(row: &AnyRow) -> Result<Leased, StoreError> {
    let requested_by = Person {
        tenant_id: parse_stored::<Uuid>(
            "requested_by_tenant_id",
            row.try_get("requested_by_tenant_id")?,
        )?,
        object_id: parse_stored::<Uuid>(
            "requested_by_object_id",
            row.try_get("requested_by_object_id")?,
        )?,
    };
    let corrupt = |column| StoreError::Corrupt { column };
    let parameters = serde_json::from_str::<ValuationInput>(row.try_get("parameters")?);
    let status = ValuationStatus::parse(row.try_get("status")?).ok_or(corrupt("status"))?;
    let result = row.try_get::<Option<&str>, _>("result")?;
    let result = result.map(serde_json::from_str::<ValueAtRisk>).transpose();
    let failure = row.try_get::<Option<&str>, _>("failure")?;
    let failure = failure.map(|text| ValuationFailure::parse(text).ok_or(corrupt("failure")));
    let finished_at = row.try_get::<Option<&str>, _>("finished_at")?;
    let lease_until: Timestamp = parse_stored("lease_until", row.try_get("lease_until")?)?;
    let valuation = Valuation {
        id: parse_stored("id", row.try_get("id")?)?,
        portfolio_id: parse_stored("portfolio_id", row.try_get("portfolio_id")?)?,
        requested_by,
        parameters: parameters.map_err(|_| corrupt("parameters"))?,
        status,
        steps_done: read_count(row, "steps_done")?,
        steps_total: read_count(row, "steps_total")?,
        result: result.map_err(|_| corrupt("result"))?,
        failure: failure.transpose()?,
        created_at: parse_stored("created_at", row.try_get("created_at")?)?,
        finished_at: finished_at
            .map(|text| parse_stored("finished_at", text))
            .transpose()?,
    };
    Ok(Leased {
        valuation,
        until: lease_until,
    })
}

fn read_count(row: &AnyRow, column: &'static str) -> Result<u32, StoreError> {
    u32::try_from(row.try_get::<i64, _>(column)?).map_err(|_| StoreError::Corrupt { column })
}

#[cfg(test)]
mod tests;
