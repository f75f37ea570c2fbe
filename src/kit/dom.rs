//! The document, without panics.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, Storage};

/// The element with an id.
pub fn by_id(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// The first element that a selector finds below another.
pub fn find(below: &Element, selector: &str) -> Option<HtmlElement> {
    below.query_selector(selector).ok()??.dyn_into().ok()
}

/// Every element that a selector finds below another.
pub fn all(below: &Element, selector: &str) -> Vec<Element> {
    let Ok(nodes) = below.query_selector_all(selector) else {
        return Vec::new();
    };
    (0..nodes.length())
        .filter_map(|at| nodes.item(at)?.dyn_into().ok())
        .collect()
}

/// A new element with a class and a text.
pub fn element(tag: &str, class: &str, text: Option<&str>) -> Option<HtmlElement> {
    let element: HtmlElement = document().create_element(tag).ok()?.dyn_into().ok()?;
    if !class.is_empty() {
        element.set_class_name(class);
    }
    element.set_text_content(text);
    Some(element)
}

/// Moves the focus; an element that cannot take it is left alone.
pub fn focus(element: &HtmlElement) {
    // The only failure is an element that is gone by now.
    drop(element.focus());
}

/// The element that has the focus, if it is one that a person types or chooses in.
pub fn focused_control() -> Option<Element> {
    let active = document().active_element()?;
    let control = matches!(
        active.tag_name().as_str(),
        "INPUT" | "TEXTAREA" | "SELECT" | "BUTTON" | "SUMMARY" | "A"
    );
    control.then_some(active)
}

/// Sets or removes an attribute without a value.
pub fn toggle(element: &Element, name: &str, on: bool) {
    let done = if on {
        element.set_attribute(name, "")
    } else {
        element.remove_attribute(name)
    };
    // Only an invalid name is refused, and ours are fixed.
    drop(done);
}

/// Sets an attribute.
pub fn set(element: &Element, name: &str, value: &str) {
    drop(element.set_attribute(name, value));
}

/// What this tab remembers under a name; nothing where storage is switched off.
pub fn remembered(name: &str) -> Option<String> {
    storage()?.get_item(name).ok()?
}

/// Remembers something for as long as the tab is open.
pub fn remember(name: &str, value: &str) {
    if let Some(storage) = storage() {
        // A full or forbidden storage only costs convenience.
        drop(storage.set_item(name, value));
    }
}

/// Forgets what this tab remembers under a name.
pub fn forget(name: &str) {
    if let Some(storage) = storage() {
        drop(storage.remove_item(name));
    }
}

fn storage() -> Option<Storage> {
    leptos::prelude::window().session_storage().ok()?
}
