//! Items and the guides to them.

use super::frame::{self, Place, Shell};
use contract::{
    items::{Guide, UnitItems},
    paths,
};
use maud::{Markup, html};
use words::Key;

/// The list of items, unit by unit.
pub fn items(units: &[UnitItems], shell: &Shell<'_>) -> Markup {
    let main = html! {
        div.stack {
            h1 { (Key::ITEMS_TITLE.text()) }
            p { (Key::ITEMS_LEAD.text()) }
            @if units.is_empty() { p { (Key::ITEMS_NONE.text()) } }
            @for of in units {
                section.card {
                    h2 { (of.unit) }
                    ul.plain {
                        @for (code, name) in &of.items {
                            li { a href=(paths::fill(paths::ITEM, code)) { (name) } }
                        }
                    }
                }
            }
        }
    };
    frame::page(Key::ITEMS_TITLE.text(), Place::Elsewhere, shell, &main)
}

/// One item's guide; an item may have none yet.
pub fn item(name: &str, guide: Option<&Guide>, shell: &Shell<'_>) -> Markup {
    let main = html! {
        div.stack {
            h1 { (name) }
            @match guide {
                Some(guide) => (parts(guide)),
                None => p { (Key::ITEMS_NO_GUIDE.text()) },
            }
            p { a href=(paths::ITEMS) { (Key::ITEMS_ALL.text()) } }
        }
    };
    frame::page(name, Place::Elsewhere, shell, &main)
}

fn parts(guide: &Guide) -> Markup {
    let line = |key: Key, text: &str| html! { h2 { (key.text()) } p { (text) } };
    html! {
        section.card.stack {
            (line(Key::ITEMS_UNIT, &guide.unit))
            (line(Key::ITEMS_WHO, &guide.who))
            h2 { (Key::ITEMS_MATERIALS.text()) }
            ul.plain { @for one in &guide.materials { li { (one) } } }
            h2 { (Key::ITEMS_STEPS.text()) }
            ol.plain { @for one in &guide.steps { li { (one) } } }
            (line(Key::ITEMS_TIME_LIMIT, &guide.time_limit))
            (line(Key::ITEMS_FEE, &guide.fee))
            (line(Key::ITEMS_PLACE, &guide.place))
        }
    }
}
