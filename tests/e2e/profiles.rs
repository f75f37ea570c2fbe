//! The document by which a lapsed text goes on is entered by somebody who may, in a browser.

use crate::harness::{Journey, Setup, journey, keyboard::key};
use words::Key;

const NUMBER: &str = "#jilin-document_no";
const LAST_DAY: &str = "#jilin-valid_to";
const FORM: &str = "details:has(#jilin-document_no)";

// clause: J-28
#[tokio::test]
async fn case_40_the_authority_enters_a_continuation_by_keyboard_and_a_handler_cannot() {
    journey(
        "continuation",
        Setup::under("jilin"),
        async |j: &Journey| {
            j.open("/").await;
            j.sign_in("sheng").await;
            j.open("/staff/profiles").await;
            j.until_says("吉林市政务服务").await;
            assert_eq!(
                j.count("form").await,
                j.count("header form, footer form").await
            );
            assert_eq!(j.count(NUMBER).await, 0, "a handler has no form");

            j.sign_in("zhou").await;
            j.open("/staff/profiles").await;
            j.until_there(FORM).await;
            assert!(
                j.text(&format!("section:has({NUMBER})"))
                    .await
                    .contains(Key::PROFILE_LAPSED.text())
            );
            j.enter(&format!("{FORM} summary")).await;
            j.is_accessible("the form of a continuation").await;
            j.fits("the form of a continuation", 360).await;
            // Both faults at once; what is typed stays.
            j.expect_in_console("status of 422");
            j.tab_to(NUMBER).await;
            j.type_in("续期").await;
            j.press(key::ENTER).await;
            j.until("document.querySelectorAll('.error-summary li').length === 2")
                .await;
            assert_eq!(j.value(NUMBER).await, "续期");

            j.write(NUMBER, "吉市政发〔2026〕1号").await;
            j.js(
                "const day = document.getElementById('jilin-valid_to'); day.value = '2027-08-08'; \
            day.dispatchEvent(new Event('input', {bubbles: true}))",
            )
            .await;
            assert_eq!(j.value(LAST_DAY).await, "2027-08-08");
            j.enter(&format!("{FORM} button")).await;
            j.until("document.querySelector('.notice[role=status]') === document.activeElement")
                .await;
            assert!(
                j.text(".notice[role=status]")
                    .await
                    .contains("吉市政发〔2026〕1号")
            );
            j.until(&format!(
                "document.querySelector('section:has({NUMBER})').innerText.includes('{}')",
                Key::PROFILE_IN_FORCE.text()
            ))
            .await;

            j.open("/profiles/jilin").await;
            assert!(j.body().await.contains("吉市政发〔2026〕1号"));
        },
    )
    .await;
}
