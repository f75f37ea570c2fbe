//! Finding a window without its plate, and a rating by its follow-up code.

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
    let typed = given_back(typed);
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

/// No rating has this follow-up code. Goes out with 404. The code stands in its field only, not in
/// the text: somebody may look on.
pub fn not_found_follow(typed: &str, halls: &[Hall], shell: &Shell<'_>) -> Markup {
    let title = Key::FIND_NO_RATING_TITLE.text();
    let main = html! {
        div.stack {
            h1 { (title) }
            p { (Key::FIND_NO_RATING_BODY.text()) }
            p { (Key::FIND_NO_RATING_HELP.text()) }
            (parts::search(&given_back(typed), halls))
        }
    };
    frame::page(title, Place::Elsewhere, shell, &main)
}

/// Whoever typed a novel does not need it back.
fn given_back(typed: &str) -> String {
    typed.chars().filter(|c| !c.is_control()).take(40).collect()
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
