//! What is wrong, shown in the form that stands in the document, in the server's own markup.
//! Controls keep what they hold.

use crate::{
    client::Error,
    common::say,
    kit::{dom, summary},
};
use contract::{ProblemKind, rate::field};
use leptos::prelude::document;
use rules::rating::Violation;
use web_sys::{Element, HtmlElement, HtmlFormElement};
use words::{Key, family};

/// Marks that a fault leaves behind, and that the next attempt takes away.
const MARKS: &str = ".error-summary, .notice, .error";

/// Shows why the rating was not stored, and leads there.
pub fn show(form: &HtmlFormElement, error: &Error) {
    let found = match error {
        Error::Problem(problem) if !problem.violations.is_empty() => {
            violations(form, &problem.violations)
        }
        _ => notice(form, &why(error), true),
    };
    mark_title(true);
    if let Some(first) = found {
        dom::focus(&first);
    }
}

/// Takes the marks of the last attempt away.
pub fn clear(form: &HtmlFormElement) {
    mark_title(false);
    for mark in dom::all(form, MARKS) {
        mark.remove();
    }
    for control in dom::all(form, ".wrong") {
        drop(control.class_list().remove_1("wrong"));
        drop(control.remove_attribute("aria-invalid"));
        undescribe(&control);
    }
}

/// Why, in words. Whether a rating without an answer was stored is not known, and not claimed.
fn why(error: &Error) -> String {
    match (error, error.kind()) {
        (Error::Offline | Error::Decode, _) => Key::RATE_NO_ANSWER.text().to_owned(),
        (_, Some(ProblemKind::Unavailable | ProblemKind::TooMany)) => {
            Key::RATE_NOT_STORED_RETRY.text().to_owned()
        }
        (_, kind) => {
            let code = say::problem_code(kind.unwrap_or(ProblemKind::Unknown));
            let of = |family| say::of(family, code);
            format!("{} {}", of(family::problem), of(family::problem_help))
        }
    }
}

fn violations(form: &HtmlFormElement, violations: &[Violation]) -> Option<HtmlElement> {
    let summary = dom::element("div", "error-summary", None)?;
    dom::set(&summary, "role", "alert");
    dom::set(&summary, "tabindex", "-1");
    dom::set(&summary, "aria-labelledby", "errors-title");
    let title = dom::element(
        "h2",
        "error-summary__title",
        Some(&summary::title(violations.len())),
    )?;
    title.set_id("errors-title");
    let list = dom::element("ul", "error-summary__list", None)?;
    drop(summary.append_with_node_2(&title, &list));
    for violation in violations {
        let target = target(form, &violation.field);
        let text = say::violation(violation);
        let line: HtmlElement = line(&text, target.as_ref())?;
        drop(list.append_with_node_1(&line));
        if let Some(target) = target {
            target.say(form, &text);
        }
    }
    drop(form.prepend_with_node_1(&summary));
    notice(form, Key::RATE_NOTHING_STORED.text(), false);
    Some(summary)
}

fn line(text: &str, target: Option<&Target>) -> Option<HtmlElement> {
    let item = dom::element("li", "", None)?;
    let Some(target) = target else {
        item.set_text_content(Some(text));
        return Some(item);
    };
    let link = dom::element("a", "", Some(text))?;
    dom::set(&link, "href", &format!("#{}", target.control));
    drop(item.append_with_node_1(&link));
    Some(item)
}

/// Where a violation belongs.
struct Target {
    /// The id of the control that the summary leads to.
    control: String,
    /// The id of the message.
    message: String,
    /// Selects the element before which the message stands.
    before: String,
    /// Selects the element that is marked and described.
    marked: String,
}

/// Where a violation of a field belongs; the level that is chosen now decides for tags.
fn target(form: &HtmlFormElement, name: &str) -> Option<Target> {
    let tags = form
        .query_selector("input[name=level]:checked")
        .ok()
        .flatten()
        .and_then(|level| level.get_attribute("value"))
        .map(|level| format!("tags-{level}"));
    place(name, tags.as_deref())
}

fn place(name: &str, tags: Option<&str>) -> Option<Target> {
    let target = |control: &str, message: &str, before: &str, marked: &str| Target {
        control: control.to_owned(),
        message: format!("{message}-error"),
        before: before.to_owned(),
        marked: marked.to_owned(),
    };
    match (name, tags) {
        (field::LEVEL, _) => Some(target("l5", "level", ".faces", ".faces")),
        (field::STATED, _) => Some(target("stated", "stated", ".with", "#stated")),
        (name, _) if name.starts_with(field::SCOPE) => {
            let id = format!("#{name}");
            Some(target(name, name, &id, &id))
        }
        (field::TEXT | field::NAME | field::PHONE, _) => {
            let id = format!("#{name}");
            Some(target(name, name, &id, &id))
        }
        (other, Some(tags)) if other.starts_with(field::TAG) => {
            let core = format!("#{tags} .core");
            Some(target(tags, "tags", &core, &core))
        }
        (other, None) if other.starts_with(field::TAG) => {
            Some(target("l5", "level", ".faces", ".faces"))
        }
        _ => None,
    }
}

impl Target {
    /// Puts the message beside the control.
    fn say(&self, form: &HtmlFormElement, text: &str) {
        let Some(before) = dom::find(form, &self.before) else {
            return;
        };
        // A second violation of one field is a second line of one message.
        if let Some(message) = dom::find(form, &format!("#{}", self.message)) {
            if let Some(line) = dom::element("br", "", None) {
                drop(message.append_with_node_1(&line));
            }
            drop(message.append_with_str_1(text));
            return;
        }
        let Some(message) = dom::element("p", "error", None) else {
            return;
        };
        message.set_id(&self.message);
        if let Some(prefix) = dom::element(
            "span",
            "visually-hidden",
            Some(Key::SHARED_ERROR_PREFIX.text()),
        ) {
            drop(message.append_with_node_1(&prefix));
        }
        drop(message.append_with_str_1(text));
        drop(before.before_with_node_1(&message));
        self.mark(form);
        open_around(&before);
    }

    fn mark(&self, form: &HtmlFormElement) {
        let Some(marked) = dom::find(form, &self.marked) else {
            return;
        };
        drop(marked.class_list().add_1("wrong"));
        if marked.has_attribute("name") {
            dom::set(&marked, "aria-invalid", "true");
        }
        // A group is described where it begins, at its fieldset.
        let described = marked.closest("fieldset, input, textarea").ok().flatten();
        let described = described.unwrap_or_else(|| marked.into());
        let before = described
            .get_attribute("aria-describedby")
            .unwrap_or_default();
        let both = format!("{before} {}", self.message);
        dom::set(&described, "aria-describedby", both.trim());
    }
}

/// Takes the ids of messages out of the description again.
fn undescribe(control: &Element) {
    let described = control.closest("fieldset, input, textarea").ok().flatten();
    let described = described.unwrap_or_else(|| control.clone());
    let ids = described
        .get_attribute("aria-describedby")
        .unwrap_or_default();
    dom::set(&described, "aria-describedby", &without_errors(&ids));
}

fn without_errors(ids: &str) -> String {
    let kept: Vec<&str> = ids
        .split(' ')
        .filter(|id| !id.ends_with("-error"))
        .collect();
    kept.join(" ")
}

/// Opens what hides a control.
fn open_around(element: &Element) {
    if let Ok(Some(details)) = element.closest("details") {
        dom::toggle(&details, "open", true);
    }
}

/// A notice above everything else in the form.
fn notice(form: &HtmlFormElement, text: &str, alone: bool) -> Option<HtmlElement> {
    let notice = dom::element("p", "notice notice--warning", Some(text))?;
    if alone {
        dom::set(&notice, "role", "alert");
        dom::set(&notice, "tabindex", "-1");
    }
    drop(form.prepend_with_node_1(&notice));
    Some(notice)
}

/// The title of the document says that something is wrong, too.
fn mark_title(wrong: bool) {
    let prefix = Key::SHARED_ERROR_PREFIX.text();
    let title = document().title();
    let bare = title.strip_prefix(prefix).unwrap_or(&title);
    let marked = if wrong {
        format!("{prefix}{bare}")
    } else {
        bare.to_owned()
    };
    if marked != title {
        document().set_title(&marked);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::Problem;

    #[test]
    fn a_fault_of_tags_leads_to_the_tags_of_the_chosen_level() {
        let control = |name, tags| place(name, tags).map(|target| target.control);
        assert_eq!(control("tags", Some("tags-2")).as_deref(), Some("tags-2"));
        assert_eq!(control("tags", None).as_deref(), Some("l5"));
        assert_eq!(control("level", None).as_deref(), Some("l5"));
        assert_eq!(control("phone", None).as_deref(), Some("phone"));
        assert_eq!(control("key", None), None);
    }

    #[test]
    fn without_an_answer_nothing_is_claimed_about_what_was_stored() {
        assert_eq!(why(&Error::Offline), Key::RATE_NO_ANSWER.text());
        let full = Error::Problem(Problem::new(ProblemKind::Unavailable));
        assert_eq!(why(&full), Key::RATE_NOT_STORED_RETRY.text());
    }

    #[test]
    fn a_description_loses_its_errors_and_keeps_its_hints() {
        assert_eq!(
            without_errors("text-hint counter text-error"),
            "text-hint counter"
        );
        assert_eq!(without_errors("level-error"), "");
    }
}
