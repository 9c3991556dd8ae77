//! Who sees which reports, in what order, and which of two changes wins.

use super::*;
use crate::store::tests::store;

const TENANT: Uuid = Uuid::from_u128(1);

fn author(number: u128) -> Author {
    Author {
        tenant_id: TENANT,
        object_id: Uuid::from_u128(number),
    }
}

fn time(second: i64) -> Timestamp {
    Timestamp::new(1_700_000_000 + second, 0).unwrap()
}

fn draft(author: Author, title: &str, created_second: i64) -> Report {
    Report {
        id: ReportId::random(),
        symbol: "ALPN".parse().unwrap(),
        title: title.to_owned(),
        body: "Feed costs fell by 5% in ÅRHUS.".to_owned(),
        status: ReportStatus::Draft,
        author,
        version: 1,
        created_at: time(created_second),
        updated_at: time(created_second),
        published_at: None,
    }
}

fn published(author: Author, title: &str, created_second: i64) -> Report {
    Report {
        status: ReportStatus::Published,
        published_at: Some(time(created_second)),
        ..draft(author, title, created_second)
    }
}

fn manuscript(title: &str) -> Manuscript {
    Manuscript {
        symbol: "HRBR".parse().unwrap(),
        title: title.to_owned(),
        body: "Claims rose.".to_owned(),
    }
}

async fn titles(store: &Store, query: &str, drafts: VisibleDrafts) -> Vec<String> {
    let query = serde_json::from_str(query).unwrap();
    let found = list(store, &query, drafts).await.unwrap();
    found.into_iter().map(|report| report.title).collect()
}

#[tokio::test]
async fn a_report_comes_back_as_it_was_stored() {
    let store = store().await;
    for report in [draft(author(1), "draft", 0), published(author(1), "out", 1)] {
        insert(&store, &report).await.unwrap();
        let found = find(&store, report.id, VisibleDrafts::All).await.unwrap();
        assert_eq!(found, Some(report));
    }
}

#[tokio::test]
async fn drafts_are_visible_to_their_author_and_to_those_who_see_all() {
    let store = store().await;
    let mine = draft(author(1), "mine", 2);
    for report in [
        &mine,
        &draft(author(2), "theirs", 1),
        &published(author(2), "out", 0),
    ] {
        insert(&store, report).await.unwrap();
    }
    let mut same_id_elsewhere = author(1);
    same_id_elsewhere.tenant_id = Uuid::from_u128(9);

    let own = VisibleDrafts::Of(author(1));
    assert_eq!(titles(&store, "{}", own).await, ["mine", "out"]);
    assert_eq!(titles(&store, r#"{"status":"draft"}"#, own).await, ["mine"]);
    let all = VisibleDrafts::All;
    assert_eq!(titles(&store, "{}", all).await, ["mine", "theirs", "out"]);
    let stranger = VisibleDrafts::Of(same_id_elsewhere);
    assert_eq!(titles(&store, "{}", stranger).await, ["out"]);
    assert_eq!(find(&store, mine.id, stranger).await.unwrap(), None);
    assert!(find(&store, mine.id, own).await.unwrap().is_some());
}

#[tokio::test]
async fn a_search_ignores_case_and_takes_wildcards_literally() {
    let store = store().await;
    insert(&store, &published(author(1), "Öl and _gas_", 1))
        .await
        .unwrap();
    insert(&store, &published(author(1), "Milk", 0))
        .await
        .unwrap();
    let all = VisibleDrafts::All;
    for (search, expected) in [
        ("öL AND", vec!["Öl and _gas_"]),
        ("århus", vec!["Öl and _gas_", "Milk"]),
        ("5%", vec!["Öl and _gas_", "Milk"]),
        ("5%_", vec![]),
        ("_", vec!["Öl and _gas_"]),
        ("!", vec![]),
        ("milkfeed", vec![]),
    ] {
        let query = serde_json::json!({ "search": search }).to_string();
        assert_eq!(titles(&store, &query, all).await, expected, "{search}");
    }
}

#[tokio::test]
async fn a_list_is_narrowed_by_symbol() {
    let store = store().await;
    let mut other = published(author(1), "other", 0);
    other.symbol = "HRBR".parse().unwrap();
    insert(&store, &other).await.unwrap();
    insert(&store, &published(author(1), "one", 1))
        .await
        .unwrap();
    let found = titles(&store, r#"{"symbol":"HRBR"}"#, VisibleDrafts::All).await;
    assert_eq!(found, ["other"]);
}

#[tokio::test]
async fn pages_show_each_report_once_although_new_ones_arrive() {
    let store = store().await;
    let mut expected = Vec::new();
    for second in 0..7 {
        // Pairs are created at the same time, so that the id decides.
        let report = published(author(1), &second.to_string(), second / 2);
        insert(&store, &report).await.unwrap();
        expected.push(report);
    }
    expected.sort_by_key(|report| (std::cmp::Reverse(report.created_at), report.id.to_string()));
    let expected: Vec<_> = expected.into_iter().map(|report| report.id).collect();

    let mut query: ReportQuery = serde_json::from_str(r#"{"limit":2}"#).unwrap();
    let mut seen = Vec::new();
    loop {
        let rows = list(&store, &query, VisibleDrafts::All).await.unwrap();
        let page = query.limit.page(rows, ReportSummary::place);
        seen.extend(page.items.iter().map(|report| report.id));
        insert(&store, &published(author(1), "newer", 100))
            .await
            .unwrap();
        let Some(cursor) = page.next_cursor() else {
            break;
        };
        query.cursor = serde_json::from_value(cursor.into()).unwrap();
    }
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn the_second_of_two_changes_to_one_version_is_outrun() {
    let store = store().await;
    let report = draft(author(1), "first", 0);
    insert(&store, &report).await.unwrap();

    let mut winner = report.clone();
    let change = replace(&store, &mut winner, manuscript("second"), time(5)).await;
    assert_eq!(change.unwrap(), Change::Stored);
    assert_eq!((winner.version, winner.updated_at), (2, time(5)));
    let stored = find(&store, report.id, VisibleDrafts::All).await.unwrap();
    assert_eq!(stored, Some(winner));

    let mut loser = report.clone();
    let change = replace(&store, &mut loser, manuscript("third"), time(6)).await;
    assert_eq!(change.unwrap(), Change::Outrun);
    assert_eq!(loser, report);
    let change = publish(&store, &mut loser, time(6)).await;
    assert_eq!(change.unwrap(), Change::Outrun);
}

#[tokio::test]
async fn publishing_stamps_the_report_once() {
    let store = store().await;
    let mut report = draft(author(1), "first", 0);
    insert(&store, &report).await.unwrap();
    let change = publish(&store, &mut report, time(3)).await;
    assert_eq!(change.unwrap(), Change::Stored);
    assert_eq!(report.published_at, Some(time(3)));
    let anyone = VisibleDrafts::Of(author(2));
    let stored = find(&store, report.id, anyone).await.unwrap();
    assert_eq!(stored.as_ref(), Some(&report));
    let change = publish(&store, &mut report, time(4)).await;
    assert_eq!(change.unwrap(), Change::Outrun);
}

#[tokio::test]
async fn a_deleted_report_is_gone() {
    let store = store().await;
    let report = published(author(1), "out", 0);
    insert(&store, &report).await.unwrap();
    let mut outcomes = Vec::new();
    for version in [2, 1, 1] {
        outcomes.push(delete(&store, report.id, version).await.unwrap());
    }
    let expected = [Change::Outrun, Change::Stored, Change::Outrun];
    assert_eq!(outcomes, expected, "another version, this one, none");
    let found = find(&store, report.id, VisibleDrafts::All).await.unwrap();
    assert_eq!(found, None);
}
