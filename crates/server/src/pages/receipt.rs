//! The receipt: the same for every level.

use super::{
    frame::{self, Place, Shell},
    parts,
};
use contract::{paths, rate::Receipt};
use maud::{Markup, html};
use words::Key;

/// The receipt of a rating. With `key`, right after sending, it offers to follow the rating;
/// without, the page may be shown to anyone.
pub fn receipt(receipt: &Receipt, key: Option<&str>, shell: &Shell<'_>) -> Markup {
    let standing = if receipt.released {
        Key::RECEIPT_RELEASED
    } else {
        Key::RECEIPT_NOT_RELEASED
    };
    let main = html! {
        div.stack {
            h1 { (Key::RECEIPT_TITLE.text()) }
            p { (Key::RECEIPT_THANKS.text()) " " (standing.text()) }
            div.card {
                (parts::place(&receipt.place, Some((Key::PLACE_RATING_DAY, &receipt.day))))
                h2 { (Key::RECEIPT_CODE.text()) }
                span.code { (receipt.code) }
                p.hint { (Key::RECEIPT_CODE_NOTE.text()) }
            }
            (follow(receipt, key))
            h2 { (Key::RECEIPT_NEXT_TITLE.text()) }
            ul.plain {
                @if !receipt.released { li { (Key::RECEIPT_NEXT_1.text()) } }
                li { (Key::RECEIPT_NEXT_2.text()) }
                li { a href=(paths::HOME) { (Key::RECEIPT_FIGURES_LINK.text()) } }
            }
        }
    };
    // The page may be the answer to a form; it is read again at its own address.
    let shell = shell.back_to(paths::fill(paths::RECEIPT, &receipt.code));
    frame::page(Key::RECEIPT_TITLE.text(), Place::Elsewhere, &shell, &main)
}

fn follow(receipt: &Receipt, key: Option<&str>) -> Markup {
    html! {
        @if let Some(key) = key {
            form.stack method="post" action=(paths::FOLLOW_ASK) {
                input type="hidden" name="receipt" value=(receipt.code);
                input type="hidden" name="key" value=(key);
                p { (Key::RECEIPT_NEXT_3.text()) (Key::RECEIPT_FOLLOW_NOTE.text()) }
                button.button { (Key::RECEIPT_FOLLOW.text()) }
            }
        } @else {
            p { (Key::RECEIPT_NO_KEY.text()) }
            p { (parts::by_code()) }
        }
    }
}
