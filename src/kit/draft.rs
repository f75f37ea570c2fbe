//! What was typed survives a reload and a way back: kept in the tab when the page is left, and put back
//! into the controls of the same page when they are there again.
//!
//! A tablet may be passed on. So of a page that is left by a link neither name nor phone is kept, and what is kept
//! comes back only to whoever goes back or loads the page again, within minutes; never to whoever opens it anew.

use super::{dom, live};
use contract::rate::field;
use js_sys::{Array, Date, Function, Reflect};
use leptos::prelude::{set_timeout, window};
use serde::{Deserialize, Serialize};
use std::{cell::Cell, time::Duration};
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::{
    Element, Event, EventInit, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement,
};
use words::Key;

/// The boot script looks for it, too.
const NAME: &str = "draft";
/// On a key that this form was sent under: sent again, it is the same rating.
pub const OWN: &str = "data-own";
/// What is kept of a page that was left by a link: of one form only.
const FORM: &str = "form.rate";
/// For how long, in milliseconds.
const KEPT_MS: f64 = 10.0 * 60_000.0;
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

impl Held {
    fn is_key(&self) -> bool {
        self.is_of(field::KEY)
    }

    /// A name or a phone number, or that they were given.
    fn is_of_person(&self) -> bool {
        [field::NAME, field::PHONE, field::STATED]
            .iter()
            .any(|name| self.is_of(name))
    }

    fn is_of(&self, name: &str) -> bool {
        [format!("[id=\"{name}\"]"), format!("[name=\"{name}\"]")].contains(&self.selector)
    }
}

#[derive(Serialize, Deserialize)]
struct Draft {
    path: String,
    held: Vec<Held>,
    /// When the page was left by a link, in milliseconds since 1970; nothing where it was left to come back at once.
    left: Option<f64>,
}

thread_local! {
    /// What the page held is kept already, to come back to it at once.
    static DONE: Cell<bool> = const { Cell::new(false) };
}

/// Keeps what the controls of the page hold, to come back to it at once.
pub fn keep() {
    DONE.set(true);
    let Some(main) = dom::by_id("main") else {
        return;
    };
    write(&Draft {
        path: path(),
        held: controls(&main),
        left: None,
    });
}

/// Keeps a half-filled form when its page is left. Some browsers do it themselves, Firefox does not for a page
/// that is never stored.
pub fn keep_when_left() {
    let leave = Closure::<dyn Fn()>::new(leave);
    drop(window().add_event_listener_with_callback("pagehide", leave.as_ref().unchecked_ref()));
    leave.forget();
    // A page that comes back as it was needs nothing put back.
    let back = Closure::<dyn Fn()>::new(|| DONE.set(false));
    drop(window().add_event_listener_with_callback("pageshow", back.as_ref().unchecked_ref()));
    back.forget();
}

/// Forgets what was kept: it has been sent.
pub fn forget() {
    dom::forget(NAME);
}

fn leave() {
    let form = dom::by_id("main").and_then(|main| dom::find(&main, FORM));
    let Some(form) = form.filter(|_| !DONE.get()) else {
        return;
    };
    let mut held = controls(&form);
    held.retain(|one| !one.is_of_person());
    // The form's own key alone is nothing that anybody typed.
    if held.iter().any(|one| !one.is_key()) {
        write(&Draft {
            path: path(),
            held,
            left: Some(now()),
        });
    }
}

fn controls(below: &Element) -> Vec<Held> {
    let all = dom::all(below, "input, textarea, select");
    all.iter().filter_map(held).collect()
}

fn write(draft: &Draft) {
    if let Ok(text) = serde_json::to_string(draft) {
        dom::remember(NAME, &text);
    }
}

/// Puts back what was kept for this page, as soon as the controls are there.
pub fn restore() {
    let kept = dom::remembered(NAME).and_then(|text| serde_json::from_str::<Draft>(&text).ok());
    let Some(draft) = kept else {
        return forget();
    };
    let here = draft.path == path();
    let wanted = match draft.left {
        None => here,
        Some(left) => {
            let fresh = (0.0..KEPT_MS).contains(&(now() - left));
            // Whoever left by a link is somewhere else for now, and may come back.
            if fresh && !here {
                return;
            }
            fresh && came_back()
        }
    };
    forget();
    if wanted && !draft.held.is_empty() {
        put(draft.held, LOOKS, 0);
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "for how long a draft has lain here is the browser's own affair"
)]
fn now() -> f64 {
    Date::now()
}

/// Whether the page was reached by going back or loading it again, and not opened anew.
fn came_back() -> bool {
    arrival().is_some_and(|how| how == "reload" || how == "back_forward")
}

/// How the browser says that it came to this page.
fn arrival() -> Option<String> {
    let get = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).ok();
    let performance = get(&window(), "performance")?;
    let ask: Function = get(&performance, "getEntriesByType")?.dyn_into().ok()?;
    let entries = ask.call1(&performance, &"navigation".into()).ok()?;
    let first = entries.dyn_into::<Array>().ok()?.get(0);
    get(&first, "type")?.as_string()
}

fn path() -> String {
    window().location().pathname().unwrap_or_default()
}

/// A control whose content is not the one it came with. The key of a form that was sent goes along: if the answer
/// was lost, sending it again must be the same rating.
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
            "hidden" => (input.value(), false, input.has_attribute(OWN)),
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
            "hidden" => {
                input.set_value(&held.value);
                dom::toggle(input, OWN, true);
            }
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
