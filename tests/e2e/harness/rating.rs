//! Rating, as every journey does it.

use super::Journey;
use serde_json::{Value, json};
use words::Key;

impl Journey {
    /// Opens a rating page with the app ready, or as the server sent it where scripts are off.
    pub async fn open_to_rate(&self, path: &str) {
        self.open(path).await;
        if self.scripts {
            self.app_has_the_form().await;
        }
    }

    /// Chooses a level with a tap on its face.
    pub async fn choose(&self, level: u8) {
        self.tap(&format!("label[for=l{level}]")).await;
    }

    /// Sends the form with a tap.
    pub async fn send(&self) {
        self.tap("form.rate .send button").await;
    }

    /// Waits for the receipt and gives its code.
    pub async fn receipt(&self) -> String {
        self.until(&format!(
            "document.querySelector('h1')?.innerText === {} && !!document.querySelector('.code')",
            json!(Key::RECEIPT_TITLE.text())
        ))
        .await;
        self.text(".code").await
    }

    /// Goes on as another person, whose phone has not been here.
    pub async fn another_phone(&self) {
        let forgotten = self.browser.client.delete_all_cookies().await;
        forgotten.expect("no cookies");
    }

    /// Rates a place in two taps.
    pub async fn rate(&self, path: &str, level: u8) -> String {
        self.open_to_rate(path).await;
        self.choose(level).await;
        self.send().await;
        self.receipt().await
    }

    /// Fills in the optional fields for a name and a phone.
    pub async fn give_contact(&self, name: &str, phone: &str) {
        self.tap("details:has(#stated) > summary").await;
        self.tap("label[for=stated]").await;
        self.write("#name", name).await;
        self.write("#phone", phone).await;
    }

    /// From the receipt to the follow-up code; gives the path of the page behind it.
    pub async fn follow(&self) -> String {
        self.tap("form[action='/follow'] button").await;
        let link = self.until_there("a.button[href^='/f/']").await;
        link.attr("href")
            .await
            .expect("a link")
            .expect("its address")
    }

    /// Every control of the rating form in order, as a person and as a server see it.
    pub async fn controls(&self) -> Value {
        self.js(CONTROLS).await
    }
}

/// The key is another one every time; everything else has to be the same.
const CONTROLS: &str = "const form = document.querySelector('form.rate'); \
    const clean = text => text.replace(/\\s+/g, ' ').trim(); \
    const about = control => ({ \
        tag: control.tagName, type: control.type, name: control.name, id: control.id, \
        value: control.name === 'key' ? '' : control.value, checked: !!control.checked, \
        labels: [...(control.labels || [])].map(label => clean(label.textContent)), \
        text: control.tagName === 'BUTTON' ? clean(control.textContent) : '', \
        autocomplete: control.getAttribute('autocomplete'), \
        described: control.getAttribute('aria-describedby'), \
        group: clean(control.closest('fieldset')?.querySelector('legend')?.textContent || '')}); \
    return { \
        action: new URL(form.action).pathname, method: form.method, novalidate: form.noValidate, \
        controls: [...form.elements].filter(one => one.tagName !== 'FIELDSET').map(about), \
        summaries: [...form.querySelectorAll('summary')].map(one => clean(one.textContent)), \
        hints: [...form.querySelectorAll('.hint, .place, p')].filter(one => one.id !== 'counter') \
            .map(one => clean(one.textContent))};";
