//! Deadlines with their reasons: every day counted or skipped, and where the term comes from.

use super::say;
use contract::ticket::DueView;
use leptos::prelude::*;
use rules::{date, deadline::Step, profile::Basis};
use words::Key;

/// A row of the explanation, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepRow {
    /// ISO date.
    pub date: String,
    /// Day of the week.
    pub weekday: &'static str,
    /// What kind of day it is, with the holiday's name.
    pub kind: String,
    /// The notice that makes it so.
    pub notice: Option<String>,
    /// Which counted day it is, or that it is not counted.
    pub counted: String,
    /// The class of a row that is not counted.
    pub off: Option<&'static str>,
}

/// The words of a day.
pub fn step_row(step: &Step) -> StepRow {
    let kind = say::of("day", step.kind.code());
    let name = step.name.as_deref();
    let unknown = (!step.known).then_some(Key::DUE_STEP_UNKNOWN.text());
    let notes: Vec<&str> = name.into_iter().chain(unknown).collect();
    StepRow {
        date: date::iso(step.date),
        weekday: weekday(step.date),
        kind: with_notes(kind, &notes),
        notice: step
            .notice
            .as_deref()
            .map(|notice| Key::DUE_NOTICE.fill(&[("notice", notice)])),
        counted: step.n.map_or_else(
            || Key::DUE_SKIPPED.text().to_owned(),
            |n| say::count(Key::DUE_COUNTED_N, n),
        ),
        off: (!step.counted).then_some("off"),
    }
}

fn with_notes(kind: &str, notes: &[&str]) -> String {
    if notes.is_empty() {
        kind.to_owned()
    } else {
        format!("{kind}（{}）", notes.join(Key::SHARED_LIST_SEP.text()))
    }
}

fn weekday(day: date::Date) -> &'static str {
    let n = day.weekday().number_from_monday();
    say::of("weekday", &n.to_string())
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
    let rows = steps.iter().map(step_row).map(step).collect_view();
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=Key::DUE_STEPS.text()>
            <table class="data">
                <caption>{Key::DUE_STEPS_CAPTION.text()}</caption>
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

fn step(row: StepRow) -> impl IntoView {
    let notice = row
        .notice
        .map(|notice| view! { <span class="hint">{notice}</span> });
    view! {
        <tr class=row.off>
            <th scope="row">
                <time datetime=row.date.clone()>{row.date.clone()}</time>
                " "
                {row.weekday}
            </th>
            <td>{row.kind} {notice}</td>
            <td>{row.counted}</td>
        </tr>
    }
}

/// When something is due or was done, in words.
pub fn due_text(due: &DueView) -> String {
    match (&due.done_on, &due.due) {
        (Some(done), _) => Key::FOLLOW_DUE_DONE.fill(&[("date", done)]),
        (None, Some(date)) => Key::FOLLOW_DUE_ON.fill(&[("date", date)]),
        (None, None) => Key::FOLLOW_DUE_NONE.text().to_owned(),
    }
}

/// One clock of a ticket: when, and why then.
#[component]
pub fn Clock(
    /// The clock.
    due: DueView,
) -> impl IntoView {
    let provisional = due
        .provisional
        .then(|| view! { <span class="badge warn">{Key::DUE_PROVISIONAL.text()}</span> });
    let why = (!due.steps.is_empty()).then(|| view! { <Steps steps=due.steps.clone()/> });
    let profile = Key::CONSOLE_TICKET_PROFILE.fill(&[("profile", &due.profile)]);
    view! {
        <div>
            <h3>{say::of("clock", due.clock.code())}</h3>
            <p>{due_text(&due)} " " {provisional}</p>
            <details>
                <summary>{Key::FOLLOW_DUE_WHY.text()}</summary>
                <p>{basis(&due.basis)}</p>
                <p class="hint">{profile}</p>
                {why}
            </details>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rules::calendar::DayKind;

    fn a_step(n: Option<u32>) -> Option<Step> {
        Some(Step {
            date: date::parse_iso("2026-10-01")?,
            counted: n.is_some(),
            kind: DayKind::Holiday,
            name: Some("国庆节".to_owned()),
            notice: Some("国办发明电〔2025〕7号".to_owned()),
            n,
            checked: true,
            known: true,
        })
    }

    #[test]
    fn a_skipped_day_says_which_holiday_it_is_and_which_notice_made_it_one() {
        let row = a_step(None).as_ref().map(step_row).expect("a date");
        assert_eq!(row.weekday, "星期四");
        assert!(row.kind.contains("国庆节"), "{}", row.kind);
        assert!(row.notice.is_some_and(|notice| notice.contains("7号")));
        assert_eq!(row.counted, Key::DUE_SKIPPED.text());
    }

    #[test]
    fn a_counted_day_says_which_one_it_is() {
        let row = a_step(Some(3)).as_ref().map(step_row).expect("a date");
        assert!(row.counted.contains('3'), "{}", row.counted);
    }
}
