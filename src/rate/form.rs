//! The form is the state: what is sent is what its controls hold.

use crate::client::ratings::Door;
use contract::rate::{RatingCreate, field};
use leptos::prelude::window;
use rules::profile::Scope;
use serde_json::Value;
use std::collections::BTreeMap;
use wasm_bindgen::JsValue;
use web_sys::{FormData, HtmlFormElement};

/// A new idempotency key: 128 random bits from the browser, in hexadecimal; none where it has no randomness.
pub fn new_key() -> Option<String> {
    let mut bytes = [0_u8; 16];
    let crypto = window().crypto().ok()?;
    crypto.get_random_values_with_u8_array(&mut bytes).ok()?;
    Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// What the form holds.
pub struct Held(FormData);

impl Held {
    /// Reads a form; `None` where the browser cannot, and then the form is sent without us.
    pub fn read(form: &HtmlFormElement) -> Option<Self> {
        FormData::new_with_form(form).ok().map(Self)
    }

    /// The first value of a field.
    pub fn get(&self, name: &str) -> String {
        self.0.get(name).as_string().unwrap_or_default()
    }

    fn all(&self, name: &str) -> Vec<String> {
        let values = self.0.get_all(name);
        values
            .iter()
            .filter_map(|value: JsValue| value.as_string())
            .collect()
    }

    /// What was chosen for each scope.
    fn scopes(&self) -> BTreeMap<String, Value> {
        let of = |scope: &Scope| {
            let chosen = self.get(&format!("{}{scope}", field::SCOPE));
            (!chosen.is_empty()).then(|| (scope.code().to_owned(), level_value(&chosen)))
        };
        Scope::ALL.iter().filter_map(of).collect()
    }

    /// The rating that the form describes. Tags count only for the chosen level.
    pub fn rating(&self, door: &Door) -> RatingCreate {
        let level = self.get(field::LEVEL);
        let (plate, service) = ends(door);
        RatingCreate {
            plate,
            service,
            scopes: self.scopes(),
            tags: codes(&self.all(&format!("{}{level}", field::TAG))),
            level: level_value(&level),
            text: self.get(field::TEXT),
            stated: self.get(field::STATED) == "yes",
            name: self.get(field::NAME),
            phone: self.get(field::PHONE),
        }
    }
}

fn ends(door: &Door) -> (Option<String>, Option<String>) {
    match door {
        Door::Plate(plate) => (Some(plate.clone()), None),
        Door::Service(code) => (None, Some(code.clone())),
    }
}

/// An integer where it is one; what was typed otherwise, so that the server can say what is wrong.
fn level_value(typed: &str) -> Value {
    match (typed, typed.parse::<i64>()) {
        ("", _) => Value::Null,
        (_, Ok(number)) => number.into(),
        (_, Err(_)) => typed.into(),
    }
}

fn codes(typed: &[String]) -> Vec<u16> {
    typed.iter().filter_map(|code| code.parse().ok()).collect()
}

/// How long a text is as the rules count it: characters, after trimming, a line break as one.
pub fn length(text: &str) -> usize {
    rules::text::kept(text).chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_is_sent_as_a_number_and_its_absence_as_null() {
        assert_eq!(level_value("5"), Value::from(5));
        assert_eq!(level_value(""), Value::Null);
        assert_eq!(level_value("x"), Value::from("x"));
    }

    #[test]
    fn a_character_is_a_character_and_a_line_break_one() {
        assert_eq!(length(" 好评\r\n𠮷 "), 4);
    }

    #[test]
    fn a_door_is_a_plate_or_a_service_and_never_both() {
        assert_eq!(
            ends(&Door::Plate("p".to_owned())),
            (Some("p".to_owned()), None)
        );
        assert_eq!(
            ends(&Door::Service("s".to_owned())),
            (None, Some("s".to_owned()))
        );
    }
}
