//! Figures from the region down to a window and an item, on the page, as JSON and as a file.

use contract::{
    figures::{Figures, Part},
    paths,
};
use testkit::{Rating, TestApp, on_both};

async fn figures(app: &TestApp, place: &str) -> Figures {
    let address = format!("{}?place={place}", paths::API_FIGURES);
    app.http.get(&address).await.expect(200).json()
}

/// Kind, places with their ratings of windows, and what is not divided.
type Told = Vec<(String, Vec<(String, u64)>, u64)>;

fn told(parts: &[Part]) -> Told {
    let rows = |part: &Part| {
        let row = |row: &contract::figures::PartRow| {
            (row.place.place.clone(), row.windows.counts.active())
        };
        part.rows.iter().map(row).filter(|(_, n)| *n > 0).collect()
    };
    parts
        .iter()
        .map(|part| {
            (
                part.kind.clone(),
                rows(part),
                part.unassigned_windows.active(),
            )
        })
        .collect()
}

fn one(kind: &str, rows: &[(&str, u64)], rest: u64) -> Told {
    let rows = rows
        .iter()
        .map(|(place, n)| ((*place).to_owned(), *n))
        .collect();
    vec![(kind.to_owned(), rows, rest)]
}

/// Six at a window of one hall, five at the other hall's two windows: three and two.
async fn rated(app: &TestApp) {
    for (window, times) in [("w02", 6), ("w07", 3), ("w08", 2)] {
        for level in (1..=5).cycle().take(times) {
            app.citizen()
                .rate(&Rating::of_plate(&app.plate(window)).level(level))
                .await;
        }
    }
    app.release_until("2026-10-29").await;
}

on_both! {
    // clause: N-49
    async fn figures_go_down_from_the_region_to_the_window_and_add_up(app: &TestApp) {
        rated(app).await;
        let region = figures(app, "region").await;
        assert_eq!(told(&region.parts), one("county", &[("county:539901", 11)], 0));
        assert!(region.handling.is_some() && region.rows.len() == 6);
        let county = figures(app, "county:539901").await;
        assert_eq!(told(&county.parts), one("hall", &[("hall:h1", 6), ("hall:h2", 5)], 0));
        let hall = figures(app, "hall:h1").await;
        assert_eq!(told(&hall.parts), one("win", &[("win:w02", 6)], 0));
        let names: Vec<&str> = hall.path.iter().map(|place| place.name.as_str()).collect();
        assert_eq!(names, ["云澜州", "澜城市", "云澜州政务服务中心"]);
        let small = figures(app, "hall:h2").await;
        assert_eq!(told(&small.parts), one("win", &[], 5), "three and two are too few to tell apart");
        assert_eq!((small.windows.counts.active(), small.handling), (5, None));
        let window = figures(app, "win:w02").await;
        assert_eq!((window.windows.counts.levels, window.parts), ([2, 1, 1, 1, 1], vec![]));
        let unit = figures(app, &format!("unit:{}", app.unit("rs"))).await;
        assert_eq!((unit.parts[0].kind.as_str(), unit.rows.len()), ("item", 1));
        assert_eq!(unit.windows.counts.active(), 6);
        let item = figures(app, "item:539900-001").await;
        assert_eq!(item.windows.counts.active(), 6, "the window serves this item only");
        assert_eq!(item.path.len(), 3);
    }

    async fn a_place_on_the_page_links_up_and_down_and_to_its_file(app: &TestApp) {
        rated(app).await;
        let page = app.http.get("/?place=hall%3Ah1").await.expect(200).text();
        for link in [
            "/?period=2026-10&amp;place=region",
            "/?period=2026-10&amp;place=county%3A539901",
            "/?period=2026-10&amp;place=win%3Aw02",
            "/figures.csv?period=2026-10&amp;place=hall%3Ah1",
        ] {
            assert!(page.contains(&format!("href=\"{link}\"")), "{link}");
        }
        let reply = app.http.get("/figures.csv?period=2026-10&place=hall%3Ah1").await.expect(200);
        assert_eq!(reply.header("content-type"), Some("text/csv; charset=utf-8"));
        assert_eq!(reply.header("content-disposition"), Some("attachment; filename=\"haochaping-2026-10.csv\""));
        let file = reply.text();
        let row = file.lines().find(|line| line.contains("02 社保卡") && line.contains("\"6\"")).unwrap();
        assert!(row.contains("\"1\",\"1\",\"1\",\"1\",\"2\",\"0\",\"3\",\"6\",\"50.00%\",\"3\",\"6\",\"50.00%\""), "{row}");
    }

    async fn a_place_that_does_not_exist_is_a_clear_page(app: &TestApp) {
        rated(app).await;
        for place in ["hall:h99", "county:000000", "street:1", "win:", "regions", "unit:nobody", "item:x"] {
            let api = format!("{}?place={place}", paths::API_FIGURES);
            app.http.get(&api).await.expect(404).problem();
            let page = app.http.get(&format!("/?place={place}")).await.expect(404);
            assert!(page.text().contains("<h1"), "{place}");
            app.http.get(&format!("/figures.csv?place={place}")).await.expect(404);
        }
        app.http.get("/?period=2031-01").await.expect(404);
        app.http.get("/figures.csv?period=soon").await.expect(400);
    }
}
