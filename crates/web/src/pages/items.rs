//! Items and the guides to them.

use super::{
    frame::{self, Place, Shell},
    say,
};
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

/// One item's guide; an item may have none yet, but a way to rate it (国办发〔2019〕51号,
/// 明确责任标准(二): 评价渠道 is an element of every guide).
pub fn item(code: &str, name: &str, guide: Option<&Guide>, shell: &Shell<'_>) -> Markup {
    let main = html! {
        div.stack {
            h1 { (name) }
            p.hint { (say::label(Key::ITEMS_CODE)) (code) }
            @match guide {
                Some(guide) => (parts(guide)),
                None => p { (Key::ITEMS_NO_GUIDE.text()) },
            }
            section.card.stack {
                h2 { (Key::ITEMS_RATE.text()) }
                p { (Key::ITEMS_RATE_HOW.text()) }
                p { a.go href=(paths::FIND) { (Key::SHARED_FIND_WINDOW.text()) } }
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
