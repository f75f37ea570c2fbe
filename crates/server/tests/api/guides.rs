//! Items and guides: one source for every page, open to everyone, with the way to rate.

use contract::paths::{self, fill};
use testkit::{Rating, Start, TestApp, event, on_both};
use words::Key;

const ITEM: &str = "539900-019";

async fn guide(app: &TestApp) -> String {
    let path = fill(paths::ITEM, ITEM);
    app.http.get(&path).await.expect(200).text()
}

on_both! {
    // clause: N-14, J-07, D-21, JP-01, JP-03
    async fn a_guide_says_who_where_how_long_how_much_and_how_to_rate(app: &TestApp) {
        let all = app.http.get(paths::ITEMS).await.expect(200).text();
        let directory = app.app.directory();
        for unit in directory.units() {
            assert!(all.contains(&unit.name));
            for item in directory.items_of(&unit.code) {
                let path = fill(paths::ITEM, &item.code);
                assert!(all.contains(&format!("href=\"{path}\"")) && all.contains(&item.name));
                let page = app.http.get(&path).await.expect(200).text();
                for part in [
                    Key::ITEMS_UNIT, Key::ITEMS_WHO, Key::ITEMS_MATERIALS, Key::ITEMS_STEPS, Key::ITEMS_TIME_LIMIT,
                    Key::ITEMS_FEE, Key::ITEMS_PLACE, Key::ITEMS_RATE,
                ] {
                    let (_, after) = page.split_once(&format!("<h2>{}</h2>", part.text())).unwrap_or_else(|| panic!("{path}: {part:?}"));
                    let said = after.split("<h2>").next().unwrap().split('>').map(|piece| piece.split('<').next().unwrap().trim());
                    assert!(said.map(str::len).sum::<usize>() > 0, "{path}: {part:?} is empty");
                }
                let code = format!("{}{}{}", Key::ITEMS_CODE.text(), Key::SHARED_COLON.text(), item.code);
                assert!(page.contains(&code) && page.contains(&unit.name), "{path}");
            }
        }
        // The way it names leads to the rating page of a window.
        let page = guide(app).await;
        assert!(page.contains(Key::ITEMS_RATE_HOW.text()) && page.contains(&format!("href=\"{}\"", paths::FIND)));
        let found = app.http.get(&format!("{}?code={}", paths::FIND, app.short_code("w10"))).await.expect(303);
        assert_eq!(found.header("location"), Some(fill(paths::PLATE, &app.plate("w10")).as_str()));
    }

    // clause: N-13, N-15, H-03
    async fn an_item_has_one_name_everywhere_and_a_change_is_on_every_page(app: &TestApp) {
        let code = app.connector("zr").push(event("P1", "w10", ITEM)).await;
        app.citizen().rate(&Rating::of_service(&code).level(1)).await;
        let unknown = event("P2", "w10", "539900-999");
        app.connector("zr").send(&[unknown]).await.expect(422);
        let names = async |app: &TestApp, name: &str| {
            let zhou = app.staff("zhou").await;
            let number = zhou.only_ticket().await;
            let mut pages = vec![zhou.get(&fill(paths::API_TICKET, &number)).await];
            for path in [
                paths::ITEMS.to_owned(),
                fill(paths::ITEM, ITEM),
                fill(paths::SERVICE, &code),
                fill(paths::API_RATE_SERVICE, &code),
                format!("{}?place=item%3A{ITEM}", paths::API_FIGURES),
                "/?place=unit%3A539900-zr".to_owned(),
            ] {
                pages.push(app.http.get(&path).await);
            }
            pages.into_iter().map(|page| page.expect(200).text().contains(name)).collect::<Vec<_>>()
        };
        app.release_until("2026-10-29").await;
        assert_eq!(names(app, "不动产转移登记").await, [true; 7]);
        assert!(guide(app).await.contains("3个工作日"));
        app.sql(&format!("UPDATE item SET name = '不动产转移登记（二手房）' WHERE code = '{ITEM}'")).await.unwrap();
        app.sql(&format!("UPDATE guide SET time_limit = '1个工作日' WHERE item = '{ITEM}'")).await.unwrap();
        let next = app.another(Start::default()).await;
        // But on what has happened: the ticket keeps the name of its day.
        let everywhere_else = [false, true, true, true, true, true, true];
        assert_eq!(names(&next, "不动产转移登记（二手房）").await, everywhere_else);
        let page = guide(&next).await;
        assert!(page.contains("1个工作日") && !page.contains("3个工作日"), "{page}");
        next.close().await;
    }
}
