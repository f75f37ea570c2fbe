//! The rating page: five faces, two taps.

use super::{
    frame::{self, Place, Shell},
    parts, say,
};
use contract::{
    paths,
    rate::{RatePage, TagChoice, field},
};
use maud::{Markup, PreEscaped, html};
use rules::{
    level::{LabelSet, Level},
    rating::{SubjectKind, Violation},
    tag::Shown,
};
use words::Key;

/// What the form holds when it is shown: nothing yet, or what was typed before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormState {
    /// The idempotency key of this form.
    pub key: String,
    /// The chosen level, if it was one.
    pub level: Option<u8>,
    /// The level chosen for each scope, by the scope's code.
    pub scopes: Vec<(String, u8)>,
    /// Ticked tags.
    pub tags: Vec<u16>,
    /// Free text.
    pub text: String,
    /// The wish to be reachable.
    pub stated: bool,
    /// Name.
    pub name: String,
    /// Phone.
    pub phone: String,
    /// Everything that was wrong.
    pub violations: Vec<Violation>,
    /// What else has to be said above the form.
    pub notice: Option<Notice>,
}

/// Why the form is shown again although nothing in it is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The server could not store it; sending again is safe.
    Unavailable,
}

impl FormState {
    /// An empty form.
    pub fn blank(key: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            ..Self::default()
        }
    }

    fn wrong(&self, mine: impl Fn(&str) -> bool) -> bool {
        self.violations
            .iter()
            .any(|violation| mine(&violation.field))
    }
}

/// The rating page of a plate or of a service event.
///
/// Nothing is preselected, and every level takes the same two taps (国办发〔2019〕51号,
/// 完善保障措施(二): nobody may force or disturb the rater).
pub fn rate(page: &RatePage, form: &FormState, shell: &Shell<'_>) -> Markup {
    if page.already_rated {
        return already(page, shell);
    }
    let name = match page.subject {
        SubjectKind::Event => Key::RATE_TITLE,
        _ => Key::RATE_TITLE_WINDOW,
    };
    let failed = !form.violations.is_empty() || form.notice.is_some();
    let prefix = if failed {
        Key::SHARED_ERROR_PREFIX.text()
    } else {
        ""
    };
    let main = html! {
        form.rate method="post" action=(page.action) novalidate autocomplete="off" {
            (notice(form))
            (parts::errors(&form.violations, |violation| anchor(violation, form)))
            div.told {
                (parts::place(&page.place, page.served_on.as_deref().map(|day| (Key::PLACE_SERVED_ON, day))))
                // Shown by the app where the browser can speak.
                button.tool type="button" data-speak aria-pressed="false" hidden { (Key::SETTINGS_SPEAK.text()) }
            }
            input type="hidden" name=(field::KEY) value=(form.key);
            (levels(page, form))
            (scopes(page, form))
            (text(page, form))
            (contact(form))
            div.send {
                button.button { (Key::RATE_SEND.text()) }
                p.hint { (Key::RATE_ANONYMOUS.text()) }
            }
        }
    };
    frame::page(
        &format!("{prefix}{}", name.text()),
        Place::Elsewhere,
        shell,
        &main,
    )
}

fn already(page: &RatePage, shell: &Shell<'_>) -> Markup {
    let main = html! {
        div.stack {
            (parts::place(&page.place, page.served_on.as_deref().map(|day| (Key::PLACE_SERVED_ON, day))))
            h1 { (Key::RATE_ALREADY_TITLE.text()) }
            p { (Key::RATE_ALREADY_BODY.text()) }
            p { (parts::by_code()) }
            p { (Key::RATE_ALREADY_WINDOW.text()) }
            p { a.go href=(paths::HOME) { (Key::RECEIPT_FIGURES_LINK.text()) } }
        }
    };
    frame::page(
        Key::RATE_ALREADY_TITLE.text(),
        Place::Elsewhere,
        shell,
        &main,
    )
}

fn notice(form: &FormState) -> Markup {
    let text = match form.notice {
        Some(Notice::Unavailable) => Some(Key::RATE_NOT_STORED_RETRY),
        None if !form.violations.is_empty() => Some(Key::RATE_NOTHING_STORED),
        None => None,
    };
    html! {
        @if let Some(text) = text {
            p.notice.notice--warning role=[form.notice.map(|_| "alert")] { (text.text()) }
        }
    }
}

/// The id of the control that a violation is about.
fn anchor(violation: &Violation, form: &FormState) -> Option<String> {
    match violation.field.as_str() {
        field::LEVEL => Some("l5".to_owned()),
        name if is_tags(name) => Some(match form.level {
            Some(level @ 1..=5) => format!("tags-{level}"),
            _ => "l5".to_owned(),
        }),
        name if name.starts_with(field::SCOPE) => Some(name.to_owned()),
        name @ (field::TEXT | field::STATED | field::NAME | field::PHONE) => Some(name.to_owned()),
        _ => None,
    }
}

/// `tags` of a draft, or one of the form's `tag1` … `tag5`.
fn is_tags(name: &str) -> bool {
    name.strip_prefix(field::TAG)
        .is_some_and(|rest| matches!(rest, "" | "s" | "1" | "2" | "3" | "4" | "5"))
}

fn levels(page: &RatePage, form: &FormState) -> Markup {
    let is_level = |name: &str| name == field::LEVEL;
    let wrong = form.wrong(is_level);
    html! {
        fieldset aria-describedby=[wrong.then_some("level-error")] {
            legend { h1 { (say::code("question", page.subject.code())) } }
            (parts::messages(&form.violations, "level", is_level))
            div.faces.wrong[wrong] {
                @for level in Level::ALL {
                    (face(field::LEVEL, level, page.labels, form.level == Some(level.get())))
                }
                @for level in Level::ALL { (tags(level, page, form)) }
            }
        }
    }
}

/// A level to choose, in the group of a name.
pub(super) fn face(name: &str, level: Level, labels: LabelSet, checked: bool) -> Markup {
    let n = level.get();
    // The style knows the form's own levels by their ids.
    let id = match name {
        field::LEVEL => format!("l{n}"),
        other => format!("{other}-{n}"),
    };
    html! {
        input type="radio" id=(id) name=(name) value=(n) checked[checked];
        label.face for=(id) { (drawing(level)) span { (breakable(&say::level(labels, level))) } }
    }
}

/// A long word may break after its adverb and nowhere else.
fn breakable(word: &str) -> Markup {
    let cut = Key::RATE_ADVERBS
        .text()
        .split(' ')
        .find_map(|start| Some((start, word.strip_prefix(start)?)));
    html! {
        @match cut {
            Some((start, rest)) => { (start) wbr; (rest) },
            None => (word),
        }
    }
}

/// Five faces that differ in shape, not in colour.
fn drawing(level: Level) -> Markup {
    let features = match level {
        Level::L5 => r#"<path class="open" d="M9 13q2-3 4 0m6 0q2-3 4 0M8 18h16q-1 8-8 8t-8-8z"/>"#,
        Level::L4 => r#"<path d="M11 12v1m10-1v1M9 19q7 7 14 0"/>"#,
        Level::L3 => r#"<path d="M11 12v1m10-1v1M10 21h12"/>"#,
        Level::L2 => r#"<path d="M11 12v1m10-1v1M9 23q7-7 14 0"/>"#,
        Level::L1 => r#"<path class="open" d="M9 10l5 3m9-3l-5 3M8 25q1-8 8-8t8 8z"/>"#,
    };
    html! {
        svg viewBox="0 0 32 32" aria-hidden="true" focusable="false" {
            circle cx="16" cy="16" r="14" {}
            (PreEscaped(features))
        }
    }
}

fn tags(level: Level, page: &RatePage, form: &FormState) -> Markup {
    let of = |shown: Shown| -> Vec<TagChoice> {
        page.tags
            .iter()
            .copied()
            .filter(|tag| tag.level == level && tag.shown == shown)
            .collect()
    };
    let (core, extended) = (of(Shown::Core), of(Shown::Extended));
    if core.is_empty() && extended.is_empty() {
        return html! {};
    }
    let n = level.get();
    let open = extended.iter().any(|tag| form.tags.contains(&tag.code));
    let title = match n {
        4 | 5 => Key::RATE_TAGS_GOOD,
        3 => Key::RATE_TAGS_FAIR,
        _ => Key::RATE_TAGS_BAD,
    };
    html! {
        fieldset id={"tags-" (n)} class={"tags tags-" (n)} tabindex="-1" {
            legend { (title.text()) " " span.hint { (Key::RATE_TAGS_HINT.text()) } }
            @if form.level == Some(n) { (parts::messages(&form.violations, "tags", is_tags)) }
            div.core { @for tag in &core { (choice(*tag, form)) } }
            @if !extended.is_empty() {
                details open[open] {
                    summary { (Key::RATE_TAGS_MORE.text()) }
                    div.more { @for tag in &extended { (choice(*tag, form)) } }
                }
            }
        }
    }
}

/// What the region's text has rated besides the whole (`J-11`, `D-01`): on demand, so that a
/// rating stays two taps.
fn scopes(page: &RatePage, form: &FormState) -> Markup {
    let is_scope = |name: &str| name.starts_with(field::SCOPE);
    let open = !form.scopes.is_empty() || form.wrong(is_scope);
    html! {
        @if !page.scopes.is_empty() {
            details open[open] {
                summary { (Key::RATE_SCOPES_SUMMARY.text()) }
                @for scope in &page.scopes {
                    @let name = format!("{}{}", field::SCOPE, scope.code());
                    @let mine = |field: &str| field == name;
                    @let wrong = form.wrong(mine);
                    @let chosen = form.scopes.iter().find(|(code, _)| code == scope.code()).map(|(_, level)| *level);
                    div.field {
                        label for=(name) { (say::code("scope", scope.code())) }
                        (parts::messages(&form.violations, &name, mine))
                        select.wrong[wrong] id=(name) name=(name) aria-invalid=[wrong.then_some("true")]
                            aria-describedby=[wrong.then(|| format!("{name}-error"))] {
                            option value="" { (Key::RATE_SCOPES_NONE.text()) }
                            @for level in Level::ALL {
                                option value=(level.get()) selected[chosen == Some(level.get())] { (say::level(page.labels, level)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn choice(tag: TagChoice, form: &FormState) -> Markup {
    html! {
        label.check {
            input type="checkbox" name={(field::TAG) (tag.level.get())} value=(tag.code)
                checked[form.tags.contains(&tag.code)];
            span { (say::code("tag", &tag.code.to_string())) }
        }
    }
}

fn text(page: &RatePage, form: &FormState) -> Markup {
    let max = page.text_max.to_string();
    let is_text = |name: &str| name == field::TEXT;
    let wrong = form.wrong(is_text);
    let described = if wrong {
        "text-hint counter text-error"
    } else {
        "text-hint counter"
    };
    html! {
        div.field {
            label for="text" { (Key::RATE_TEXT.text()) }
            p #text-hint .hint { (Key::RATE_TEXT_HINT.fill(&[("max", &max)])) }
            (parts::messages(&form.violations, "text", is_text))
            // Without maxlength: it would cut what is pasted, in silence.
            textarea #text .wrong[wrong] name=(field::TEXT) rows="3" aria-describedby=(described)
                aria-invalid=[wrong.then_some("true")] {
                // A parser drops the first line break of a textarea; this one is ours to lose.
                "\n" (form.text)
            }
            p #counter .hint data-counter="text" data-max=(max) {}
        }
    }
}

fn contact(form: &FormState) -> Markup {
    let is_contact = |name: &str| matches!(name, field::STATED | field::NAME | field::PHONE);
    let open = form.stated || form.wrong(is_contact);
    html! {
        details open[open] {
            summary { (Key::RATE_STATED_SUMMARY.text()) }
            p #stated-note { (Key::RATE_STATED_NOTE.text()) }
            (parts::messages(&form.violations, "stated", |name| name == field::STATED))
            div.with {
                input #stated type="checkbox" name=(field::STATED) value="yes" checked[form.stated]
                    aria-describedby="stated-note";
                label for="stated" { (Key::RATE_STATED_CHECK.text()) }
                div.reach {
                    (line(form, field::NAME, &form.name, Key::RATE_NAME, None, "text"))
                    (line(form, field::PHONE, &form.phone, Key::RATE_PHONE, Some(Key::RATE_PHONE_HINT), "tel"))
                }
            }
        }
    }
}

fn line(
    form: &FormState,
    name: &str,
    value: &str,
    label: Key,
    hint: Option<Key>,
    kind: &str,
) -> Markup {
    let mine = |field: &str| field == name;
    let wrong = form.wrong(mine);
    let described = match (hint, wrong) {
        (Some(_), true) => Some(format!("{name}-hint {name}-error")),
        (Some(_), false) => Some(format!("{name}-hint")),
        (None, true) => Some(format!("{name}-error")),
        (None, false) => None,
    };
    html! {
        div.field {
            label for=(name) { (label.text()) }
            @if let Some(hint) = hint { p.hint id={(name) "-hint"} { (hint.text()) } }
            (parts::messages(&form.violations, name, mine))
            input.wrong[wrong] id=(name) name=(name) type=(kind) value=(value) autocomplete="off"
                aria-describedby=[described] aria-invalid=[wrong.then_some("true")];
        }
    }
}
