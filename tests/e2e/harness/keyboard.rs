//! Working without a mouse.

use super::Journey;
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use serde_json::{Value, json};

/// Keys as WebDriver names them.
pub mod key {
    /// To the next control.
    pub const TAB: char = '\u{e004}';
    /// Sends, follows.
    pub const ENTER: char = '\u{e007}';
    /// Ticks, opens.
    pub const SPACE: char = ' ';
    /// To the next choice.
    pub const DOWN: char = '\u{e015}';
}

/// No page of ours has more stops than this.
const MOST_STOPS: usize = 120;

impl Journey {
    /// Presses one key, wherever the focus is.
    pub async fn press(&self, key: char) {
        let hand = KeyActions::new("keyboard".to_owned())
            .then(KeyAction::Down { value: key })
            .then(KeyAction::Up { value: key });
        self.browser
            .client
            .perform_actions(hand)
            .await
            .expect("a key");
    }

    /// Types a text, wherever the focus is.
    pub async fn type_in(&self, text: &str) {
        self.browser
            .devtools("Input.insertText", json!({"text": text}))
            .await;
    }

    /// Goes from control to control until the one with the focus matches, and is seen to have it.
    pub async fn tab_to(&self, selector: &str) {
        let matches = "const it = document.activeElement; \
            return it.matches(arguments[0]) ? getComputedStyle(it).outlineStyle !== 'none' || \
            getComputedStyle(it).boxShadow !== 'none' || 'unseen' : false";
        let mut stops = Vec::new();
        for _ in 0..MOST_STOPS {
            match self.js_with(matches, json!(selector)).await {
                Value::Bool(true) => return,
                Value::String(_) => panic!("nobody sees that {selector} has the focus"),
                _ => self.press(key::TAB).await,
            }
            let stop = self
                .js("return document.activeElement.outerHTML.slice(0, 70)")
                .await;
            stops.push(stop.as_str().unwrap_or_default().to_owned());
        }
        panic!("{selector} cannot be reached; the stops are {stops:#?}");
    }

    /// Goes to a link or button, and presses Enter.
    pub async fn enter(&self, selector: &str) {
        self.tab_to(selector).await;
        self.press(key::ENTER).await;
    }
}
