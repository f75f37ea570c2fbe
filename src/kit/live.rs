//! The live region: what changed, for those who cannot see it.

use super::dom;
use leptos::prelude::document;

const ID: &str = "announcer";

/// Puts the live region into the document. It has to be there before it speaks.
pub fn install() {
    if dom::by_id(ID).is_some() {
        return;
    }
    let (Ok(region), Some(body)) = (document().create_element("div"), document().body()) else {
        return;
    };
    region.set_id(ID);
    dom::set(&region, "class", "visually-hidden");
    dom::set(&region, "role", "status");
    dom::set(&region, "aria-live", "polite");
    drop(body.append_child(&region));
}

/// Says something.
pub fn announce(text: &str) {
    if let Some(region) = dom::by_id(ID) {
        region.set_text_content(Some(text));
    }
}
