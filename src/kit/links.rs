//! Links within a page. The router would scroll and leave the focus behind, so that the skip link
//! and the error summary would not help those who need them.

use super::dom;
use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{Element, HtmlAnchorElement, HtmlElement, MouseEvent};

/// Whether the app itself can show the page of a path.
pub type Routed = fn(&str) -> bool;

/// Follows `href="#id"` links by moving the focus, too, and leaves links to pages that the app
/// does not draw to the browser. Lives as long as the document.
pub fn install(routed: Routed) {
    let listener = Closure::<dyn Fn(MouseEvent)>::new(move |event: MouseEvent| {
        let Some(link) = link_of(&event) else {
            return;
        };
        if let Some(target) = target_of(&link) {
            event.prevent_default();
            target.scroll_into_view();
            dom::focus(&target);
        } else if !routed(&link.pathname()) {
            event.stop_propagation();
        }
    });
    // On the document, so that it runs before the router's listener on the window.
    drop(document().add_event_listener_with_callback("click", listener.as_ref().unchecked_ref()));
    listener.forget();
}

/// Whether a click goes on to another view of the app in this tab.
pub fn goes_on(event: &MouseEvent) -> bool {
    let held = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
    let link = link_of(event).filter(|link| !link.has_attribute("rel"));
    event.button() == 0 && !held && link.is_some()
}

fn link_of(event: &MouseEvent) -> Option<HtmlAnchorElement> {
    let clicked: Element = event.target()?.dyn_into().ok()?;
    clicked.closest("a[href]").ok()??.dyn_into().ok()
}

fn target_of(link: &HtmlAnchorElement) -> Option<HtmlElement> {
    dom::by_id(link.get_attribute("href")?.strip_prefix('#')?)
}

/// Marks the entries of the site's navigation that lead to where the visit is now.
pub fn mark_current(here: &str) {
    let Ok(links) = document().query_selector_all("header nav a[href], footer nav a[href]") else {
        return;
    };
    for at in 0..links.length() {
        let link = links
            .item(at)
            .and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok());
        if let Some(link) = link {
            mark(&link, here);
        }
    }
}

fn mark(link: &HtmlAnchorElement, here: &str) {
    let done = if leads_to(&link.pathname(), here) {
        link.set_attribute("aria-current", "page")
    } else {
        link.remove_attribute("aria-current")
    };
    drop(done);
}

/// An entry stands for its page and for those below it; the first page stands for itself only.
fn leads_to(entry: &str, here: &str) -> bool {
    let below = here
        .strip_prefix(entry)
        .is_some_and(|rest| rest.starts_with('/'));
    entry == here || below
}

/// Leaves the app for an address that only the server knows.
pub fn leave(to: &str) {
    // The browser refuses only what is no URL.
    drop(window().location().assign(to));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_stands_for_its_page_and_for_those_below_it() {
        assert!(leads_to("/staff", "/staff/tickets/G1"));
        assert!(leads_to("/", "/"));
        assert!(!leads_to("/", "/due"));
        assert!(!leads_to("/staff", "/staffing"));
    }
}
