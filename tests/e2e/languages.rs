//! Languages: chosen, kept, the same forms in each; and an app that is older than its server.

use crate::harness::{Journey, Setup, journey};
use serde_json::json;
use words::{Key, Language, speaking};

/// Every text between the tags of main that is neither empty nor a name from the data.
const HAN: &str = "return [...document.querySelectorAll('main h1, main h2, main h3, main th, main label, \
    main legend, main summary, main button, main dt, main .hint, nav a, #settings legend')] \
    .map(one => one.textContent).filter(text => /[\\u4e00-\\u9fff，。：；（）]/.test(text))";

async fn speak(j: &Journey, language: Language) {
    j.prefer(&format!("lang={}", language.tag())).await;
}

#[tokio::test]
async fn a_language_is_chosen_in_its_own_name_kept_and_brings_what_was_typed_along() {
    journey("language", Setup::default(), async |j: &Journey| {
        j.open_to_rate(&j.product.plate(0)).await;
        j.choose(2).await;
        j.tap("#tags-2 .core label").await;
        j.write("#text", "等了很久").await;
        let button = j.text("#settings [value=en]").await;
        assert_eq!(button, "English");
        j.tap_through("#settings [value=en]").await;
        assert_eq!(j.js("return document.documentElement.lang").await, "en");
        j.until("document.querySelector('#text').value === '等了很久'")
            .await;
        let kept = j
            .js("return [document.querySelector('#l2').checked, \
            document.querySelectorAll('#tags-2 input:checked').length]")
            .await;
        assert_eq!(kept, json!([true, 1]), "level and tag");
        j.app_has_the_form().await;
        j.send().await;
        let title = speaking(Language::En, || Key::RECEIPT_TITLE.text());
        j.until(&format!(
            "document.querySelector('h1')?.innerText === {}",
            json!(title)
        ))
        .await;
        assert!(
            j.path().await.starts_with("/receipt/"),
            "the app drew it, in English"
        );
        j.browser.client.refresh().await.expect("a reload");
        assert_eq!(j.js("return document.documentElement.lang").await, "en");
        j.open("/?lang=zh-Hant").await;
        assert_eq!(
            j.js("return document.documentElement.lang").await,
            "zh-Hant",
            "a shared link"
        );
        j.open("/").await;
        assert_eq!(
            j.js("return document.documentElement.lang").await,
            "en",
            "for one page only"
        );
    })
    .await;
}

#[tokio::test]
async fn the_form_of_the_app_is_that_of_the_server_in_every_language() {
    journey("same-form-languages", Setup::default(), async |j: &Journey| {
        let service = j.product.entrances["service_links"][1].as_str().expect("a link").to_owned();
        let mut labels = Vec::new();
        j.open("/find").await;
        for language in [Language::ZhHant, Language::En] {
            speak(j, language).await;
            for path in [j.product.plate(1), service.clone()] {
                j.open_to_rate(&path).await;
                let served = j.controls().await;
                j.open_to_rate(&j.product.plate(2)).await;
                j.choose(5).await;
                j.send().await;
                j.until("location.pathname.startsWith('/receipt/') && !!document.querySelector('.code')").await;
                j.js_with(
                    "document.documentElement.dataset.visit = 'one'; \
                     history.pushState(null, '', arguments[0]); dispatchEvent(new PopStateEvent('popstate'))",
                    json!(path),
                )
                .await;
                j.app_has_the_form().await;
                let marked = j.js("return document.documentElement.dataset.visit").await;
                assert_eq!(marked, json!("one"), "drawn by the app, not sent by the server");
                let drawn = j.controls().await;
                assert!(served["controls"].as_array().is_some_and(|all| all.len() > 20));
                assert_eq!(served, drawn, "{path} in {}", language.tag());
                labels.push(served["summaries"].clone());
            }
        }
        assert_ne!(labels[0], labels[2], "the languages differ in their words");
    })
    .await;
}

#[tokio::test]
async fn the_console_and_the_figures_speak_english() {
    journey("english", Setup::default(), async |j: &Journey| {
        j.open("/find").await;
        speak(j, Language::En).await;
        for path in ["/", "/due?profile=dehong&clock=rectify&from=2026-02-13"] {
            j.open(path).await;
            j.until("document.querySelector('#app') && !document.querySelector('#app').hidden")
                .await;
            j.until("!document.querySelector('.loading')").await;
            let units = j.js(HAN).await;
            let left: Vec<_> = units
                .as_array()
                .expect("texts")
                .iter()
                .filter(|text| {
                    let text = text.as_str().unwrap_or_default();
                    // Units keep their names; a source is quoted as it was written.
                    !text.contains("云澜州")
                        && !text.contains("澜城市")
                        && !text.contains('《')
                        && !text.contains("好差评")
                })
                .collect();
            assert!(left.is_empty(), "{path}: {left:#?}");
        }
        j.sign_in("zhou").await;
        j.open("/staff").await;
        j.until_there("table.data").await;
        let title = speaking(Language::En, || Key::CONSOLE_WORKLIST_TITLE.text());
        assert_eq!(j.text("h1").await, title);
        let title = j.browser.client.title().await.expect("a title");
        assert!(title.is_ascii() || title.contains("好差评"), "{title}");
        let dates = j
            .js("return [...document.querySelectorAll('main time')].map(one => one.textContent)")
            .await;
        assert!(!dates.to_string().contains('年'), "{dates}");
    })
    .await;
}

#[tokio::test]
async fn without_its_texts_the_app_speaks_the_source_and_says_so() {
    journey("no-words", Setup::default(), async |j: &Journey| {
        j.expect_in_console("ERR_BLOCKED_BY_CLIENT");
        j.open("/find").await;
        speak(j, Language::En).await;
        j.block(&["*/words-*.json"]).await;
        j.open("/staff/sign-in").await;
        j.until_there("#login").await;
        let notice = speaking(Language::En, || Key::SHARED_WORDS_MISSING.text());
        assert_eq!(j.text("#words-missing").await, notice);
        assert_eq!(j.text("#app h1").await, Key::CONSOLE_SIGN_IN_TITLE.text());
        assert_eq!(
            j.js("return document.getElementById('app').lang").await,
            "zh-Hans"
        );
    })
    .await;
}

#[tokio::test]
async fn an_app_that_is_older_than_its_server_says_so_and_reloading_loses_nothing() {
    journey("stale", Setup::default(), async |j: &Journey| {
        j.expect_in_console("status of 422");
        j.open_to_rate(&j.product.plate(0)).await;
        j.choose(1).await;
        j.write("#text", "排队太久").await;
        j.tap("details:has(#stated) > summary").await;
        j.tap("label[for=stated]").await;
        j.write("#phone", "12").await;
        // What an older app carries: the name of another build.
        j.js("document.documentElement.dataset.build = '0123456789abcdef'").await;
        assert_eq!(j.count("#stale").await, 0);
        j.send().await;
        j.until_there("#stale button").await;
        assert!(j.text("#stale").await.contains(Key::SHARED_STALE.text()));
        j.is_accessible("the notice of a newer build").await;
        let key = j.value("input[name=key]").await;
        j.tap_through("#stale button").await;
        j.until("document.querySelector('#text').value === '排队太久'").await;
        let kept = j.js("return [document.querySelector('#l1').checked, document.querySelector('#stated').checked, \
            document.querySelector('#phone').value, document.querySelector('[name=key]').value]").await;
        assert_eq!(kept, json!([true, true, "12", key]));
        assert!(j.find("#phone").await.is_displayed().await.expect("its state"), "what was open is open");
        let left = j.js("return sessionStorage.getItem('draft')").await;
        assert_eq!(left, json!(null), "nothing is left behind");
        j.app_has_the_form().await;
        j.js("document.querySelector('#phone').value = '13900001111'").await;
        j.send().await;
        j.receipt().await;
        assert_eq!(j.count("#stale").await, 0, "the new app is up to date");
    })
    .await;
}

#[tokio::test]
async fn staff_lose_nothing_either_when_a_newer_server_is_there() {
    journey("stale-staff", Setup::default(), async |j: &Journey| {
        j.rate(&j.product.plate(0), 1).await;
        let number = j.product.newest_ticket().await;
        j.sign_in("zhou").await;
        j.open(&format!("/staff/tickets/{number}")).await;
        j.until_there("#assign-handler").await;
        // What an older app carries: the name of another build. The next answer tells it.
        j.js("document.documentElement.dataset.build = '0123456789abcdef'").await;
        j.tap("main nav a[href='/staff/plates']").await;
        j.until_there("#stale button").await;
        j.browser.client.back().await.expect("back");
        j.until_there("#assign-handler").await;
        let chosen = j.js("const one = document.querySelector('#assign-handler'); one.closest('details').open = true; \
            one.selectedIndex = one.options.length - 1; one.dispatchEvent(new Event('change', {bubbles: true})); \
            return [one.id, one.value]").await;
        let id = chosen[0].as_str().expect("an id").to_owned();
        assert_ne!(chosen[1], "", "somebody is chosen");
        j.tap_through("#stale button").await;
        j.until(&format!("document.getElementById({})?.value === {}", json!(id), chosen[1])).await;
        assert!(j.find(&format!("#{id}")).await.is_displayed().await.expect("its state"), "what was open is open");
    })
    .await;
}
