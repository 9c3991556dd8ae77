//! Portfolios come back as they were stored, and hold no more than they may.

use portcullis::Cursor;

use super::*;
use crate::portfolios::PortfolioInput;
use crate::store::tests::store;

const MANAGER: Person = Person {
    tenant_id: Uuid::from_u128(1),
    object_id: Uuid::from_u128(2),
};

fn time(second: i64) -> Timestamp {
    Timestamp::new(1_700_000_000 + second, 0).unwrap()
}

fn portfolio(name: &str, created_second: i64) -> Portfolio {
    let input = PortfolioInput {
        name: name.parse().unwrap(),
        currency: "USD".parse().unwrap(),
    };
    Portfolio::begin(input, MANAGER, time(created_second))
}

fn position(symbol: &str, quantity: u32) -> Position {
    Position {
        symbol: symbol.parse().unwrap(),
        quantity: quantity.try_into().unwrap(),
    }
}

async fn put(store: &Store, id: PortfolioId, symbol: &str, quantity: u32) -> Put {
    let Position { symbol, quantity } = position(symbol, quantity);
    let done = put_position(store, id, &symbol, quantity, time(9)).await;
    done.unwrap()
}

#[tokio::test]
async fn a_portfolio_comes_back_as_it_was_stored() {
    let store = store().await;
    let empty = portfolio("empty", 0);
    let mut full = portfolio("full", 1);
    full.positions = vec![position("CRDN", 7), position("HRBR", 1_000_000_000)];
    for portfolio in [&empty, &full] {
        insert(&store, portfolio).await.unwrap();
        let found = find(&store, portfolio.id).await.unwrap();
        assert_eq!(found.as_ref(), Some(portfolio));
    }
    let unknown = find(&store, PortfolioId::random()).await.unwrap();
    assert_eq!(unknown, None);
}

#[tokio::test]
async fn a_position_takes_the_place_of_the_one_before_and_none_is_left_at_zero() {
    let store = store().await;
    let stored = portfolio("changing", 0);
    insert(&store, &stored).await.unwrap();
    for (quantity, expected) in [
        (5, vec![position("CRDN", 5)]),
        (3, vec![position("CRDN", 3)]),
        (0, vec![]),
        (0, vec![]),
    ] {
        assert_eq!(put(&store, stored.id, "CRDN", quantity).await, Put::Stored);
        let found = find(&store, stored.id).await.unwrap().unwrap();
        assert_eq!(found.positions, expected);
        assert_eq!(found.updated_at, time(9));
    }
    let found = find(&store, stored.id).await.unwrap().unwrap();
    assert_eq!(found.version, 5);
}

#[tokio::test]
async fn one_position_too_many_changes_nothing() {
    let store = store().await;
    let mut full = portfolio("full", 0);
    for number in 0..100 {
        let symbol = format!("X{number}");
        sqlx::query("INSERT INTO instruments (symbol, name, kind, currency) VALUES ($1, '', 'equity', 'USD')")
            .bind(&symbol)
            .execute(store.pool())
            .await
            .unwrap();
        full.positions.push(position(&symbol, 1));
    }
    full.positions
        .sort_by(|one, other| one.symbol.cmp(&other.symbol));
    insert(&store, &full).await.unwrap();
    assert_eq!(put(&store, full.id, "CRDN", 1).await, Put::TooMany);
    assert_eq!(find(&store, full.id).await.unwrap(), Some(full.clone()));
    assert_eq!(put(&store, full.id, "X7", 2).await, Put::Stored);
    assert_eq!(put(&store, full.id, "X8", 0).await, Put::Stored);
    assert_eq!(put(&store, full.id, "CRDN", 1).await, Put::Stored);
}

#[tokio::test]
async fn portfolios_are_paged_newest_first() {
    let store = store().await;
    for (name, second) in [("a", 1), ("b", 3), ("c", 2), ("d", 3)] {
        insert(&store, &portfolio(name, second)).await.unwrap();
    }
    let mut query: PortfolioQuery = serde_json::from_str(r#"{"limit": 2}"#).unwrap();
    let first = list(&store, &query).await.unwrap();
    assert_eq!(first.len(), 3, "one more than the limit");
    assert!(
        first[0].id.to_string() < first[1].id.to_string(),
        "same time"
    );
    query.cursor = Some(Cursor(first[1].place()));
    let rest = list(&store, &query).await.unwrap();
    let names: Vec<_> = rest.iter().map(|it| it.name.to_string()).collect();
    assert_eq!(names, ["c", "a"]);
}
