//! Instruments and prices in the database.

use jiff::civil::Date;
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row};

use super::Symbol;
use super::model::{Instrument, InstrumentKind, InstrumentQuery, Price, PriceQuery};
use crate::store::{Store, StoreError, parse_stored};

/// Rows in one INSERT. Three placeholders each stay far below the databases' limits.
const ROWS_PER_INSERT: usize = 100;

/// Reads instruments after the cursor, by symbol.
pub(crate) async fn list(
    store: &Store,
    query: &InstrumentQuery,
) -> Result<Vec<Instrument>, StoreError> {
    let after = query
        .cursor
        .as_ref()
        .map_or("", |cursor| cursor.0.0.get().as_str());
    let sql = "SELECT symbol, name, kind, currency FROM instruments \
               WHERE symbol > $1 ORDER BY symbol LIMIT $2";
    let rows = sqlx::query(sql)
        .bind(after)
        .bind(query.limit.rows_to_read())
        .fetch_all(store.pool())
        .await?;
    rows.iter().map(read_instrument).collect()
}

/// Reads one instrument.
pub(crate) async fn find(store: &Store, symbol: &Symbol) -> Result<Option<Instrument>, StoreError> {
    let row = sqlx::query("SELECT symbol, name, kind, currency FROM instruments WHERE symbol = $1")
        .bind(symbol.get().as_str())
        .fetch_optional(store.pool())
        .await?;
    row.as_ref().map(read_instrument).transpose()
}

/// Reads prices of one instrument, oldest first.
pub(crate) async fn list_prices(
    store: &Store,
    symbol: &Symbol,
    query: &PriceQuery,
) -> Result<Vec<Price>, StoreError> {
    let sql = "SELECT day, close FROM prices \
               WHERE symbol = $1 AND day >= $2 AND day <= $3 AND day > $4 ORDER BY day LIMIT $5";
    let after = query.cursor.as_ref().map(|cursor| cursor.0.0);
    let rows = sqlx::query(sql)
        .bind(symbol.get().as_str())
        .bind(bound(query.from.map(Date::from), ""))
        .bind(bound(query.to.map(Date::from), "9999-12-31"))
        .bind(bound(after, ""))
        .bind(query.limit.rows_to_read())
        .fetch_all(store.pool())
        .await?;
    rows.iter().map(read_price).collect()
}

/// Reads the newest prices of one instrument, oldest of them first.
pub(crate) async fn newest_prices(
    store: &Store,
    symbol: &Symbol,
    at_most: i64,
) -> Result<Vec<Price>, StoreError> {
    let rows =
        sqlx::query("SELECT day, close FROM prices WHERE symbol = $1 ORDER BY day DESC LIMIT $2")
            .bind(symbol.get().as_str())
            .bind(at_most)
            .fetch_all(store.pool())
            .await?;
    rows.iter().rev().map(read_price).collect()
}

/// Stores the prices, in place of those that the same days had: all of them, or none.
pub(crate) async fn put_prices(
    store: &Store,
    symbol: &Symbol,
    prices: &[Price],
) -> Result<(), StoreError> {
    // Two deliveries of the same days would wait for each other's rows, if each took them in an order of its own.
    let mut prices = prices.to_vec();
    prices.sort_by_key(|price| price.date);
    let mut transaction = store.pool().begin().await?;
    for prices in prices.chunks(ROWS_PER_INSERT) {
        // Only the number of placeholders varies.
        let mut insert = sqlx::query(AssertSqlSafe(upsert_sql(prices.len())));
        for price in prices {
            insert = insert
                .bind(symbol.get().as_str())
                .bind(price.date.to_string())
                .bind(price.close);
        }
        insert.execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(())
}

fn upsert_sql(rows: usize) -> String {
    let rows = (0..rows).map(|row| {
        let first = 3 * row + 1;
        format!("(${}, ${}, ${})", first, first + 1, first + 2)
    });
    let rows = rows.collect::<Vec<_>>().join(", ");
    format!(
        "INSERT INTO prices (symbol, day, close) VALUES {rows} \
         ON CONFLICT (symbol, day) DO UPDATE SET close = excluded.close"
    )
}

/// A year before 0 would render with a sign and six digits, and sort after all others.
fn bound(date: Option<Date>, otherwise: &str) -> String {
    match date {
        Some(date) if date.year() < 0 => "0000-01-01".to_owned(),
        Some(date) => date.to_string(),
        None => otherwise.to_owned(),
    }
}

fn read_instrument(row: &AnyRow) -> Result<Instrument, StoreError> {
    let kind = InstrumentKind::parse(row.try_get("kind")?);
    Ok(Instrument {
        symbol: parse_stored("symbol", row.try_get("symbol")?)?,
        name: row.try_get("name")?,
        kind: kind.ok_or(StoreError::Corrupt { column: "kind" })?,
        currency: row.try_get("currency")?,
    })
}

fn read_price(row: &AnyRow) -> Result<Price, StoreError> {
    Ok(Price {
        date: parse_stored("day", row.try_get("day")?)?,
        close: row.try_get("close")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instruments::{InstrumentKey, PriceKey};
    use portcullis::Cursor;

    use crate::store::tests::store;

    fn prices(days: i8, close: f64) -> Vec<Price> {
        let first = Date::constant(2026, 1, 1);
        let dates = first.series(jiff::Span::new().days(1)).take(days as usize);
        dates.map(|date| Price { date, close }).collect()
    }

    fn query(text: &str) -> PriceQuery {
        serde_json::from_str(text).unwrap()
    }

    #[tokio::test]
    async fn instruments_are_paged_by_the_bytes_of_their_symbols() {
        let store = store().await;
        // Languages pass over a full stop at first, or do not.
        let more = "INSERT INTO instruments (symbol, name, kind, currency) \
                    VALUES ('BLTA', 'a', 'fund', 'SEK'), ('B.LT', 'b', 'fund', 'SEK'), ('BL1', 'c', 'fund', 'SEK')";
        sqlx::query(more).execute(store.pool()).await.unwrap();
        let mut symbols = Vec::new();
        let mut query: InstrumentQuery = serde_json::from_str(r#"{"limit": 3}"#).unwrap();
        loop {
            let items = list(&store, &query).await.unwrap();
            let page = query.limit.page(items, InstrumentKey::of);
            symbols.extend(page.items.iter().map(|item| item.symbol.clone()));
            let Some(cursor) = page.next_cursor() else {
                break;
            };
            query.cursor = serde_json::from_value(cursor.into()).unwrap();
        }
        assert_eq!(symbols.len(), 11);
        assert!(symbols.is_sorted(), "{symbols:?}");
    }

    #[tokio::test]
    async fn a_day_delivered_twice_keeps_the_later_price() {
        let store = store().await;
        let symbol = "ALPN".parse().unwrap();
        put_prices(&store, &symbol, &prices(120, 10.0))
            .await
            .unwrap();
        put_prices(&store, &symbol, &prices(101, 20.0))
            .await
            .unwrap();
        let stored = list_prices(&store, &symbol, &query("{}")).await.unwrap();
        assert_eq!(stored.len(), 120);
        assert_eq!(stored[100].close, 20.0);
        assert_eq!(stored[101].close, 10.0);
    }

    #[tokio::test]
    async fn deliveries_of_the_same_days_in_other_orders_do_not_stop_each_other() {
        let store = store().await;
        let symbol = "ALPN".parse().unwrap();
        let forwards = prices(120, 10.0);
        let mut backwards = prices(120, 20.0);
        backwards.reverse();
        for _ in 0..20 {
            let (one, other) = tokio::join!(
                put_prices(&store, &symbol, &forwards),
                put_prices(&store, &symbol, &backwards),
            );
            one.unwrap();
            other.unwrap();
        }
        let stored = list_prices(&store, &symbol, &query("{}")).await.unwrap();
        let last = stored[0].close;
        assert!(stored.iter().all(|price| price.close == last), "{stored:?}");
    }

    #[tokio::test]
    async fn prices_are_read_between_two_days_and_after_the_cursor() {
        let store = store().await;
        let symbol = "ALPN".parse().unwrap();
        put_prices(&store, &symbol, &prices(30, 1.0)).await.unwrap();
        let narrow = query(r#"{"from": "2026-01-10", "to": "2026-01-20", "limit": 5}"#);
        let found = list_prices(&store, &symbol, &narrow).await.unwrap();
        assert_eq!(found.len(), 6, "one more than the limit");
        assert_eq!(found[0].date, Date::constant(2026, 1, 10));

        let key = Cursor(PriceKey::of(&found[4]));
        let next = PriceQuery {
            cursor: Some(key),
            ..narrow
        };
        let found = list_prices(&store, &symbol, &next).await.unwrap();
        assert_eq!(found[0].date, Date::constant(2026, 1, 15));
    }

    #[tokio::test]
    async fn the_newest_prices_come_in_the_order_of_their_days() {
        let store = store().await;
        let symbol = "ALPN".parse().unwrap();
        put_prices(&store, &symbol, &prices(30, 1.0)).await.unwrap();
        let found = newest_prices(&store, &symbol, 3).await.unwrap();
        let days: Vec<i8> = found.iter().map(|price| price.date.day()).collect();
        assert_eq!(days, [28, 29, 30]);
    }

    #[tokio::test]
    async fn nothing_is_stored_when_one_row_fails() {
        let store = store().await;
        let unknown = "NOSUCH".parse().unwrap();
        assert!(put_prices(&store, &unknown, &prices(2, 1.0)).await.is_err());
        let found = list_prices(&store, &unknown, &query("{}")).await.unwrap();
        assert!(found.is_empty());
    }
}
