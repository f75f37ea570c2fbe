//! What is not fetched before a reader comes near.

use js_sys::Array;
use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{Element, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit};

/// How far outside the screen an element counts as near: about what a flick of the thumb passes.
const AHEAD: &str = "600px 0px";

/// Somebody watches an element; dropping it ends that.
pub struct Watch {
    observer: IntersectionObserver,
    _seen: Closure<dyn FnMut(Array)>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// Does something each time the element comes near the screen. What is hidden is near nobody.
/// `None` where the browser cannot tell.
pub fn watch(element: &Element, mut act: impl FnMut() + 'static) -> Option<Watch> {
    let seen = Closure::<dyn FnMut(Array)>::new(move |entries: Array| {
        let near = |entry: &wasm_bindgen::JsValue| {
            entry
                .unchecked_ref::<IntersectionObserverEntry>()
                .is_intersecting()
        };
        if entries.iter().any(|entry| near(&entry)) {
            act();
        }
    });
    let options = IntersectionObserverInit::new();
    options.set_root_margin(AHEAD);
    let callback = seen.as_ref().unchecked_ref();
    let observer = IntersectionObserver::new_with_options(callback, &options).ok()?;
    observer.observe(element);
    Some(Watch {
        observer,
        _seen: seen,
    })
}
