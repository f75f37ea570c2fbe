//! What is published: made from the ratings alone, the same wherever it is read.

use contract::{
    figures::{Block, Figures, UnitRow},
    paths,
};
use rules::{
    can::Action,
    indicators::{self, DueRate, FellDue, RealNames},
    level::Level,
    rating::Identity,
    ticket::ContactOutcome,
};
use testkit::{Act, Rating, TestApp, event, on_both};
use words::Key;

async fn figures(app: &TestApp, query: &str) -> Figures {
    let path = format!("{}{query}", paths::API_FIGURES);
    app.http.get(&path).await.expect(200).json()
}

fn unit<'a>(figures: &'a Figures, end: &str) -> &'a UnitRow {
    figures
        .rows
        .iter()
        .find(|row| row.code.ends_with(end))
        .unwrap()
}

/// Six ratings at a window, the levels from the worst.
async fn six(app: &TestApp, window: &str, levels: [u8; 6]) {
    for level in levels {
        app.citizen()
            .rate(&Rating::of_plate(&app.plate(window)).level(level))
            .await;
    }
}

/// The oldest open ticket of a window's unit is put right, or explained, and answered.
async fn worked(app: &TestApp, handler: &str, action: Action) {
    let (zhou, who) = (app.staff("zhou").await, app.staff(handler).await);
    let number = who
        .worklist()
        .await
        .rows
        .into_iter()
        .find(|row| row.handler.is_none())
        .unwrap()
        .number;
    zhou.act(&number, &Act::assign(&who.id())).await;
    who.act(&number, &Act::write(action, "处理情况")).await;
    who.act(&number, &Act::write(Action::Answer, "答复")).await;
    zhou.act(&number, &Act::close()).await;
}

/// A block's rates are those that the one place of definitions makes of its counts.
fn by_definition(block: &Block, good_from: u8) {
    let good: Vec<Level> = Level::ALL
        .into_iter()
        .filter(|level| level.get() >= good_from)
        .collect();
    assert_eq!(block.good, indicators::good_rate(&block.counts, &good));
    assert_eq!(block.bad, indicators::bad_rate(&block.counts));
    assert_eq!(block.mean, indicators::mean(&block.counts));
}

on_both! {
    // clause: N-53, N-46, J-06, JP-06, H-01
    async fn page_interface_and_file_tell_the_same_figures_by_one_definition(app: &TestApp) {
        six(app, "w05", [1, 2, 3, 4, 5, 5]).await;
        six(app, "w07", [2, 3, 3, 4, 4, 5]).await;
        app.release_until("2026-10-29").await;
        let told = figures(app, "").await;
        assert_eq!(told.windows.counts.levels, [1, 2, 3, 3, 3]);
        let rows = [unit(&told, "sc"), unit(&told, "zj")];
        assert_eq!(rows.map(|row| row.windows.counts.levels), [[1, 1, 1, 1, 2], [0, 1, 2, 2, 1]]);
        let parts = told.parts.iter().flat_map(|part| &part.rows);
        let blocks = rows.into_iter().map(|row| &row.windows).chain(parts.map(|row| &row.windows)).chain([&told.windows]);
        for block in blocks {
            by_definition(block, told.good_from);
        }
        // The page says the same numbers, and by which formula.
        let page = app.http.get(paths::HOME).await.expect(200).text();
        for row in rows {
            assert!(page.contains(&row.name) && page.contains(&row.windows.bad.shown()) && page.contains(&row.windows.good.shown()), "{}", row.name);
        }
        let from = told.good_from.to_string();
        assert!(page.contains(&Key::DISCLOSURE_GOOD_DEF.fill(&[("from", &from)])) && page.contains(Key::DISCLOSURE_BAD_DEF.text()));
        // The file has a row of each unit, with what its rates are made of, for others to go on from.
        let file = app.http.get(paths::FIGURES_CSV).await.expect(200).text();
        for row in rows {
            let block = &row.windows;
            let levels = Level::ALL.map(|level| block.counts.at(level).to_string()).join("\",\"");
            let wanted = format!(
                "\"{}\",\"{}\",\"{levels}\",\"0\",\"{}\",\"{}\",\"{}\",\"{}\",\"{}\",\"{}\"",
                Key::DISCLOSURE_WINDOWS_TITLE.text(), block.counts.active(), block.good.num, block.good.den, block.good.shown(),
                block.bad.num, block.bad.den, block.bad.shown(),
            );
            let line = file.lines().find(|line| line.contains(&row.name) && line.contains(Key::DISCLOSURE_WINDOWS_TITLE.text())).unwrap();
            assert!(line.contains(&wanted), "{line}\n{wanted}");
        }
        // Nothing is typed in: made again from the ratings, every sum is as it was.
        assert_eq!(flow::release::rebuild(&app.app).await.unwrap(), 0);
    }

    // clause: J-21, J-25, D-19, Q-32
    async fn every_month_has_its_results_and_its_handling_by_county_and_by_unit(app: &TestApp) {
        six(app, "w05", [1, 2, 3, 4, 5, 5]).await;
        six(app, "w07", [2, 3, 3, 4, 4, 5]).await;
        worked(app, "li", Action::Rectify).await;
        // Zhao's unit names nobody at its windows: to them its tickets come with the release.
        app.release_until("2026-10-29").await;
        worked(app, "zhao", Action::Explain).await;
        app.release_until("2026-11-01").await;
        for _ in 0..6 {
            app.citizen().rate(&Rating::of_plate(&app.plate("w05")).level(5)).await;
        }
        app.release_until("2026-12-01").await;
        let october = figures(app, "?period=2026-10").await;
        assert_eq!(october.periods, ["2026-11", "2026-10"]);
        let county = &october.parts[0];
        assert_eq!((county.kind.as_str(), county.rows[0].windows.counts.levels), ("county", [1, 2, 3, 3, 3]));
        let of = |end: &str| {
            let row = unit(&october, end);
            (row.windows.counts.bad(), row.handling.map(|of| [of.bad, of.rectified, of.explained, of.open]))
        };
        assert_eq!((of("sc"), of("zj")), ((2, Some([2, 1, 0, 1])), (1, Some([1, 0, 1, 0]))));
        let november = figures(app, "?period=2026-11").await;
        assert_eq!((unit(&november, "sc").windows.counts.levels, unit(&november, "sc").handling.unwrap().open), ([0, 0, 0, 0, 6], 1));
        // Anyone reads it as a page, month by month.
        let page = app.http.get("/?period=2026-10&unit=539900-sc").await.expect(200).text();
        for said in [Key::DISCLOSURE_HANDLING_RECTIFIED, Key::DISCLOSURE_HANDLING_EXPLAINED, Key::DISCLOSURE_HANDLING_OPEN] {
            assert!(page.contains(said.text()), "{}", said.text());
        }
    }

    // clause: N-04
    async fn coverage_tells_which_units_windows_and_items_can_be_rated_and_were(app: &TestApp) {
        let of = |told: &Figures, kind: &str| {
            let covered = told.coverage.iter().find(|covered| covered.kind == kind).unwrap();
            (covered.counts.all, covered.counts.open, covered.counts.rated)
        };
        six(app, "w05", [1, 2, 3, 4, 5, 5]).await;
        app.release_until("2026-10-29").await;
        let told = figures(app, "").await;
        assert_eq!(["unit", "win", "item"].map(|kind| of(&told, kind)), [(6, 6, 1), (12, 12, 1), (20, 20, 0)]);
        // A plate out of use leaves its window without an entry; without both, so is their unit.
        let zhou = app.staff("zhou").await;
        let directory = app.app.directory();
        let unit = directory.window("w05").unwrap().unit.clone();
        let plates = app.app.plates();
        let mine = plates.valid().filter(|plate| directory.window(&plate.win).unwrap().unit == unit);
        let mine: Vec<String> = mine.map(|plate| plate.code.clone()).collect();
        for (at, plate) in mine.iter().enumerate() {
            zhou.post(&paths::fill(paths::API_PLATE_REVOKE, plate), &()).await.expect(200);
            let told = figures(app, "").await;
            let gone = u64::from(at + 1 == mine.len());
            assert_eq!((of(&told, "win").1, of(&told, "unit").1), (11 - at as u64, 6 - gone));
        }
        let items = directory.items_of(&unit).count() as u64;
        assert!(items > 0);
        let told = figures(app, "").await;
        assert_eq!(of(&told, "item"), (20, 20 - items, 0));
        let shown = rules::indicators::coverage_rate(&told.coverage[0].counts).shown();
        let page = app.http.get(paths::HOME).await.expect(200).text();
        assert!(shown == "83.33%" && page.contains(&shown) && page.contains(Key::DISCLOSURE_COVERAGE_OPEN_DEF.text()), "{shown}");
        // Of a single place there is nothing to say.
        assert_eq!(figures(app, "?place=unit%3A539900-zr").await.coverage, []);
    }

    // clause: N-41, Q-22, J-19f, D-16
    async fn bad_ratings_that_fell_due_have_their_rates_and_real_names_their_own(app: &TestApp) {
        let (li, zhou) = (app.staff("li").await, app.staff("zhou").await);
        for level in [1, 2, 1, 2, 1] {
            app.citizen().rate(&Rating::of_plate(&app.plate("w05")).level(level).stated("陈先生", "13900001234")).await;
        }
        six(app, "w05", [1, 2, 1, 2, 1, 5]).await;
        let mut real = Vec::new();
        for row in li.worklist().await.rows {
            let view = zhou.act(&row.number, &Act::assign(&li.id())).await;
            if view.identity != Identity::Anonymous {
                real.push(row.number);
            }
        }
        // One is spoken with and put right, one is only tried, and nobody sees to the others.
        li.act(&real[0], &Act::contact(ContactOutcome::Reached)).await;
        li.act(&real[0], &Act::write(Action::Rectify, "已整改")).await;
        li.act(&real[1], &Act::contact(ContactOutcome::NoAnswer)).await;
        app.release_until("2026-11-25").await;
        assert_eq!(figures(app, "?period=2026-10").await.fell_due, Some(FellDue::default()), "no term has ended");
        six(app, "w05", [5; 6]).await;
        app.release_until("2026-11-26").await;
        let mut real_names = RealNames { bad: 5, reached: 1, unreached: 1, handled: 1, both: 1 };
        let mut expected = FellDue { due: 10, handled: 1, real: Some(real_names) };
        let told = figures(app, "?period=2026-11").await;
        assert_eq!((told.fell_due, unit(&told, "sc").fell_due), (Some(expected), Some(expected)));
        // Put right late, it counts from then on among the same ratings; nothing counts twice.
        app.staff("li").await.act(&real[1], &Act::write(Action::Rectify, "已整改")).await;
        six(app, "w05", [5; 6]).await;
        app.release_until("2026-11-27").await;
        real_names.handled = 2;
        expected = FellDue { handled: 2, real: Some(real_names), ..expected };
        let told = figures(app, "?period=2026-11").await;
        assert_eq!((told.fell_due, unit(&told, "sc").fell_due), (Some(expected), Some(expected)));
        let page = app.http.get("/?period=2026-11&unit=539900-sc").await.expect(200).text();
        let shown = [("20.00%", "2/10"), ("20.00%", "1/5"), ("40.00%", "2/5"), ("20.00%", "1/5")];
        for (which, (shown, of)) in DueRate::ALL.iter().zip(shown) {
            let name = words::by_code("due_rate", which.code()).unwrap();
            let fact = format!("{}</dt><dd class=\"num\"><b>{shown}</b> <span class=\"hint\">{of}</span>", name);
            assert!(page.contains(&fact), "{fact}");
        }
        // A month in which no term ended has none of them.
        app.release_until("2026-12-02").await;
        six(app, "w05", [5; 6]).await;
        app.release_until("2026-12-03").await;
        assert_eq!(figures(app, "?period=2026-12").await.fell_due, Some(FellDue::default()));
        assert_eq!(flow::release::rebuild(&app.app).await.unwrap(), 0);
    }

    async fn of_one_who_gave_a_name_nobody_learns_whether_they_were_satisfied(app: &TestApp) {
        // At each office one of six gives a name: here the one who is not satisfied, there one of the others.
        for (window, level) in [("w05", 1), ("w01", 5)] {
            app.citizen().rate(&Rating::of_plate(&app.plate(window)).level(level).stated("陈先生", "13900001234")).await;
            six(app, window, [6 - level, 4, 5, 5, 5, 5]).await;
        }
        app.release_until("2026-11-26").await;
        for window in ["w05", "w01"] {
            six(app, window, [5; 6]).await;
        }
        app.release_until("2026-11-27").await;
        let told = figures(app, "?period=2026-11").await;
        let of = |end: &str| unit(&told, end).fell_due.unwrap();
        assert_eq!((of("sc"), of("rs")), (FellDue { due: 1, ..FellDue::default() }, FellDue { due: 1, ..FellDue::default() }));
        assert_eq!(told.fell_due.unwrap().real, None);
    }

    async fn of_one_office_nobody_computes_what_its_one_name_said_from_the_region(app: &TestApp) {
        let named = |window: &str, level| Rating::of_plate(&app.plate(window)).level(level).stated("陈先生", "13900001234");
        // Enough at two offices; at the third one person, whom somebody saw.
        for (window, n) in [("w05", 5), ("w01", 7)] {
            for _ in 0..n {
                app.citizen().rate(&named(window, 1)).await;
            }
            six(app, window, [1, 2, 1, 2, 1, 5]).await;
        }
        app.citizen().rate(&named("w07", 1)).await;
        six(app, "w07", [3, 4, 5, 5, 5, 5]).await;
        app.release_until("2026-11-26").await;
        for window in ["w05", "w01", "w07"] {
            six(app, window, [5; 6]).await;
        }
        app.release_until("2026-11-27").await;
        let told = figures(app, "?period=2026-11").await;
        let named = |of: Option<FellDue>| of.unwrap().real.map(|real| real.bad);
        let units = ["rs", "sc", "zj"].map(|end| named(unit(&told, end).fell_due));
        assert_eq!((named(told.fell_due), units), (Some(13), [Some(7), None, None]));
        let alone = figures(app, &format!("?period=2026-11&unit={}", app.unit("sc"))).await;
        assert_eq!(named(alone.fell_due), None, "the same on its own page");
    }

    // clause: N-43
    async fn bad_ratings_that_meet_in_one_item_stand_out_in_the_figures_of_its_unit(app: &TestApp) {
        let connector = app.connector("zr");
        for at in 0..12 {
            let (item, level) = if at % 2 == 0 { ("539900-019", 1) } else { ("539900-020", 5) };
            let code = connector.push(event(&format!("P{at:02}"), "w10", item)).await;
            app.citizen().rate(&Rating::of_service(&code).level(level)).await;
        }
        app.release_until("2026-10-29").await;
        let told = figures(app, "?place=unit%3A539900-zr").await;
        let bad: Vec<(&str, String)> =
            told.parts[0].rows.iter().map(|row| (row.place.name.as_str(), row.events.bad.shown())).collect();
        assert_eq!(bad, [("不动产转移登记", "100.00%".to_owned()), ("不动产抵押登记", "0.00%".to_owned())]);
    }
}
