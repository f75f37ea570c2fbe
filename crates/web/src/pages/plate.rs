//! Printable sheets of plates: one, or a hall's.

use super::{
    frame::{self, Place, Shell},
    parts, say,
};
use contract::place::PlateRow;
use maud::{Markup, PreEscaped, html};
use words::Key;

/// One plate with its QR code.
pub struct Sheet {
    /// The plate.
    pub row: PlateRow,
    /// Drawn by us from `url`, and trusted as markup.
    pub qr_svg: String,
    /// The address in the code.
    pub url: String,
}

/// The four corners of the cut marks.
const CORNERS: [&str; 4] = ["tl", "tr", "bl", "br"];

/// One A4 sheet for a window.
pub fn plate_sheet(of: &Sheet, shell: &Shell<'_>) -> Markup {
    let main = html! {
        p.no-print.soft { (Key::PLATE_PRINT_HINT.text()) }
        (sheet(of, true, shell))
    };
    let title = format!("{} {}", Key::PLATE_TITLE.text(), of.row.short);
    frame::page(&title, Place::Elsewhere, shell, &main)
}

/// One A4 sheet for each window of a hall, and the ways to the other halls: address and name.
pub fn hall_sheets(
    hall: &str,
    sheets: &[Sheet],
    others: &[(String, String)],
    shell: &Shell<'_>,
) -> Markup {
    let title = Key::PLATE_HALL_TITLE.fill(&[("hall", hall)]);
    let main = html! {
        div.no-print.stack {
            h1 { (title) }
            @if sheets.is_empty() {
                p { (Key::PLATE_HALL_NONE.text()) }
            } @else {
                p { (say::count(Key::PLATE_HALL_LEAD, sheets.len() as u64)) }
                p.soft { (Key::PLATE_PRINT_HINT.text()) }
            }
            @if !others.is_empty() {
                details {
                    summary { (Key::PLATE_HALL_OTHERS.text()) }
                    ul.plain { @for (href, name) in others { li { a href=(href) { (name) } } } }
                }
            }
        }
        @for of in sheets { (sheet(of, false, shell)) }
    };
    frame::page(&title, Place::Elsewhere, shell, &main)
}

/// `alone`: its heading is the page's.
fn sheet(of: &Sheet, alone: bool, shell: &Shell<'_>) -> Markup {
    let plate = &of.row;
    let qr = format!("{} {}", Key::PLATE_TITLE.text(), plate.short);
    html! {
        article.sheet {
            @for corner in CORNERS { span class={"cut cut--" (corner)} aria-hidden="true" {} }
            @if shell.demo { p.stamp { (Key::PLATE_DEMO_MARK.text()) } }
            @if alone {
                h1 { (Key::PLATE_INVITE.text()) }
            } @else {
                h2.invite { (Key::PLATE_INVITE.text()) }
            }
            p.sub { (Key::PLATE_FIVE.text()) }
            div.qr role="img" aria-label=(qr) { (PreEscaped(&of.qr_svg)) }
            p.where { (parts::window(&plate.place)) }
            p.sub { (plate.place.hall) " · " (plate.place.unit) }
            @if let Some(item) = &plate.place.item { p { (item) } }
            p { (Key::PLATE_TYPED.text()) }
            p.short { (plate.short) }
            p.url { (of.url) }
            p { (Key::PLATE_VOLUNTARY.text()) }
            p.soft { (shell.region) " · " (Key::SHARED_PRODUCT_FULL.text()) " · " (version(plate)) }
        }
    }
}

/// Which version this is and, where it is known, of which day.
fn version(plate: &PlateRow) -> String {
    let version = plate.version.to_string();
    match &plate.made_on {
        Some(day) => Key::PLATE_VERSION_OF.fill(&[("version", &version), ("day", &say::day(day))]),
        None => Key::PLATE_VERSION.fill(&[("version", &version)]),
    }
}
