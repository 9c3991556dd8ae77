//! Example data for `dev`: two years of prices, a dozen reports and two portfolios.
//!
//! The same on every machine and every day. Invariant: only what is empty is filled, so that a second start changes
//! nothing, and nothing that somebody stored or deleted meanwhile is undone.

mod portfolios;
mod prices;
mod reports;

use uuid::Uuid;

use crate::instruments::{self, PriceQuery, Symbol};
use crate::portfolios as portfolio_store;
use crate::reports as report_store;
use crate::reports::VisibleDrafts;
use crate::store::{Store, StoreError};

/// Fills what is empty. Authors and managers belong to this tenant.
///
/// # Errors
/// [`StoreError`] when the database fails; what has been filled by then stays.
pub(crate) async fn fill(store: &Store, tenant_id: Uuid) -> Result<(), StoreError> {
    for walk in prices::WALKS {
        let symbol: Symbol = walk.symbol.parse().expect("seeded symbols are symbols");
        let query = PriceQuery::default();
        let stored = instruments::store::list_prices(store, &symbol, &query).await?;
        if stored.is_empty() {
            instruments::store::put_prices(store, &symbol, &walk.prices()).await?;
        }
    }
    let query = report_store::ReportQuery::default();
    let stored = report_store::store::list(store, &query, VisibleDrafts::All).await?;
    if stored.is_empty() {
        for report in reports::all(tenant_id) {
            report_store::store::insert(store, &report).await?;
        }
    }
    let query = portfolio_store::PortfolioQuery::default();
    let stored = portfolio_store::store::list(store, &query).await?;
    if stored.is_empty() {
        for portfolio in portfolios::all(tenant_id) {
            portfolio_store::store::insert(store, &portfolio).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::reports::{ReportStatus, ReportSummary};
    use crate::store::tests::store;

    async fn reports_in(store: &Store) -> Vec<ReportSummary> {
        let query = report_store::ReportQuery::default();
        let found = report_store::store::list(store, &query, VisibleDrafts::All);
        found.await.unwrap()
    }

    #[tokio::test]
    async fn every_instrument_gets_two_years_of_prices() {
        let store = store().await;
        fill(&store, Uuid::nil()).await.unwrap();
        let query: PriceQuery = serde_json::from_str(r#"{"limit":1000}"#).unwrap();
        let all: instruments::InstrumentQuery = serde_json::from_str("{}").unwrap();
        for instrument in instruments::store::list(&store, &all).await.unwrap() {
            let symbol = instrument.symbol;
            let prices = instruments::store::list_prices(&store, &symbol, &query);
            assert_eq!(prices.await.unwrap().len(), 522, "{symbol}");
        }
    }

    #[tokio::test]
    async fn there_are_drafts_and_published_reports_of_several_authors() {
        let store = store().await;
        fill(&store, Uuid::nil()).await.unwrap();
        let reports = reports_in(&store).await;
        assert_eq!(reports.len(), 12);
        let is_draft = |report: &&ReportSummary| report.status == ReportStatus::Draft;
        assert_eq!(reports.iter().filter(is_draft).count(), 4);
        let authors: BTreeSet<_> = reports
            .iter()
            .map(|report| report.author.object_id)
            .collect();
        assert_eq!(authors.len(), 3);
    }

    #[tokio::test]
    async fn each_portfolio_holds_instruments_of_its_currency() {
        let store = store().await;
        fill(&store, Uuid::nil()).await.unwrap();
        for portfolio in portfolios::all(Uuid::nil()) {
            let stored = portfolio_store::store::find(&store, portfolio.id).await;
            assert_eq!(stored.unwrap().as_ref(), Some(&portfolio));
            for position in portfolio.positions {
                let held = instruments::store::find(&store, &position.symbol).await;
                assert_eq!(held.unwrap().unwrap().currency, *portfolio.currency.get());
            }
        }
    }

    #[tokio::test]
    async fn a_second_start_changes_nothing() {
        let store = store().await;
        fill(&store, Uuid::nil()).await.unwrap();
        let first = &reports_in(&store).await[0];
        let deleted = report_store::store::delete(&store, first.id, first.version);
        assert_eq!(deleted.await.unwrap(), report_store::store::Change::Stored);
        let before = reports_in(&store).await;
        fill(&store, Uuid::nil()).await.unwrap();
        assert_eq!(reports_in(&store).await, before);
    }
}
