//! The figures do not tell: what a clerk could see before and after one rating, and what a release moves.

use contract::{
    figures::{Figures, Today},
    follow::FollowCode,
    paths::{self, fill},
    rate::Receipt,
};
use std::collections::BTreeMap;
use testkit::{Rating, TestApp, fresh_key, on_both};

/// Everything the public may read, but for what lives in a header of its own.
async fn public(app: &TestApp, receipt: &str, follow: &str) -> BTreeMap<String, String> {
    let plate = app.plate("w01");
    let unit = app.unit("rs");
    let addresses = [
        paths::HOME.to_owned(),
        format!("/?unit={unit}"),
        "/?period=2026-10".to_owned(),
        "/?place=county%3A539901".to_owned(),
        "/?place=hall%3Ah1".to_owned(),
        "/?place=win%3Aw01".to_owned(),
        paths::FIGURES_CSV.to_owned(),
        format!("{}?place=win%3Aw01", paths::FIGURES_CSV),
        paths::DUE.to_owned(),
        paths::PROFILES.to_owned(),
        fill(paths::PROFILE, "dehong"),
        paths::FIND.to_owned(),
        paths::STAFF.to_owned(),
        paths::SIGN_IN.to_owned(),
        fill(paths::PLATE, &plate),
        fill(paths::RECEIPT, receipt),
        fill(paths::FOLLOW, follow),
        paths::API_FIGURES.to_owned(),
        format!("{}?unit={unit}", paths::API_FIGURES),
        format!("{}?period=2026-10", paths::API_FIGURES),
        paths::API_TODAY.to_owned(),
        paths::API_HALLS.to_owned(),
        paths::API_OPENAPI.to_owned(),
        paths::API_CALENDAR.to_owned(),
        paths::API_PROFILES.to_owned(),
        fill(paths::API_PROFILE, "dehong"),
        format!(
            "{}?profile=dehong&clock=rectify&from=2026-02-13",
            paths::API_DUE
        ),
        fill(paths::API_RATE_PLATE, &plate),
        fill(paths::API_RECEIPT, receipt),
        fill(paths::API_FOLLOW, follow),
        "/healthz".to_owned(),
        "/readyz".to_owned(),
    ];
    let mut seen = BTreeMap::new();
    for address in addresses {
        let reply = app.http.get(&address).await.expect(200);
        let mut headers: Vec<String> = reply
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {value:?}"))
            .collect();
        headers.retain(|line| !line.starts_with("x-request-id"));
        headers
            .iter_mut()
            .for_each(|line| *line = without_device(line));
        headers.sort();
        let body = without_key(&reply.text());
        seen.insert(address, format!("{}\n{body}", headers.join("\n")));
    }
    seen
}

/// A phone without a cookie is given one of its own.
fn without_device(header: &str) -> String {
    let Some((start, rest)) = header.split_once("device=") else {
        return header.to_owned();
    };
    let (value, end) = rest.split_once(';').unwrap();
    assert_eq!(value.len(), 24 + 1 + 19, "{value}");
    format!("{start}{end}")
}

/// Every form has a fresh key of its own.
fn without_key(page: &str) -> String {
    let Some((start, rest)) = page.split_once("name=\"key\" value=\"") else {
        return page.to_owned();
    };
    let (_, end) = rest.split_once('"').unwrap();
    format!("{start}{end}")
}

/// The numbers of the live count in a page or in JSON, taken out.
fn without_today(text: &str, today: u64) -> String {
    text.replace(&format!("已收到评价{today}条"), "")
        .replace(&format!("\"ratings\":{today}"), "")
}

async fn today(app: &TestApp) -> u64 {
    app.http
        .get(paths::API_TODAY)
        .await
        .expect(200)
        .json::<Today>()
        .ratings
}

async fn figures(app: &TestApp) -> Figures {
    app.http.get(paths::API_FIGURES).await.expect(200).json()
}

/// Names of series with the values that rating changes.
async fn metrics(app: &TestApp) -> (Vec<String>, u64) {
    let text = app.metrics.get("/metrics").await.expect(200).text();
    let series = text.lines().filter(|line| !line.starts_with('#'));
    let names = series
        .clone()
        .map(|line| line.split(' ').next().unwrap().to_owned())
        .collect();
    let accepted = series
        .clone()
        .find(|line| line.starts_with("haochaping_lane_accepted_total"))
        .unwrap();
    (names, accepted.split(' ').nth(1).unwrap().parse().unwrap())
}

on_both! {
    // clause: N-58
    async fn one_rating_of_any_level_changes_todays_number_and_no_other_public_byte(app: &TestApp) {
        let citizen = app.citizen();
        for level in 1..=5 {
            citizen.rate(&Rating::of_plate(&app.plate("w01")).level(level)).await;
        }
        app.release_until("2026-10-29").await;
        let old = Rating::of_plate(&app.plate("w01")).level(2).text("太慢");
        let (receipt, follow) = citizen.rate_and_follow(&old).await;
        let (names, accepted) = metrics(app).await;
        let before = public(app, &receipt, &follow).await;
        let count = today(app).await;
        for (n, level) in [1, 5].into_iter().enumerate() {
            let n = n as u64 + 1;
            citizen.rate(&Rating::of_plate(&app.plate("w01")).level(level).stated("陈先生", "")).await;
            assert_eq!(today(app).await, count + n);
            let after = public(app, &receipt, &follow).await;
            for (address, text) in &before {
                let (was, is) = (without_today(text, count), without_today(&after[address], count + n));
                assert_eq!(was, is, "{address} tells of level {level}");
            }
            let changed = before.keys().filter(|address| before[*address] != after[*address]).count();
            assert_eq!(changed, 7, "the six pages of figures and the count itself; no file");
            assert_eq!(metrics(app).await, (names.clone(), accepted + n));
        }
        assert!(!names.iter().any(|name| name.contains("level") || name.contains("unit") || name.contains("539900")));
    }

    async fn receipts_and_follow_up_pages_are_the_same_for_every_level_until_the_release(app: &TestApp) {
        let citizen = app.citizen();
        let mut seen: Vec<[String; 6]> = Vec::new();
        for level in 1..=5 {
            let (key, rating) = (fresh_key(), Rating::of_plate(&app.plate("w04")).level(level).text("说明"));
            let api: Receipt = citizen.send(&rating, &key).await.expect(201).json();
            let form_key = fresh_key();
            let sent = citizen.send_form(&rating, &form_key).await.expect(200).text();
            let (_, rest) = sent.split_once("class=\"code\">").unwrap();
            let (form_code, _) = rest.split_once('<').unwrap();
            let FollowCode { code } = citizen.ask(&api.code, &key).await.expect(200).json();
            let read = async |path: &str, code: &str| {
                app.http.get(&fill(path, code)).await.expect(200).text().replace(code, "CODE")
            };
            seen.push([
                serde_json::to_string(&api).unwrap().replace(&api.code, "CODE"),
                sent.replace(form_code, "CODE").replace(&form_key, "KEY"),
                read(paths::RECEIPT, &api.code).await,
                read(paths::API_RECEIPT, &api.code).await,
                read(paths::FOLLOW, &code).await,
                read(paths::API_FOLLOW, &code).await,
            ]);
        }
        for other in &seen[1..] {
            assert_eq!(&seen[0], other);
        }
    }

    // clause: N-49
    async fn after_the_day_the_regions_figures_have_moved_by_exactly_that_rating(app: &TestApp) {
        app.citizen().rate(&Rating::of_plate(&app.plate("w05")).level(4)).await;
        app.others_rate("w05", 4).await;
        app.release_until("2026-10-29").await;
        let before = figures(app).await;
        assert_eq!(before.released_through.as_deref(), Some("2026-10-28"));
        let (receipt, follow) = app.citizen().rate_and_follow(&Rating::of_plate(&app.plate("w05")).level(2)).await;
        app.others_rate("w05", 4).await;
        app.release_until("2026-10-30").await;
        let after = figures(app).await;
        let mut expected = before.windows.counts.levels;
        expected[1] += 1;
        expected[4] += 4;
        assert_eq!(after.windows.counts.levels, expected);
        assert_eq!(after.events, before.events);
        assert_eq!((before.handling.unwrap().bad, after.handling.unwrap().bad), (0, 1));
        let receipt: Receipt = app.http.get(&fill(paths::API_RECEIPT, &receipt)).await.json();
        assert!(receipt.released);
        let outcome = app.citizen().follow(&follow).await.outcome.unwrap();
        assert_eq!(outcome.level.get(), 2);
        assert_eq!(outcome.ticket.unwrap().unit, "云澜州市场监督管理局");
    }

    async fn a_unit_is_told_apart_only_when_nobody_can_be_picked_out(app: &TestApp) {
        let k = app.app.profile_on(app.app.clock().today()).unwrap().k();
        assert_eq!(k, 5);
        let citizen = app.citizen();
        let of = |figures: &Figures, unit: &str| {
            figures.rows.iter().find(|row| row.code.ends_with(unit)).unwrap().windows.counts.levels
        };
        // Four of one unit, of the whole region: below k, and so nothing is told at all.
        for _ in 0..4 {
            citizen.rate(&Rating::of_plate(&app.plate("w05")).level(3)).await;
        }
        app.release_until("2026-10-29").await;
        let first = figures(app).await;
        assert_eq!((of(&first, "sc"), first.windows.counts.levels), ([0; 5], [0; 5]));
        assert_eq!(first.handling.map(|of| (of.bad, of.open)), Some((0, 0)));
        // A fifth, and one of another unit, who would stand alone as the rest.
        citizen.rate(&Rating::of_plate(&app.plate("w05")).level(1)).await;
        citizen.rate(&Rating::of_plate(&app.plate("w03")).level(5)).await;
        app.release_until("2026-10-30").await;
        let second = figures(app).await;
        assert_eq!((of(&second, "sc"), second.unassigned_windows.levels), ([0; 5], [1, 0, 4, 0, 1]));
        let page = app.http.get(paths::HOME).await.text();
        let note = words::Key::DISCLOSURE_UNASSIGNED_NOTE.fill(&[("events", "0"), ("windows", "6")]);
        assert!(page.contains(&note), "{page}");
        // Four more of the other: both are at k, but the region would tell what it was told without.
        for _ in 0..4 {
            citizen.rate(&Rating::of_plate(&app.plate("w03")).level(5)).await;
        }
        app.release_until("2026-10-31").await;
        let third = figures(app).await;
        assert_eq!((of(&third, "sc"), of(&third, "ga")), ([0; 5], [0; 5]));
        assert_eq!(third.windows.counts.levels, [1, 0, 4, 0, 1]);
        // One more, and everything around is complete: nothing is left over.
        citizen.rate(&Rating::of_plate(&app.plate("w03")).level(4)).await;
        app.release_until("2026-11-01").await;
        let last = figures(app).await;
        assert_eq!((of(&last, "sc"), of(&last, "ga")), ([1, 0, 4, 0, 0], [0, 0, 0, 1, 5]));
        assert_eq!(last.unassigned_windows.levels, [0; 5]);
        assert_eq!(last.windows.counts.levels, [1, 0, 4, 1, 5]);
    }

    async fn a_bad_rating_that_its_month_kept_back_is_in_no_figure_of_its_unit(app: &TestApp) {
        let citizen = app.citizen();
        let rate = async |levels: &[i64]| {
            for level in levels {
                citizen.rate(&Rating::of_plate(&app.plate("w05")).level(*level)).await;
            }
        };
        let of_unit = |figures: &Figures| {
            figures.rows.iter().find(|row| row.code.ends_with("sc")).unwrap().clone()
        };
        rate(&[5, 5, 5, 5, 2]).await;
        app.release_until("2026-10-31").await;
        // One more, bad, on the month's last day: too few to be told, and then the month is over.
        rate(&[1]).await;
        app.release_until("2026-11-01").await;
        let october = figures(app).await;
        let unit = of_unit(&october);
        assert_eq!((unit.windows.counts.bad(), unit.handling.unwrap().bad), (1, 1));
        assert_eq!((october.windows.counts.bad(), october.handling.unwrap().bad), (1, 1), "the region waits too");
        rate(&[4, 4, 4, 4, 4, 4]).await;
        app.release_until("2026-11-02").await;
        let november = figures(app).await;
        assert_eq!((november.periods[0].as_str(), of_unit(&november).windows.counts.active()), ("2026-11", 6));
        let handling = of_unit(&november).handling.unwrap();
        assert_eq!((handling.bad, handling.open), (0, 1), "what was kept back is told of nobody");
        assert_eq!(november.handling.map(|of| (of.bad, of.open)), Some((0, 1)));
        assert_eq!(flow::release::rebuild(&app.app).await.unwrap(), 0);
    }

    async fn of_a_unit_that_no_release_told_of_nothing_is_told_of_its_bad_ratings(app: &TestApp) {
        let citizen = app.citizen();
        for plate in ["w05", "w03", "w03", "w03", "w03", "w03"] {
            citizen.rate(&Rating::of_plate(&app.plate(plate)).level(2)).await;
        }
        app.release_until("2026-10-29").await;
        let told = figures(app).await;
        assert!(told.rows.iter().all(|row| row.handling.is_none()), "the rest would be one");
        for _ in 0..5 {
            citizen.rate(&Rating::of_plate(&app.plate("w05")).level(4)).await;
        }
        app.release_until("2026-10-30").await;
        let told = figures(app).await;
        let of = |unit: &str| {
            let row = told.rows.iter().find(|row| row.code.ends_with(unit)).unwrap();
            row.handling.map(|of| of.bad)
        };
        assert_eq!((of("sc"), of("ga"), of("zj")), (Some(1), Some(5), None));
        let page = app.http.get(&format!("/?place=unit%3A{}", app.unit("zj"))).await.text();
        assert!(page.contains(words::Key::DISCLOSURE_HANDLING_UNTOLD.text()));
        let file = app.http.get("/figures.csv").await.text();
        let lines = |unit: &str| file.lines().filter(|line| line.contains(unit)).count();
        assert_eq!((lines("公安局"), lines("住房")), (3, 2), "{file}");
    }

    async fn days_that_nobody_was_there_to_close_are_released_when_somebody_is(app: &TestApp) {
        app.citizen().rate(&Rating::of_plate(&app.plate("w05")).level(1)).await;
        app.others_rate("w05", 4).await;
        app.release_until("2026-11-09").await;
        let october: Figures = app.http.get("/api/v1/figures?period=2026-10").await.expect(200).json();
        assert_eq!(october.windows.counts.levels, [1, 0, 0, 0, 4]);
        app.others_rate("w05", 5).await;
        app.release_until("2026-11-10").await;
        assert_eq!(figures(app).await.windows.counts.levels, [0, 0, 0, 0, 5]);
        // A second tick on the same day finds nothing to do.
        let before = app.dump().await;
        app.release_until("2026-11-10").await;
        assert!(app.dump().await.changed(&before).is_empty());
    }
}
