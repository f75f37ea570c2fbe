//! A walk through the demo: ten minutes, three audiences, each step a link with what to look at.

use super::frame::{self, Place, Shell};
use contract::paths;
use maud::{Markup, html};
use words::Key;

/// Where the steps lead that are not the same in every demo.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TourLinks {
    /// The rating page of a plate.
    pub plate: String,
    /// The search for its typed code.
    pub typed: String,
    /// The guide to an item.
    pub guide: String,
    /// Figures of the latest month.
    pub figures: String,
    /// Figures of the unit with the wave, in its month.
    pub wave: String,
}

/// The tour; only demo folders have one.
pub fn tour(links: &TourLinks, shell: &Shell<'_>) -> Markup {
    let term = |from: &str| format!("{}?profile=dehong&clock=rectify&from={from}", paths::DUE);
    let citizen = [
        (
            Some(links.plate.clone()),
            Key::TOUR_RATE,
            Key::TOUR_RATE_LOOK,
        ),
        (
            Some(links.typed.clone()),
            Key::TOUR_TYPED,
            Key::TOUR_TYPED_LOOK,
        ),
        (None, Key::TOUR_FOLLOW, Key::TOUR_FOLLOW_LOOK),
        (
            Some(links.guide.clone()),
            Key::TOUR_GUIDE,
            Key::TOUR_GUIDE_LOOK,
        ),
    ];
    let public = [
        (
            Some(links.figures.clone()),
            Key::TOUR_FIGURES,
            Key::TOUR_FIGURES_LOOK,
        ),
        (
            Some(links.wave.clone()),
            Key::TOUR_WAVE,
            Key::TOUR_WAVE_LOOK,
        ),
        (Some(term("2026-09-15")), Key::TOUR_DUE, Key::TOUR_DUE_LOOK),
        (
            Some(term("2026-12-25")),
            Key::TOUR_PROVISIONAL,
            Key::TOUR_PROVISIONAL_LOOK,
        ),
    ];
    let staff = [
        (
            Some(paths::SIGN_IN.to_owned()),
            Key::TOUR_SIGN_IN,
            Key::TOUR_SIGN_IN_LOOK,
        ),
        (
            Some(paths::STAFF.to_owned()),
            Key::TOUR_WORKLIST,
            Key::TOUR_WORKLIST_LOOK,
        ),
        (None, Key::TOUR_TICKET, Key::TOUR_TICKET_LOOK),
        (None, Key::TOUR_RELEASE, Key::TOUR_RELEASE_LOOK),
        (None, Key::TOUR_YEAR_END, Key::TOUR_YEAR_END_LOOK),
    ];
    let main = html! {
        div.stack {
            h1 { (Key::TOUR_TITLE.text()) }
            p { (Key::TOUR_LEAD.text()) }
            (part(Key::TOUR_CITIZEN, &citizen))
            (part(Key::TOUR_PUBLIC, &public))
            (part(Key::TOUR_STAFF, &staff))
        }
    };
    frame::page(Key::TOUR_TITLE.text(), Place::Elsewhere, shell, &main)
}

type Step = (Option<String>, Key, Key);

fn part(title: Key, steps: &[Step]) -> Markup {
    html! {
        section.card.stack {
            h2 { (title.text()) }
            ol.plain {
                @for (href, name, look) in steps {
                    li {
                        @match href.as_deref().filter(|href| !href.is_empty()) {
                            Some(href) => a href=(href) { (name.text()) },
                            None => b { (name.text()) },
                        }
                        p.soft { (look.text()) }
                    }
                }
            }
        }
    }
}
