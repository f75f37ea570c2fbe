//! What happened to a ticket, in order.

use crate::common::{clock, say};
use contract::ticket::TimelineEntry;
use leptos::prelude::*;
use rules::level::{LabelSet, Level};
use words::{Key, family};

/// The timeline.
#[component]
pub fn Timeline(
    /// The entries.
    entries: Vec<TimelineEntry>,
    /// The words for the levels.
    labels: LabelSet,
) -> impl IntoView {
    let items = entries
        .into_iter()
        .map(|entry| item(entry, labels))
        .collect_view();
    view! {
        <section class="card stack" aria-labelledby="timeline">
            <h2 id="timeline">{Key::CONSOLE_TICKET_TIMELINE.text()}</h2>
            <ol class="timeline">{items}</ol>
        </section>
    }
}

fn item(entry: TimelineEntry, labels: LabelSet) -> impl IntoView {
    let said = entry
        .text
        .clone()
        .map(|text| view! { <p class="said">{text}</p> });
    view! {
        <li>
            <p class="what">{what(&entry, labels)}</p>
            <p class="soft small"><time datetime=entry.on.clone()>{say::day(&entry.on)}</time> " " {by(&entry)}</p>
            {said}
        </li>
    }
}

/// What was done, with its outcome.
fn what(entry: &TimelineEntry, labels: LabelSet) -> String {
    clock::done(&entry.kind, outcome(entry, labels).as_deref())
}

fn outcome(entry: &TimelineEntry, labels: LabelSet) -> Option<String> {
    let code = entry.outcome.as_deref()?;
    match entry.kind.as_str() {
        "contacted" | "revisited" => clock::talk(&entry.kind, code).map(str::to_owned),
        // An assignment's outcome is the name of the handler.
        "assigned" => Some(code.to_owned()),
        "amended" => {
            let level = code.parse::<i64>().ok()?;
            Some(say::level(labels, Level::try_from(level).ok()?).to_owned())
        }
        "identified" => Some(say::of(family::identity, code).to_owned()),
        _ => None,
    }
}

fn by(entry: &TimelineEntry) -> String {
    match (&entry.actor, entry.kind.as_str()) {
        (Some(name), _) => Key::CONSOLE_TICKET_BY.fill(&[("name", name)]),
        (None, "opened" | "amended" | "identified") => {
            Key::CONSOLE_TICKET_BY_CITIZEN.text().to_owned()
        }
        (None, _) => Key::CONSOLE_TICKET_BY_SYSTEM.text().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn an_entry(kind: &str, outcome: Option<&str>) -> TimelineEntry {
        TimelineEntry {
            seq: 1,
            on: "2026-10-31".to_owned(),
            kind: kind.to_owned(),
            outcome: outcome.map(str::to_owned),
            actor: None,
            text: None,
        }
    }

    #[test]
    fn an_outcome_is_told_in_words() {
        let text = what(
            &an_entry("contacted", Some("reached")),
            LabelSet::Satisfaction,
        );
        assert!(
            text.contains(say::of(family::contact_outcome, "reached")),
            "{text}"
        );
        let changed = what(&an_entry("amended", Some("4")), LabelSet::Satisfaction);
        assert!(
            changed.ends_with(say::level(LabelSet::Satisfaction, Level::L4)),
            "{changed}"
        );
        let hidden = what(
            &an_entry("identified", Some("anonymous")),
            LabelSet::Satisfaction,
        );
        assert!(
            hidden.ends_with(say::of(family::identity, "anonymous")),
            "{hidden}"
        );
    }

    #[test]
    fn a_ticket_is_opened_by_the_citizen_and_the_rest_by_the_system() {
        assert_eq!(
            by(&an_entry("opened", None)),
            Key::CONSOLE_TICKET_BY_CITIZEN.text()
        );
        assert_eq!(
            by(&an_entry("closed", None)),
            Key::CONSOLE_TICKET_BY_SYSTEM.text()
        );
    }
}
