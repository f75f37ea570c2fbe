//! The demo city: what is in it, when it is quiet, and that it is the same every time.

use crate::program::haochaping;
use flow::clock::day_of;
use policy::Policies;
use rules::date;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use store::TicketRow;
use tempfile::TempDir;

const SMALL: [&str; 4] = ["--ratings", "900", "--days", "60"];

struct City {
    folder: TempDir,
    entrances: Value,
}

impl City {
    fn make(more: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("d").to_str().unwrap().to_owned();
        let output = haochaping(&[&["demo", "--json", "--data", &data], more].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            output.status.success() && said.contains("made in "),
            "{said}"
        );
        Self {
            folder,
            entrances: serde_json::from_slice(&output.stdout).unwrap(),
        }
    }

    fn run<T>(&self, look: impl AsyncFnOnce(&flow::app::App) -> T) -> T {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let app = flow::open::open(&self.folder.path().join("d"), None, String::new())
                .await
                .unwrap();
            let seen = look(&app).await;
            app.stop().await;
            app.store().close().await;
            seen
        })
    }

    fn rows(&self, sql: &str) -> Vec<Vec<String>> {
        let url = format!(
            "sqlite://{}",
            self.folder.path().join("d/haochaping.db").display()
        );
        testkit::read_rows(&url, sql)
    }
}

async fn tickets(app: &flow::app::App) -> Vec<TicketRow> {
    app.store().list_tickets(None, 5_000).await.unwrap()
}

#[test]
fn a_small_city_has_tickets_of_every_state_some_of_them_late_and_its_old_entrances() {
    let city = City::make(&SMALL);
    let logins: Vec<&str> = city.entrances["staff"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["login"].as_str().unwrap())
        .collect();
    for login in ["zhou", "sheng", "duan", "yin"] {
        assert!(logins.contains(&login), "{logins:?}");
    }
    assert_eq!(
        (
            logins.len(),
            city.entrances["plates"].as_array().unwrap().len()
        ),
        (10, 12)
    );
    assert!(city.entrances["service_links"].as_array().unwrap().len() >= 2);
    city.run(async |app| {
        let all = tickets(app).await;
        let states: BTreeSet<&str> = all.iter().map(|row| row.state.as_str()).collect();
        assert_eq!(states.len(), 7, "{states:?}");
        let today = date::iso(app.clock().today());
        let late = |row: &&TicketRow| row.due.as_ref().is_some_and(|due| *due < today);
        let late: BTreeSet<&str> = all
            .iter()
            .filter(late)
            .map(|row| row.state.as_str())
            .collect();
        assert!(
            late.contains("to_assign") && late.contains("verifying"),
            "{late:?}"
        );
        let kinds: BTreeSet<String> = city
            .rows("SELECT DISTINCT kind FROM ticket_event")
            .concat()
            .into_iter()
            .collect();
        for kind in ["rectified", "explained", "revisited", "closed"] {
            assert!(kinds.contains(kind), "{kinds:?}");
        }
        assert_eq!(flow::release::rebuild(app).await.unwrap(), 0);
        assert_eq!(flow::tickets::rebuild(app).await.unwrap(), 0);
    });
}

#[test]
fn days_off_are_quiet_make_up_days_are_worked_and_noon_dips() {
    let city = City::make(&["--ratings", "1900", "--days", "60"]);
    let calendar = Policies::embedded().unwrap().calendar;
    let mut days: BTreeMap<String, u32> = BTreeMap::new();
    let mut hours: BTreeMap<i64, u32> = BTreeMap::new();
    for row in city.rows("SELECT accepted_at FROM rating_event") {
        let at: i64 = row[0].parse().unwrap();
        *days.entry(date::iso(day_of(at))).or_default() += 1;
        *hours.entry((at / 3_600_000 + 8) % 24).or_default() += 1;
    }
    assert_eq!(days.values().sum::<u32>(), 1900);
    let of = |wanted: bool| -> Vec<u32> {
        let mut day = date::parse_iso("2026-09-02").unwrap();
        let mut seen = Vec::new();
        while date::iso(day).as_str() <= "2026-10-31" {
            if calendar.day(day).kind.is_working() == wanted {
                seen.push(days.get(&date::iso(day)).copied().unwrap_or(0));
            }
            day = day.next_day().unwrap();
        }
        seen
    };
    let mean = |of: &[u32]| f64::from(of.iter().sum::<u32>()) / of.len() as f64;
    let (worked, off) = (of(true), of(false));
    assert!(
        mean(&off) < mean(&worked) / 10.0,
        "{} {}",
        mean(&off),
        mean(&worked)
    );
    for make_up in ["2026-09-20", "2026-10-10"] {
        assert!(
            f64::from(days[make_up]) > mean(&worked) / 3.0,
            "{make_up}: {}",
            days[make_up]
        );
    }
    assert!(
        hours[&12] * 3 < hours[&10] && hours[&12] * 3 < hours[&15],
        "{hours:?}"
    );
    assert!(
        hours.keys().all(|hour| (9..=20).contains(hour)),
        "{hours:?}"
    );
}

#[test]
fn weak_units_are_worse_and_one_window_has_a_wave_of_two_days() {
    let city = City::make(&["--ratings", "1900", "--days", "60"]);
    let share = |sql: &str| -> f64 {
        let rows = city.rows(sql);
        let counts: BTreeMap<String, f64> = rows
            .into_iter()
            .map(|row| (row[0].clone(), row[1].parse().unwrap()))
            .collect();
        counts.get("1").copied().unwrap_or(0.0) / counts.values().sum::<f64>()
    };
    let bad = |wanted: &str| {
        share(&format!(
            "SELECT CASE WHEN level <= 2 THEN 1 ELSE 0 END, COUNT(*) FROM rating_event WHERE {wanted} GROUP BY 1"
        ))
    };
    let wave = bad("win = 'w10' AND day IN ('2026-09-17', '2026-09-18')");
    assert!(wave > 0.4, "{wave}");
    assert!(bad("win = 'w10' AND day > '2026-09-18'") < wave / 3.0);
    assert!(bad("win = 'w01'") > bad("win NOT IN ('w01', 'w10', 'w11')"));
    assert!(
        city.rows("SELECT unit FROM rating_event WHERE text_hash IS NOT NULL")
            .len()
            > 50
    );
    for row in city.rows("SELECT level, tags FROM rating_event WHERE tags <> '[]'") {
        let tags: Vec<u16> = serde_json::from_str(&row[1]).unwrap();
        assert!(
            tags.iter().all(|tag| (tag / 100).to_string() == row[0]),
            "{row:?}"
        );
    }
    for column in ["channel", "identity", "subject_kind"] {
        assert!(
            city.rows(&format!("SELECT DISTINCT {column} FROM rating_event"))
                .len()
                >= 2,
            "{column}"
        );
    }
}

#[test]
fn the_same_city_is_made_again_but_for_codes_and_passwords() {
    let (one, two) = (City::make(&SMALL), City::make(&SMALL));
    assert_ne!(one.entrances["staff"], two.entrances["staff"], "passwords");
    assert_ne!(one.entrances["plates"], two.entrances["plates"], "codes");
    for sql in [
        "SELECT day, cell, subject_kind, level, n, real_name FROM released_cell ORDER BY 1, 2, 3, 4",
        "SELECT * FROM released_handling ORDER BY released_on, unit",
        "SELECT * FROM released_due ORDER BY released_on, unit",
        "SELECT unit, project_no, item, win, staff, served_on FROM service_event ORDER BY 1, 2",
        "SELECT unit, day, subject_kind, level, tags, identity, win, item, staff, channel FROM rating_event ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10",
        "SELECT unit, kind, actor, day, body FROM ticket_event ORDER BY 1, 2, 3, 4, 5",
        "SELECT * FROM guide ORDER BY 1",
    ] {
        let (one, two) = (one.rows(sql), two.rows(sql));
        assert!(!one.is_empty() && one == two, "{sql}");
    }
}

#[test]
fn the_turn_of_the_year_makes_due_dates_provisional() {
    let city = City::make(&["--ratings", "40", "--days", "10"]);
    let data = city.folder.path().join("d").to_str().unwrap().to_owned();
    let output = haochaping(&["demo", "--data", &data, "--year-end"]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    city.run(async |app| {
        assert_eq!(date::iso(app.clock().today()), "2027-01-04");
        assert_eq!(
            app.store().last_released_day().await.unwrap().as_deref(),
            Some("2027-01-03")
        );
        let beyond = |row: &TicketRow| row.due.as_deref().is_some_and(|due| due > "2027-01-04");
        let open: Vec<TicketRow> = tickets(app).await.into_iter().filter(beyond).collect();
        assert!(!open.is_empty());
        let zhou = testkit::signed_in(app, "p-zhou");
        let view = flow::tickets::view(app, &zhou, &open[0].number)
            .await
            .unwrap();
        assert!(
            view.dues.iter().any(|due| due.provisional),
            "{:?}",
            view.dues
        );
    });
    assert!(
        !haochaping(&["demo", "--data", &data, "--year-end"])
            .status
            .success(),
        "only once"
    );
}

/// Numbers by level of a place, in one body and month.
type Told = BTreeMap<String, [i64; 5]>;

/// The cells that each cell's ratings count in, read from what was accepted and from nothing that the
/// release has made of it.
fn counted_in(rows: &[Vec<String>], counties: &BTreeMap<String, String>) -> Around {
    let mut around = Around::new();
    for row in rows {
        let [unit, hall, win, item] = &row[..] else {
            panic!("{row:?}");
        };
        let or = |code: &str, of: &str| match code {
            "" => format!("@{of}"),
            code => code.to_owned(),
        };
        let cells = [
            "region".to_owned(),
            format!("unit:{unit}"),
            format!("county:{}", counties[hall]),
            format!("hall:{hall}"),
            format!("win:{}", or(win, hall)),
            format!("item:{}", or(item, unit)),
        ];
        for cell in &cells {
            let of = around.entry(cell.clone()).or_default();
            of.extend(cells.iter().cloned());
        }
    }
    around
}

type Around = BTreeMap<String, BTreeSet<String>>;

/// Of each cell and each breakdown the cells that lie wholly inside it.
fn inside(around: &Around) -> BTreeMap<(String, String), Vec<String>> {
    let kind = |cell: &str| cell.split(':').next().unwrap_or_default().to_owned();
    let mut inside: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for (cell, others) in around {
        for other in others.iter().filter(|other| kind(other) != kind(cell)) {
            let alone = others.iter().filter(|one| kind(one) == kind(other)).count() == 1;
            if alone && cell != "region" {
                let family = (other.clone(), kind(cell));
                inside.entry(family).or_default().push(cell.clone());
            }
        }
    }
    inside
}

#[test]
fn in_a_city_no_place_less_any_of_its_parts_shows_fewer_than_five() {
    let city = City::make(&["--ratings", "4000", "--days", "45"]);
    let halls = city.rows("SELECT code, county FROM hall");
    let counties = halls
        .into_iter()
        .map(|row| (row[0].clone(), row[1].clone()))
        .collect();
    let mut looked_at = 0;
    for month in city.rows("SELECT DISTINCT month FROM released_month") {
        for (body, is_event) in [("event", "="), ("window", "<>")] {
            let accepted = city.rows(&format!(
                "SELECT DISTINCT unit, hall, win, item FROM rollup \
                WHERE day LIKE '{}%' AND kind = 'active' AND subject_kind {is_event} 'event'",
                month[0]
            ));
            let mut told = Told::new();
            for row in city.rows(&format!(
                "SELECT cell, level, n FROM released_month WHERE month = '{}' AND subject_kind = '{body}'",
                month[0]
            )) {
                let level: usize = row[1].parse().unwrap();
                told.entry(row[0].clone()).or_default()[level - 1] += row[2].parse::<i64>().unwrap();
            }
            for ((place, kind), parts) in inside(&counted_in(&accepted, &counties)) {
                let of = |cell: &String| told.get(cell).copied().unwrap_or_default();
                let rest = parts.iter().fold(of(&place), |rest, part| {
                    std::array::from_fn(|at| rest[at] - of(part)[at])
                });
                looked_at += 1;
                let people: i64 = rest.iter().sum();
                assert!(rest.iter().all(|n| *n >= 0), "{place} by {kind}: {rest:?}");
                assert!(people == 0 || people >= 5, "{place} by {kind}: {rest:?}");
            }
        }
    }
    assert!(looked_at > 100, "{looked_at}");
}

#[test]
fn in_a_city_every_bad_rating_that_a_unit_is_told_with_is_one_that_it_handles() {
    let city = City::make(&["--ratings", "4000", "--days", "45"]);
    city.run(async |app| {
        let newest = figures(app, None).await;
        assert_eq!(newest.periods.len(), 2);
        let (mut bad, mut due) = (0, 0);
        for period in &newest.periods {
            for unit in figures(app, Some(period)).await.rows {
                let handling = unit.handling.unwrap();
                let told = unit.events.counts.bad() + unit.windows.counts.bad();
                assert_eq!(handling.bad, told, "{} {period}", unit.code);
                let fell_due = unit.fell_due.map_or(0, |of| of.due);
                assert_eq!(handling.due, fell_due, "{} {period}", unit.code);
                bad += handling.bad;
                due += handling.due;
            }
        }
        assert!(bad > 20 && due > 5, "{bad} {due}");
        assert_eq!(flow::release::rebuild(app).await.unwrap(), 0);
    });
}

async fn figures(app: &flow::app::App, period: Option<&str>) -> contract::figures::Figures {
    let figures = flow::figures::of(app, period, None).await;
    figures.unwrap()
}
