//! What a person does on a page, and what stands there.

use super::Journey;
use fantoccini::{Locator, elements::Element};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// As long as a busy machine may take.
const PATIENCE: Duration = Duration::from_secs(20);

impl Journey {
    /// Opens a page of the product.
    pub async fn open(&self, path: &str) {
        let address = format!("{}{path}", self.base());
        self.browser
            .client
            .goto(&address)
            .await
            .expect("the page opens");
    }

    /// The path on which the browser is.
    pub async fn path(&self) -> String {
        let address = self.browser.client.current_url().await.expect("an address");
        address.path().to_owned()
    }

    /// Evaluates JavaScript as if typed into the console; works with scripts off, too.
    pub async fn js(&self, script: &str) -> Value {
        self.browser
            .client
            .execute(script, Vec::new())
            .await
            .expect(script)
    }

    /// The same with one argument, `arguments[0]`.
    pub async fn js_with(&self, script: &str, argument: Value) -> Value {
        self.browser
            .client
            .execute(script, vec![argument])
            .await
            .expect(script)
    }

    /// Waits until an expression is true.
    pub async fn until(&self, expression: &str) -> Value {
        let started = Instant::now();
        let script = format!("return ({expression})");
        loop {
            // While one page follows another, there is none to ask.
            let value = self.browser.client.execute(&script, Vec::new()).await;
            match value {
                Ok(value) if !matches!(value, Value::Null | Value::Bool(false)) => return value,
                _ if started.elapsed() > PATIENCE => panic!("never true: {expression} ({value:?})"),
                _ => tokio::time::sleep(Duration::from_millis(40)).await,
            }
        }
    }

    /// Waits until a selector finds something.
    pub async fn until_there(&self, selector: &str) -> Element {
        self.until(&format!("!!document.querySelector({})", json!(selector)))
            .await;
        self.find(selector).await
    }

    /// Waits until the page's visible text contains something.
    pub async fn until_says(&self, text: &str) {
        self.until(&format!(
            "document.body.innerText.includes({})",
            json!(text)
        ))
        .await;
    }

    /// The first element of a selector.
    pub async fn find(&self, selector: &str) -> Element {
        let found = self.browser.client.find(Locator::Css(selector)).await;
        found.unwrap_or_else(|error| panic!("{selector}: {error}"))
    }

    /// How many elements a selector finds.
    pub async fn count(&self, selector: &str) -> usize {
        let found = self.browser.client.find_all(Locator::Css(selector)).await;
        found.expect(selector).len()
    }

    /// The visible text of the first element of a selector.
    pub async fn text(&self, selector: &str) -> String {
        self.find(selector).await.text().await.expect(selector)
    }

    /// The visible text of the whole page.
    pub async fn body(&self) -> String {
        self.text("body").await
    }

    /// A tap or click; they are counted.
    pub async fn tap(&self, selector: &str) {
        self.taps.set(self.taps.get() + 1);
        let element = self.find(selector).await;
        element
            .click()
            .await
            .unwrap_or_else(|error| panic!("{selector}: {error}"));
    }

    /// A tap that leads to another page.
    pub async fn tap_through(&self, selector: &str) {
        self.js("document.documentElement.dataset.left = 'yes'")
            .await;
        self.tap(selector).await;
        self.until("!document.documentElement.dataset.left && document.readyState === 'complete'")
            .await;
    }

    /// Types into a control.
    pub async fn write(&self, selector: &str, text: &str) {
        let element = self.find(selector).await;
        element
            .send_keys(text)
            .await
            .unwrap_or_else(|error| panic!("{selector}: {error}"));
    }

    /// Puts text into a control at once, as pasting does.
    pub async fn paste(&self, selector: &str, text: &str) {
        self.js_with(
            &format!("document.querySelector({}).focus()", json!(selector)),
            Value::Null,
        )
        .await;
        self.browser
            .devtools("Input.insertText", json!({"text": text}))
            .await;
    }

    /// What a control holds.
    pub async fn value(&self, selector: &str) -> String {
        let value = self
            .js_with(
                "return document.querySelector(arguments[0]).value",
                json!(selector),
            )
            .await;
        value.as_str().expect(selector).to_owned()
    }

    /// Waits until the app has started on this page. Where it waits for a sign of a person, it gets
    /// one.
    pub async fn app(&self) {
        self.a_sign().await;
        self.until("!!document.getElementById('announcer')").await;
    }

    /// The pointer moves; to two places, since one that stands where it is sent does not.
    async fn a_sign(&self) {
        self.until("document.readyState === 'complete'").await;
        for x in [1, 2] {
            let moved = json!({"type": "mouseMoved", "x": x, "y": 1});
            self.browser
                .devtools("Input.dispatchMouseEvent", moved)
                .await;
        }
    }

    /// Waits until the app looks after the rating form.
    pub async fn app_has_the_form(&self) {
        self.a_sign().await;
        self.until("!!document.querySelector('form.rate[data-adopted]')")
            .await;
    }

    /// Signs in without the sign-in page, for journeys that are about something else.
    pub async fn sign_in(&self, login: &str) {
        let with = json!({"login": login, "password": self.product.password(login)});
        let script = "const done = arguments[1]; fetch('/api/v1/session', {method: 'POST', \
            headers: {'content-type': 'application/json', 'x-requested-with': 'journey'}, \
            body: JSON.stringify(arguments[0])}).then(answer => done(answer.status))";
        let status = self
            .browser
            .client
            .execute_async(script, vec![with])
            .await
            .expect("signing in");
        assert_eq!(status, 200, "signing in as {login}");
    }
}
