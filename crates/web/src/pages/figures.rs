//! Released figures: tables with numerators and denominators (`domain.md` 5.3).

use super::{
    frame::{self, Place, Shell},
    parts, say,
};
use contract::{
    figures::{Block, Figures, Part, Today, UnitRow},
    paths,
};
use maud::{Markup, html};
use rules::{
    indicators::{self, Counts, DueRate, FellDue, Handling, Rate},
    level::{LabelSet, Level},
};
use words::Key;

/// The public page. Its only live figure is `today`; everything else was released.
pub fn figures(figures: &Figures, today: Option<Today>, shell: &Shell<'_>) -> Markup {
    let main = html! {
        div.stack {
            h1 { (Key::DISCLOSURE_TITLE.text()) }
            p { (Key::DISCLOSURE_LEAD.text()) }
            (freshness(figures, today))
            @if figures.released_through.is_none() {
                div.empty {
                    h2 { (Key::DISCLOSURE_EMPTY_TITLE.text()) }
                    p { (Key::DISCLOSURE_EMPTY_BODY.text()) }
                    p { (Key::DISCLOSURE_EMPTY_NEXT.text()) }
                    p { a.button href=(paths::FIND) { (Key::SHARED_FIND_WINDOW.text()) } }
                }
            } @else {
                (filter(figures))
                (crumbs(figures))
                (summary(figures))
                (handling(figures))
                @for part in &figures.parts { (part_section(figures, part)) }
                @if !figures.rows.is_empty() { (units(figures)) }
                (coverage(figures))
                (trend(figures))
                p.no-print { a.go href=(address(paths::FIGURES_CSV, figures, here(figures))) download { (Key::DISCLOSURE_CSV.text()) } }
            }
            (rules_of(figures))
            p.no-print { a.go href=(paths::FIND) { (Key::SHARED_FIND_WINDOW.text()) } }
            p.no-print { (parts::by_code()) }
        }
    };
    frame::page(Key::DISCLOSURE_TITLE.text(), Place::Figures, shell, &main)
}

fn freshness(figures: &Figures, today: Option<Today>) -> Markup {
    html! {
        p.fresh {
            @if let Some(through) = &figures.released_through {
                b { (Key::DISCLOSURE_RELEASED_THROUGH.fill(&[("date", &say::day(through))])) }
            }
            @if let Some(today) = today {
                span { (say::count(Key::DISCLOSURE_TODAY, today.ratings)) }
            }
            span { (Key::DISCLOSURE_NEXT_RELEASE.text()) }
        }
    }
}

fn filter(figures: &Figures) -> Markup {
    let known = figures.periods.contains(&figures.period);
    html! {
        form.filter.no-print action=(paths::HOME) method="get" aria-label=(Key::DISCLOSURE_FILTER.text()) {
            div.field {
                label for="period" { (Key::DISCLOSURE_PERIOD.text()) }
                select #period name="period" {
                    @if !known { option value=(figures.period) selected { (say::month(&figures.period)) } }
                    @for period in &figures.periods {
                        option value=(period) selected[*period == figures.period] { (say::month(period)) }
                    }
                }
            }
            div.field {
                label for="unit" { (Key::DISCLOSURE_UNIT.text()) }
                select #unit name="unit" {
                    option value="" selected[figures.unit.is_none()] { (Key::DISCLOSURE_UNIT_ALL.text()) }
                    @for (code, name) in &figures.units {
                        option value=(code) selected[figures.unit.as_ref() == Some(code)] { (name) }
                    }
                }
            }
            button.button { (Key::DISCLOSURE_APPLY.text()) }
        }
    }
}

/// The chosen place, as addresses name it.
fn here(figures: &Figures) -> &str {
    figures
        .path
        .last()
        .map_or("region", |place| place.place.as_str())
}

/// A page's address for a place in the period shown. Codes need no escaping but their colon.
fn address(page: &str, figures: &Figures, place: &str) -> String {
    let place = form_urlencoded::byte_serialize(place.as_bytes()).collect::<String>();
    format!("{page}?period={}&place={place}", figures.period)
}

/// The way from the region to the chosen place.
fn crumbs(figures: &Figures) -> Markup {
    let (last, above) = match figures.path.split_last() {
        Some((last, above)) if !above.is_empty() => (last, above),
        _ => return html! {},
    };
    html! {
        nav.crumbs aria-label=(Key::DISCLOSURE_PATH.text()) {
            ol {
                @for place in above { li { a href=(address(paths::HOME, figures, &place.place)) { (place.name) } } }
                li { span aria-current="page" { (last.name) } }
            }
        }
    }
}

/// What the page shows at the moment, in words.
pub fn current(figures: &Figures) -> String {
    let place = match figures.path.as_slice() {
        [_, .., last] => last.name.as_str(),
        _ => Key::DISCLOSURE_UNIT_ALL.text(),
    };
    Key::DISCLOSURE_CURRENT.fill(&[("period", &say::month(&figures.period)), ("unit", place)])
}

fn summary(figures: &Figures) -> Markup {
    html! {
        section.stack aria-labelledby="summary" {
            h2 #summary { (current(figures)) }
            @if figures.events.counts.active() + figures.windows.counts.active() == 0 {
                p.notice { (Key::DISCLOSURE_EMPTY_PERIOD.text()) }
            }
            @if figures.held > 0 { p.notice { (say::count(Key::DISCLOSURE_HELD, figures.held)) } }
            @if figures.ruled_out > 0 { p.notice { (say::count(Key::DISCLOSURE_RULED_OUT, figures.ruled_out)) } }
            div.pair {
                (body(Key::DISCLOSURE_EVENTS_TITLE, Key::DISCLOSURE_EVENTS_NOTE, figures.labels, &figures.events))
                (body(Key::DISCLOSURE_WINDOWS_TITLE, Key::DISCLOSURE_WINDOWS_NOTE, figures.labels, &figures.windows))
            }
        }
    }
}

/// One body of ratings: the share of good ones at a glance, a sentence, the levels, the rest.
fn body(title: Key, note: Key, labels: LabelSet, block: &Block) -> Markup {
    let counts = &block.counts;
    let sentence = Key::DISCLOSURE_SENTENCE.fill(&[
        ("total", &say::number(counts.active())),
        ("good", &say::number(block.good.num)),
        ("bad", &say::number(block.bad.num)),
    ]);
    html! {
        div.card.stack {
            h3 { (title.text()) }
            (hero(Key::DISCLOSURE_GOOD, &block.good))
            p { (sentence) }
            (level_table(title, labels, counts))
            dl.facts {
                (fact(Key::DISCLOSURE_BAD.text(), &block.bad.shown(), Some(&block.bad)))
                (fact(Key::DISCLOSURE_MEAN.text(), block.mean.as_deref().unwrap_or(Key::SHARED_DASH.text()), None))
                (real_name(counts))
                (participation(counts))
            }
            (beside(counts))
            p.hint { (note.text()) }
        }
    }
}

/// The one number that a card is about.
pub(super) fn hero(label: Key, rate: &Rate) -> Markup {
    html! {
        p.hero {
            b.big { (rate.shown()) }
            span { (label.text()) " " span.hint.num { (say::fraction(rate)) } }
        }
    }
}

fn fact(label: &str, value: &str, rate: Option<&Rate>) -> Markup {
    html! {
        dt { (label) }
        dd.num { b { (value) } @if let Some(rate) = rate { " " span.hint { (say::fraction(rate)) } } }
    }
}

fn real_name(counts: &Counts) -> Markup {
    let rate = indicators::real_name_rate(counts);
    fact(Key::DISCLOSURE_REAL_NAME.text(), &rate.shown(), Some(&rate))
}

/// How many of the services were rated at all; unknown for windows, where nothing is counted in.
fn participation(counts: &Counts) -> Markup {
    let rate = indicators::active_rate(counts);
    html! {
        @if counts.events > 0 { (fact(Key::DISCLOSURE_PARTICIPATION.text(), &rate.shown(), Some(&rate))) }
    }
}

/// What is not in the numbers, and yet may not vanish.
fn beside(counts: &Counts) -> Markup {
    html! {
        @if counts.defaults > 0 { p.hint { (say::count(Key::DISCLOSURE_DEFAULTS_NOTE, counts.defaults)) } }
        @if counts.excluded > 0 { p.hint { (say::count(Key::DISCLOSURE_EXCLUDED, counts.excluded)) } }
    }
}

/// The levels: a table whose rows are also the bars of a chart, on paper and without script, too.
fn level_table(title: Key, labels: LabelSet, counts: &Counts) -> Markup {
    let all = indicators::share(counts, &Level::ALL);
    html! {
        table.data.levels {
            caption.visually-hidden { (title.text()) }
            thead {
                tr {
                    th scope="col" { (Key::DISCLOSURE_LEVEL.text()) }
                    th.num scope="col" { (Key::DISCLOSURE_COUNT.text()) }
                    th.num scope="col" { (Key::DISCLOSURE_SHARE.text()) }
                }
            }
            tbody {
                @for level in Level::ALL {
                    @let rate = indicators::share(counts, &[level]);
                    tr.bad[level.is_bad()] {
                        th scope="row" { (say::level(labels, level)) (meter(&rate)) }
                        td.num { (say::number(rate.num)) }
                        td.num { (rate.shown()) }
                    }
                }
                tr {
                    th scope="row" { b { (Key::DISCLOSURE_TOTAL.text()) } }
                    td.num { b { (say::number(all.num)) } }
                    td.num { (all.shown()) }
                }
            }
        }
    }
}

/// A bar as long as its share: the drawing is as wide as the whole, so that nothing is computed.
pub(super) fn meter(rate: &Rate) -> Markup {
    html! {
        svg.meter viewBox={"0 0 " (rate.den) " 1"} preserveAspectRatio="none" aria-hidden="true" focusable="false" {
            rect width=(rate.num) height="1" {}
        }
    }
}

fn rate_cell(label: Key, rate: &Rate) -> Markup {
    html! { td.num data-label=(label.text()) { (rate.shown()) " " span.of { (say::fraction(rate)) } } }
}

fn handling(figures: &Figures) -> Markup {
    let Some(handling) = figures.handling else {
        let why = match figures.unit {
            Some(_) => Key::DISCLOSURE_HANDLING_UNTOLD,
            None => Key::DISCLOSURE_HANDLING_ELSEWHERE,
        };
        return html! { p.hint { (why.text()) } };
    };
    let Handling {
        bad,
        due,
        in_time,
        rectified,
        explained,
        open,
    } = handling;
    let lines = [
        (Key::DISCLOSURE_HANDLING_BAD, bad),
        (Key::DISCLOSURE_HANDLING_RECTIFIED, rectified),
        (Key::DISCLOSURE_HANDLING_EXPLAINED, explained),
        (Key::DISCLOSURE_HANDLING_OPEN, open),
        (Key::DISCLOSURE_HANDLING_DUE, due),
        (Key::DISCLOSURE_HANDLING_IN_TIME, in_time),
    ];
    let explained_rate = indicators::explained_rate(&handling);
    let sentence = Key::DISCLOSURE_HANDLING_SENTENCE.fill(&[
        ("due", &say::number(due)),
        ("in_time", &say::number(in_time)),
    ]);
    html! {
        section.stack aria-labelledby="handling" {
            h2 #handling { (Key::DISCLOSURE_HANDLING_TITLE.text()) }
            div.card.pair {
                div.stack {
                    (hero(Key::DISCLOSURE_HANDLING_IN_TIME_RATE, &figures.in_time))
                    (meter(&figures.in_time))
                    p { (sentence) }
                    p.hint { (Key::DISCLOSURE_HANDLING_NOTE.text()) }
                    @if let Some(fell_due) = &figures.fell_due { dl.facts.ruled { (facts_of_due(fell_due)) } }
                }
                dl.facts.ruled {
                    @for (label, n) in lines { (fact(label.text(), &say::number(n), None)) }
                    (fact(Key::DISCLOSURE_EXPLAINED_RATE.text(), &explained_rate.shown(), Some(&explained_rate)))
                }
            }
        }
    }
}

/// A rate, or the dash of one that is not told.
fn shown(rate: Option<&Rate>) -> String {
    rate.map_or_else(|| Key::SHARED_DASH.text().to_owned(), Rate::shown)
}

/// Each over the same bad ratings: those whose term ended in the period.
fn facts_of_due(fell_due: &FellDue) -> Markup {
    html! {
        @for which in DueRate::ALL {
            @let rate = which.of(fell_due);
            (fact(&say::code("due_rate", which.code()), &shown(rate.as_ref()), rate.as_ref()))
        }
        @let unreached = fell_due.real.map_or_else(|| shown(None), |real| say::number(real.unreached));
        (fact(Key::DISCLOSURE_UNREACHED.text(), &unreached, None))
    }
}

fn units(figures: &Figures) -> Markup {
    html! {
        section.stack aria-labelledby="units" {
            h2 #units { (Key::DISCLOSURE_UNITS_TITLE.text()) }
            (unit_table(figures, Key::DISCLOSURE_UNITS_CAPTION, true))
            (unit_table(figures, Key::DISCLOSURE_UNITS_WINDOWS_CAPTION, false))
            (undivided(&figures.unassigned, &figures.unassigned_windows))
        }
    }
}

/// What the place consists of, each part with a link further down.
fn part_section(figures: &Figures, part: &Part) -> Markup {
    let kind = say::code("part", &part.kind);
    let with_kind = |key: Key| key.fill(&[("kind", &kind)]);
    html! {
        section.stack aria-labelledby="parts" {
            h2 #parts { (with_kind(Key::DISCLOSURE_PART_TITLE)) }
            (part_table(figures, part, &kind, &with_kind(Key::DISCLOSURE_PART_EVENTS), true))
            (part_table(figures, part, &kind, &with_kind(Key::DISCLOSURE_PART_WINDOWS), false))
            (undivided(&part.unassigned, &part.unassigned_windows))
        }
    }
}

fn part_table(figures: &Figures, part: &Part, kind: &str, caption: &str, events: bool) -> Markup {
    html! {
        div.list.scroll tabindex="0" role="region" aria-label=(caption) {
            table.data.cards {
                caption { (caption) }
                thead {
                    tr {
                        th scope="col" { (kind) }
                        th.num scope="col" { (Key::DISCLOSURE_ACTIVE.text()) }
                        th.num scope="col" { (Key::DISCLOSURE_GOOD.text()) }
                        th.num scope="col" { (Key::DISCLOSURE_BAD.text()) }
                        th.num scope="col" { (Key::DISCLOSURE_MEAN.text()) }
                    }
                }
                tbody {
                    @for (row, block) in part.rows.iter().filter_map(|row| row.shown(events).map(|block| (row, block))) {
                        tr {
                            th scope="row" {
                                @let name = say::part(&part.kind, &row.place);
                                @if row.place.place.is_empty() { (name) }
                                @else { a href=(address(paths::HOME, figures, &row.place.place)) { (name) } }
                            }
                            (block_cells(block))
                        }
                    }
                }
            }
        }
    }
}

fn block_cells(block: &Block) -> Markup {
    html! {
        td.num data-label=(Key::DISCLOSURE_ACTIVE.text()) { (say::number(block.counts.active())) }
        (rate_cell(Key::DISCLOSURE_GOOD, &block.good))
        (rate_cell(Key::DISCLOSURE_BAD, &block.bad))
        td.num data-label=(Key::DISCLOSURE_MEAN.text()) { (block.mean.as_deref().unwrap_or(Key::SHARED_DASH.text())) }
    }
}

/// The ratings that no unit's row holds yet, so that the rows and the total can be reconciled.
fn undivided(events: &Counts, windows: &Counts) -> Markup {
    let (events, windows) = (events.active(), windows.active());
    html! {
        @if events + windows > 0 {
            p.notice {
                (Key::DISCLOSURE_UNASSIGNED_NOTE.fill(&[
                    ("events", &say::number(events)),
                    ("windows", &say::number(windows)),
                ]))
            }
        }
    }
}

/// One table for service events, one for windows: the two are never summed (`domain.md` 5.1, V).
fn unit_table(figures: &Figures, caption: Key, events: bool) -> Markup {
    html! {
        div.list.scroll tabindex="0" role="region" aria-label=(caption.text()) {
            table.data.cards {
                caption { (caption.text()) }
                thead {
                    tr {
                        th scope="col" { (Key::DISCLOSURE_UNIT.text()) }
                        th.num scope="col" { (Key::DISCLOSURE_ACTIVE.text()) }
                        th.num scope="col" { (Key::DISCLOSURE_GOOD.text()) }
                        th.num scope="col" { (Key::DISCLOSURE_BAD.text()) }
                        th.num scope="col" { (Key::DISCLOSURE_MEAN.text()) }
                        @if events {
                            th.num scope="col" { (Key::DISCLOSURE_HANDLING_IN_TIME_RATE.text()) }
                        }
                    }
                }
                tbody { @for row in &figures.rows { (unit_row(figures, row, events)) } }
            }
        }
    }
}

fn unit_row(figures: &Figures, row: &UnitRow, events: bool) -> Markup {
    let block = if events { &row.events } else { &row.windows };
    let link = format!(
        "{}?period={}&unit={}",
        paths::HOME,
        figures.period,
        row.code
    );
    html! {
        tr {
            th scope="row" { a href=(link) { (row.name) } }
            (block_cells(block))
            @if events { (rate_cell(Key::DISCLOSURE_HANDLING_IN_TIME_RATE, &row.in_time)) }
        }
    }
}

fn coverage(figures: &Figures) -> Markup {
    if figures.coverage.is_empty() {
        return html! {};
    }
    html! {
        section.stack aria-labelledby="coverage" {
            h2 #coverage { (Key::DISCLOSURE_COVERAGE_TITLE.text()) }
            div.list.scroll tabindex="0" role="region" aria-label=(Key::DISCLOSURE_COVERAGE_CAPTION.text()) {
                table.data.cards {
                    caption { (Key::DISCLOSURE_COVERAGE_CAPTION.text()) }
                    thead {
                        tr {
                            th scope="col" { (Key::DISCLOSURE_COVERAGE_KIND.text()) }
                            th.num scope="col" { (Key::DISCLOSURE_COVERAGE_OPEN.text()) }
                            th.num scope="col" { (Key::DISCLOSURE_COVERAGE_RATED.text()) }
                        }
                    }
                    tbody {
                        @for covered in &figures.coverage {
                            tr {
                                th scope="row" { (say::code("part", &covered.kind)) }
                                (rate_cell(Key::DISCLOSURE_COVERAGE_OPEN, &indicators::coverage_rate(&covered.counts)))
                                (rate_cell(Key::DISCLOSURE_COVERAGE_RATED, &indicators::rated_rate(&covered.counts)))
                            }
                        }
                    }
                }
            }
        }
    }
}

fn trend(figures: &Figures) -> Markup {
    html! {
        section.stack aria-labelledby="trend" {
            h2 #trend { (Key::DISCLOSURE_TREND_TITLE.text()) }
            @if figures.trend_is_told() { p.hint { (Key::DISCLOSURE_TREND_TOLD_NOTE.text()) } }
            @for sentence in say::trend(figures) { p.label { (sentence) } }
            @let caption = say::trend_caption(figures);
            details {
                summary { (caption) }
                div.scroll.trend tabindex="0" role="region" aria-label=(caption) { table.data {
                    caption.visually-hidden { (caption) }
                    thead {
                        tr {
                            th scope="col" { (Key::DISCLOSURE_DAY.text()) }
                            th.num scope="col" { (Key::DISCLOSURE_RATINGS.text()) }
                            th.num scope="col" { (Key::DISCLOSURE_BAD_COUNT.text()) }
                        }
                    }
                    tbody {
                        @for day in &figures.trend {
                            tr {
                                th scope="row" { time datetime=(day.day) { (say::day(&day.day)) } }
                                td.num { (say::number(day.total)) }
                                td.num { (say::number(day.bad)) }
                            }
                        }
                    }
                } }
            }
        }
    }
}

fn rules_of(figures: &Figures) -> Markup {
    let from = figures.good_from.to_string();
    html! {
        section.stack aria-labelledby="rules" {
            h2 #rules { (Key::DISCLOSURE_RULES_TITLE.text()) }
            ul.plain {
                li { (say::rule(Key::DISCLOSURE_GOOD.text(), &Key::DISCLOSURE_GOOD_DEF.fill(&[("from", &from)]))) }
                li { (say::rule(Key::DISCLOSURE_BAD.text(), Key::DISCLOSURE_BAD_DEF.text())) }
                @for which in DueRate::ALL {
                    li { (say::rule(&say::code("due_rate", which.code()), &say::code("due_rate_def", which.code()))) }
                }
                @for (name, definition) in [
                    (Key::DISCLOSURE_COVERAGE_OPEN, Key::DISCLOSURE_COVERAGE_OPEN_DEF),
                    (Key::DISCLOSURE_COVERAGE_RATED, Key::DISCLOSURE_COVERAGE_RATED_DEF),
                ] { li { (say::rule(name.text(), definition.text())) } }
                @for rule in [
                    Key::DISCLOSURE_RULE_DASH,
                    Key::DISCLOSURE_RULE_ROUND,
                    Key::DISCLOSURE_RULE_SMALL,
                    Key::DISCLOSURE_RULE_APART,
                    Key::DISCLOSURE_RULE_AUTO,
                ] { li { (rule.text()) } }
            }
        }
    }
}
