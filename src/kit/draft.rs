//! What was typed survives a reload: kept in the tab when the page is left on purpose, and put back
//! into the controls of the same page when they are there again.

use super::{dom, live};
use leptos::prelude::{set_timeout, window};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{
    Element, Event, EventInit, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement,
};
use words::Key;

/// The boot script looks for it, too.
const NAME: &str = "draft";
/// How long a page may take to draw its controls: so many looks, so far apart.
const LOOKS: u32 = 60;
const APART: Duration = Duration::from_millis(150);

/// A control and what it held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Held {
    /// Finds it again.
    selector: String,
    value: String,
    checked: bool,
}

#[derive(Serialize, Deserialize)]
struct Draft {
    path: String,
    held: Vec<Held>,
}

/// Keeps what the controls of the page hold.
pub fn keep() {
    let Some(main) = dom::by_id("main") else {
        return;
    };
    let held: Vec<Held> = dom::all(&main, "input, textarea, select")
        .iter()
        .filter_map(held)
        .collect();
    let draft = Draft { path: path(), held };
    if let Ok(text) = serde_json::to_string(&draft) {
        dom::remember(NAME, &text);
    }
}

/// Puts back what was kept for this page, as soon as the controls are there.
pub fn restore() {
    let kept = dom::remembered(NAME).and_then(|text| serde_json::from_str::<Draft>(&text).ok());
    dom::forget(NAME);
    if let Some(draft) = kept.filter(|draft| draft.path == path() && !draft.held.is_empty()) {
        put(draft.held, LOOKS, 0);
    }
}

fn path() -> String {
    window().location().pathname().unwrap_or_default()
}

/// A control whose content is not the one it came with. A form's key goes along: if it was sent
/// and the answer was lost, sending it again must be the same rating.
fn held(control: &Element) -> Option<Held> {
    let selector = selector(control)?;
    let (value, checked, changed) = if let Some(input) = control.dyn_ref::<HtmlInputElement>() {
        match input.type_().as_str() {
            "password" | "file" => return None,
            "radio" | "checkbox" => (
                input.value(),
                input.checked(),
                input.checked() != input.default_checked(),
            ),
            "hidden" => (input.value(), false, input.name() == "key"),
            _ => (input.value(), false, input.value() != input.default_value()),
        }
    } else if let Some(text) = control.dyn_ref::<HtmlTextAreaElement>() {
        let value = text.value();
        let changed = !value.is_empty();
        (value, false, changed)
    } else {
        let value = control.dyn_ref::<HtmlSelectElement>()?.value();
        let changed = !value.is_empty();
        (value, false, changed)
    };
    changed.then_some(Held {
        selector,
        value,
        checked,
    })
}

/// By id, or by name and, where several share it, by value.
fn selector(control: &Element) -> Option<String> {
    let attribute = |name: &str| control.get_attribute(name).filter(|text| !text.is_empty());
    if let Some(id) = attribute("id") {
        return Some(format!("[id=\"{id}\"]"));
    }
    let name = attribute("name")?;
    let kind = attribute("type").unwrap_or_default();
    let value = attribute("value").filter(|_| matches!(kind.as_str(), "radio" | "checkbox"));
    let value = value.map_or_else(String::new, |value| format!("[value=\"{value}\"]"));
    Some(format!("[name=\"{name}\"]{value}"))
}

fn put(held: Vec<Held>, looks: u32, before: usize) {
    let Some(main) = dom::by_id("main") else {
        return;
    };
    let (there, missing): (Vec<Held>, Vec<Held>) = held
        .into_iter()
        .partition(|one| dom::find(&main, &one.selector).is_some());
    let done = before + there.iter().filter(|one| fill(&main, one)).count();
    if !missing.is_empty() && looks > 0 {
        set_timeout(move || put(missing, looks - 1, done), APART);
    } else if done > 0 {
        live::announce(Key::SHARED_KEPT.text());
    }
}

fn fill(main: &Element, held: &Held) -> bool {
    let Some(control) = dom::find(main, &held.selector) else {
        return false;
    };
    if let Some(input) = control.dyn_ref::<HtmlInputElement>() {
        match input.type_().as_str() {
            "radio" | "checkbox" => input.set_checked(held.checked),
            _ => input.set_value(&held.value),
        }
    } else if let Some(text) = control.dyn_ref::<HtmlTextAreaElement>() {
        text.set_value(&held.value);
    } else if let Some(select) = control.dyn_ref::<HtmlSelectElement>() {
        select.set_value(&held.value);
    }
    // Whoever listens learns of it as if it had been typed.
    for name in ["input", "change"] {
        let bubbles = EventInit::new();
        bubbles.set_bubbles(true);
        if let Ok(event) = Event::new_with_event_init_dict(name, &bubbles) {
            drop(control.dispatch_event(&event));
        }
    }
    let mut around = control.closest("details").ok().flatten();
    while let Some(details) = around {
        dom::toggle(&details, "open", true);
        around = details
            .parent_element()
            .and_then(|outer| outer.closest("details").ok().flatten());
    }
    control
        .get_attribute("type")
        .is_none_or(|kind| kind != "hidden")
}

/// Leaves for the same page anew, with everything that was typed.
pub fn reload() {
    keep();
    drop(window().location().reload());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_read_as_it_was_written() {
        let held = Held {
            selector: "[id=\"text\"]".to_owned(),
            value: "太慢\n\"了\"".to_owned(),
            checked: false,
        };
        let text = serde_json::to_string(&held).expect("JSON");
        assert_eq!(
            serde_json::from_str::<Held>(&text).expect("a control"),
            held
        );
    }
}
