//! Portfolios in the database.
//!
//! Invariant: a portfolio is read in one statement, so that its version and its positions belong together.

use jiff::Timestamp;
use sqlx::Row;
use sqlx::any::AnyRow;
use uuid::Uuid;

use super::{
    Currency, Portfolio, PortfolioId, PortfolioName, PortfolioQuery, PortfolioSummary, Position,
    Quantity,
};
use crate::instruments::Symbol;
use crate::person::Person;
use crate::store::{Store, StoreError, parse_stored, timestamp_to_text};

/// Most positions of one portfolio.
const MAX_POSITIONS: i64 = 100;

/// What became of a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(crate) enum Put {
    /// It is as it was asked to be.
    Stored,
    /// The portfolio holds too much else.
    TooMany,
}

/// Reads portfolios after the cursor, newest first.
pub(crate) async fn list(
    store: &Store,
    query: &PortfolioQuery,
) -> Result<Vec<PortfolioSummary>, StoreError> {
    let sql = "SELECT id, name, currency, manager_tenant_id, manager_object_id, version, \
               created_at, updated_at FROM portfolios \
               WHERE ($1 = '' OR created_at < $1 OR (created_at = $1 AND id > $2)) \
               ORDER BY created_at DESC, id LIMIT $3";
    let after = query.cursor.as_ref().map(|cursor| cursor.0);
    let rows = sqlx::query(sql)
        .bind(after.map_or_else(String::new, |place| timestamp_to_text(place.at)))
        .bind(after.map_or_else(String::new, |place| place.id.to_string()))
        .bind(query.limit.rows_to_read())
        .fetch_all(store.pool())
        .await?;
    rows.iter().map(read_summary).collect()
}

/// Reads one portfolio with its positions.
pub(crate) async fn find(store: &Store, id: PortfolioId) -> Result<Option<Portfolio>, StoreError> {
    let sql = "SELECT p.id, p.name, p.currency, p.manager_tenant_id, p.manager_object_id, p.version, \
               p.created_at, p.updated_at, s.symbol, s.quantity \
               FROM portfolios p LEFT JOIN positions s ON s.portfolio_id = p.id \
               WHERE p.id = $1 ORDER BY s.symbol";
    let rows = sqlx::query(sql)
        .bind(id.to_string())
        .fetch_all(store.pool())
        .await?;
    let Some(first) = rows.first() else {
        return Ok(None);
    };
    let summary = read_summary(first)?;
    let positions = rows.iter().filter_map(|row| read_position(row).transpose());
    Ok(Some(Portfolio {
        id: summary.id,
        name: summary.name,
        currency: summary.currency,
        manager: summary.manager,
        positions: positions.collect::<Result<_, _>>()?,
        version: summary.version,
        created_at: summary.created_at,
        updated_at: summary.updated_at,
    }))
}

/// Stores a new portfolio with its positions. One with the same id stays as it is.
pub(crate) async fn insert(store: &Store, portfolio: &Portfolio) -> Result<(), StoreError> {
    let mut transaction = store.pool().begin().await?;
    let sql = "INSERT INTO portfolios (id, name, currency, manager_tenant_id, manager_object_id, version, \
               created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING";
    let done = sqlx::query(sql)
        .bind(portfolio.id.to_string())
        .bind(portfolio.name.get())
        .bind(portfolio.currency.get())
        .bind(portfolio.manager.tenant_id.to_string())
        .bind(portfolio.manager.object_id.to_string())
        .bind(portfolio.version)
        .bind(timestamp_to_text(portfolio.created_at))
        .bind(timestamp_to_text(portfolio.updated_at))
        .execute(&mut *transaction)
        .await?;
    if done.rows_affected() == 0 {
        return Ok(());
    }
    for position in &portfolio.positions {
        sqlx::query("INSERT INTO positions (portfolio_id, symbol, quantity) VALUES ($1, $2, $3)")
            .bind(portfolio.id.to_string())
            .bind(position.symbol.get())
            .bind(i64::from(*position.quantity.get()))
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// Sets one position of a portfolio that exists; a quantity of 0 removes it.
pub(crate) async fn put_position(
    store: &Store,
    id: PortfolioId,
    symbol: &Symbol,
    quantity: Quantity,
    now: Timestamp,
) -> Result<Put, StoreError> {
    let mut transaction = store.pool().begin().await?;
    // The row is locked from here on, so that two positions cannot both be the last one that fits.
    sqlx::query("UPDATE portfolios SET version = version + 1, updated_at = $1 WHERE id = $2")
        .bind(timestamp_to_text(now))
        .bind(id.to_string())
        .execute(&mut *transaction)
        .await?;
    if *quantity.get() == 0 {
        sqlx::query("DELETE FROM positions WHERE portfolio_id = $1 AND symbol = $2")
            .bind(id.to_string())
            .bind(symbol.get())
            .execute(&mut *transaction)
            .await?;
    } else {
        let sql = "INSERT INTO positions (portfolio_id, symbol, quantity) VALUES ($1, $2, $3) \
                   ON CONFLICT (portfolio_id, symbol) DO UPDATE SET quantity = excluded.quantity";
        sqlx::query(sql)
            .bind(id.to_string())
            .bind(symbol.get())
            .bind(i64::from(*quantity.get()))
            .execute(&mut *transaction)
            .await?;
        let row = sqlx::query("SELECT COUNT(*) FROM positions WHERE portfolio_id = $1")
            .bind(id.to_string())
            .fetch_one(&mut *transaction)
            .await?;
        if row.try_get::<i64, _>(0)? > MAX_POSITIONS {
            transaction.rollback().await?;
            return Ok(Put::TooMany);
        }
    }
    transaction.commit().await?;
    Ok(Put::Stored)
}

fn read_summary(row: &AnyRow) -> Result<PortfolioSummary, StoreError> {
    let manager = Person {
        tenant_id: parse_stored::<Uuid>("manager_tenant_id", row.try_get("manager_tenant_id")?)?,
        object_id: parse_stored::<Uuid>("manager_object_id", row.try_get("manager_object_id")?)?,
    };
    Ok(PortfolioSummary {
        id: parse_stored("id", row.try_get("id")?)?,
        name: parse_stored::<PortfolioName>("name", row.try_get("name")?)?,
        currency: parse_stored::<Currency>("currency", row.try_get("currency")?)?,
        manager,
        version: row.try_get("version")?,
        created_at: parse_stored("created_at", row.try_get("created_at")?)?,
        updated_at: parse_stored("updated_at", row.try_get("updated_at")?)?,
    })
}

/// `None` for a portfolio that holds nothing.
fn read_position(row: &AnyRow) -> Result<Option<Position>, StoreError> {
    let Some(symbol) = row.try_get::<Option<&str>, _>("symbol")? else {
        return Ok(None);
    };
    let quantity = u32::try_from(row.try_get::<i64, _>("quantity")?).ok();
    let quantity = quantity.and_then(|quantity| Quantity::try_from(quantity).ok());
    Ok(Some(Position {
        symbol: parse_stored("symbol", symbol)?,
        quantity: quantity.ok_or(StoreError::Corrupt { column: "quantity" })?,
    }))
}

#[cfg(test)]
mod tests;
