//! A release goes on from the one before it; what comes out is the same as from everything.

use demo::Chance;
use flow::{audit, release};
use rules::{
    can::Action,
    ticket::{ContactOutcome, RevisitOutcome, State},
};
use testkit::{Act, Rating, TestApp, fresh_key, on_both};

/// Days with gaps, over the ends of two months and far enough for terms to end.
const DAYS: [&str; 14] = [
    "2026-10-28",
    "2026-10-29",
    "2026-10-30",
    "2026-10-31",
    "2026-11-01",
    "2026-11-02",
    "2026-11-05",
    "2026-11-18",
    "2026-11-19",
    "2026-11-23",
    "2026-11-30",
    "2026-12-01",
    "2026-12-02",
    "2026-12-31",
];

async fn rate(app: &TestApp, chance: &mut Chance, sent: &mut Vec<(Rating, String)>) {
    let window = format!("w{:02}", 1 + chance.below(6));
    let level = [1, 2, 1, 3, 4, 5, 5][chance.below(7)];
    let mut rating = Rating::of_plate(&app.plate(&window)).level(level);
    if chance.below(2) == 0 {
        rating = rating.stated("陈先生", "13900001234");
    }
    let key = fresh_key();
    app.citizen().send_form(&rating, &key).await.expect(200);
    sent.push((rating, key));
}

/// Somebody went back and chose another level, on the day or the day after.
async fn change(app: &TestApp, chance: &mut Chance, sent: &mut [(Rating, String)]) {
    let Some((rating, key)) = sent.last() else {
        return;
    };
    let other = rating
        .clone()
        .level(1 + u8::try_from(chance.below(5)).unwrap());
    app.citizen().send_form(&other, key).await;
}

/// One step of some open ticket, by whoever may take it.
async fn step(app: &TestApp, chance: &mut Chance) {
    let zhou = app.staff("zhou").await;
    let rows = zhou.worklist().await.rows;
    if rows.is_empty() {
        return;
    }
    let number = rows[chance.below(rows.len())].number.clone();
    let view = zhou.ticket(&number).await;
    let handler = view
        .handler
        .as_ref()
        .map(|person| person.id.trim_start_matches("p-").to_owned());
    let (who, act) = match view.state {
        State::ToAssign => (
            "zhou".to_owned(),
            Act::assign(&view.choices[chance.below(view.choices.len())].id),
        ),
        State::ToContact => (handler.unwrap(), Act::contact(ContactOutcome::NoAnswer)),
        State::Verifying if chance.below(2) == 0 => {
            (handler.unwrap(), Act::write(Action::Explain, "说明"))
        }
        State::Verifying => (handler.unwrap(), Act::write(Action::Rectify, "整改")),
        State::ToAnswer => (handler.unwrap(), Act::write(Action::Answer, "答复")),
        State::ToRevisit => (
            "zhou".to_owned(),
            Act::revisit(RevisitOutcome::NotSatisfied),
        ),
        State::ToClose => ("zhou".to_owned(), Act::close()),
        State::Closed => return,
    };
    let reply = app.staff(&who).await.try_act(&number, view.seq, &act).await;
    // Whoever sits at a window cannot work on it before its day is released.
    let person = app.app.directory().person(&format!("p-{who}")).unwrap();
    let early = person.win.is_some() && reply.status == 404;
    assert!(early || reply.status == 200, "{}", reply.text());
}

/// What pages read of every month and day is what the ratings give.
async fn audited(app: &TestApp) {
    for month in app.app.store().released_months().await.unwrap() {
        let found = audit::region_month(&app.app, &month).await;
        assert_eq!(found.unwrap(), []);
        for unit in app.app.directory().units() {
            let found = audit::unit_month(&app.app, &unit.code, &month).await;
            assert_eq!(found.unwrap(), []);
        }
    }
    for door in app.app.store().doors("", "9999-12-31").await.unwrap() {
        if door.state == "sealed" {
            let found = audit::live_day(&app.app, &door.day).await;
            assert_eq!(found.unwrap(), []);
        }
    }
}

async fn live(app: &TestApp, seed: u64) {
    let mut chance = Chance::of(seed, 0);
    let mut sent = Vec::new();
    for (at, day) in DAYS.into_iter().enumerate() {
        app.clock(day, 0, 10);
        // What arrives after midnight and before the release is stamped with the day before.
        for _ in 0..chance.below(3) {
            step(app, &mut chance).await;
            rate(app, &mut chance, &mut sent).await;
        }
        app.release_until(day).await;
        assert_eq!(
            release::rebuild(&app.app).await.unwrap(),
            0,
            "seed {seed}, before {day}"
        );
        for _ in 0..chance.below(if at < 8 { 12 } else { 5 }) {
            match chance.below(5) {
                0 => change(app, &mut chance, &mut sent).await,
                1 | 2 => step(app, &mut chance).await,
                _ => rate(app, &mut chance, &mut sent).await,
            }
        }
        assert_eq!(
            release::rebuild(&app.app).await.unwrap(),
            0,
            "seed {seed}, on {day}: the open day is not yet known"
        );
    }
    audited(app).await;
}

on_both! {
    async fn a_rating_is_changed_within_its_month_and_never_across_its_end(app: &TestApp) {
        let rating = Rating::of_plate(&app.plate("w04")).level(1);
        let changed = rating.clone().level(5);
        let (kept, late) = (fresh_key(), fresh_key());
        app.release_until("2026-10-30").await;
        app.clock("2026-10-30", 20, 0);
        app.citizen().send_form(&rating, &kept).await.expect(200);
        app.release_until("2026-10-31").await;
        app.citizen().send_form(&changed, &kept).await.expect(200);
        app.clock("2026-10-31", 20, 0);
        app.citizen().send_form(&rating, &late).await.expect(200);
        app.release_until("2026-11-01").await;
        let before = app.dump().await.count("rating_event");
        // Whoever took away from the new month what counts in the old one would hide as many of its ratings.
        app.citizen().send_form(&changed, &late).await.expect(409);
        app.citizen().send_form(&changed, &kept).await.expect(200);
        assert_eq!(app.dump().await.count("rating_event"), before);
    }

    async fn what_a_release_goes_on_from_is_what_counting_everything_gives(app: &TestApp) {
        live(app, 1).await;
        let handling = app.app.store().running_handling().await.unwrap();
        let region = handling.iter().find(|sum| sum.unit.is_empty()).unwrap();
        assert!(region.bad > 10 && region.due > 0 && region.open < region.bad, "{region:?}");
        assert!(region.rectified > 0 && region.explained > 0 && region.in_time > 0, "{region:?}");
    }

    async fn another_history_gives_the_same_either_way(app: &TestApp) {
        live(app, 20_261_031).await;
    }

    async fn sums_that_were_lost_or_bent_are_made_again(app: &TestApp) {
        let mut chance = Chance::of(7, 0);
        let mut sent = Vec::new();
        for _ in 0..12 {
            rate(app, &mut chance, &mut sent).await;
        }
        app.release_until("2026-10-29").await;
        let before = app.dump().await;
        app.sql("UPDATE running_cell SET seen = seen + 1").await.unwrap();
        app.sql("UPDATE running_handling SET bad = 0").await.unwrap();
        app.sql("DELETE FROM running_ticket").await.unwrap();
        assert!(release::rebuild(&app.app).await.unwrap() > 2);
        assert!(app.dump().await.changed(&before).is_empty());
        // A folder from before releases kept anything: the next one counts everything.
        for table in ["running_cell", "running_handling", "running_ticket"] {
            app.sql(&format!("DELETE FROM {table}")).await.unwrap();
        }
        rate(app, &mut chance, &mut sent).await;
        app.release_until("2026-10-30").await;
        assert_eq!(release::rebuild(&app.app).await.unwrap(), 0);
        let told = app.app.store().released_handling("2026-10-29", "2026-10-29").await.unwrap();
        let bad = sent.iter().filter(|(rating, _)| rating.json()["level"].as_i64().unwrap() <= 2).count();
        assert_eq!(told[0].bad, i64::try_from(bad).unwrap());
    }
}
