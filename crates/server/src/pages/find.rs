//! Finding a window without its plate.

use super::{
    frame::{self, Place, Shell},
    parts,
};
use contract::place::{Hall, Place as Where};
use maud::{Markup, html};
use words::Key;

/// The search for a window by its typed code, and the list of halls.
pub fn find(halls: &[Hall], typed: Option<&str>, shell: &Shell<'_>) -> Markup {
    let main = html! {
        div.stack {
            h1 { (Key::FIND_TITLE.text()) }
            p { (Key::FIND_INTRO.text()) }
            (parts::search(typed.unwrap_or_default(), halls))
            p { a href=(contract::paths::ITEMS) { (Key::ITEMS_TITLE.text()) } }
        }
    };
    frame::page(Key::FIND_TITLE.text(), Place::Elsewhere, shell, &main)
}

/// No window has this code; here is how to find it. Goes out with 404.
pub fn not_found_plate(typed: &str, halls: &[Hall], shell: &Shell<'_>) -> Markup {
    // Whoever typed a novel does not need it back.
    let typed: String = typed.chars().filter(|c| !c.is_control()).take(40).collect();
    let said = if typed.trim().is_empty() {
        Key::FIND_NOT_FOUND_EMPTY.text().to_owned()
    } else {
        Key::FIND_NOT_FOUND_BODY.fill(&[("code", typed.trim())])
    };
    let main = html! {
        div.stack {
            h1 { (Key::FIND_NOT_FOUND_TITLE.text()) }
            p { (said) }
            p { (Key::FIND_NOT_FOUND_HELP.text()) }
            (parts::search(&typed, halls))
        }
    };
    frame::page(
        Key::FIND_NOT_FOUND_TITLE.text(),
        Place::Elsewhere,
        shell,
        &main,
    )
}

/// The plate at this window is out of use; here is how to find the window. Goes out with 410. The
/// new plate is not named: whoever holds the old one need not stand at the window.
pub fn revoked_plate(place: &Where, halls: &[Hall], shell: &Shell<'_>) -> Markup {
    let main = html! {
        div.stack {
            h1 { (Key::FIND_REVOKED_TITLE.text()) }
            (parts::place(place, None))
            p { (Key::FIND_REVOKED_BODY.text()) }
            p { (Key::FIND_REVOKED_HELP.text()) }
            (parts::search("", halls))
        }
    };
    frame::page(
        Key::FIND_REVOKED_TITLE.text(),
        Place::Elsewhere,
        shell,
        &main,
    )
}
