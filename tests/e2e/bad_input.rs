//! What is wrong is said where it is wrong; what was typed stays; nothing is stored.

use crate::harness::{Journey, Setup, journey};
use words::Key;

/// The 151st character.
fn one_too_many() -> String {
    "好".repeat(151)
}

async fn a_text_that_is_too_long_is_kept_and_named(j: &Journey) {
    j.expect_in_console("status of 422");
    j.open_to_rate(&j.product.plate(3)).await;
    let before = j.product.today();
    j.choose(4).await;
    j.tap("#tags-4 .core label").await;
    j.paste("#text", &one_too_many()).await;
    assert_eq!(
        j.value("#text").await,
        one_too_many(),
        "nothing was cut in silence"
    );
    j.send().await;
    j.until_there("#text-error").await;
    let said = words::by_code("violation", "text.too_long").expect("a text");
    let said = words::fill(said, &[("max", "150"), ("length", "151")]);
    assert!(j.text("#text-error").await.contains(&said));
    assert!(
        j.text(".error-summary").await.contains(&said),
        "and in the summary"
    );
    assert_eq!(j.value("#text").await, one_too_many());
    assert_eq!(j.count("#l4:checked").await, 1);
    assert_eq!(j.count("#tags-4 input:checked").await, 1);
    assert_eq!(j.product.today(), before, "nothing is stored");
    j.find("#text").await.clear().await.expect("cleared");
    j.paste("#text", "好").await;
    j.send().await;
    j.receipt().await;
    assert_eq!(j.product.today(), before + 1);
}

#[tokio::test]
async fn the_151st_character_is_refused_at_its_field_without_scripts() {
    journey(
        "long-plain",
        Setup::without_scripts(),
        a_text_that_is_too_long_is_kept_and_named,
    )
    .await;
}

#[tokio::test]
async fn the_151st_character_is_refused_at_its_field_in_the_app() {
    journey(
        "long-app",
        Setup::default(),
        a_text_that_is_too_long_is_kept_and_named,
    )
    .await;
}

async fn everything_wrong_is_said_at_once(j: &Journey) {
    j.expect_in_console("status of 422");
    j.open_to_rate(&j.product.plate(4)).await;
    let before = j.product.today();
    j.paste("#text", &one_too_many()).await;
    j.give_contact("", "12").await;
    j.send().await;
    j.until_there(".error-summary").await;
    for code in ["level.missing", "phone.malformed"] {
        let said = words::by_code("violation", code).expect("a text");
        assert!(j.text(".error-summary").await.contains(said), "{code}");
    }
    assert_eq!(j.count(".error-summary li").await, 3);
    assert_eq!(
        j.count("#level-error, #text-error, #phone-error").await,
        3,
        "each at its field"
    );
    assert_eq!(j.value("#phone").await, "12");
    let title = j.browser.client.title().await.expect("a title");
    assert!(
        title.starts_with(Key::SHARED_ERROR_PREFIX.text()),
        "{title}"
    );
    j.tap(".error-summary li:first-child a").await;
    let focus = j
        .js("return document.activeElement.id || location.hash")
        .await;
    assert!(
        focus == "l5" || focus == "#l5",
        "the summary leads to the field, not to {focus}"
    );
    assert_eq!(j.product.today(), before, "nothing is stored");
}

#[tokio::test]
async fn every_violation_is_said_at_once_without_scripts() {
    journey(
        "wrong-plain",
        Setup::without_scripts(),
        everything_wrong_is_said_at_once,
    )
    .await;
}

#[tokio::test]
async fn every_violation_is_said_at_once_in_the_app() {
    journey(
        "wrong-app",
        Setup::default(),
        everything_wrong_is_said_at_once,
    )
    .await;
}

async fn a_tag_of_another_level_is_refused(j: &Journey) {
    j.expect_in_console("status of 422");
    j.open_to_rate(&j.product.plate(5)).await;
    let before = j.product.today();
    j.choose(5).await;
    j.tap("#tags-5 .core label").await;
    // A form that somebody has bent: a tag of level 1 in the place of one of level 5.
    j.js("document.querySelector('#tags-5 input:checked').value = \
          document.querySelector('#tags-1 input').value")
        .await;
    j.send().await;
    j.until_there("#tags-error").await;
    let said = words::by_code("violation", "tag.of_another_level").expect("a text");
    assert!(j.text("#tags-error").await.contains(said));
    assert_eq!(j.count("#l5:checked").await, 1, "the level is kept");
    assert_eq!(j.product.today(), before, "nothing is stored");
}

#[tokio::test]
async fn a_tag_of_another_level_is_refused_without_scripts() {
    journey(
        "tag-plain",
        Setup::without_scripts(),
        a_tag_of_another_level_is_refused,
    )
    .await;
}

#[tokio::test]
async fn a_tag_of_another_level_is_refused_in_the_app() {
    journey(
        "tag-app",
        Setup::default(),
        a_tag_of_another_level_is_refused,
    )
    .await;
}

#[tokio::test]
async fn an_unknown_plate_says_so_and_offers_the_typed_code_and_the_halls() {
    journey("unknown-plate", Setup::default(), async |j: &Journey| {
        j.expect_in_console("status of 404");
        j.open("/r/nosuchplate00000").await;
        assert_eq!(j.text("h1").await, Key::FIND_NOT_FOUND_TITLE.text());
        assert!(j.body().await.contains("nosuchplate00000"));
        assert!(j.count("form[role=search] #code").await == 1 && j.count(".halls li").await == 12);
        j.open("/s/nosuchservice000").await;
        assert_eq!(j.text("h1").await, Key::FIND_NOT_FOUND_TITLE.text());
    })
    .await;
}

#[tokio::test]
async fn a_service_that_is_rated_already_says_so() {
    journey("already", Setup::default(), async |j: &Journey| {
        let link = j.product.entrances["service_links"][0]
            .as_str()
            .expect("a link")
            .to_owned();
        j.rate(&link, 5).await;
        j.open(&link).await;
        assert_eq!(j.text("h1").await, Key::RATE_ALREADY_TITLE.text());
        assert_eq!(j.count("form.rate").await, 0);
    })
    .await;
}
