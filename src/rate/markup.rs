//! The rating form as the server draws it: the same names, values, labels and order
//! (`crates/web/src/pages/rate.rs`). A browser journey compares the two.

use super::{adopt, form::new_key, page::taken_over};
use crate::{
    client::{self, ratings::Door},
    common::{loading, place, say},
    kit::{load::Loader, page::Heading},
};
use contract::{
    paths,
    rate::{RatePage, TagChoice, field},
};
use leptos::{html, prelude::*};
use rules::{
    level::{LabelSet, Level},
    profile::Scope,
    rating::SubjectKind,
    tag::Shown,
};
use words::{Key, family};

/// The page of a door.
pub fn page(door: Door) -> AnyView {
    let wanted = door.clone();
    let loader = Loader::new(move || {
        let door = wanted.clone();
        async move { client::ratings::page(&door).await }
    });
    loading::page(loader, move |sheet| {
        if sheet.already_rated {
            already(&sheet).into_any()
        } else {
            view! { <Form sheet door=door.clone()/> }.into_any()
        }
    })
    .into_any()
}

#[component]
fn Form(sheet: RatePage, door: Door) -> impl IntoView {
    let node = NodeRef::<html::Form>::new();
    let arrived = StoredValue::new_local(Some(taken_over()));
    Effect::new(move |_| {
        if let Some(form) = node.get()
            && let Some(arrived) = arrived.try_update_value(Option::take).flatten()
        {
            adopt::adopt(form, door.clone(), arrived);
        }
    });
    // The server refuses a form without a key.
    form(&sheet, &new_key().unwrap_or_default(), node)
}

fn already(sheet: &RatePage) -> impl IntoView + use<> {
    let day = sheet
        .served_on
        .as_deref()
        .map(|day| (Key::PLACE_SERVED_ON, day));
    view! {
        <div class="stack">
            {place::above(&sheet.place, day)}
            <Heading text=Key::RATE_ALREADY_TITLE.text()/>
            <p>{Key::RATE_ALREADY_BODY.text()}</p>
            <p><a class="go" href=paths::FIND rel="external">{Key::FIND_BY_CODE.text()}</a></p>
            <p>{Key::RATE_ALREADY_WINDOW.text()}</p>
            <p><a href=paths::HOME>{Key::RECEIPT_FIGURES_LINK.text()}</a></p>
        </div>
    }
}

/// The whole form. Nothing is preselected, and every level takes the same two taps.
fn form(page: &RatePage, key: &str, node: NodeRef<html::Form>) -> impl IntoView + use<> {
    let title = match page.subject {
        SubjectKind::Event => Key::RATE_TITLE,
        _ => Key::RATE_TITLE_WINDOW,
    };
    let day = page
        .served_on
        .as_deref()
        .map(|day| (Key::PLACE_SERVED_ON, day));
    let question = say::of(family::question, page.subject.code());
    view! {
        <form class="rate" method="post" action=page.action.clone() novalidate autocomplete="off" node_ref=node>
            <div class="told">
                {place::above(&page.place, day)}
                <button type="button" class="tool" data-speak aria-pressed="false" hidden>
                    {Key::SETTINGS_SPEAK.text()}
                </button>
            </div>
            <input type="hidden" name=field::KEY value=key.to_owned()/>
            <fieldset>
                <legend><Heading text=question title=title.text()/></legend>
                <div class="faces">
                    {Level::ALL.map(|level| face(level, page.labels)).collect_view()}
                    {Level::ALL.map(|level| tags(level, page)).collect_view()}
                </div>
            </fieldset>
            {scopes(page)}
            {text(page)}
            {contact()}
            <div class="send">
                <button class="button">{Key::RATE_SEND.text()}</button>
                <p class="hint">{Key::RATE_ANONYMOUS.text()}</p>
            </div>
        </form>
    }
}

fn face(level: Level, labels: LabelSet) -> impl IntoView {
    let n = say::digit(level);
    let id = format!("l{n}");
    let open = matches!(level, Level::L1 | Level::L5).then_some("open");
    view! {
        <input type="radio" id=id.clone() name=field::LEVEL value=n/>
        <label class="face" for=id>
            <svg viewBox="0 0 32 32" aria-hidden="true" focusable="false">
                <circle cx="16" cy="16" r="14"></circle>
                <path class=open d=drawing(level)></path>
            </svg>
            <span>{breakable(say::level(labels, level))}</span>
        </label>
    }
}

/// A long word may break after its adverb and nowhere else.
fn breakable(word: &'static str) -> impl IntoView {
    let (start, rest) = split(word);
    let may_break = (!start.is_empty()).then(|| view! { <wbr/> });
    view! { {start} {may_break} {rest} }
}

fn split(word: &str) -> (&str, &str) {
    let cut = Key::RATE_ADVERBS
        .text()
        .split(' ')
        .find(|start| word.starts_with(start))
        .map_or(0, str::len);
    word.split_at(cut)
}

/// Five faces that differ in shape, not in colour.
const fn drawing(level: Level) -> &'static str {
    match level {
        Level::L5 => "M9 13q2-3 4 0m6 0q2-3 4 0M8 18h16q-1 8-8 8t-8-8z",
        Level::L4 => "M11 12v1m10-1v1M9 19q7 7 14 0",
        Level::L3 => "M11 12v1m10-1v1M10 21h12",
        Level::L2 => "M11 12v1m10-1v1M9 23q7-7 14 0",
        Level::L1 => "M9 10l5 3m9-3l-5 3M8 25q1-8 8-8t8 8z",
    }
}

fn tags(level: Level, page: &RatePage) -> Option<impl IntoView + use<>> {
    let of = |shown: Shown| -> Vec<TagChoice> {
        let all = page.tags.iter().copied();
        all.filter(|tag| tag.level == level && tag.shown == shown)
            .collect()
    };
    let (core, extended) = (of(Shown::Core), of(Shown::Extended));
    if core.is_empty() && extended.is_empty() {
        return None;
    }
    let n = say::digit(level);
    let title = match level {
        Level::L5 | Level::L4 => Key::RATE_TAGS_GOOD,
        Level::L3 => Key::RATE_TAGS_FAIR,
        Level::L2 | Level::L1 => Key::RATE_TAGS_BAD,
    };
    let more = (!extended.is_empty()).then(|| {
        view! {
            <details>
                <summary>{Key::RATE_TAGS_MORE.text()}</summary>
                <div class="more">{extended.into_iter().map(choice).collect_view()}</div>
            </details>
        }
    });
    Some(view! {
        <fieldset id=format!("tags-{n}") class=format!("tags tags-{n}") tabindex="-1">
            <legend>{title.text()} " " <span class="hint">{Key::RATE_TAGS_HINT.text()}</span></legend>
            <div class="core">{core.into_iter().map(choice).collect_view()}</div>
            {more}
        </fieldset>
    })
}

fn choice(tag: TagChoice) -> impl IntoView {
    let code = tag.code.to_string();
    let text = say::of(family::tag, &code);
    let name = format!("{}{}", field::TAG, say::digit(tag.level));
    view! {
        <label class="check">
            <input type="checkbox" name=name value=code/>
            <span>{text}</span>
        </label>
    }
}

/// What the region's text has rated besides the whole.
fn scopes(page: &RatePage) -> Option<impl IntoView + use<>> {
    if page.scopes.is_empty() {
        return None;
    }
    let labels = page.labels;
    let one = |scope: &Scope| {
        let name = format!("{}{scope}", field::SCOPE);
        let levels = Level::ALL.map(|level| {
            view! { <option value=say::digit(level)>{say::level(labels, level)}</option> }
        });
        view! {
            <div class="field">
                <label for=name.clone()>{say::of(family::scope, scope.code())}</label>
                <select id=name.clone() name=name>
                    <option value="">{Key::RATE_SCOPES_NONE.text()}</option>
                    {levels.collect_view()}
                </select>
            </div>
        }
    };
    Some(view! {
        <details>
            <summary>{Key::RATE_SCOPES_SUMMARY.text()}</summary>
            {page.scopes.iter().map(one).collect_view()}
        </details>
    })
}

fn text(page: &RatePage) -> impl IntoView + use<> {
    let max = page.text_max.to_string();
    let hint = Key::RATE_TEXT_HINT.fill(&[("max", &max)]);
    view! {
        <div class="field">
            <label for="text">{Key::RATE_TEXT.text()}</label>
            <p id="text-hint" class="hint">{hint}</p>
            <textarea id="text" name=field::TEXT rows="3" aria-describedby="text-hint counter"></textarea>
            <p id="counter" class="hint" data-counter="text" data-max=max></p>
        </div>
    }
}

fn contact() -> impl IntoView {
    view! {
        <details>
            <summary>{Key::RATE_STATED_SUMMARY.text()}</summary>
            <p id="stated-note">{Key::RATE_STATED_NOTE.text()}</p>
            <div class="with">
                <input id="stated" type="checkbox" name=field::STATED value="yes" aria-describedby="stated-note"/>
                <label for="stated">{Key::RATE_STATED_CHECK.text()}</label>
                <div class="reach">
                    {line(field::NAME, Key::RATE_NAME, None, "text")}
                    {line(field::PHONE, Key::RATE_PHONE, Some(Key::RATE_PHONE_HINT), "tel")}
                </div>
            </div>
        </details>
    }
}

fn line(name: &'static str, label: Key, hint: Option<Key>, kind: &'static str) -> impl IntoView {
    let hint_id = format!("{name}-hint");
    let described = hint.map(|_| hint_id.clone());
    let hint = hint.map(|hint| view! { <p class="hint" id=hint_id>{hint.text()}</p> });
    view! {
        <div class="field">
            <label for=name>{label.text()}</label>
            {hint}
            <input id=name name=name type=kind value="" autocomplete="off" aria-describedby=described/>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_word_may_break_after_its_adverb_only() {
        assert_eq!(split("非常不满意"), ("非常", "不满意"));
        assert_eq!(split("满意"), ("", "满意"));
    }

    #[test]
    fn no_two_faces_are_alike() {
        let mut faces = Level::ALL.map(drawing).to_vec();
        faces.sort_unstable();
        faces.dedup();
        assert_eq!(faces.len(), 5);
    }
}
