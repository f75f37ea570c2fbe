//! Policy profiles as a lawyer reads them: every value with its words, or why it is ours.

use super::{
    frame::{self, Lapse, Place, Shell},
    profile_value::{name, value},
    say,
};
use contract::{
    paths,
    profile::{ProfileRow, ProfileView, Stricter},
};
use maud::{Markup, html};
use rules::{
    date::{Date, iso},
    level::LabelSet,
    profile::{Basis, Difference, Entry, Force, Profile, Raw, differences},
};
use words::{Key, Language};

/// The parameters in the order in which one reads them, under their headings.
const GROUPS: [(Key, &[&str]); 5] = [
    (
        Key::PROFILE_GROUP_RATING,
        &[
            "label_set",
            "scope_set",
            "tag_catalogue_version",
            "bad_requires_reason",
            "text_max",
            "anonymous.allowed",
            "anonymous.reveals",
            "default_rating.enabled",
            "default_rating.level",
            "default_rating.after",
            "default_rating.counted_in",
            "supplement_window",
            "followup_rating.max",
            "followup_rating.after",
            "followup_rating.within",
        ],
    ),
    (
        Key::PROFILE_GROUP_HANDLING,
        &[
            "first_contact",
            "reply",
            "rectify_simple",
            "rectify_complex_max",
            "extension.needs_approval",
            "extension.needs_reason",
            "extension.max_times",
            "callback.target",
            "callback.rectified_target",
            "callback.attempts",
            "callback.outcomes",
        ],
    ),
    (
        Key::PROFILE_GROUP_APPEAL,
        &[
            "appeal.who",
            "appeal.in_hall_path",
            "appeal.out_of_hall_path",
            "appeal.file_within",
            "appeal.decide_within",
            "appeal.mark_text",
        ],
    ),
    (
        Key::PROFILE_GROUP_SUPERVISION,
        &[
            "bulletin.cadence",
            "bulletin.cut_off",
            "bulletin.min_n",
            "bulletin.good_levels",
            "bulletin.include_default",
            "sampling_ratio",
            "escalation_ladder",
            "rank_bottom.n",
            "rank_bottom.consecutive",
            "cards",
            "investigation.of",
            "investigation.target",
        ],
    ),
    (
        Key::PROFILE_GROUP_INTAKE,
        &[
            "channels",
            "paper_entry",
            "sms",
            "hotline",
            "in_hall_flag.source",
            "calendar_id",
            "release_k",
        ],
    ),
];

/// Every profile there is.
pub fn profile_list(rows: &[ProfileRow], today: Date, shell: &Shell<'_>) -> Markup {
    let main = html! {
        div.stack {
            h1 { (Key::PROFILE_TITLE.text()) }
            p { (Key::PROFILE_LEAD.text()) }
            p.no-print { a.go href=(paths::PROFILES_COMPARE) { (Key::PROFILE_COMPARE_TITLE.text()) } }
            (cards(rows, today))
        }
    };
    frame::page(Key::PROFILE_TITLE.text(), Place::Elsewhere, shell, &main)
}

/// No profile has this name; here are those there are. Goes out with 404.
pub fn profile_missing(asked: &str, rows: &[ProfileRow], today: Date, shell: &Shell<'_>) -> Markup {
    let asked: String = asked.chars().filter(|c| !c.is_control()).take(40).collect();
    let main = html! {
        div.stack {
            h1 { (Key::PROFILE_MISSING_TITLE.text()) }
            p { (Key::PROFILE_MISSING_BODY.fill(&[("asked", &asked)])) }
            (cards(rows, today))
        }
    };
    frame::page(
        Key::PROFILE_MISSING_TITLE.text(),
        Place::Elsewhere,
        shell,
        &main,
    )
}

fn cards(rows: &[ProfileRow], today: Date) -> Markup {
    html! {
        div.profiles {
            @for row in rows {
                section.card {
                    h2 { a href=(link(&row.id)) { (row.jurisdiction) } }
                    dl.facts {
                        dt { (Key::PROFILE_DOCUMENT.text()) } dd { (row.document) }
                        dt { (Key::PROFILE_FORCE.text()) } dd { (say::code("force", row.force.code())) }
                        dt { (Key::PROFILE_VALIDITY.text()) }
                        dd { (validity(row.valid_from.as_deref(), row.valid_to.as_deref())) }
                        dt { (Key::PROFILE_STATE.text()) }
                        dd { (state(row.force, row.in_force, row.governs, row.valid_from.as_deref(), today)) }
                    }
                }
            }
        }
    }
}

fn link(id: &str) -> String {
    paths::fill(paths::PROFILE, id)
}

fn full_name(profile: &Profile) -> String {
    Key::PROFILE_NAME.fill(&[
        ("jurisdiction", &profile.jurisdiction),
        ("version", &profile.version),
    ])
}

fn validity(from: Option<&str>, to: Option<&str>) -> String {
    match (from, to) {
        (Some(from), Some(to)) => {
            Key::PROFILE_FROM_TO.fill(&[("from", &say::day(from)), ("to", &say::day(to))])
        }
        (Some(from), None) => Key::PROFILE_FROM_ON.fill(&[("from", &say::day(from))]),
        (None, Some(to)) => Key::PROFILE_TO.fill(&[("to", &say::day(to))]),
        (None, None) => Key::PROFILE_OPEN.text().to_owned(),
    }
}

fn state(force: Force, in_force: bool, governs: bool, from: Option<&str>, today: Date) -> Markup {
    // ISO dates compare as texts.
    let early = from.is_some_and(|from| *from > *iso(today));
    let (class, text) = match (governs, in_force, early) {
        (true, ..) => ("badge good", Key::PROFILE_GOVERNS),
        // A report is in force nowhere; it can only be looked at.
        (_, true, _) if force == Force::Press => ("badge calm", Key::PROFILE_REFERENCE),
        (_, true, _) => ("badge calm", Key::PROFILE_IN_FORCE),
        (_, _, true) => ("badge warn", Key::PROFILE_NOT_YET),
        _ => ("badge warn", Key::PROFILE_LAPSED),
    };
    html! { span class=(class) { (text.text()) } }
}

/// One profile: what it is, where it is stricter, and every parameter.
pub fn profile(view: &ProfileView, today: Date, shell: &Shell<'_>) -> Markup {
    let profile = &view.profile;
    let title = full_name(profile);
    let entries = profile.parameters.entries();
    let main = html! {
        div.stack {
            h1 { (title) }
            (notices(view, today, shell.lapse))
            (facts(view, today))
            (summary(profile, &entries))
            (stricter(view))
            nav.no-print aria-label=(Key::PROFILE_PARTS.text()) {
                ul { @for (at, (heading, _)) in GROUPS.iter().enumerate() { li { a href={ "#part-" (at) } { (heading.text()) } } } }
            }
            @for (at, (heading, keys)) in GROUPS.iter().enumerate() {
                section {
                    h2 id={ "part-" (at) } { (heading.text()) }
                    @for entry in keys.iter().filter_map(|key| entries.iter().find(|entry| entry.key == *key)) {
                        (parameter(profile, entry))
                    }
                }
            }
            ul.plain.no-print {
                li { a href={ (paths::PROFILES_COMPARE) "?a=" (profile.id) } { (Key::PROFILE_COMPARE_LINK.text()) } }
                li { a href=(paths::PROFILES) { (Key::PROFILE_ALL.text()) } }
                li { a href=(paths::fill(paths::API_PROFILE, &profile.id)) { (Key::PROFILE_API.fill(&[("path", "JSON")])) } }
            }
        }
    };
    frame::page(&title, Place::Elsewhere, shell, &main)
}

fn notices(view: &ProfileView, today: Date, lapse: Option<Lapse<'_>>) -> Markup {
    let profile = &view.profile;
    let over = profile
        .valid_to
        .filter(|last| *last < today && !view.in_force);
    let here = lapse.filter(|lapse| lapse.lapsed == profile);
    html! {
        @if view.governs { p.notice { (Key::PROFILE_GOVERNS_NOTE.text()) } }
        @if profile.force == Force::Press { p.notice.notice--warning { (Key::PROFILE_PRESS_NOTE.text()) } }
        @if let Some(last) = over {
            p.notice.notice--warning {
                @match here {
                    Some(lapse) => (lapse.fill(Key::PROFILE_LAPSED_NOTE)),
                    None => (Key::PROFILE_LAPSED_ELSEWHERE.fill(&[
                        ("document", &profile.document),
                        ("date", &say::day(&iso(last))),
                    ])),
                }
            }
        }
    }
}

fn facts(view: &ProfileView, today: Date) -> Markup {
    let profile = &view.profile;
    let (from, to) = (profile.valid_from.map(iso), profile.valid_to.map(iso));
    html! {
        section.card.stack aria-labelledby="facts" {
            h2 #facts { (Key::PROFILE_FACTS.text()) }
            dl.facts {
                dt { (Key::PROFILE_DOCUMENT.text()) } dd { (profile.document) }
                dt { (Key::PROFILE_FORCE.text()) } dd { (say::code("force", profile.force.code())) }
                dt { (Key::PROFILE_VALIDITY.text()) }
                dd {
                    (validity(from.as_deref(), to.as_deref()))
                    @if let Some(basis) = &profile.validity { (cited(basis)) }
                }
                dt { (Key::PROFILE_STATE.text()) }
                dd { (state(profile.force, view.in_force, view.governs, from.as_deref(), today)) }
                @if profile.valid_to.is_some() {
                    dt { (Key::PROFILE_CONTINUATION.text()) }
                    dd { (continuations(view)) }
                }
                dt { (Key::PROFILE_HELD.text()) } dd { (profile.held) }
                dt { (Key::PROFILE_PARENT.text()) }
                dd {
                    @for (at, parent) in view.chain.iter().enumerate() {
                        @if at > 0 { (Key::SHARED_COMMA.text()) }
                        a href=(link(&parent.id)) { (parent.jurisdiction) (Key::SHARED_COLON.text()) (parent.document) }
                    }
                    @if view.chain.is_empty() { (Key::PROFILE_NO_PARENT.text()) }
                }
                @if let Some(province) = &profile.province {
                    dt { (Key::PROFILE_PROVINCE.text()) }
                    dd {
                        (province.jurisdiction) (Key::SHARED_COLON.text()) (province.document)
                        @if profile.province_held { (say::aside(Key::PROFILE_PROVINCE_HELD.text())) }
                        @else { (say::aside(Key::PROFILE_PROVINCE_NOT_HELD.text())) }
                        br; (province.note)
                    }
                }
            }
        }
    }
}

fn continuations(view: &ProfileView) -> Markup {
    html! {
        @if view.continuations.is_empty() { (Key::PROFILE_CONTINUATION_NONE.text()) }
        @for one in &view.continuations {
            p {
                (Key::PROFILE_CONTINUATION_ONE.fill(&[
                    ("document", &one.document_no),
                    ("from", &say::day(&iso(one.recorded_on))),
                    ("to", &say::day(&iso(one.valid_to))),
                ]))
            }
        }
    }
}

/// Whose words a value stands on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Own,
    Above,
    Ours,
    None,
}

fn source(profile: &Profile, basis: &Basis) -> Source {
    match basis {
        Basis::Stated { document, .. } if *document == profile.document => Source::Own,
        Basis::Stated { .. } => Source::Above,
        Basis::Ours { .. } => Source::Ours,
        Basis::None { .. } => Source::None,
    }
}

fn badge(source: Source) -> Markup {
    let (class, text) = match source {
        Source::Own => ("badge good", Key::PROFILE_OWN),
        Source::Above => ("badge good", Key::PROFILE_ABOVE),
        Source::Ours => ("badge warn", Key::PROFILE_OURS),
        Source::None => ("badge calm", Key::PROFILE_NONE),
    };
    html! { span class=(class) { (text.text()) } }
}

fn summary(profile: &Profile, entries: &[Entry<'_>]) -> Markup {
    let count = |wanted: Source| {
        let found = entries
            .iter()
            .filter(|entry| source(profile, entry.basis) == wanted);
        found.count().to_string()
    };
    let lines = [
        (Key::PROFILE_SUMMARY_OWN, Source::Own),
        (Key::PROFILE_SUMMARY_ABOVE, Source::Above),
        (Key::PROFILE_SUMMARY_OURS, Source::Ours),
        (Key::PROFILE_SUMMARY_NONE, Source::None),
    ];
    html! {
        section.stack aria-labelledby="sources" {
            h2 #sources { (Key::PROFILE_SUMMARY.text()) }
            dl.tiles {
                @for (text, wanted) in lines {
                    div.tile {
                        dt { (text.text()) }
                        dd { span.big { (Key::PROFILE_SUMMARY_N.fill(&[("n", &count(wanted))])) } }
                    }
                }
            }
        }
    }
}

fn stricter(view: &ProfileView) -> Markup {
    let labels = view.profile.label_set();
    html! {
        @if !view.chain.is_empty() {
            section.stack aria-labelledby="stricter" {
                h2 #stricter { (Key::PROFILE_STRICTER_TITLE.text()) }
                @if view.stricter.is_empty() { p { (Key::PROFILE_STRICTER_NONE.text()) } }
                @else {
                    p { (Key::PROFILE_STRICTER_LEAD.text()) }
                    ul.plain {
                        @for one in &view.stricter {
                            li { a href={ "#" (anchor(&one.key)) } { (name(&one.key)) } (Key::SHARED_COLON.text()) (than(one, labels)) }
                        }
                    }
                }
            }
        }
    }
}

fn than(one: &Stricter, labels: LabelSet) -> String {
    let mine = told(&one.key, one.value.as_ref(), labels);
    match &one.parent_value {
        Some(parent) => Key::PROFILE_STRICTER_THAN.fill(&[
            ("value", &mine),
            ("parent", &value(&one.key, parent, labels)),
        ]),
        None => Key::PROFILE_STRICTER_ONLY.fill(&[("value", &mine)]),
    }
}

fn told(key: &str, raw: Option<&Raw>, labels: LabelSet) -> String {
    raw.map_or_else(
        || Key::PROFILE_NO_VALUE.text().to_owned(),
        |raw| value(key, raw, labels),
    )
}

fn anchor(key: &str) -> String {
    key.replace(['.', '_'], "-")
}

fn parameter(profile: &Profile, entry: &Entry<'_>) -> Markup {
    html! {
        div.param {
            h3 id=(anchor(entry.key)) { (name(entry.key)) }
            p {
                @if let Some(raw) = &entry.value { b { (value(entry.key, raw, profile.label_set())) } " " }
                (badge(source(profile, entry.basis)))
            }
            div {
                (cited(entry.basis))
                @if let Some(note) = entry.note { p.soft { (Key::PROFILE_NOTE.fill(&[("note", note)])) } }
            }
        }
    }
}

/// The words themselves and where they stand, or the reason.
fn cited(basis: &Basis) -> Markup {
    html! {
        @match basis {
            Basis::Stated { document, article, words } => {
                blockquote lang=(Language::default().tag()) { (words) }
                p.small.soft { (Key::PROFILE_STATED_BY.fill(&[("document", document), ("article", article)])) }
            },
            Basis::Ours { why } => p { (Key::PROFILE_WHY.fill(&[("why", why)])) },
            Basis::None { why } => p { (Key::PROFILE_WHY_NONE.fill(&[("why", why)])) },
        }
    }
}

/// Two profiles side by side, as far as they were chosen.
#[derive(Clone, Copy, Debug)]
pub struct Comparison<'a> {
    /// Every profile.
    pub rows: &'a [ProfileRow],
    /// The first, as chosen.
    pub first: Option<&'a Profile>,
    /// The second.
    pub second: Option<&'a Profile>,
}

/// The choice of two profiles, and the table of their differences.
pub fn profile_compare(of: &Comparison<'_>, shell: &Shell<'_>) -> Markup {
    let both = of.first.zip(of.second);
    let main = html! {
        div.stack {
            h1 { (Key::PROFILE_COMPARE_TITLE.text()) }
            p.no-print { (Key::PROFILE_COMPARE_LEAD.text()) }
            form.filter.card.no-print action=(paths::PROFILES_COMPARE) method="get" {
                (choice("a", Key::PROFILE_COMPARE_A, of.rows, of.first))
                (choice("b", Key::PROFILE_COMPARE_B, of.rows, of.second))
                button.button { (Key::PROFILE_COMPARE_DO.text()) }
            }
            @match both {
                Some((a, b)) if a == b => p.notice { (Key::PROFILE_COMPARE_SAME.text()) },
                Some((a, b)) => (table(a, b)),
                None => {},
            }
            p.no-print { a.go href=(paths::PROFILES) { (Key::PROFILE_ALL.text()) } }
        }
    };
    frame::page(
        Key::PROFILE_COMPARE_TITLE.text(),
        Place::Elsewhere,
        shell,
        &main,
    )
}

fn choice(field: &str, label: Key, rows: &[ProfileRow], chosen: Option<&Profile>) -> Markup {
    html! {
        div.field {
            label for=(field) { (label.text()) }
            select id=(field) name=(field) {
                @for row in rows {
                    option value=(row.id) selected[chosen.is_some_and(|one| one.id == row.id)] { (row.jurisdiction) }
                }
            }
        }
    }
}

fn table(a: &Profile, b: &Profile) -> Markup {
    let told = differences(a, b);
    let count = |wanted: &[Difference]| told.iter().filter(|(_, how)| wanted.contains(how)).count();
    let same = count(&[Difference::Same, Difference::OtherBasis]);
    let caption = Key::PROFILE_COMPARE_CAPTION.fill(&[("a", &full_name(a)), ("b", &full_name(b))]);
    let (firsts, seconds) = (a.parameters.entries(), b.parameters.entries());
    html! {
        p {
            (Key::PROFILE_COMPARE_COUNT.fill(&[
                ("n", &(told.len() - same).to_string()),
                ("m", &same.to_string()),
                ("k", &count(&[Difference::OtherBasis]).to_string()),
            ]))
        }
        div.scroll tabindex="0" role="region" aria-label=(caption) {
            table.data.compare {
                caption { (caption) }
                thead {
                    tr {
                        th scope="col" { (Key::PROFILE_COMPARE_ITEM.text()) }
                        th scope="col" { (Key::PROFILE_COMPARE_DIFF.text()) }
                        @for one in [a, b] { th scope="col" { a href=(link(&one.id)) { (one.jurisdiction) } } }
                    }
                }
                tbody {
                    @for (_, key) in GROUPS.iter().flat_map(|(group, keys)| keys.iter().map(move |key| (group, *key))) {
                        @if let Some(((_, how), (first, second))) = told
                            .iter()
                            .zip(firsts.iter().zip(&seconds))
                            .find(|((known, _), _)| *known == key)
                        {
                            tr {
                                th scope="row" { (name(key)) }
                                td { (difference(*how, a, b)) }
                                td { (cell(a, first)) }
                                td { (cell(b, second)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn cell(profile: &Profile, entry: &Entry<'_>) -> Markup {
    html! {
        @if let Some(raw) = &entry.value { b { (value(entry.key, raw, profile.label_set())) } " " }
        (badge(source(profile, entry.basis)))
        @if let Basis::Stated { document, article, .. } = entry.basis {
            span.of { (Key::PROFILE_STATED_BY.fill(&[("document", document), ("article", article)])) }
        }
    }
}

fn difference(how: Difference, a: &Profile, b: &Profile) -> Markup {
    let text = words::fill(
        &say::code("difference", how.code()),
        &[("a", &a.jurisdiction), ("b", &b.jurisdiction)],
    );
    html! {
        @if [Difference::Same, Difference::OtherBasis].contains(&how) { span.soft { (text) } } @else { b { (text) } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rules::profile::DIRECTIONS;

    #[test]
    fn every_parameter_stands_under_one_heading() {
        let mut shown: Vec<&str> = GROUPS
            .iter()
            .flat_map(|(_, keys)| keys.iter().copied())
            .collect();
        let mut held: Vec<&str> = DIRECTIONS.iter().map(|(key, _)| *key).collect();
        shown.sort_unstable();
        held.sort_unstable();
        assert_eq!(shown, held);
    }

    #[test]
    fn every_difference_has_its_words() {
        for how in Difference::ALL {
            assert_ne!(say::code("difference", how.code()), how.code());
        }
    }
}
