//! What the database knows of itself.

use crate::fixture::{DAY, Fixture, NEXT, NOW, deciding, id, private, rating};
use sqlx::{Connection, Executor};
use store::{Counted, Engine, NewRating, Store, StoreError, StoreOptions};

crate::cases!(
    a_writer_that_was_left_inside_a_transaction_is_opened_anew,
    whether_anything_can_be_written_is_known_from_the_last_write_or_tried,
    a_lock_of_somebody_else_is_met_and_costs_seconds,
    asking_for_the_open_day_waits_for_nobody,
    a_day_that_ran_ahead_is_brought_back_and_goes_on_when_it_comes,
    a_time_that_is_believed_is_only_taken_back_by_a_word,
    what_was_deleted_is_in_no_file,
    after_closing_the_file_alone_is_whole,
    a_damaged_page_is_found,
    ratings_are_counted_one_by_one_as_the_figures_add_them_up,
    a_server_told_to_forget_is_noticed,
);

const THIRD: &str = "2026-11-01";

fn file(f: &Fixture) -> std::path::PathBuf {
    f.url.trim_start_matches("sqlite://").into()
}

async fn a_writer_that_was_left_inside_a_transaction_is_opened_anew(f: Fixture) {
    if f.engine == Engine::Postgres {
        return; // A failed transaction ends on the server, by the ROLLBACK that follows.
    }
    // What a full disk does: SQLite ends the transaction by itself, and ROLLBACK finds none.
    f.raw(
        "CREATE TRIGGER disk BEFORE INSERT ON rating_event WHEN NEW.level = 3 \
         BEGIN SELECT RAISE(ROLLBACK, 'the disk is full'); END",
    )
    .await
    .unwrap();
    for n in 1..4 {
        let lost = f.store.ingest("a", &[rating(100 + n, 3)]).await;
        assert!(
            !matches!(lost.as_deref(), Ok([store::IngestOutcome::Accepted { .. }])),
            "{lost:?}"
        );
        f.accept(rating(n, 5)).await;
    }
    assert_eq!(f.store.today_count(DAY).await.unwrap(), 3);
}

async fn whether_anything_can_be_written_is_known_from_the_last_write_or_tried(f: Fixture) {
    f.accept(rating(1, 5)).await;
    let (before, failure) = f.store.last_write();
    assert_eq!(failure, None);
    f.store.probe("p").await.unwrap();
    assert!(f.store.last_write().0 > before);
    f.store.close().await;
    let name = f.url.rsplit_once('/').unwrap().1.to_owned();
    let read_only =
        |on: &str| format!("ALTER DATABASE {name} SET default_transaction_read_only = {on}");
    if f.engine == Engine::Postgres {
        f.raw(&read_only("on")).await.unwrap();
    }
    let options = StoreOptions {
        max_pages: Some(80),
        ..StoreOptions::default()
    };
    let store = Store::open(&f.url, options).await.unwrap();
    let many: Vec<NewRating> = (100..900).map(|n| rating(n, 5)).collect();
    store.ingest("a", &many).await.unwrap_err();
    let (_, failure) = store.last_write();
    assert!(
        matches!(failure, Some(StoreError::ReadOnlyOrFull(_))),
        "{failure:?}"
    );
    let tried = store.probe("p").await;
    assert!(
        matches!(tried, Err(StoreError::ReadOnlyOrFull(_))),
        "{tried:?}"
    );
    // A row of somebody's that the engine refuses says nothing of the database.
    let fresh = f.another().await;
    if f.engine == Engine::Sqlite {
        let mut odd = rating(2, 5);
        odd.level = 9;
        fresh.ingest("a", &[odd]).await.unwrap();
        assert_eq!(fresh.last_write().1, None);
        fresh.probe("p").await.unwrap();
    }
}

async fn a_lock_of_somebody_else_is_met_and_costs_seconds(f: Fixture) {
    if f.engine == Engine::Sqlite {
        return; // One process writes, and its own lock is a second at most.
    }
    let mut other = sqlx::PgConnection::connect(&f.url).await.unwrap();
    other.execute("BEGIN").await.unwrap();
    other
        .execute("LOCK TABLE rating_event IN ACCESS EXCLUSIVE MODE")
        .await
        .unwrap();
    let turned_away = |outcome: Result<(), StoreError>| {
        assert!(
            matches!(outcome, Err(StoreError::Unavailable(_))),
            "{outcome:?}"
        );
    };
    let within = std::time::Duration::from_secs(4);
    let tried = tokio::time::timeout(within, f.store.probe("p")).await;
    turned_away(tried.expect("an answer in time"));
    let one = [rating(1, 1)];
    let stored = tokio::time::timeout(within, f.store.ingest("a", &one)).await;
    turned_away(stored.expect("an answer in time").map(drop));
    other.execute("ROLLBACK").await.unwrap();
    f.store.probe("p").await.unwrap();
    f.accept(rating(1, 1)).await;
}

async fn asking_for_the_open_day_waits_for_nobody(f: Fixture) {
    if f.engine == Engine::Sqlite {
        return; // The writer is the lock.
    }
    let mut other = sqlx::PgConnection::connect(&f.url).await.unwrap();
    other.execute("BEGIN").await.unwrap();
    other
        .execute("SELECT pg_advisory_xact_lock_shared(1685024626)")
        .await
        .unwrap();
    let asked = f.store.door_open(DAY, NOW);
    let open = tokio::time::timeout(std::time::Duration::from_secs(1), asked).await;
    assert_eq!(open.expect("an answer at once").unwrap().day, DAY);
    // Closing it does wait, and gives up before the others notice.
    let closed = f.store.door_close(DAY, NEXT, NOW, deciding()).await;
    assert!(
        matches!(closed, Err(StoreError::Unavailable(_))),
        "{closed:?}"
    );
    f.accept(rating(1, 5)).await;
}

async fn a_day_that_ran_ahead_is_brought_back_and_goes_on_when_it_comes(f: Fixture) {
    let s = &f.store;
    f.accept(rating(1, 5)).await;
    s.door_close(DAY, THIRD, NOW, deciding()).await.unwrap();
    let ahead = s.door_current().await.unwrap().unwrap();
    f.accept(rating(2, 1)).await;
    let told = crate::figures::release(DAY);
    s.released_write(DAY, told, store::Running::default(), NOW)
        .await
        .unwrap();
    let refused = s.door_bring_back(DAY, NOW).await;
    assert!(
        matches!(refused, Err(StoreError::Conflict(_))),
        "{DAY} has been released: {refused:?}"
    );
    let back = s.door_bring_back(NEXT, NOW).await.unwrap();
    assert_eq!((back.day.as_str(), back.state.as_str()), (NEXT, "open"));
    assert!(back.epoch > ahead.epoch);
    f.accept(rating(3, 4)).await;
    assert!(matches!(
        s.door_bring_back(NEXT, NOW).await,
        Err(StoreError::Conflict(_))
    ));
    let day_of = async |n: u64| s.rating_events("U1", &id(n)).await.unwrap()[0].day.clone();
    assert_eq!(
        [day_of(1).await, day_of(2).await, day_of(3).await],
        [DAY, THIRD, NEXT]
    );
    assert_eq!(s.rollup_sums(NEXT).await.unwrap(), [], "neither is over");
    s.door_close(NEXT, THIRD, NOW, deciding()).await.unwrap();
    let again = s.door_current().await.unwrap().unwrap();
    assert_eq!(
        (again.epoch, again.opened_at),
        (ahead.epoch, ahead.opened_at)
    );
    f.accept(rating(4, 5)).await;
    assert_eq!(s.today_count(THIRD).await.unwrap(), 2);
    s.door_close(THIRD, "2026-11-02", NOW, deciding())
        .await
        .unwrap();
    let told: i64 = s
        .rollup_sums(THIRD)
        .await
        .unwrap()
        .iter()
        .map(|sum| sum.n)
        .sum();
    assert_eq!(told, 3, "what is stamped with a day is told with it");
}

async fn a_time_that_is_believed_is_only_taken_back_by_a_word(f: Fixture) {
    let s = &f.store;
    assert_eq!(s.heard().await.unwrap(), None);
    s.hear(NOW).await.unwrap();
    s.hear(NOW - 5).await.unwrap();
    assert_eq!(s.heard().await.unwrap(), Some(NOW));
    s.hear(NOW + 5).await.unwrap();
    s.believe(NOW - 9).await.unwrap();
    assert_eq!(s.heard().await.unwrap(), Some(NOW - 9));
    let witness = s.witness().await.unwrap();
    assert_eq!(witness.is_some(), f.engine == Engine::Postgres);
    assert!(
        witness.is_none_or(|at| at > 1_700_000_000_000),
        "{witness:?}"
    );
    assert!(!s.is_founded().await.unwrap());
}

/// Whether any file of a folder holds some bytes.
fn holds(folder: &std::path::Path, needle: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        if bytes.windows(needle.len()).any(|part| part == needle) {
            found.push(path.display().to_string());
        }
    }
    found
}

async fn what_was_deleted_is_in_no_file(f: Fixture) {
    let secret = |n: u64| format!("ciphertext-{n:04}-of-a-name-and-a-phone").into_bytes();
    for n in 0..200 {
        let mut row = private(n, "contact");
        row.ciphertext = secret(n);
        row.delete_after = if n % 2 == 0 { NOW } else { NOW + 10 };
        f.store.private_put(row).await.unwrap();
    }
    assert_eq!(f.store.private_expire(NOW).await.unwrap(), 100);
    assert!(f.store.wipe().await.unwrap());
    assert!(
        f.store
            .private_get(&crate::fixture::private(1, "contact").id)
            .await
            .unwrap()
            .is_some()
    );
    if f.engine == Engine::Postgres {
        return; // Its files are another user's; the table is written anew (decision 0023).
    }
    let folder = file(&f).parent().unwrap().to_owned();
    assert!(
        !holds(&folder, &secret(1)).is_empty(),
        "what is kept is found by this test"
    );
    for n in (0..200).step_by(2) {
        assert_eq!(holds(&folder, &secret(n)), Vec::<String>::new(), "{n}");
    }
}

async fn after_closing_the_file_alone_is_whole(f: Fixture) {
    for n in 1..50 {
        f.accept(rating(n, 5)).await;
    }
    f.store.close().await;
    if f.engine == Engine::Postgres {
        return;
    }
    let log = file(&f).with_extension("db-wal");
    assert!(
        std::fs::metadata(&log).map_or(0, |log| log.len()) == 0,
        "folded back"
    );
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.db");
    std::fs::copy(file(&f), &copy).unwrap();
    let url = format!("sqlite://{}", copy.display());
    let copy = Store::open(&url, StoreOptions::default()).await.unwrap();
    assert_eq!(copy.today_count(DAY).await.unwrap(), 49);
}

async fn a_damaged_page_is_found(f: Fixture) {
    let many: Vec<NewRating> = (0..400).map(|n| rating(n, 5)).collect();
    f.store.ingest("a", &many).await.unwrap();
    let tables = f.store.tables().await.unwrap();
    assert_eq!(tables.is_empty(), f.engine == Engine::Postgres);
    for table in &tables {
        f.store.check_table(table).await.unwrap();
    }
    f.store.check_table("rating_event").await.unwrap();
    if f.engine == Engine::Postgres {
        return;
    }
    f.store.close().await;
    // One page that holds rows of ratings.
    let mut bytes = std::fs::read(file(&f)).unwrap();
    let page = 4096;
    let at = bytes
        .windows(10)
        .rposition(|part| part == b"window:W1\x01".as_slice() || part.starts_with(b"window:W1"));
    let at = at.unwrap() / page * page;
    bytes[at..at + page].fill(0xa5);
    std::fs::write(file(&f), bytes).unwrap();
    let store = f.another().await;
    let mut found = Vec::new();
    for table in tables {
        if let Err(error) = store.check_table(&table).await {
            assert!(matches!(error, StoreError::Corrupt(_)), "{error:?}");
            found.push(table);
        }
    }
    assert!(!found.is_empty());
}

async fn ratings_are_counted_one_by_one_as_the_figures_add_them_up(f: Fixture) {
    f.accept(rating(1, 5)).await;
    f.accept(rating(2, 5)).await;
    f.accept(rating(3, 1)).await;
    let again = NewRating {
        amend_of: Some(id(1)),
        body_hash: vec![9],
        level: 4,
        ..rating(1, 4)
    };
    f.store.ingest("a", &[again]).await.unwrap();
    let counted = |levels: &[(i64, i64)]| -> Vec<Counted> {
        let one = |&(level, n): &(i64, i64)| Counted {
            subject_kind: "window".into(),
            level,
            n,
        };
        levels.iter().map(one).collect()
    };
    let expected = counted(&[(1, 1), (4, 1), (5, 1)]);
    assert_eq!(f.store.ruled_in(DAY, NEXT).await.unwrap(), 0);
    assert_eq!(
        f.store.rated_in(DAY, DAY, "active").await.unwrap(),
        expected
    );
    assert_eq!(
        f.store.rated_of("U1", DAY, NEXT, "active").await.unwrap(),
        expected
    );
    assert_eq!(
        f.store.rated_of("U2", DAY, NEXT, "active").await.unwrap(),
        []
    );
    assert_eq!(
        f.store.batched_on(DAY).await.unwrap(),
        f.store.today_count(DAY).await.unwrap()
    );
    assert_eq!(
        f.store
            .told_last("unit:U1", "window", DAY, NEXT)
            .await
            .unwrap(),
        None
    );
}

async fn a_server_told_to_forget_is_noticed(f: Fixture) {
    f.store.check_durability().await.unwrap();
}
