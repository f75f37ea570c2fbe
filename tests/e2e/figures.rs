//! What leaves the house, and when: the figures do not tell what the last citizens pressed.

use crate::harness::{Journey, Setup, journey, keyboard::key};
use rules::{level::Level, profile::RELEASE_K};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use words::Key;

/// Every public address that says something about ratings.
async fn public(j: &Journey) -> BTreeMap<String, String> {
    let figures: Value = serde_json::from_str(&j.product.get("/api/v1/figures").1).expect("JSON");
    let all = |list: &Value, of: fn(&Value) -> Option<&str>| -> Vec<String> {
        list.as_array()
            .into_iter()
            .flatten()
            .filter_map(of)
            .map(str::to_owned)
            .collect()
    };
    let periods = all(&figures["periods"], Value::as_str);
    let units = all(&figures["units"], |unit| unit[0].as_str());
    assert!(
        !periods.is_empty() && units.len() == 6,
        "periods and units: {figures}"
    );
    let mut said = BTreeMap::new();
    for period in periods {
        for unit in std::iter::once("").chain(units.iter().map(String::as_str)) {
            for page in ["/", "/api/v1/figures"] {
                let only = if unit.is_empty() {
                    String::new()
                } else {
                    format!("&unit={unit}")
                };
                let address = format!("{page}?period={period}{only}");
                let (status, body) = j.product.get(&address);
                assert_eq!(status, 200, "{address}");
                said.insert(address, body);
            }
        }
    }
    said
}

fn today_line(n: u64) -> String {
    Key::DISCLOSURE_TODAY.fill(&[("n", &n.to_string())])
}

/// Level to count, as the table of a body shows it: 0 for service events, 1 for windows.
async fn levels(j: &Journey, body: usize) -> Vec<u64> {
    let script = "return [...document.querySelectorAll('section[aria-labelledby=summary] table')\
        [arguments[0]].querySelectorAll('tbody tr')].slice(0, 5)\
        .map(row => Number(row.querySelector('td').textContent.replace(/\\D/g, '')))";
    let counts = j.js_with(script, json!(body)).await;
    let counts: Vec<u64> = counts
        .as_array()
        .expect("rows")
        .iter()
        .filter_map(Value::as_u64)
        .collect();
    assert_eq!(counts.len(), Level::ALL.len(), "from level 5 down to 1");
    counts
}

async fn the_figures_move_only_with_the_release(j: &Journey, level: u8) {
    // A day on which nobody else rates, after one of its month that was released.
    j.product.clock("2026-11-01T09:00").await;
    j.product.clock("2026-11-02T09:00").await;
    let before = public(j).await;
    let today = j.product.today();
    j.open("/?period=2026-11").await;
    assert!(j.body().await.contains(&today_line(today)));
    let (events, mut windows) = (levels(j, 0).await, levels(j, 1).await);

    // The region waits for as many people as anybody else does (decision 0022).
    for _ in 0..RELEASE_K {
        j.another_phone().await;
        j.rate(&j.product.plate(7), level).await;
    }
    let after = public(j).await;
    for (address, said) in &before {
        let expected = said.replace(&today_line(today), &today_line(today + RELEASE_K));
        assert!(
            after[address] == expected,
            "{address} tells more than the number of today"
        );
    }
    assert_eq!(j.product.today(), today + RELEASE_K);

    j.product.clock("2026-11-03T09:00").await;
    j.open("/?period=2026-11").await;
    assert_eq!(levels(j, 0).await, events, "service events");
    windows[usize::from(5 - level)] += RELEASE_K;
    assert_eq!(
        levels(j, 1).await,
        windows,
        "windows have moved by exactly these ratings"
    );
    assert_eq!(j.product.today(), 0);
}

#[tokio::test]
async fn figures_move_by_exactly_the_bad_ratings_and_only_with_the_release() {
    journey(
        "release-bad",
        Setup::without_scripts(),
        async |j: &Journey| {
            the_figures_move_only_with_the_release(j, 1).await;
        },
    )
    .await;
}

#[tokio::test]
async fn figures_move_by_exactly_the_good_ratings_and_only_with_the_release() {
    journey(
        "release-good",
        Setup::without_scripts(),
        async |j: &Journey| {
            the_figures_move_only_with_the_release(j, 5).await;
        },
    )
    .await;
}

#[tokio::test]
async fn following_says_the_same_for_every_level_until_the_release_and_the_truth_after_it() {
    journey(
        "follow-release",
        Setup::without_scripts(),
        async |j: &Journey| {
            let mut pages = Vec::new();
            for level in [1, 5] {
                j.rate(&j.product.plate(8), level).await;
                pages.push(j.follow().await);
            }
            let mut said = Vec::new();
            for page in &pages {
                // The forms of language and display lead back to the page's own address.
                let code = page.rsplit('/').next().expect("a code");
                said.push(j.product.get(page).1.replace(code, "(code)"));
            }
            assert!(said[0] == said[1], "before the release the pages differ");
            j.product.clock("2026-11-01T09:00").await;
            j.open(&pages[0]).await;
            let state = words::by_code("state", "to_assign").expect("a text");
            assert!(j.text("dl.facts").await.contains(state), "a ticket");
            j.open(&pages[1]).await;
            assert_eq!(j.text("main h2").await, Key::FOLLOW_NO_TICKET_TITLE.text());
        },
    )
    .await;
}

/// What became of bad ratings: each line's name and numbers.
const HANDLING: &str = "return [...document.querySelectorAll('section[aria-labelledby=handling] dl > *')]\
    .map(it => it.textContent.replace(/\\s+/g, ''))";

/// Every table of figures: its caption, and what its cells say.
const TABLES: &str = "const clean = node => node.textContent.replace(/\\s+/g, ''); \
    return Object.fromEntries([...document.querySelectorAll('main table')].map(table => [\
        clean(table.querySelector('caption')), [...table.querySelectorAll('tbody tr')].map(row => \
        [...row.children].map(clean))]))";

#[tokio::test]
async fn the_app_draws_two_charts_each_with_its_table_and_says_what_the_server_says() {
    journey("charts", Setup::default(), async |j: &Journey| {
        j.expect_in_console("ERR_BLOCKED_BY_CLIENT");
        for address in ["/?period=2026-10", "/?period=2026-10&unit=539900-rs"] {
            j.block(&["*.js"]).await;
            j.open(address).await;
            let (served, handled) = (j.js(TABLES).await, j.js(HANDLING).await);
            j.block(&[]).await;
            j.open(address).await;
            j.app().await;
            let library = "document.getElementById('echarts-script') === null";
            assert_eq!(j.js(&format!("return {library}")).await, json!(true), "nobody has come near a chart");
            j.js("document.getElementById('trend').scrollIntoView()").await;
            j.until("document.querySelectorAll('.chart canvas').length === 2").await;
            let drawn = j.js(TABLES).await;
            let served = served.as_object().expect("tables");
            assert!(served.len() >= 3, "{:?}", served.keys());
            for (caption, rows) in served {
                assert_eq!(rows, &drawn[caption], "{caption} at {address}");
            }
            assert_eq!(handled, j.js(HANDLING).await, "handling at {address}");
            let explained = json!(Key::DISCLOSURE_EXPLAINED_RATE.text());
            assert!(handled.as_array().expect("lines").contains(&explained), "{handled}");
            let named = "return [...document.querySelectorAll('.chart [role=img]')].every(it => it.ariaLabel)";
            assert_eq!(j.js(named).await, json!(true), "the charts have names");
        }
    })
    .await;
}

#[tokio::test]
async fn after_a_link_to_another_place_its_name_has_the_focus_and_after_a_choice_the_choice_has() {
    journey("figures-focus", Setup::default(), async |j: &Journey| {
        j.open("/").await;
        j.app().await;
        let link = "section[aria-labelledby=parts] th a";
        j.until_there(link).await;
        let name = j.text(link).await;
        j.enter(link).await;
        let named = format!(
            "document.activeElement.id === 'summary' && document.activeElement.innerText.includes({})",
            json!(name)
        );
        j.until(&named).await;
        let top = "return document.activeElement.getBoundingClientRect().top";
        let top = j.js(top).await.as_f64().expect("a number");
        assert!(top >= 0., "what has the focus is on the screen: {top}");

        j.tab_to("form.filter button").await;
        j.js("const unit = document.querySelector('#unit'); unit.selectedIndex = 1; return null")
            .await;
        j.press(key::ENTER).await;
        j.until("location.search.includes('unit%3A')").await;
        j.until("!document.querySelector('.busy')").await;
        j.until("document.activeElement.matches('form.filter button')")
            .await;
    })
    .await;
}
