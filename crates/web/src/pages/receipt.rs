//! The receipt: the same for every level.

use super::{
    frame::{self, Place, Shell},
    parts,
};
use contract::{paths, rate::Receipt};
use maud::{Markup, html};
use words::Key;

/// What a receipt offers besides itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// To follow the rating: to the browser that has just sent it.
    Follow,
    /// Nothing: the page may be shown to anyone.
    Nothing,
}

/// The receipt of a rating.
pub fn receipt(receipt: &Receipt, offer: Offer, shell: &Shell<'_>) -> Markup {
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
            (follow(receipt, offer))
            h2 { (Key::RECEIPT_NEXT_TITLE.text()) }
            ul.plain {
                @if !receipt.released { li { (Key::RECEIPT_NEXT_1.text()) } }
                li { (Key::RECEIPT_NEXT_2.text()) }
                li { a href=(paths::HOME) { (Key::RECEIPT_FIGURES_LINK.text()) } }
            }
        }
    };
    frame::page(Key::RECEIPT_TITLE.text(), Place::Elsewhere, shell, &main)
}

fn follow(receipt: &Receipt, offer: Offer) -> Markup {
    match offer {
        Offer::Follow => html! {
            form.stack method="post" action=(paths::FOLLOW_ASK) {
                input type="hidden" name="receipt" value=(receipt.code);
                p { (Key::RECEIPT_NEXT_3.text()) (Key::RECEIPT_FOLLOW_NOTE.text()) }
                button.button { (Key::RECEIPT_FOLLOW.text()) }
            }
        },
        Offer::Nothing => html! {
            p { (Key::RECEIPT_NO_KEY.text()) }
            p { (parts::by_code()) }
        },
    }
}
