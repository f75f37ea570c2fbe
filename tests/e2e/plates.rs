//! Plates over time: taken out of use and replaced by keyboard, and what stands at the old address.

use crate::harness::{Journey, Setup, journey};
use serde_json::{Value, json};
use words::Key;

/// Opens the step of a window's plate and presses one of its buttons, without a mouse.
async fn change(j: &Journey, window: &str, button: Key, done: Key) {
    let mark = "for (const old of document.querySelectorAll('[data-here]')) delete old.dataset.here; \
        for (const one of document.querySelectorAll('tbody tr')) \
        if (one.querySelector('th').textContent.trim() === arguments[0]) { \
        one.querySelector('details').dataset.here = ''; \
        return one.querySelector('summary').textContent.includes(arguments[0]) } return false";
    j.until_there("td summary").await;
    let named = j.js_with(mark, json!(window)).await;
    assert_eq!(named, json!(true), "the step of {window} says whose it is");
    j.enter("[data-here] summary").await;
    let mark = "for (const one of document.querySelectorAll('[data-here] button')) \
        if (one.textContent.trim() === arguments[0]) { one.dataset.press = ''; return true } \
        return false";
    assert_eq!(j.js_with(mark, json!(button.text())).await, json!(true));
    j.enter("[data-here] button[data-press]").await;
    j.until("document.querySelector('.notice[role=status]') === document.activeElement")
        .await;
    let told = j.text(".notice[role=status]").await;
    let begins = done.fill(&[("window", window), ("code", "")]);
    let begins = begins.split(window).next().unwrap_or_default().to_owned();
    assert!(told.contains(window) && told.starts_with(&begins), "{told}");
}

/// The row of a window: address of its plate, typed code, version, whether it has a sheet.
async fn row(j: &Journey, window: &str) -> (String, String, u64, bool) {
    let script = "for (const one of document.querySelectorAll('tbody tr')) \
        if (one.querySelector('th').textContent.trim() === arguments[0]) return [ \
        one.querySelector('a[href^=\"/r/\"]').getAttribute('href'), \
        one.querySelectorAll('td.num')[0].textContent.trim(), \
        one.querySelectorAll('td.num')[1].textContent.trim(), \
        !!one.querySelector('a[href^=\"/plates/\"]')]; return null";
    let found = j.js_with(script, json!(window)).await;
    let text = |at: usize| found[at].as_str().unwrap_or_default().to_owned();
    let version = text(2).parse().expect("a version");
    (text(0), text(1), version, found[3] == Value::Bool(true))
}

async fn open_plates(j: &Journey) -> String {
    j.open("/").await;
    j.sign_in("zhou").await;
    j.open("/staff/plates").await;
    j.until_there("tbody tr th").await;
    j.text("tbody tr th").await
}

#[tokio::test]
async fn a_plate_is_replaced_by_keyboard_and_the_old_one_says_where_to_go() {
    journey("rotate", Setup::default(), async |j: &Journey| {
        let window = open_plates(j).await;
        let (old, old_short, first, _) = row(j, &window).await;
        change(
            j,
            &window,
            Key::CONSOLE_PLATES_ROTATE,
            Key::CONSOLE_PLATES_DONE_ROTATE,
        )
        .await;
        j.until(&format!("!document.querySelector('a[href=\"{old}\"]')"))
            .await;
        let (new, short, second, has_sheet) = row(j, &window).await;
        assert_ne!((&new, &short), (&old, &old_short));
        assert_eq!((second, has_sheet), (first + 1, true));

        // The sheets of the hall have the new plate, with its code, and not the old one.
        j.open("/plates/hall/h1").await;
        let sheets = j.body().await;
        assert!(sheets.contains(&short) && !sheets.contains(&old_short));

        // Whoever still has the old paper learns it, and finds the window; the new code is not told.
        j.expect_in_console("status of 410");
        j.open(&old).await;
        let page = j.body().await;
        assert!(!page.contains(&short), "{page}");
        assert_eq!(j.product.get(&old).0, 410);
        assert_eq!(j.count("form.rate").await, 0);
        assert_eq!(j.count("form[action='/find']").await, 1);
        assert!(page.contains(&window), "{page}");

        j.rate(&new, 2).await;
    })
    .await;
}

#[tokio::test]
async fn a_plate_is_taken_out_of_use_by_keyboard_and_its_window_gets_a_new_one_later() {
    journey("revoke", Setup::default(), async |j: &Journey| {
        let window = open_plates(j).await;
        let (old, short, version, _) = row(j, &window).await;
        change(
            j,
            &window,
            Key::CONSOLE_PLATES_REVOKE,
            Key::CONSOLE_PLATES_DONE_REVOKE,
        )
        .await;
        j.until_says(Key::CONSOLE_PLATES_REVOKED.text()).await;
        assert!(!row(j, &window).await.3, "there is nothing to print");
        assert_eq!(j.product.get(&old).0, 410);
        j.open("/plates/hall/h1").await;
        assert!(!j.body().await.contains(&short));

        j.open("/staff/plates").await;
        j.until_there("td summary").await;
        let headed = "return [...document.querySelectorAll('tbody tr')] \
            .find(one => one.querySelector('th').textContent.trim() === arguments[0]) \
            .querySelector('summary').textContent.startsWith(arguments[1])";
        let arguments = vec![json!(window), json!(Key::CONSOLE_PLATES_RENEW.text())];
        let headed = j.browser.client.execute(headed, arguments).await;
        assert_eq!(
            headed.expect("a step"),
            json!(true),
            "only that is left to do"
        );
        change(
            j,
            &window,
            Key::CONSOLE_PLATES_RENEW,
            Key::CONSOLE_PLATES_DONE_ROTATE,
        )
        .await;
        j.until(&format!("!document.querySelector('a[href=\"{old}\"]')"))
            .await;
        let (new, _, second, has_sheet) = row(j, &window).await;
        assert_eq!((second, has_sheet), (version + 1, true));
        assert_eq!(j.product.get(&new).0, 200);
        assert_eq!(j.product.get(&old).0, 410);
    })
    .await;
}
