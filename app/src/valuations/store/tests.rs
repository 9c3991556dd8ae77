//! A valuation is read as it stands, by whoever asks, and ends once.

use super::*;
use crate::portfolios::store as portfolio_store;
use crate::seed;
use crate::store::tests::store;

const NOW: i64 = 1_700_000_000;

fn time(second: i64) -> Timestamp {
    Timestamp::new(NOW + second, 0).unwrap()
}

/// A valuation that begins at second 0.
async fn begun(store: &Store) -> Valuation {
    seed::fill(store, Uuid::nil()).await.unwrap();
    let portfolios = portfolio_store::list(store, &Default::default()).await;
    let portfolio = portfolio_store::find(store, portfolios.unwrap()[0].id).await;
    let requested_by = Person {
        tenant_id: Uuid::from_u128(1),
        object_id: Uuid::from_u128(2),
    };
    let portfolio = portfolio.unwrap().unwrap();
    let valuation = Valuation::begin(&portfolio, ValuationInput::default(), requested_by, time(0));
    insert(store, &valuation, time(0)).await.unwrap();
    valuation
}

async fn found(store: &Store, id: ValuationId, second: i64) -> Valuation {
    find(store, id, time(second)).await.unwrap().unwrap()
}

async fn step(store: &Store, id: ValuationId, number: u32, second: i64) -> Change {
    let message = format!("step {number}");
    let advanced = advance(store, id, number, &message, time(second)).await;
    advanced.unwrap()
}

async fn end(store: &Store, id: ValuationId, outcome: &Outcome, second: i64) -> Change {
    let end = End {
        number: 2,
        message: "the end",
        outcome,
    };
    finish(store, id, end, time(second)).await.unwrap()
}

fn result() -> ValueAtRisk {
    ValueAtRisk {
        as_of: jiff::civil::Date::constant(2026, 6, 30),
        currency: "USD".parse().unwrap(),
        value: 1000.5,
        value_at_risk: 12.25,
        expected_shortfall: 20.0,
        scenarios: 249,
        positions: Some(Vec::new()),
    }
}

#[tokio::test]
async fn a_valuation_is_seen_from_its_beginning_to_its_end() {
    let store = store().await;
    let valuation = begun(&store).await;
    assert_eq!(found(&store, valuation.id, 1).await, valuation);
    assert_eq!(step(&store, valuation.id, 1, 1).await, Change::Stored);
    assert_eq!(found(&store, valuation.id, 2).await.steps_done, 1);
    let outcome = Outcome::Done(result());
    assert_eq!(end(&store, valuation.id, &outcome, 3).await, Change::Stored);
    let ended = found(&store, valuation.id, 1_000_000).await;
    assert_eq!(ended.status, ValuationStatus::Done);
    assert_eq!((ended.result, ended.failure), (Some(result()), None));
    assert_eq!((ended.steps_done, ended.finished_at), (2, Some(time(3))));
    let steps = steps_within(&store, valuation.id, 0..9).await.unwrap();
    let steps: Vec<_> = steps.iter().map(|it| (it.number, &*it.message)).collect();
    assert_eq!(steps, [(1, "step 1"), (2, "the end")]);
    let rest = steps_within(&store, valuation.id, 1..9).await.unwrap();
    assert_eq!(rest[0].number, 2);
}

#[tokio::test]
async fn a_valuation_whose_process_has_died_does_not_look_running() {
    let store = store().await;
    let valuation = begun(&store).await;
    assert_eq!(step(&store, valuation.id, 1, 20).await, Change::Stored);
    let alive = found(&store, valuation.id, 50).await;
    assert_eq!(alive.status, ValuationStatus::Running, "20 s, and 30 s");
    let dead = found(&store, valuation.id, 51).await;
    assert_eq!(dead.status, ValuationStatus::Failed);
    assert_eq!(dead.failure, Some(ValuationFailure::Interrupted));
}

#[tokio::test]
async fn what_others_have_seen_interrupted_stays_so_whoever_wakes_up() {
    let store = store().await;
    let valuation = begun(&store).await;
    let dead = found(&store, valuation.id, 31).await;
    assert_eq!(dead.failure, Some(ValuationFailure::Interrupted));
    assert_eq!((dead.steps_done, dead.finished_at), (1, Some(time(31))));
    // By a clock that is behind the reader's, the lease is not over.
    assert_eq!(step(&store, valuation.id, 1, 20).await, Change::GivenUp);
    let outcome = Outcome::Done(result());
    assert_eq!(
        end(&store, valuation.id, &outcome, 20).await,
        Change::GivenUp
    );
    assert_eq!(found(&store, valuation.id, 20).await, dead);
    assert_eq!(found(&store, valuation.id, 99).await, dead);
    let steps = steps_within(&store, valuation.id, 0..9).await.unwrap();
    let [last] = &steps[..] else {
        panic!("{steps:?}");
    };
    assert_eq!(last.message, ValuationFailure::Interrupted.sentence());
}

#[tokio::test]
async fn a_slow_process_that_nobody_missed_goes_on() {
    let store = store().await;
    let valuation = begun(&store).await;
    assert_eq!(step(&store, valuation.id, 1, 31).await, Change::Stored);
    let alive = found(&store, valuation.id, 60).await;
    assert_eq!(
        (alive.status, alive.steps_done),
        (ValuationStatus::Running, 1)
    );
}

#[tokio::test]
async fn a_process_that_went_on_meanwhile_is_not_interrupted() {
    let store = store().await;
    let valuation = begun(&store).await;
    let read_before = found(&store, valuation.id, 30).await;
    assert_eq!(step(&store, valuation.id, 1, 31).await, Change::Stored);
    let late = interrupt(&store, &read_before, time(32)).await.unwrap();
    assert_eq!(late, Change::GivenUp);
    let alive = found(&store, valuation.id, 32).await;
    assert_eq!(
        (alive.status, alive.steps_done),
        (ValuationStatus::Running, 1)
    );
}

#[tokio::test]
async fn no_step_is_read_beyond_those_that_were_asked_for() {
    let store = store().await;
    let valuation = begun(&store).await;
    for number in 1..=2 {
        assert_eq!(step(&store, valuation.id, number, 1).await, Change::Stored);
    }
    let steps = steps_within(&store, valuation.id, 0..1).await.unwrap();
    let numbers: Vec<u32> = steps.iter().map(|step| step.number).collect();
    assert_eq!(numbers, [1]);
}

#[tokio::test]
async fn a_valuation_ends_once() {
    let store = store().await;
    let valuation = begun(&store).await;
    let failed = Outcome::Failed(ValuationFailure::TooFewPrices);
    assert_eq!(end(&store, valuation.id, &failed, 1).await, Change::Stored);
    let done = Outcome::Done(result());
    assert_eq!(end(&store, valuation.id, &done, 2).await, Change::GivenUp);
    assert_eq!(step(&store, valuation.id, 3, 2).await, Change::GivenUp);
    let ended = found(&store, valuation.id, 3).await;
    assert_eq!(ended.failure, Some(ValuationFailure::TooFewPrices));
}

#[tokio::test]
async fn of_all_who_end_a_valuation_at_once_one_does() {
    let store = store().await;
    let (done, failed) = (
        Outcome::Done(result()),
        Outcome::Failed(ValuationFailure::Internal),
    );
    for _ in 0..10 {
        let valuation = begun(&store).await;
        let ends = tokio::join!(
            end(&store, valuation.id, &done, 31),
            end(&store, valuation.id, &failed, 31),
            async {
                let interrupted = interrupt(&store, &valuation, time(31)).await;
                interrupted.unwrap()
            },
            end(&store, valuation.id, &done, 31),
        );
        let ends = [ends.0, ends.1, ends.2, ends.3];
        let stored = ends.iter().filter(|end| **end == Change::Stored).count();
        assert_eq!(stored, 1, "{ends:?}");
        let steps = steps_within(&store, valuation.id, 0..9).await.unwrap();
        assert_eq!(steps.len(), 1, "{steps:?}");
    }
}

#[tokio::test]
async fn what_is_old_is_forgotten_with_its_steps() {
    let store = store().await;
    let valuation = begun(&store).await;
    assert_eq!(step(&store, valuation.id, 1, 1).await, Change::Stored);
    let thirty_days = 30 * 24 * 60 * 60;
    forget_old(&store, time(thirty_days)).await.unwrap();
    assert_eq!(found(&store, valuation.id, 2).await.steps_done, 1);
    forget_old(&store, time(thirty_days + 1)).await.unwrap();
    assert_eq!(find(&store, valuation.id, time(2)).await.unwrap(), None);
    assert_eq!(steps_within(&store, valuation.id, 0..9).await.unwrap(), []);
}
