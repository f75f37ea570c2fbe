//! Deadlines with their reasons: every day counted or skipped, and where the term comes from.

use super::say;
use contract::ticket::DueView;
use leptos::prelude::*;
use rules::{date, deadline::Step, profile::Basis};
use words::{Key, family};

/// A row of the explanation, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepRow {
    /// ISO date.
    pub iso: String,
    /// The date and the day of the week.
    pub day: String,
    /// What kind of day it is, with the holiday's name.
    pub kind: String,
    /// The notice that makes it so.
    pub notice: Option<String>,
    /// The calendar does not reach so far.
    pub unknown: Option<&'static str>,
    /// Which counted day it is, or that it is not counted.
    pub counted: String,
    /// The class of a row that is not counted.
    pub off: Option<&'static str>,
}

/// The words of a day.
pub fn step_row(step: &Step) -> StepRow {
    let iso = date::iso(step.date);
    StepRow {
        day: format!("{} {}", say::day(&iso), say::weekday(step.date)),
        iso,
        kind: kind(step),
        notice: step.notice.as_deref().map(|number| notice(step, number)),
        unknown: (!step.known).then_some(Key::DUE_STEP_UNKNOWN.text()),
        counted: match step.n {
            Some(n) if step.counted => say::count(Key::DUE_COUNTED_N, u64::from(n)),
            _ => Key::DUE_SKIPPED.text().to_owned(),
        },
        off: (!step.counted).then_some("off"),
    }
}

fn kind(step: &Step) -> String {
    let kind = say::of(family::day, step.kind.code());
    match &step.name {
        Some(name) => say::noted(kind, name),
        None => kind.to_owned(),
    }
}

fn notice(step: &Step, number: &str) -> String {
    let text = Key::DUE_NOTICE.fill(&[("notice", number)]);
    if step.checked {
        text
    } else {
        format!(
            "{text}{}{}",
            Key::SHARED_COMMA.text(),
            Key::DUE_STEP_UNCHECKED.text()
        )
    }
}

/// The words of where a term comes from.
pub fn basis(basis: &Basis) -> String {
    match basis {
        Basis::Stated {
            document,
            article,
            words,
        } => Key::DUE_CITE_STATED.fill(&[
            ("document", document),
            ("article", article),
            ("words", words),
        ]),
        Basis::Ours { why } => Key::DUE_CITE_OURS.fill(&[("why", why)]),
        Basis::None { why } => Key::DUE_CITE_NONE.fill(&[("why", why)]),
    }
}

/// Every day on the way to a due day.
#[component]
pub fn Steps(
    /// The days.
    steps: Vec<Step>,
) -> impl IntoView {
    let caption = Key::DUE_STEPS_CAPTION.text();
    let rows = steps.iter().map(step_row).map(row).collect_view();
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=caption>
            <table class="data">
                <caption>{caption}</caption>
                <thead>
                    <tr>
                        <th scope="col">{Key::DUE_STEP_DATE.text()}</th>
                        <th scope="col">{Key::DUE_STEP_KIND.text()}</th>
                        <th scope="col">{Key::DUE_STEP_COUNTED.text()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn row(row: StepRow) -> impl IntoView {
    let of = |text: String| view! { <span class="of">{text}</span> };
    view! {
        <tr class=row.off>
            <th scope="row"><time datetime=row.iso>{row.day}</time></th>
            <td>{row.kind} {row.notice.map(of)} {row.unknown.map(|text| of(text.to_owned()))}</td>
            <td>{row.counted}</td>
        </tr>
    }
}

/// When something is due or was done, in words. ISO dates compare as texts.
pub fn standing(due: &DueView) -> String {
    let with = |key: Key, day: &str| key.fill(&[("date", &say::day(day))]);
    match (&due.due, &due.done_on) {
        (Some(by), Some(on)) if on > by => with(Key::FOLLOW_DUE_DONE_LATE, on),
        (_, Some(on)) => with(Key::FOLLOW_DUE_DONE, on),
        (Some(by), None) => with(Key::FOLLOW_DUE_ON, by),
        (None, None) => Key::FOLLOW_DUE_NONE.text().to_owned(),
    }
}

/// The mark of a date that the calendar does not reach.
pub fn provisional(yes: bool) -> Option<impl IntoView> {
    yes.then(|| view! { " " <span class="badge warn">{Key::DUE_PROVISIONAL.text()}</span> })
}

/// One clock of a ticket: when, and why then.
#[component]
pub fn Clock(
    /// The clock.
    due: DueView,
) -> impl IntoView {
    let cite = format!("{}{}", say::label(Key::DUE_CITE), basis(&due.basis));
    let (standing, mark) = (standing(&due), provisional(due.provisional));
    let note = due
        .provisional
        .then(|| view! { <p>{Key::DUE_PROVISIONAL_NOTE.text()}</p> });
    let why = (!due.steps.is_empty()).then(|| {
        view! {
            <details>
                <summary>{Key::FOLLOW_DUE_WHY.text()}</summary>
                {note}
                <Steps steps=due.steps/>
            </details>
        }
    });
    view! {
        <div class="card">
            <h3>{say::of(family::clock, due.clock.code())}</h3>
            <p>{standing} {mark}</p>
            <p class="hint">{cite}</p>
            {why}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rules::{
        calendar::DayKind,
        profile::{self},
    };

    fn a_step(n: Option<u32>) -> Step {
        Step {
            date: date::parse_iso("2026-10-01").expect("a date"),
            counted: n.is_some(),
            kind: DayKind::Holiday,
            name: Some("国庆节".to_owned()),
            notice: Some("国办发明电〔2025〕7号".to_owned()),
            n,
            checked: true,
            known: true,
        }
    }

    #[test]
    fn a_skipped_day_says_which_holiday_it_is_and_which_notice_made_it_one() {
        let row = step_row(&a_step(None));
        assert_eq!(row.day, "2026年10月1日 星期四");
        assert!(row.kind.contains("国庆节"), "{}", row.kind);
        assert!(row.notice.is_some_and(|notice| notice.contains("7号")));
        assert_eq!(row.counted, Key::DUE_SKIPPED.text());
    }

    #[test]
    fn a_counted_day_says_which_one_it_is() {
        let row = step_row(&a_step(Some(3)));
        assert!(row.counted.contains('3'), "{}", row.counted);
        assert_eq!(row.off, None);
    }

    #[test]
    fn what_was_done_late_says_so() {
        let mut due = DueView {
            clock: profile::Clock::Contact,
            due: Some("2026-10-08".to_owned()),
            provisional: false,
            done_on: Some("2026-10-09".to_owned()),
            steps: Vec::new(),
            basis: Basis::None { why: String::new() },
            profile: "dehong@2020".to_owned(),
        };
        let late = standing(&due);
        due.done_on = Some("2026-10-08".to_owned());
        assert_ne!(late, standing(&due));
    }
}
