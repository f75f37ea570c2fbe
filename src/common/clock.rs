//! Deadlines with their reasons: every day counted or skipped, and where the term comes from.

use super::say;
use contract::ticket::DueView;
use leptos::prelude::*;
use rules::{
    date,
    deadline::{Step, predates},
    profile::Basis,
    ticket::NoDue,
};
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
    /// The calendar does not reach so far, or not so far back.
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
        unknown: unknown(step),
        counted: match step.n {
            Some(n) if step.counted => say::count(Key::DUE_COUNTED_N, u64::from(n)),
            _ => Key::DUE_SKIPPED.text().to_owned(),
        },
        off: (!step.counted).then_some("off"),
    }
}

fn unknown(step: &Step) -> Option<&'static str> {
    let why = if step.before {
        Key::DUE_STEP_PAST
    } else {
        Key::DUE_STEP_UNKNOWN
    };
    (!step.known).then(|| why.text())
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

/// When something is due or was done, and how, in words. ISO dates compare as texts.
pub fn standing(due: &DueView) -> String {
    let with = |text: &str, day: &str| words::fill(text, &[("date", &say::day(day))]);
    match (&due.due, &due.done_on, due.done_as) {
        (by, Some(on), Some(how)) => {
            let done = with(say::of(family::met, how.code()), on);
            match by {
                Some(by) if on > by => Key::FOLLOW_DUE_DONE_LATE.fill(&[("done", &done)]),
                _ => done,
            }
        }
        (Some(by), ..) if due.overdue => with(Key::FOLLOW_DUE_OVERDUE.text(), by),
        (Some(by), ..) => with(Key::FOLLOW_DUE_ON.text(), by),
        (None, ..) => {
            let reason = due.reason_none.unwrap_or(NoDue::NoTerm);
            say::of(family::no_due, reason.code()).to_owned()
        }
    }
}

/// What was done with a ticket, with the words of its outcome, where it has one.
pub fn done(kind: &str, outcome: Option<&str>) -> String {
    let done = say::of(family::kind, kind);
    match outcome {
        Some(outcome) => format!("{done}{}{outcome}", Key::SHARED_COLON.text()),
        None => done.to_owned(),
    }
}

/// How a talk with the rater ended, in words.
pub fn talk(kind: &str, code: &str) -> Option<&'static str> {
    match kind {
        "contacted" => Some(say::of(family::contact_outcome, code)),
        "revisited" => Some(say::of(family::revisit_outcome, code)),
        _ => None,
    }
}

/// The mark of a date that the calendar does not reach, and what it means.
pub fn doubt(steps: &[Step]) -> (Key, Key) {
    if predates(steps) {
        (Key::DUE_PAST, Key::DUE_PAST_NOTE)
    } else {
        (Key::DUE_PROVISIONAL, Key::DUE_PROVISIONAL_NOTE)
    }
}

/// The mark beside a date that is in doubt.
pub fn marked(mark: Option<Key>) -> Option<impl IntoView> {
    mark.map(|mark| view! { " " <span class="badge warn">{mark.text()}</span> })
}

/// One clock of a ticket: when, and why then.
#[component]
pub fn Clock(
    /// The clock.
    due: DueView,
) -> impl IntoView {
    // The term of who can be called says nothing to who cannot be.
    let applies = due.reason_none != Some(NoDue::AnonymousRater);
    let cite = applies.then(|| {
        let cite = format!("{}{}", say::label(Key::DUE_CITE), basis(&due.basis));
        view! { <p class="hint">{cite}</p> }
    });
    let doubt = due.provisional.then(|| doubt(&due.steps));
    let (standing, mark) = (standing(&due), marked(doubt.map(|(mark, _)| mark)));
    let note = doubt.map(|(_, note)| view! { <p>{note.text()}</p> });
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
            {cite}
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
        ticket::Met,
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
            before: false,
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
    fn a_day_before_the_calendar_is_not_said_to_be_settled_later() {
        let known = false;
        let to_come = Step {
            known,
            ..a_step(None)
        };
        let past = Step {
            before: true,
            ..to_come.clone()
        };
        assert_eq!(step_row(&to_come).unknown, Some("节假日安排尚未公布"));
        assert_eq!(step_row(&past).unknown, Some(Key::DUE_STEP_PAST.text()));
        assert_eq!(doubt(&[to_come]).1, Key::DUE_PROVISIONAL_NOTE);
        assert_eq!(doubt(&[past]).1, Key::DUE_PAST_NOTE);
    }

    #[test]
    fn a_counted_day_says_which_one_it_is() {
        let row = step_row(&a_step(Some(3)));
        assert!(row.counted.contains('3'), "{}", row.counted);
        assert_eq!(row.off, None);
    }

    fn a_due(clock: profile::Clock) -> DueView {
        DueView {
            clock,
            due: Some("2026-10-08".to_owned()),
            reason_none: None,
            overdue: false,
            provisional: false,
            done_on: None,
            done_as: None,
            steps: Vec::new(),
            basis: Basis::None { why: String::new() },
            profile: "dehong@2020".to_owned(),
        }
    }

    fn done_as(done_as: Met) -> DueView {
        DueView {
            done_on: Some("2026-10-08".to_owned()),
            done_as: Some(done_as),
            ..a_due(profile::Clock::Rectify)
        }
    }

    #[test]
    fn what_was_done_late_says_so() {
        let mut due = done_as(Met::Rectified);
        let in_time = standing(&due);
        due.due = Some("2026-10-07".to_owned());
        assert_eq!(standing(&due), format!("{in_time}，晚于期限"));
    }

    #[test]
    fn an_explanation_is_not_told_as_a_rectification_and_an_unanswered_call_not_as_a_talk() {
        assert_eq!(
            standing(&done_as(Met::Rectified)),
            "已于2026年10月8日完成整改"
        );
        assert_eq!(
            standing(&done_as(Met::Explained)),
            "已于2026年10月8日解释说明"
        );
        assert_eq!(
            standing(&done_as(Met::NoAnswer)),
            "已于2026年10月8日联系，无人接听"
        );
    }

    #[test]
    fn what_is_overdue_says_so_and_what_cannot_be_done_says_why() {
        let mut due = a_due(profile::Clock::Contact);
        assert_eq!(standing(&due), "应于2026年10月8日前完成");
        due.overdue = true;
        assert_eq!(standing(&due), "应于2026年10月8日前完成，已超期");
        due = DueView {
            due: None,
            overdue: false,
            reason_none: Some(NoDue::AnonymousRater),
            ..due
        };
        assert_eq!(standing(&due), "匿名评价，无法联系");
    }
}
