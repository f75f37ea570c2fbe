//! Links within a page. The router would scroll and leave the focus behind, so that the skip link
//! and the error summary would not help those who need them.

use super::dom;
use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{Element, HtmlElement, MouseEvent};

/// Follows `href="#id"` links by moving the focus, too. Lives as long as the document.
pub fn install() {
    let listener = Closure::<dyn Fn(MouseEvent)>::new(|event: MouseEvent| {
        if let Some(target) = target_of(&event) {
            event.prevent_default();
            target.scroll_into_view();
            dom::focus(&target);
        }
    });
    // On the document, so that it runs before the router's listener on the window.
    drop(document().add_event_listener_with_callback("click", listener.as_ref().unchecked_ref()));
    listener.forget();
}

fn target_of(event: &MouseEvent) -> Option<HtmlElement> {
    let clicked: Element = event.target()?.dyn_into().ok()?;
    let link = clicked.closest("a[href^='#']").ok()??;
    dom::by_id(link.get_attribute("href")?.get(1..)?)
}

/// Leaves the app for an address that only the server knows.
pub fn leave(to: &str) {
    // The browser refuses only what is no URL.
    drop(window().location().assign(to));
}
