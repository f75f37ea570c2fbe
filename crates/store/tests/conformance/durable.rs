//! What the store refuses to start on, and what it says when the database fails.

use crate::fixture::{DAY, Fixture, id, postgres, rating};
use store::{Engine, NewRating, Store, StoreError, StoreOptions};

crate::cases!(
    a_database_that_may_forget_is_refused,
    a_full_or_read_only_database_acknowledges_nothing,
    a_database_that_is_gone_acknowledges_nothing,
    a_database_that_is_not_there_is_not_made_in_passing,
    a_copy_holds_what_was_acknowledged_before_it,
);

fn asking(synchronous: &str) -> StoreOptions {
    StoreOptions {
        synchronous: Some(synchronous.into()),
        ..StoreOptions::default()
    }
}

async fn a_database_that_may_forget_is_refused(f: Fixture) {
    let (refused, accepted, by_url) = match f.engine {
        Engine::Sqlite => (
            vec!["NORMAL", "OFF", "0", "1", "off; --"],
            vec!["FULL", "EXTRA", "2"],
            format!("{}?synchronous=normal", f.url),
        ),
        Engine::Postgres => (
            vec!["off"],
            vec!["on", "local"],
            format!("{}?options=-c%20synchronous_commit%3Doff", f.url),
        ),
    };
    for option in refused {
        let opened = Store::open(&f.url, asking(option)).await;
        assert!(
            matches!(opened, Err(StoreError::NotDurable(_))),
            "{option}: {opened:?}"
        );
    }
    let opened = Store::open(&by_url, StoreOptions::default()).await;
    assert!(
        matches!(opened, Err(StoreError::NotDurable(_))),
        "{opened:?}"
    );
    for option in accepted {
        Store::open(&f.url, asking(option)).await.unwrap();
    }
    assert!(matches!(
        Store::open("mysql://x/y", StoreOptions::default()).await,
        Err(StoreError::Internal(_))
    ));
}

async fn a_full_or_read_only_database_acknowledges_nothing(f: Fixture) {
    f.accept(rating(1, 5)).await;
    f.store.close().await;
    let options = StoreOptions {
        max_pages: Some(80),
        ..StoreOptions::default()
    };
    if f.engine == Engine::Postgres {
        let name = f.url.rsplit_once('/').unwrap().1;
        f.raw(&format!(
            "ALTER DATABASE {name} SET default_transaction_read_only = on"
        ))
        .await
        .unwrap();
    }
    let store = Store::open(&f.url, options).await.unwrap();
    let many: Vec<NewRating> = (100..900).map(|n| rating(n, 5)).collect();
    for _ in 0..2 {
        let outcome = store.ingest("a", &many).await;
        assert!(
            matches!(outcome, Err(StoreError::ReadOnlyOrFull(_))),
            "{outcome:?}"
        );
    }
    assert_eq!(store.today_count(DAY).await.unwrap(), 1);
    assert_eq!(store.rating_events("U1", &id(100)).await.unwrap(), []);
    store.ping().await.unwrap();
    if f.engine == Engine::Sqlite {
        let read_only = Store::open(&format!("{}?mode=ro", f.url), StoreOptions::default())
            .await
            .unwrap();
        let outcome = read_only.ingest("a", &[rating(2, 5)]).await;
        assert!(
            matches!(outcome, Err(StoreError::ReadOnlyOrFull(_))),
            "{outcome:?}"
        );
        let roomier = Store::open(&f.url, StoreOptions::default()).await.unwrap();
        assert_eq!(roomier.ingest("a", &many).await.unwrap().len(), 800);
    }
}

async fn a_database_that_is_gone_acknowledges_nothing(f: Fixture) {
    f.accept(rating(1, 5)).await;
    match f.engine {
        Engine::Sqlite => std::fs::remove_file(f.url.trim_start_matches("sqlite://")).unwrap(),
        Engine::Postgres => {
            let name = f.url.rsplit_once('/').unwrap().1;
            let admin = postgres().unwrap();
            crate::fixture::admin_exec(&admin, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    }
    let is_gone = |error: &StoreError| match f.engine {
        Engine::Sqlite => matches!(error, StoreError::Moved(_)),
        Engine::Postgres => matches!(error, StoreError::Unavailable(_)),
    };
    let outcome = f.store.ingest("a", &[rating(2, 5)]).await;
    assert!(outcome.as_ref().is_err_and(is_gone), "{outcome:?}");
    for answer in [f.store.ping().await, f.store.probe("p").await] {
        assert!(answer.as_ref().is_err_and(is_gone), "{answer:?}");
    }
}

async fn a_copy_holds_what_was_acknowledged_before_it(f: Fixture) {
    f.accept(rating(1, 5)).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("copy.db");
    let copied = f.store.copy_to(&path).await;
    if f.engine == Engine::Postgres {
        assert!(
            matches!(&copied, Err(StoreError::Refused(why)) if why.contains("pg_dump")),
            "{copied:?}"
        );
        return;
    }
    copied.unwrap();
    f.accept(rating(2, 5)).await;
    assert!(
        matches!(f.store.copy_to(&path).await, Err(StoreError::Refused(_))),
        "an older copy is not written over"
    );
    let url = format!("sqlite://{}", path.display());
    let copy = Store::open(&url, StoreOptions::default()).await.unwrap();
    assert_eq!(copy.today_count(DAY).await.unwrap(), 1);
    assert_eq!(f.store.today_count(DAY).await.unwrap(), 2);
}

async fn a_database_that_is_not_there_is_not_made_in_passing(f: Fixture) {
    if f.engine == Engine::Postgres {
        return; // A server does not make databases by being asked for one.
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gone.db");
    let url = format!("sqlite://{}", path.display());
    for url in [url.clone(), format!("{url}?synchronous=full")] {
        let opened = Store::open(&url, StoreOptions::default()).await;
        assert!(
            matches!(&opened, Err(StoreError::Missing(file)) if *file == path.display().to_string()),
            "{opened:?}"
        );
    }
    assert!(!path.exists());
    let options = StoreOptions {
        create: true,
        ..StoreOptions::default()
    };
    Store::open(&url, options).await.unwrap().close().await;
    assert!(path.exists());
}
