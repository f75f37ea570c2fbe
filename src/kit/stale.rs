//! An app that is older than its server: says so once, and offers to reload without losing anything.

use super::{dom, draft};
use leptos::prelude::document;
use std::cell::Cell;
use wasm_bindgen::{JsCast, prelude::Closure};
use words::Key;

thread_local! {
    static TOLD: Cell<bool> = const { Cell::new(false) };
}

/// Compares the server's build with ours, which the boot script has put onto the document.
pub fn compare(theirs: Option<&str>) {
    let ours = document()
        .document_element()
        .and_then(|root| root.get_attribute("data-build"));
    if differ(theirs, ours.as_deref()) && !TOLD.replace(true) {
        let _ = tell();
    }
}

/// Only two builds that are known can differ.
fn differ(theirs: Option<&str>, ours: Option<&str>) -> bool {
    matches!((theirs, ours), (Some(theirs), Some(ours)) if theirs != ours)
}

/// Before the main element, where no page that is drawn takes it away.
fn tell() -> Option<()> {
    let main = dom::by_id("main")?;
    let notice = dom::element("div", "wrap", None)?;
    notice.set_id("stale");
    dom::set(&notice, "role", "alert");
    if main.class_list().contains("narrow") {
        drop(notice.class_list().add_1("narrow"));
    }
    let inner = dom::element("div", "notice notice--warning", None)?;
    let text = dom::element("p", "", Some(Key::SHARED_STALE.text()))?;
    let button = dom::element(
        "button",
        "button button--secondary",
        Some(Key::SHARED_STALE_RELOAD.text()),
    )?;
    dom::set(&button, "type", "button");
    let reload = Closure::<dyn Fn()>::new(draft::reload);
    drop(button.add_event_listener_with_callback("click", reload.as_ref().unchecked_ref()));
    reload.forget();
    drop(inner.append_with_node_2(&text, &button));
    drop(notice.append_with_node_1(&inner));
    drop(main.before_with_node_1(&notice));
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_two_known_builds_can_differ() {
        assert!(differ(Some("b"), Some("a")));
        assert!(!differ(Some("a"), Some("a")));
        assert!(!differ(None, Some("a")));
        assert!(!differ(Some("b"), None));
    }
}
