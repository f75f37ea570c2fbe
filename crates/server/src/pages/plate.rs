//! A plate's printable sheet.

use super::{
    frame::{self, Place, Shell},
    parts,
};
use contract::place::PlateRow;
use maud::{Markup, PreEscaped, html};
use words::Key;

/// One A4 sheet for a window. `qr_svg` is drawn by us from `url` and is trusted as markup.
pub fn plate_sheet(plate: &PlateRow, qr_svg: &str, url: &str, shell: &Shell<'_>) -> Markup {
    let main = html! {
        p.no-print.soft { (Key::PLATE_PRINT_HINT.text()) }
        article.sheet {
            @if shell.demo { p.stamp { (Key::PLATE_DEMO_MARK.text()) } }
            h1 { (Key::PLATE_INVITE.text()) }
            p.sub { (Key::PLATE_FIVE.text()) }
            div.qr role="img" aria-label=(Key::PLATE_TITLE.text()) { (PreEscaped(qr_svg)) }
            p.where { (parts::window(&plate.place)) }
            p.sub { (plate.place.hall) " · " (plate.place.unit) }
            @if let Some(item) = &plate.place.item { p { (item) } }
            p { (Key::PLATE_TYPED.text()) }
            p.short { (plate.short) }
            p.url { (url) }
            p { (Key::PLATE_VOLUNTARY.text()) }
            p.soft { (shell.region) " · " (Key::SHARED_PRODUCT_FULL.text()) }
        }
    };
    let title = format!("{} {}", Key::PLATE_TITLE.text(), plate.short);
    frame::page(&title, Place::Elsewhere, shell, &main)
}
