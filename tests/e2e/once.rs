//! Whatever happens to a click or to the line, one rating is one rating.

use crate::harness::{Journey, Setup, journey, proxy::Line};
use fantoccini::{
    Locator,
    actions::{InputSource, MouseActions, PointerAction},
};
use serde_json::json;
use words::Key;

/// Presses the button of the form twice, as fast as a hand that trembles.
async fn double_click(j: &Journey) {
    let button = j
        .browser
        .client
        .find(Locator::Css("form.rate .send button"))
        .await
        .expect("the button");
    let press = || PointerAction::Down { button: 0 };
    let release = || PointerAction::Up { button: 0 };
    let hand = MouseActions::new("hand".to_owned())
        .then(PointerAction::MoveToElement {
            element: button,
            duration: None,
            x: 0.,
            y: 0.,
        })
        .then(press())
        .then(release())
        .then(press())
        .then(release());
    j.browser
        .client
        .perform_actions(hand)
        .await
        .expect("a double click");
}

async fn a_double_click_is_one_rating(j: &Journey) {
    j.open_to_rate(&j.product.plate(0)).await;
    let before = j.product.today();
    j.choose(2).await;
    double_click(j).await;
    j.receipt().await;
    assert_eq!(j.product.today(), before + 1);
}

#[tokio::test]
async fn a_double_click_on_send_leaves_one_rating_without_scripts() {
    journey(
        "double-plain",
        Setup::without_scripts(),
        a_double_click_is_one_rating,
    )
    .await;
}

#[tokio::test]
async fn a_double_click_on_send_leaves_one_rating_in_the_app() {
    journey("double-app", Setup::default(), a_double_click_is_one_rating).await;
}

#[tokio::test]
async fn an_answer_that_is_cut_off_leaves_one_rating_when_the_page_is_loaded_again() {
    let setup = Setup {
        scripts: false,
        ..Setup::with_proxy()
    };
    journey("cut-plain", setup, async |j: &Journey| {
        j.expect_in_console("ERR_EMPTY_RESPONSE");
        j.open(&j.product.plate(1)).await;
        let before = j.product.today();
        j.choose(1).await;
        j.line().set(Line {
            cuts_next_post: true,
            ..Line::default()
        });
        j.send().await;
        j.until("!document.querySelector('form.rate')").await;
        assert_eq!(
            j.product.today(),
            before + 1,
            "it is stored, and nobody knows"
        );
        j.browser.client.refresh().await.expect("loaded again");
        j.receipt().await;
        assert_eq!(j.product.today(), before + 1);
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_is_cut_off_leaves_one_rating_when_it_is_sent_again_in_the_app() {
    journey("cut-app", Setup::with_proxy(), async |j: &Journey| {
        j.expect_in_console("ERR_EMPTY_RESPONSE");
        j.open_to_rate(&j.product.plate(1)).await;
        let before = j.product.today();
        j.choose(1).await;
        j.write("#text", "问了三个窗口。").await;
        j.line().set(Line {
            cuts_next_post: true,
            ..Line::default()
        });
        j.send().await;
        j.until_says(Key::RATE_NO_ANSWER.text()).await;
        assert_eq!(j.value("#text").await, "问了三个窗口。");
        assert_eq!(
            j.product.today(),
            before + 1,
            "it is stored, and nobody knows"
        );
        j.send().await;
        j.receipt().await;
        assert_eq!(j.product.today(), before + 1);
    })
    .await;
}

#[tokio::test]
async fn offline_what_was_typed_stays_and_sending_again_later_leaves_one_rating() {
    journey("offline", Setup::default(), async |j: &Journey| {
        j.expect_in_console("ERR_INTERNET_DISCONNECTED");
        j.open_to_rate(&j.product.plate(2)).await;
        let before = j.product.today();
        j.choose(2).await;
        j.tap("#tags-2 .core label").await;
        j.write("#text", "系统一直打不开。").await;
        connected(j, false).await;
        j.send().await;
        let notice = j.until_there("form.rate .notice").await;
        assert_eq!(
            notice.text().await.expect("its text"),
            Key::RATE_NO_ANSWER.text()
        );
        let focused = j
            .js("return document.activeElement.matches('.notice')")
            .await;
        assert_eq!(focused, json!(true), "the message is where the focus is");
        assert_eq!(j.value("#text").await, "系统一直打不开。");
        assert_eq!(
            j.count("#l2:checked").await + j.count("#tags-2 input:checked").await,
            2
        );
        assert_eq!(j.product.today(), before, "nothing arrived");
        connected(j, true).await;
        j.send().await;
        j.receipt().await;
        assert_eq!(j.product.today(), before + 1);
    })
    .await;
}

async fn connected(j: &Journey, connected: bool) {
    let line = json!({"offline": !connected, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1});
    j.browser.devtools("Network.enable", json!({})).await;
    j.browser
        .devtools("Network.emulateNetworkConditions", line)
        .await;
}
