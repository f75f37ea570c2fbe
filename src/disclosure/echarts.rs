//! The chart library: fetched only when a reader comes near a chart, once a document.

use crate::kit::dom;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::Element;

const SCRIPT: &str = "echarts-script";

/// Where the library stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Library {
    /// Nobody has come near a chart yet.
    Unasked,
    /// On its way.
    Coming,
    /// There.
    Ready,
    /// It did not come; the tables say the same.
    Missing,
}

/// Fetches the library and says where it stands.
pub fn fetch(state: RwSignal<Library>) {
    if is_there() {
        state.set(Library::Ready);
    } else if let Some(script) = script() {
        state.set(Library::Coming);
        when(&script, "load", state, Library::Ready);
        when(&script, "error", state, Library::Missing);
    } else {
        state.set(Library::Missing);
    }
}

fn is_there() -> bool {
    js_sys::Reflect::has(&js_sys::global(), &JsValue::from_str("echarts")).unwrap_or(false)
}

/// The script element; a second chart waits for the first one's.
fn script() -> Option<Element> {
    if let Some(script) = document().get_element_by_id(SCRIPT) {
        return Some(script);
    }
    let script = document().create_element("script").ok()?;
    script.set_id(SCRIPT);
    dom::set(&script, "src", &address()?);
    document().head()?.append_child(&script).ok()?;
    Some(script)
}

/// Where the library is: the boot script says so, or a meta element does.
fn address() -> Option<String> {
    let root = document().document_element()?;
    let meta = || {
        let meta = document().query_selector("meta[name=echarts]").ok()??;
        meta.get_attribute("content")
    };
    root.get_attribute("data-echarts").or_else(meta)
}

fn when(script: &Element, event: &str, state: RwSignal<Library>, then: Library) {
    let listener = Closure::once_into_js(move || {
        // The page may have been left in the meantime.
        let _ = state.try_set(then);
    });
    drop(script.add_event_listener_with_callback(event, listener.unchecked_ref()));
}
