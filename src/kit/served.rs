//! The page as the server sent it, and how the app takes its place.
//!
//! The app draws into `#app`, hidden inside `#main` as long as the server's own content stands
//! there. It takes over when it has something to show, and never while somebody uses a control in
//! the page: replacing an input loses text, caret and the open composition of an input method.

use super::dom;
use leptos::prelude::document;
use std::cell::Cell;
use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{Element, HtmlElement, Node};

const APP: &str = "app";
const MAIN: &str = "main";

thread_local! {
    /// A takeover is waiting for the focus to leave.
    static WAITING: Cell<bool> = const { Cell::new(false) };
}

/// The element that the app draws into: the shell's own, emptied, or a hidden one beside what
/// the server sent.
pub fn host() -> Option<HtmlElement> {
    let main = dom::by_id(MAIN).or_else(make_main)?;
    if let Some(host) = dom::by_id(APP) {
        host.set_text_content(None);
        return Some(host);
    }
    let host: HtmlElement = document().create_element("div").ok()?.dyn_into().ok()?;
    host.set_id(APP);
    dom::toggle(&host, "hidden", present());
    main.append_child(&host).ok()?;
    Some(host)
}

/// From now on the app draws in the language of the source, whatever the page around it speaks.
pub fn speak_source(main: &HtmlElement) {
    let tag = words::Language::default().tag();
    // What the server sent stays in its own language.
    if let Some(host) = host().filter(|host| main.contains(Some(host))) {
        dom::set(&host, "lang", tag);
    }
}

/// Whether the document is a narrow one; `None` where the server sent no main element.
pub fn is_narrow() -> Option<bool> {
    dom::by_id(MAIN).map(|main| main.class_list().contains("narrow"))
}

/// The development server's page has no main element.
fn make_main() -> Option<HtmlElement> {
    let main: HtmlElement = document().create_element("main").ok()?.dyn_into().ok()?;
    main.set_id(MAIN);
    main.set_class_name("wrap");
    document().body()?.append_child(&main).ok()?;
    Some(main)
}

/// Whether the server's content still stands.
pub fn present() -> bool {
    others().is_some_and(|others| others.iter().any(is_content))
}

/// Takes over at once: after a navigation, or after a form was sent.
pub fn replace() {
    for node in others().unwrap_or_default() {
        if let Some(parent) = node.parent_node() {
            drop(parent.remove_child(&node));
        }
    }
    if let Some(host) = dom::by_id(APP) {
        dom::toggle(&host, "hidden", false);
    }
}

/// Takes over as soon as nobody uses a control in the page.
pub fn replace_when_idle() {
    if !present() {
        return replace();
    }
    if in_use() {
        wait();
    } else {
        replace();
    }
}

/// Everything in main but the app.
fn others() -> Option<Vec<Node>> {
    let nodes = dom::by_id(MAIN)?.child_nodes();
    let all = (0..nodes.length()).filter_map(|at| nodes.item(at));
    Some(all.filter(|node| !is_app(node)).collect())
}

fn is_app(node: &Node) -> bool {
    node.dyn_ref::<Element>()
        .is_some_and(|element| element.id() == APP)
}

/// White space and the words for those without script are no content.
fn is_content(node: &Node) -> bool {
    node.dyn_ref::<Element>()
        .is_some_and(|element| element.tag_name() != "NOSCRIPT")
}

fn in_use() -> bool {
    let (Some(main), Some(control)) = (dom::by_id(MAIN), dom::focused_control()) else {
        return false;
    };
    main.contains(Some(&control))
}

/// Looks again each time the focus leaves a control.
fn wait() {
    if WAITING.replace(true) {
        return;
    }
    let Some(main) = dom::by_id(MAIN) else {
        return;
    };
    let look = Closure::once_into_js(|| {
        WAITING.set(false);
        // The focus is between two elements now; where it goes is known a moment later.
        leptos::prelude::set_timeout(replace_when_idle, std::time::Duration::from_millis(0));
    });
    let options = web_sys::AddEventListenerOptions::new();
    options.set_once(true);
    drop(
        main.add_event_listener_with_callback_and_add_event_listener_options(
            "focusout",
            look.unchecked_ref(),
            &options,
        ),
    );
}
