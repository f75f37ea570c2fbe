//! The app takes over the page that the server sent, and nobody notices.

use crate::harness::{Journey, Setup, journey, proxy::Line};
use serde_json::{Value, json};
use words::Key;

/// Value, caret, and whether the very same control still has the focus.
async fn typing(j: &Journey) -> Value {
    j.js("const text = document.activeElement; return [text.id, text.value, text.selectionStart, text.marked]")
        .await
}

#[tokio::test]
async fn pinyin_that_is_being_typed_survives_the_arrival_of_the_app() {
    journey("pinyin", Setup::with_proxy(), async |j: &Journey| {
        j.line().set(Line {
            holds_wasm: true,
            ..Line::default()
        });
        j.open(&j.product.plate(0)).await;
        j.tap("#text").await;
        j.js("document.activeElement.marked = 'the same'").await;
        j.browser
            .devtools("Input.insertText", json!({"text": "窗口"}))
            .await;
        for composed in ["n", "ni", "ni h"] {
            let end = composed.len();
            let composition = json!({"text": composed, "selectionStart": end, "selectionEnd": end});
            j.browser
                .devtools("Input.imeSetComposition", composition)
                .await;
        }
        let before = typing(j).await;
        assert_eq!(before, json!(["text", "窗口ni h", 6, "the same"]));
        assert_eq!(
            j.count("[data-adopted]").await,
            0,
            "the app is not here yet"
        );

        j.line().set(Line::default());
        j.app_has_the_form().await;
        assert_eq!(typing(j).await, before);

        j.browser
            .devtools("Input.insertText", json!({"text": "你好"}))
            .await;
        assert_eq!(typing(j).await, json!(["text", "窗口你好", 4, "the same"]));
        j.choose(1).await;
        j.send().await;
        j.receipt().await;
        assert!(
            j.path().await.starts_with("/receipt/"),
            "it was the app that sent it"
        );
        assert_eq!(text_of_the_newest_ticket(j).await, json!("窗口你好"));
    })
    .await;
}

#[tokio::test]
async fn on_a_rating_page_the_app_waits_for_the_first_tap_and_then_has_the_form() {
    journey("first-sign", Setup::default(), async |j: &Journey| {
        j.width(360).await;
        j.open(&j.product.plate(0)).await;
        j.until(
            "performance.getEntriesByType('resource')\
             .some(one => one.name.endsWith('.wasm') && one.responseEnd > 0)",
        )
        .await;
        // It is here, and would have started long since.
        tokio::time::sleep(std::time::Duration::from_millis(700)).await;
        let begun = "return [document.documentElement.dataset.app ?? null, \
                     document.querySelectorAll('#announcer, [data-adopted]').length]";
        assert_eq!(j.js(begun).await, json!([null, 0]));
        // The button for reading aloud has its place before the script shows it: the words beside
        // it are not broken into lines anew, which would move the faces.
        let widths = "const button = document.querySelector('[data-speak]'); \
            const width = () => document.querySelector('.place').getBoundingClientRect().width; \
            return [true, false].map(hidden => { button.hidden = hidden; return width(); })";
        let widths = j.js(widths).await;
        assert_eq!(widths[0], widths[1], "nothing moves under a finger");

        j.choose(1).await;
        j.until("!!document.querySelector('form.rate[data-adopted] #l1:checked')")
            .await;
        assert_eq!(
            j.text("#counter").await,
            "",
            "no line comes that nobody asked for"
        );
        // The tap was also the first input: the receipt's part is on its way already.
        j.until(
            "performance.getEntriesByType('resource')\
             .filter(one => one.name.endsWith('.wasm')).length > 1",
        )
        .await;
        j.write("#text", "好").await;
        j.until("document.querySelector('#counter').textContent.includes('1')")
            .await;
        j.send().await;
        j.receipt().await;
        assert!(
            j.path().await.starts_with("/receipt/"),
            "it was the app that sent it"
        );
    })
    .await;
}

/// What the authority reads.
async fn text_of_the_newest_ticket(j: &Journey) -> Value {
    let number = j.product.newest_ticket().await;
    j.sign_in("zhou").await;
    let script = "const [number, done] = arguments; \
        fetch('/api/v1/tickets/' + number).then(answer => answer.json()).then(ticket => done(ticket.text))";
    j.browser
        .client
        .execute_async(script, vec![json!(number)])
        .await
        .expect("the ticket")
}

#[tokio::test]
async fn a_figures_form_in_use_is_not_taken_away_when_the_app_arrives() {
    journey("select", Setup::with_proxy(), async |j: &Journey| {
        j.line().set(Line { holds_wasm: true, ..Line::default() });
        j.open("/").await;
        j.js("document.querySelector('#unit').focus(); document.activeElement.marked = 'the same'").await;
        j.line().set(Line::default());
        j.app().await;
        // Long enough for the app to fetch the figures and to be ready to take over.
        j.until("performance.getEntriesByName(location.origin + '/api/v1/figures').length > 0 || \
                 performance.getEntriesByType('resource').some(one => one.name.includes('/api/v1/figures'))")
            .await;
        let focus = j.js("return [document.activeElement.id, document.activeElement.marked]").await;
        assert_eq!(focus, json!(["unit", "the same"]));
    })
    .await;
}

#[tokio::test]
async fn the_form_of_the_app_has_the_names_values_labels_and_order_of_the_servers() {
    journey("same-form", Setup::default(), async |j: &Journey| {
        let service = j.product.entrances["service_links"][1]
            .as_str()
            .expect("a link")
            .to_owned();
        for path in [j.product.plate(1), j.product.plate(9), service] {
            j.open(&path).await;
            j.app_has_the_form().await;
            let served = j.controls().await;
            j.rate(&j.product.plate(2), 5).await;
            visit(j, &path).await;
            j.app_has_the_form().await;
            let marked = j.js("return document.documentElement.dataset.visit").await;
            assert_eq!(
                marked,
                json!("one"),
                "drawn by the app, not sent by the server"
            );
            let drawn = j.controls().await;
            assert!(
                served["controls"]
                    .as_array()
                    .is_some_and(|all| all.len() > 20)
            );
            assert_eq!(served, drawn, "{path}");
        }
    })
    .await;
}

/// Goes to another page without asking the server for it.
async fn visit(j: &Journey, path: &str) {
    j.js_with(
        "document.documentElement.dataset.visit = 'one'; \
         history.pushState(null, '', arguments[0]); dispatchEvent(new PopStateEvent('popstate'))",
        json!(path),
    )
    .await;
}

#[tokio::test]
async fn going_on_within_the_app_moves_the_focus_changes_the_title_and_is_announced() {
    journey("navigation", Setup::default(), async |j: &Journey| {
        j.open("/").await;
        j.until("document.querySelector('#app') && !document.querySelector('#app').hidden")
            .await;
        j.js("document.documentElement.dataset.visit = 'one'").await;
        let title = j.browser.client.title().await.expect("a title");
        j.tap("header nav a[href='/due']").await;
        j.until(&format!(
            "document.querySelector('h1')?.innerText === {}",
            json!(Key::DUE_TITLE.text())
        ))
        .await;
        j.until("document.activeElement === document.querySelector('h1')")
            .await;
        let announced = words::fill(
            Key::SHARED_PAGE_LOADED.text(),
            &[("title", Key::DUE_TITLE.text())],
        );
        j.until(&format!(
            "document.getElementById('announcer').textContent === {}",
            json!(announced)
        ))
        .await;
        let now = j.browser.client.title().await.expect("a title");
        assert!(
            now != title && now.starts_with(Key::DUE_TITLE.text()),
            "{now}"
        );
        assert_eq!(
            j.js("return document.documentElement.dataset.visit").await,
            json!("one"),
            "not loaded anew"
        );
        assert_eq!(
            j.text("header nav [aria-current=page]").await,
            Key::SHARED_NAV_DUE.text()
        );
        j.browser.client.back().await.expect("back");
        j.until(
            "document.activeElement === document.querySelector('h1') && location.pathname === '/'",
        )
        .await;
        let back = j.browser.client.title().await.expect("a title");
        assert_eq!(back, title);
    })
    .await;
}
