use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::oneshot;

use super::*;

const HOUR: Duration = Duration::from_secs(3600);

fn key() -> CacheKey {
    CacheKey {
        tenant_id: Uuid::from_u128(1),
        object_id: Uuid::from_u128(2),
        client_id: Some("3".to_owned()),
        token_hash: [4; 32],
        scopes: ["api://billing/Read".to_owned()].as_slice().into(),
    }
}

fn key_of(number: u128) -> CacheKey {
    CacheKey {
        object_id: Uuid::from_u128(number),
        ..key()
    }
}

fn token(text: &str, life: Duration) -> DownstreamToken {
    DownstreamToken::new(text, Instant::now() + life).unwrap()
}

fn text_of(outcome: Outcome) -> String {
    let header = outcome.unwrap().authorization();
    header.to_str().unwrap().replace("Bearer ", "")
}

/// Asks with an exchange that gives `text`, for an hour.
async fn ask(cache: &Arc<TokenCache>, key: CacheKey, text: &'static str) -> String {
    let exchange = async move { Ok(token(text, HOUR)) };
    text_of(cache.get_or_exchange(key, exchange).await)
}

#[tokio::test]
async fn a_token_serves_only_the_same_tenant_object_client_token_and_scopes() {
    let scopes = |scopes: &[&str]| -> Arc<[String]> {
        scopes.iter().map(|scope| (*scope).to_owned()).collect()
    };
    let others = [
        (
            "tenant",
            CacheKey {
                tenant_id: Uuid::nil(),
                ..key()
            },
        ),
        (
            "object",
            CacheKey {
                object_id: Uuid::nil(),
                ..key()
            },
        ),
        (
            "client",
            CacheKey {
                client_id: Some("30".to_owned()),
                ..key()
            },
        ),
        (
            "no client",
            CacheKey {
                client_id: None,
                ..key()
            },
        ),
        (
            "token",
            CacheKey {
                token_hash: [5; 32],
                ..key()
            },
        ),
        (
            "scope",
            CacheKey {
                scopes: scopes(&["api://billing/Write"]),
                ..key()
            },
        ),
        (
            "no scope",
            CacheKey {
                scopes: scopes(&[]),
                ..key()
            },
        ),
        (
            "more scopes",
            CacheKey {
                scopes: scopes(&["api://billing/Read", "api://billing/Write"]),
                ..key()
            },
        ),
    ];
    let cache = TokenCache::new();
    assert_eq!(ask(&cache, key(), "first").await, "first");
    for (name, other) in &others {
        assert_eq!(ask(&cache, other.clone(), name).await, *name);
    }
    for (name, other) in &others {
        assert_eq!(ask(&cache, other.clone(), "again").await, *name);
    }
    assert_eq!(ask(&cache, key(), "again").await, "first");
}

#[tokio::test]
async fn a_token_whose_time_is_over_serves_nobody() {
    let cache = TokenCache::new();
    let exchange = async { Ok(token("ended", Duration::ZERO)) };
    assert_eq!(
        text_of(cache.get_or_exchange(key(), exchange).await),
        "ended"
    );
    assert_eq!(ask(&cache, key(), "second").await, "second");
    assert_eq!(ask(&cache, key(), "third").await, "second");
}

#[tokio::test]
async fn those_who_ask_at_once_share_one_exchange_and_its_failure_is_not_remembered() {
    let cache = TokenCache::new();
    let exchanges = Arc::new(AtomicUsize::new(0));
    let ask_failing = || {
        let (cache, exchanges) = (Arc::clone(&cache), Arc::clone(&exchanges));
        async move {
            let exchange = async move {
                exchanges.fetch_add(1, Ordering::SeqCst);
                tokio::task::yield_now().await;
                Err(DownstreamError::Unavailable)
            };
            cache.get_or_exchange(key(), exchange).await
        }
    };
    let outcomes = futures::future::join_all((0..20).map(|_| ask_failing())).await;
    assert!(outcomes.iter().all(Result::is_err));
    assert_eq!(exchanges.load(Ordering::SeqCst), 1);
    assert_eq!(ask(&cache, key(), "later").await, "later");
}

#[tokio::test]
async fn a_client_that_goes_away_does_not_end_the_exchange_for_others() {
    let cache = TokenCache::new();
    let (release, released) = oneshot::channel::<()>();
    let exchange = async move {
        released.await.unwrap();
        Ok(token("shared", HOUR))
    };
    let first = tokio::spawn({
        let cache = Arc::clone(&cache);
        async move { cache.get_or_exchange(key(), exchange).await }
    });
    while cache.entries.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    release.send(()).unwrap();
    assert_eq!(ask(&cache, key(), "another").await, "shared");
}

#[tokio::test]
async fn an_exchange_that_panics_does_not_close_the_way_for_ever() {
    let cache = TokenCache::new();
    let exchange = async { panic!("a bug") };
    let outcome = cache.get_or_exchange(key(), exchange).await;
    assert_eq!(outcome.unwrap_err(), DownstreamError::Unavailable);
    assert_eq!(ask(&cache, key(), "later").await, "later");
}

#[tokio::test]
async fn the_number_of_tokens_is_bounded_and_those_that_end_first_go_first() {
    let cache = TokenCache::with_capacity(16);
    for number in 0..100 {
        let life = HOUR + Duration::from_secs(u64::try_from(number).unwrap());
        let exchange = async move { Ok(token("any", life)) };
        cache
            .get_or_exchange(key_of(number), exchange)
            .await
            .unwrap();
        assert!(cache.entries.lock().unwrap().len() <= 16);
    }
    assert_eq!(
        ask(&cache, key_of(0), "exchanged anew").await,
        "exchanged anew"
    );
    assert_eq!(ask(&cache, key_of(99), "exchanged anew").await, "any");
}

#[tokio::test]
async fn when_all_places_are_taken_by_exchanges_the_next_one_is_refused() {
    let cache = TokenCache::with_capacity(2);
    for number in 0..2 {
        let cache = Arc::clone(&cache);
        tokio::spawn(async move {
            cache
                .get_or_exchange(key_of(number), std::future::pending())
                .await
        });
    }
    while cache.entries.lock().unwrap().len() < 2 {
        tokio::task::yield_now().await;
    }
    let third = cache
        .get_or_exchange(key_of(3), std::future::pending())
        .await;
    assert_eq!(third.unwrap_err(), DownstreamError::Unavailable);
}
