//! What watches over every journey would say something if there were something to say.

use crate::harness::{Journey, Setup, journey};
use serde_json::json;

#[tokio::test]
async fn an_inline_script_and_a_request_to_somebody_else_would_be_noticed() {
    journey("watch-policy", Setup::default(), async |j: &Journey| {
        j.open("/find").await;
        assert_eq!(j.complaints().await, Vec::<String>::new());
        j.js("const script = document.createElement('script'); script.textContent = 'window.bad = 1'; \
              document.body.append(script)")
            .await;
        j.js("const picture = new Image(); picture.src = 'http://127.0.0.1:9/picture.png'; \
              document.body.append(picture)")
            .await;
        j.until("document.images.length > 0").await;
        assert_eq!(j.js("return window.bad ?? null").await, json!(null), "the policy is in force");
        let complaints = j.complaints_within_a_moment(3).await;
        let of = |part: &str| complaints.iter().filter(|said| said.contains(part)).count();
        assert_eq!(of("Content Security Policy"), 2, "{complaints:#?}");
        assert_eq!(of("to somebody else"), 1, "{complaints:#?}");
    })
    .await;
}

#[tokio::test]
async fn a_field_without_a_name_would_be_noticed_and_so_would_a_page_that_is_too_wide() {
    journey("watch-axe", Setup::default(), async |j: &Journey| {
        j.open("/find").await;
        j.width(360).await;
        assert!(j.barriers().await.is_empty());
        j.js("document.querySelector('label[for=code]').remove()")
            .await;
        let found = j.barriers().await;
        assert!(
            found.iter().any(|rule| rule.starts_with("label:")),
            "{found:#?}"
        );
        j.js("document.querySelector('h1').style.width = '400px'")
            .await;
        assert!(!j.is_within(360).await);
    })
    .await;
}

impl Journey {
    /// The console is a moment behind.
    async fn complaints_within_a_moment(&self, wanted: usize) -> Vec<String> {
        let mut all = Vec::new();
        for _ in 0..50 {
            self.js("return fetch('/healthz').then(() => 1)").await;
            all.extend(self.complaints().await);
            if all.len() >= wanted {
                return all;
            }
        }
        panic!("only {all:#?}");
    }
}
