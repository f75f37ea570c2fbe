//! Language and display. The server drew the controls and keeps the choice in a cookie; here a
//! choice of display is seen at once, and stored by the same form's address.

use super::{dom, draft, live};
use crate::client;
use contract::preferences::field;
use leptos::prelude::{document, window};
use std::cell::RefCell;
use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{Element, Event, FormData, HtmlFormElement, SubmitEvent};
use words::Key;

/// What wants to know that the modes have changed.
type Listener = Box<dyn Fn()>;

thread_local! {
    static CHANGED: RefCell<Vec<Listener>> = const { RefCell::new(Vec::new()) };
}

/// Looks after the controls in header and footer. Lives as long as the document.
pub fn install() {
    let listener = Closure::<dyn Fn(Event)>::new(|event: Event| {
        let form = event
            .target()
            .and_then(|target| target.dyn_into::<HtmlFormElement>().ok());
        if let Some(form) = form.filter(|form| form.class_list().contains("settings")) {
            submit(&event, &form);
        }
    });
    drop(document().add_event_listener_with_callback("submit", listener.as_ref().unchecked_ref()));
    listener.forget();
}

/// Does something each time the modes change: a canvas, which no style reaches, is drawn again.
pub fn when_changed(act: impl Fn() + 'static) {
    CHANGED.with_borrow_mut(|all| all.push(Box::new(act)));
}

fn submit(event: &Event, form: &HtmlFormElement) {
    // The visit may have moved on since the server drew the form.
    here(form);
    let button = event
        .dyn_ref::<SubmitEvent>()
        .and_then(SubmitEvent::submitter);
    let Some(button) = button else { return };
    let (name, value) = (attribute(&button, "name"), attribute(&button, "value"));
    if name == field::LANGUAGE {
        // Another language is another page; what was typed comes along.
        return draft::keep();
    }
    event.prevent_default();
    apply(&name, &value);
    let label = button.text_content().unwrap_or_default();
    let told = match value.as_str() {
        field::ON => Key::SETTINGS_ON,
        field::OFF => Key::SETTINGS_OFF,
        _ => Key::SETTINGS_STORED,
    };
    live::announce(&told.fill(&[("what", label.trim())]));
    super::load::send(async move {
        if client::preferences::store(&name, &value).await.is_err() {
            live::announce(Key::SETTINGS_NOT_STORED.text());
        }
    });
}

fn here(form: &HtmlFormElement) {
    let location = window().location();
    let path = location.pathname().unwrap_or_default();
    let query = location.search().unwrap_or_default();
    // The server leaves a `lang` in the query out when it draws the form; only a path that has
    // changed since is news.
    let known = FormData::new_with_form(form)
        .ok()
        .and_then(|data| data.get(field::BACK).as_string());
    let same = known.is_some_and(|known| known.split('?').next() == Some(path.as_str()));
    if let Some(back) = dom::find(form, "input[name=back]").filter(|_| !same) {
        dom::set(&back, "value", &format!("{path}{query}"));
    }
}

/// Puts a choice onto the document, and tells the controls of it.
fn apply(name: &str, value: &str) {
    let Some(root) = document().document_element() else {
        return;
    };
    match (name, value) {
        (field::ELDER, _) => dom::toggle(&root, "data-elder", value == field::ON),
        (field::CONTRAST, _) => dom::toggle(&root, "data-contrast", value == field::ON),
        (_, "auto") => drop(root.remove_attribute("data-theme")),
        (_, theme) => dom::set(&root, "data-theme", theme),
    }
    for button in dom::all(&root, &format!(".settings button[name={name}]")) {
        let pressed = if name == field::THEME {
            attribute(&button, "value") == value
        } else {
            let next = if value == field::ON {
                field::OFF
            } else {
                field::ON
            };
            dom::set(&button, "value", next);
            value == field::ON
        };
        dom::set(
            &button,
            "aria-pressed",
            if pressed { "true" } else { "false" },
        );
    }
    CHANGED.with_borrow(|all| all.iter().for_each(|act| act()));
}

fn attribute(element: &Element, name: &str) -> String {
    element.get_attribute(name).unwrap_or_default()
}
