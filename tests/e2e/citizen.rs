//! A citizen at the window: from the plate to the receipt, whatever the browser can do.

use crate::harness::{Journey, Setup, journey};
use serde_json::json;
use std::process::Command;
use words::Key;

// clause: N-22, Q-05
#[tokio::test]
async fn the_code_on_a_printed_plate_opens_the_rating_page_of_its_window() {
    journey("plate", Setup::default(), async |j: &Journey| {
        j.open("/").await;
        j.sign_in("zhou").await;
        let path = j.product.plate(4);
        let code = path.trim_start_matches("/r/").to_owned();
        j.open(&format!("/plates/{code}")).await;
        let window = j.text(".sheet .where").await;
        let picture = j
            .find(".sheet .qr")
            .await
            .screenshot()
            .await
            .expect("a picture");
        let link = decoded(j, &picture);
        assert_eq!(link, format!("{}{path}", j.base()));
        assert_eq!(j.text(".sheet .url").await, link);
        j.open(link.strip_prefix(&j.base()).expect("our own address"))
            .await;
        assert_eq!(j.text(".place b").await, window);
        assert_eq!(j.count("form.rate").await, 1);
    })
    .await;
}

/// What an independent decoder reads.
fn decoded(j: &Journey, picture: &[u8]) -> String {
    let file = j.product.folder.join("plate.png");
    std::fs::write(&file, picture).expect("written");
    let output = Command::new("zbarimg")
        .args(["-q", "--raw"])
        .arg(&file)
        .output()
        .expect("zbarimg is there: apt-get install zbar-tools");
    assert!(output.status.success(), "no code in {}", file.display());
    String::from_utf8(output.stdout)
        .expect("text")
        .trim()
        .to_owned()
}

async fn every_level_takes_two_taps(j: &Journey) {
    for (window, level) in [1, 5, 3].into_iter().enumerate() {
        j.open_to_rate(&j.product.plate(window)).await;
        assert_eq!(
            j.count("form.rate input:checked").await,
            0,
            "nothing is preselected"
        );
        let before = j.taps.get();
        j.choose(level).await;
        j.send().await;
        j.receipt().await;
        assert_eq!(j.taps.get() - before, 2, "level {level}");
    }
}

#[tokio::test]
async fn level_1_and_level_5_take_the_same_taps_without_scripts_and_nothing_is_preselected() {
    journey(
        "taps-plain",
        Setup::without_scripts(),
        every_level_takes_two_taps,
    )
    .await;
}

#[tokio::test]
async fn level_1_and_level_5_take_the_same_taps_in_the_app_and_nothing_is_preselected() {
    journey("taps-app", Setup::default(), every_level_takes_two_taps).await;
}

#[tokio::test]
async fn without_scripts_a_bad_rating_with_everything_in_it_is_sent_and_followed() {
    journey(
        "plain-rating",
        Setup::without_scripts(),
        async |j: &Journey| {
            j.open(&j.product.plate(0)).await;
            j.choose(1).await;
            j.tap("#tags-1 .core label").await;
            j.paste("#text", "材料清单上没有写要复印件。").await;
            j.give_contact("演示市民", "13900001234").await;
            j.send().await;
            let receipt = j.receipt().await;
            let follow = j.follow().await;
            j.tap_through("a.button[href^='/f/']").await;
            assert_eq!(j.path().await, follow);
            j.until_says(Key::FOLLOW_PENDING_TITLE.text()).await;
            j.open(&format!("/receipt/{receipt}")).await;
            assert_eq!(j.receipt().await, receipt);
            assert_eq!(
                j.count("form[action='/follow']").await,
                0,
                "a receipt that is shown around"
            );
        },
    )
    .await;
}

// clause: D-01
#[tokio::test]
async fn a_single_scope_is_rated_on_demand_and_its_handler_sees_it() {
    journey("scopes", Setup::default(), async |j: &Journey| {
        j.open_to_rate(&j.product.plate(0)).await;
        j.choose(1).await;
        j.tap("details:has(#scope-quality) > summary").await;
        j.tap("#scope-efficiency").await;
        j.tap("#scope-efficiency option[value='4']").await;
        j.send().await;
        j.receipt().await;
        let number = j.product.newest_ticket().await;
        j.sign_in("zhou").await;
        j.open(&format!("/staff/tickets/{number}")).await;
        let facts = j.until_there("dl.facts").await;
        let told = facts.text().await.expect("its text");
        let lines: Vec<&str> = told.lines().collect();
        let at = lines.iter().position(|line| *line == "服务效率");
        assert_eq!(at.map(|at| lines[at + 1]), Some("满意"), "{told}");
        assert!(!told.contains("服务质量"), "what was not rated: {told}");
    })
    .await;
}

#[tokio::test]
async fn without_scripts_the_figures_are_asked_for_with_a_form() {
    journey(
        "plain-figures",
        Setup::without_scripts(),
        async |j: &Journey| {
            j.open("/").await;
            let all = j.text("#summary").await;
            j.tap("#unit").await;
            j.tap("#unit option:nth-child(2)").await;
            j.tap_through("form.filter button").await;
            let one = j.text("#summary").await;
            assert_ne!(all, one);
            let chosen = j
                .js("return new URLSearchParams(location.search).get('unit')")
                .await;
            assert_eq!(
                j.value("#unit").await,
                chosen.as_str().expect("the unit is in the address")
            );
            assert!(
                j.count("section[aria-labelledby=summary] table").await >= 2,
                "tables"
            );
        },
    )
    .await;
}

#[tokio::test]
async fn without_scripts_a_deadline_is_computed_and_explained() {
    journey(
        "plain-due",
        Setup::without_scripts(),
        async |j: &Journey| {
            j.open("/due").await;
            j.tap("#profile option[value=dehong]").await;
            j.tap("#clock option[value=rectify]").await;
            j.js("document.querySelector('#from').value = '2026-02-13'")
                .await;
            j.tap_through("form.filter button").await;
            let due = j
                .find(".answer .big time")
                .await
                .attr("datetime")
                .await
                .expect("an attribute");
            assert_eq!(due.as_deref(), Some("2026-03-12"));
            assert!(
                j.count(".answer tbody tr").await > 15,
                "every day is explained"
            );
        },
    )
    .await;
}

#[tokio::test]
async fn without_scripts_a_mistyped_code_leads_to_the_search_and_from_there_to_the_window() {
    journey(
        "plain-find",
        Setup::without_scripts(),
        async |j: &Journey| {
            j.expect_in_console("status of 404");
            j.open("/find").await;
            j.write("#code", "QQQQQQ").await;
            j.tap_through("form[role=search] button").await;
            assert_eq!(j.text("h1").await, Key::FIND_NOT_FOUND_TITLE.text());
            assert_eq!(j.value("#code").await, "QQQQQQ");
            assert!(j.count(".halls section").await >= 2, "the halls are listed");
            let short = j.product.entrances["plates"][3][1]
                .as_str()
                .expect("a short code")
                .to_lowercase();
            j.find("#code").await.clear().await.expect("cleared");
            j.write("#code", &short).await;
            j.tap_through("form[role=search] button").await;
            assert_eq!(j.path().await, j.product.plate(3));
        },
    )
    .await;
}

#[tokio::test]
async fn without_scripts_a_follow_up_code_that_was_written_down_is_typed_in_again() {
    journey(
        "plain-code",
        Setup::without_scripts(),
        async |j: &Journey| {
            j.rate(&j.product.plate(4), 1).await;
            let page = j.follow().await;
            let code = page.rsplit('/').next().expect("a code");
            j.open("/").await;
            j.tap_through("main p:last-child > a[href='/find']").await;
            j.write("#code", &code.to_lowercase().replace('-', " "))
                .await;
            j.tap_through("form[role=search] button").await;
            assert_eq!(j.path().await, page);
            assert_eq!(j.text("h1").await, Key::FOLLOW_TITLE.text());
        },
    )
    .await;
}

#[tokio::test]
async fn with_webassembly_blocked_rating_works() {
    journey("no-wasm", Setup::default(), async |j: &Journey| {
        j.expect_in_console(".wasm");
        j.expect_in_console("Failed to fetch");
        j.block(&["*.wasm"]).await;
        j.open(&j.product.plate(5)).await;
        j.choose(2).await;
        j.write("#text", "等了一个多小时。").await;
        j.send().await;
        j.receipt().await;
        j.follow().await;
    })
    .await;
}

#[tokio::test]
async fn the_first_response_of_a_rating_page_is_all_that_rating_needs() {
    journey("one-response", Setup::default(), async |j: &Journey| {
        j.expect_in_console("ERR_BLOCKED_BY_CLIENT");
        j.block(&["*/assets/*", "*/api/*", "*.svg", "*.js", "*.css", "*.wasm"])
            .await;
        j.open(&j.product.plate(6)).await;
        let sheets = j
            .js("return document.querySelectorAll('link[rel=stylesheet]').length")
            .await;
        assert_eq!(sheets, json!(0), "the style is in the page");
        let shown = j
            .js("return getComputedStyle(document.querySelector('label.face')).cursor")
            .await;
        assert_eq!(shown, json!("pointer"), "and is in force");
        j.choose(5).await;
        j.send().await;
        j.receipt().await;
    })
    .await;
}

/// What the form holds: the chosen level, the words, the name, the phone.
const HOLDS: &str = "[document.querySelector('form.rate [name=level]:checked')?.value ?? '', \
    ...['text', 'name', 'phone'].map((id) => document.getElementById(id).value)].join('|')";

#[tokio::test]
async fn a_half_filled_rating_comes_back_to_whoever_goes_back_without_name_and_phone() {
    journey("half-filled", Setup::default(), async |j: &Journey| {
        // As a browser that keeps no page for the way back, such as Firefox with one that is never stored.
        let script = "addEventListener('unload', () => {})";
        j.browser.prepare_pages(script).await;
        let path = j.product.plate(0);
        j.open_to_rate(&path).await;
        j.choose(2).await;
        j.app_has_the_form().await;
        j.write("#text", "排了两个小时").await;
        j.give_contact("陈先生", "13900001234").await;
        assert_eq!(
            j.js(&format!("return {HOLDS}")).await,
            json!("2|排了两个小时|陈先生|13900001234")
        );
        j.open("/").await;
        j.js("history.back()").await;
        j.until(&format!(
            "!!document.querySelector('form.rate') && {HOLDS} === '2|排了两个小时||'"
        ))
        .await;
        assert_eq!(
            j.js("return sessionStorage.getItem('draft')").await,
            json!(null)
        );
        j.browser.client.refresh().await.expect("a reload");
        j.until(&format!("{HOLDS} === '2|排了两个小时||'")).await;
        // It is sent once, and leaves nothing.
        let before = j.product.today();
        j.send().await;
        j.receipt().await;
        assert_eq!(j.product.today(), before + 1);
        j.open("/").await;
        j.open_to_rate(&path).await;
        assert_eq!(j.js(&format!("return {HOLDS}")).await, json!("|||"));
    })
    .await;
}

#[tokio::test]
async fn a_half_filled_rating_is_not_there_for_whoever_opens_the_page_anew() {
    journey("half-anew", Setup::default(), async |j: &Journey| {
        let path = j.product.plate(0);
        j.open_to_rate(&path).await;
        j.choose(2).await;
        j.app_has_the_form().await;
        j.write("#text", "排了两个小时").await;
        j.open("/").await;
        j.open(&path).await;
        j.until("document.documentElement.dataset.app === 'started'")
            .await;
        assert_eq!(j.js(&format!("return {HOLDS}")).await, json!("|||"));
        assert_eq!(
            j.js("return sessionStorage.getItem('draft')").await,
            json!(null)
        );
    })
    .await;
}
