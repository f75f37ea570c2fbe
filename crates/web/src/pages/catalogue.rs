//! Every widget in every state: what the checks of style and accessibility run over.
//!
//! The server's own partials where there are some, and the markup of the app's widgets where only
//! the app has them. Served by demo folders alone.

use super::{
    figures,
    frame::{self, Place, Shell, Theme},
    parts, rate, say,
};
use contract::{paths, place, preferences::field};
use maud::{Markup, html};
use rules::{
    indicators::Rate,
    level::{LabelSet, Level},
    rating::Violation,
};
use words::{Key, Language};

/// The catalogue. `place` is any place of the demo.
pub fn catalogue(place: &place::Place, shell: &Shell<'_>) -> Markup {
    let main = html! {
        div.stack {
            h1 { (Key::CATALOGUE_TITLE.text()) }
            p { (Key::CATALOGUE_LEAD.text()) }
            (modes())
            (section("buttons", Key::CATALOGUE_BUTTONS, &buttons()))
            (section("fields", Key::CATALOGUE_FIELDS, &fields()))
            (section("messages", Key::CATALOGUE_MESSAGES, &messages()))
            (section("faces", Key::CATALOGUE_FACES, &faces()))
            (section("badges", Key::CATALOGUE_BADGES, &badges()))
            (section("tiles", Key::CATALOGUE_TILES, &tiles()))
            (section("lists", Key::CATALOGUE_LISTS, &lists()))
            (section("places", Key::CATALOGUE_PLACES, &places(place)))
            (section("states", Key::CATALOGUE_STATES, &states()))
            (section("navigation", Key::CATALOGUE_NAVIGATION, &navigation()))
        }
    };
    frame::page(Key::CATALOGUE_TITLE.text(), Place::Elsewhere, shell, &main)
}

fn section(id: &str, title: Key, content: &Markup) -> Markup {
    html! {
        section.stack aria-labelledby=(id) {
            h2 id=(id) { (title.text()) }
            (content)
        }
    }
}

/// Links that show the catalogue in each mode and language, without storing anything.
fn modes() -> Markup {
    let on = |name: &str| format!("{}?{name}={}", paths::CATALOGUE, field::ON);
    html! {
        ul.plain {
            li { a href=(paths::CATALOGUE) { (Key::CATALOGUE_PLAIN.text()) } }
            li { a href=(on(field::ELDER)) { (Key::SETTINGS_ELDER.text()) } }
            li { a href=(on(field::CONTRAST)) { (Key::SETTINGS_CONTRAST.text()) } }
            li {
                a href={(paths::CATALOGUE) "?" (field::THEME) "=" (Theme::Dark.code())} {
                    (Key::SETTINGS_THEME_DARK.text())
                }
            }
            @for language in Language::ALL {
                li {
                    a href={(paths::CATALOGUE) "?" (field::LANGUAGE) "=" (language.tag())} lang=(language.tag()) {
                        (language.name())
                    }
                }
            }
        }
    }
}

fn buttons() -> Markup {
    html! {
        p { button.button type="button" { (Key::CATALOGUE_PRIMARY.text()) } }
        p { button.button.button--secondary type="button" { (Key::CATALOGUE_SECONDARY.text()) } }
        p { button.button type="button" disabled { (Key::CATALOGUE_DISABLED.text()) } }
        p { button.button type="button" aria-disabled="true" { (Key::CATALOGUE_BUSY.text()) } }
        p { a.button href="#buttons" { (Key::CATALOGUE_LINK.text()) } }
        p {
            button.tool type="button" aria-pressed="false" { (Key::SETTINGS_SPEAK.text()) } " "
            button.tool type="button" aria-pressed="true" { (Key::SETTINGS_SPEAK_STOP.text()) }
        }
    }
}

fn fields() -> Markup {
    let wrong = [Violation::new("c-wrong", "text.missing")];
    html! {
        div.card {
            div.field {
                label for="c-field" { (Key::CATALOGUE_FIELD.text()) }
                p #c-field-hint .hint { (Key::CATALOGUE_FIELD_HINT.text()) }
                input #c-field aria-describedby="c-field-hint";
            }
            div.field {
                label for="c-wrong" { (Key::CATALOGUE_FIELD_WRONG.text()) }
                (parts::messages(&wrong, "c-wrong", |name| name == "c-wrong"))
                input #c-wrong .wrong aria-invalid="true" aria-describedby="c-wrong-error";
            }
            div.field {
                label for="c-select" { (Key::CATALOGUE_SELECT.text()) }
                select #c-select { @for n in 1..=3 { option { (row(n)) } } }
            }
            div.field {
                label for="c-date" { (Key::CATALOGUE_DATE.text()) }
                input #c-date type="date" value="2026-10-31";
            }
            div.field {
                label for="c-text" { (Key::CATALOGUE_TEXTAREA.text()) }
                textarea #c-text rows="3" {}
            }
            label.check { input type="checkbox" name="c-check"; span { (Key::CATALOGUE_CHECK.text()) } }
            label.check { input type="checkbox" name="c-check" checked; span { (Key::CATALOGUE_CHECK.text()) } }
            fieldset {
                legend.label { (Key::CATALOGUE_RADIO.text()) }
                div.radios {
                    @for n in 1..=2 {
                        label.check {
                            input type="radio" name="c-radio" value=(n) checked[n == 1];
                            span { (row(n)) }
                        }
                    }
                }
            }
        }
    }
}

fn messages() -> Markup {
    let wrong = [
        Violation::new("c-wrong", "text.missing"),
        Violation::new("level", "level.missing"),
    ];
    html! {
        p.notice { (Key::CATALOGUE_INFO.text()) }
        p.notice.notice--warning { (Key::CATALOGUE_WARNING.text()) }
        p.notice.notice--error { (Key::CATALOGUE_ERROR.text()) }
        (parts::summary(&wrong, false, |violation| (violation.field == "c-wrong").then(|| violation.field.clone())))
        p.hint { (Key::CATALOGUE_FIELD_HINT.text()) }
        p.error { (Key::CATALOGUE_ERROR.text()) }
    }
}

fn faces() -> Markup {
    let set = |name: &str, title: Key, chosen: Option<Level>, wrong: bool| {
        html! {
            fieldset.rate {
                legend.label { (title.text()) }
                div.faces.wrong[wrong] {
                    @for level in Level::ALL {
                        (rate::face(name, level, LabelSet::Satisfaction, chosen == Some(level)))
                    }
                }
            }
        }
    };
    html! {
        (set("c-plain", Key::CATALOGUE_PLAIN, None, false))
        (set("c-chosen", Key::CATALOGUE_CHOSEN, Some(Level::L1), false))
        (set("c-errors", Key::CATALOGUE_WITH_ERRORS, None, true))
    }
}

fn badges() -> Markup {
    html! {
        p {
            span.badge.good { (Key::CATALOGUE_GOOD.text()) } " "
            span.badge.warn { (Key::CATALOGUE_WARN.text()) } " "
            span.badge.bad { (Key::CATALOGUE_BAD.text()) } " "
            span.badge.calm { (Key::CATALOGUE_CALM.text()) } " "
            span.mark { (Key::SHARED_DEMO.text()) }
        }
    }
}

/// What the large number and the bar show.
const RATE: Rate = Rate { num: 2, den: 3 };

fn tiles() -> Markup {
    html! {
        dl.tiles {
            @for n in 1..=4_u64 {
                div.tile {
                    dt { (row(n)) }
                    dd { span.big { (say::number(n * 12_345)) } span.hint.num { (say::number(n)) "/" (say::number(n * 3)) } }
                }
            }
        }
        (figures::hero(Key::DISCLOSURE_GOOD, &RATE))
        (figures::meter(&RATE))
        p.fresh { b { (Key::CATALOGUE_GOOD.text()) } span { (Key::CATALOGUE_CALM.text()) } }
    }
}

fn lists() -> Markup {
    html! {
        (table(Key::CATALOGUE_TABLE, "data"))
        div.list { (table(Key::CATALOGUE_CARDS, "data cards")) }
        dl.facts.card {
            @for n in 1..=3 { dt { (row(n)) } dd { (Key::CATALOGUE_CALM.text()) } }
        }
        h3 { (Key::CATALOGUE_TIMELINE.text()) }
        ol.timeline {
            @for n in 1..=3 {
                li {
                    p.what { (row(n)) }
                    p.soft { time datetime="2026-10-31" { (say::day("2026-10-31")) } }
                    p.said { (Key::CATALOGUE_MORE_TEXT.text()) }
                }
            }
        }
        h3 { (Key::CATALOGUE_DETAILS.text()) }
        details { summary { (row(1)) } p { (Key::CATALOGUE_MORE_TEXT.text()) } }
        details open { summary { (row(2)) } p { (Key::CATALOGUE_MORE_TEXT.text()) } }
        div.actions { details open { summary { (row(3)) } p { (Key::CATALOGUE_MORE_TEXT.text()) } } }
        h3 { (Key::CATALOGUE_QUOTE.text()) }
        p.quote { (Key::CATALOGUE_MORE_TEXT.text()) }
    }
}

fn table(caption: Key, class: &str) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(caption.text()) {
            table class=(class) {
                caption { (caption.text()) }
                thead {
                    tr {
                        th scope="col" { (Key::CATALOGUE_LISTS.text()) }
                        th.num scope="col" { (Key::CATALOGUE_NUMBER.text()) }
                        th scope="col" { (Key::CATALOGUE_BADGES.text()) }
                    }
                }
                tbody {
                    @for n in 1..=3_u64 {
                        tr.off[n == 2].overdue[n == 3] {
                            th scope="row" { a href="#lists" { (row(n)) } }
                            td.num data-label=(Key::CATALOGUE_NUMBER.text()) { (say::number(n * 1_234)) }
                            td data-label=(Key::CATALOGUE_BADGES.text()) { span.badge.calm { (Key::CATALOGUE_CALM.text()) } }
                        }
                    }
                }
            }
        }
    }
}

fn places(place: &place::Place) -> Markup {
    html! {
        div.card { (parts::place(place, Some((Key::PLACE_RATING_DAY, "2026-10-31")))) }
        span.code { "7QX4-M2KD-9FWA-31PV" }
    }
}

fn states() -> Markup {
    html! {
        p.loading role="status" { (Key::SHARED_LOADING.text()) }
        div.spinner aria-hidden="true" {}
        div.empty {
            h3 { (Key::CATALOGUE_EMPTY_TITLE.text()) }
            p { (Key::CATALOGUE_EMPTY_BODY.text()) }
            p { a.button href="#states" { (Key::CATALOGUE_LINK.text()) } }
        }
        div.notice.notice--error {
            p { (Key::SHARED_STATE_FAILED.text()) }
            p { (Key::SHARED_STATE_RETRY.text()) }
            p { button.button.button--secondary type="button" { (Key::SHARED_RETRY.text()) } }
        }
        p.notice.notice--warning { (Key::SHARED_OFFLINE.text()) }
        div.notice.notice--warning {
            p { (Key::SHARED_STALE.text()) }
            button.button.button--secondary type="button" { (Key::SHARED_STALE_RELOAD.text()) }
        }
    }
}

fn navigation() -> Markup {
    html! {
        div.bar {
            nav aria-label=(Key::CATALOGUE_NAVIGATION.text()) {
                ul {
                    @for n in 1..=3 { li { a href="#navigation" aria-current=[(n == 1).then_some("page")] { (row(n)) } } }
                }
            }
        }
        p.pager {
            a.go href="#navigation" { (row(1)) }
            a.go href="#navigation" { (row(2)) }
        }
    }
}

fn row(n: u64) -> String {
    say::count(Key::CATALOGUE_ROW, n)
}
