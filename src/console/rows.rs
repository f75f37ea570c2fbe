//! The rows of the worklist, each with the time that is left.

use crate::{
    client::{
        Error,
        tickets::{self, Filter},
    },
    common::{place, say},
    kit::{
        dom,
        field::Busy,
        load::{Loader, send},
    },
};
use contract::{
    paths,
    ticket::{TicketRow, Worklist},
};
use leptos::prelude::*;
use rules::ticket::State;
use words::{Key, family};

/// The rows with what stands around them.
#[component]
pub fn List(worklist: Worklist, loader: Loader<Worklist, Error>, filter: Filter) -> impl IntoView {
    let shown = say::count(Key::CONSOLE_WORKLIST_SHOWN, worklist.rows.len() as u64);
    if worklist.rows.is_empty() {
        return nothing(&filter).into_any();
    }
    let labels = worklist.labels;
    let rows = worklist
        .rows
        .iter()
        .map(|one| row(one, say::level(labels, one.level), &worklist.today))
        .collect_view();
    let today = Key::CONSOLE_WORKLIST_TODAY.fill(&[("date", &say::day(&worklist.today))]);
    let more = worklist.next.clone().map(|next| {
        view! { <More next worklist=worklist.clone() loader filter/> }
    });
    view! {
        <p class="status soft" role="status">{today} " · " {shown}</p>
        <div class="list">
            <table class="data cards">
                <caption class="visually-hidden">{Key::CONSOLE_WORKLIST_CAPTION.text()}</caption>
                <thead>
                    <tr>
                        <th scope="col">{Key::CONSOLE_WORKLIST_NUMBER.text()}</th>
                        <th scope="col">{Key::CONSOLE_WORKLIST_DUE.text()}</th>
                        <th scope="col">{Key::CONSOLE_WORKLIST_LEFT.text()}</th>
                        <th scope="col">{Key::CONSOLE_WORKLIST_STATE.text()}</th>
                        <th scope="col">{Key::CONSOLE_WORKLIST_LEVEL.text()}</th>
                        <th scope="col">{Key::CONSOLE_WORKLIST_PLACE.text()}</th>
                        <th scope="col">{Key::CONSOLE_WORKLIST_HANDLER.text()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {more}
    }
    .into_any()
}

/// Why there is no row, what happens next, and where to go from here.
fn nothing(filter: &Filter) -> impl IntoView + use<> {
    let (title, next, to, link) = if *filter == Filter::default() {
        (
            Key::CONSOLE_WORKLIST_EMPTY,
            Key::CONSOLE_WORKLIST_EMPTY_NEXT,
            paths::HOME,
            Key::SHARED_NAV_FIGURES,
        )
    } else {
        (
            Key::CONSOLE_WORKLIST_EMPTY_FILTER,
            Key::CONSOLE_WORKLIST_EMPTY_FILTER_NEXT,
            paths::STAFF,
            Key::CONSOLE_WORKLIST_FILTER_ALL,
        )
    };
    view! {
        <div class="empty" role="status">
            <h2>{title.text()}</h2>
            <p>{next.text()}</p>
            <p><a class="go" href=to>{link.text()}</a></p>
        </div>
    }
}

fn row(row: &TicketRow, level: &'static str, today: &str) -> impl IntoView + use<> {
    let left = left(row, today);
    let to = paths::fill(paths::STAFF_TICKET, &row.number);
    let due = row.due.as_deref().map(say::day);
    let handler = row
        .handler
        .clone()
        .unwrap_or_else(|| Key::CONSOLE_WORKLIST_NO_HANDLER.text().to_owned());
    view! {
        <tr class=left.row>
            <th scope="row"><a id=row_id(&row.number) href=to>{row.number.clone()}</a></th>
            <td data-label=Key::CONSOLE_WORKLIST_DUE.text()>
                {due.unwrap_or_else(|| Key::SHARED_DASH.text().to_owned())}
            </td>
            <td data-label=Key::CONSOLE_WORKLIST_LEFT.text()>
                <span class=left.badge>{left.text}</span>
            </td>
            <td data-label=Key::CONSOLE_WORKLIST_STATE.text()>{say::of(family::state, row.state.code())}</td>
            <td data-label=Key::CONSOLE_WORKLIST_LEVEL.text()>{level}</td>
            <td data-label=Key::CONSOLE_WORKLIST_PLACE.text()>{place::line(&row.place)}</td>
            <td data-label=Key::CONSOLE_WORKLIST_HANDLER.text()>{handler}</td>
        </tr>
    }
}

fn row_id(number: &str) -> String {
    format!("row-{number}")
}

/// The words and the colour of the time that is left; the words say it alone.
#[derive(Debug, PartialEq, Eq)]
struct Left {
    text: String,
    badge: &'static str,
    row: Option<&'static str>,
}

/// ISO dates compare as texts. A day may have passed without a working day since.
fn left(row: &TicketRow, today: &str) -> Left {
    let due = row.due.as_deref().unwrap_or_default();
    let (text, badge) = match row.days_left {
        // Nothing waits any more; whether each duty was met in time is said on its page.
        None if row.state == State::Closed => (Key::SHARED_DASH.text().to_owned(), "soft"),
        None => (Key::CONSOLE_WORKLIST_NO_DUE.text().to_owned(), "badge calm"),
        Some(0) if due < today => (Key::FOLLOW_DUE_LATE.text().to_owned(), "badge bad"),
        Some(0) if due == today => (
            Key::CONSOLE_WORKLIST_DUE_TODAY.text().to_owned(),
            "badge warn",
        ),
        Some(days) if days < 0 => (
            say::count(Key::CONSOLE_WORKLIST_OVERDUE, days.unsigned_abs()),
            "badge bad",
        ),
        Some(days) => (
            say::count(Key::CONSOLE_WORKLIST_DAYS_LEFT, days.unsigned_abs()),
            if days <= 2 {
                "badge warn"
            } else {
                "badge calm"
            },
        ),
    };
    Left {
        text,
        badge,
        row: (badge == "badge bad").then_some("overdue"),
    }
}

#[component]
fn More(
    next: String,
    worklist: Worklist,
    loader: Loader<Worklist, Error>,
    filter: Filter,
) -> impl IntoView {
    let busy = Busy::new();
    let failed = RwSignal::new(None::<&'static str>);
    let read_on = move |_| {
        if !busy.begin() {
            return;
        }
        let (next, filter, worklist) = (next.clone(), filter.clone(), worklist.clone());
        send(async move {
            match tickets::list(&filter, &next).await {
                Ok(page) => {
                    let first = page.rows.first().map(|row| row_id(&row.number));
                    loader.put(joined(worklist, page));
                    focus_soon(first);
                }
                Err(_) => {
                    failed.try_set(Some(Key::SHARED_STATE_RETRY.text()));
                }
            }
            busy.end();
        });
    };
    view! {
        <p class="pager">
            <button type="button" class="button button--secondary"
                aria-disabled=move || busy.attribute() on:click=read_on>
                {Key::CONSOLE_WORKLIST_MORE.text()}
            </button>
            <span class="error" role="status">{move || failed.get()}</span>
        </p>
    }
}

/// The button that had the focus is drawn anew; the first new row is where reading goes on.
fn focus_soon(id: Option<String>) {
    request_animation_frame(move || {
        if let Some(row) = id.and_then(|id| dom::by_id(&id)) {
            dom::focus(&row);
        }
    });
}

fn joined(mut before: Worklist, page: Worklist) -> Worklist {
    before.rows.extend(page.rows);
    Worklist {
        rows: before.rows,
        ..page
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::place::Place;
    use rules::level::Level;

    fn a_row(days_left: Option<i64>) -> TicketRow {
        TicketRow {
            number: "G20261031-0007".to_owned(),
            state: State::ToAssign,
            level: Level::L1,
            place: Place {
                hall: "甲".to_owned(),
                window_no: "07".to_owned(),
                window: "户籍".to_owned(),
                unit: "公安局".to_owned(),
                item: None,
            },
            opened_on: "2026-10-31".to_owned(),
            due: days_left.map(|_| "2026-11-05".to_owned()),
            days_left,
            handler: None,
        }
    }

    #[test]
    fn what_is_late_says_by_how_many_working_days() {
        let late = left(&a_row(Some(-3)), "2026-11-10");
        assert!(late.text.contains('3') && !late.text.contains('-'));
        assert_eq!(late.row, Some("overdue"));
    }

    #[test]
    fn a_day_that_passed_on_a_weekend_is_late_and_not_today() {
        let late = left(&a_row(Some(0)), "2026-11-07");
        assert_eq!(late.text, Key::FOLLOW_DUE_LATE.text());
        assert_eq!(late.row, Some("overdue"));
    }

    #[test]
    fn a_closed_ticket_has_no_time_left_and_is_not_said_to_have_no_term() {
        let closed = TicketRow {
            state: State::Closed,
            ..a_row(None)
        };
        assert_eq!(left(&closed, "2026-11-05").text, Key::SHARED_DASH.text());
    }

    #[test]
    fn today_and_no_date_have_words_of_their_own() {
        assert_eq!(
            left(&a_row(Some(0)), "2026-11-05").text,
            Key::CONSOLE_WORKLIST_DUE_TODAY.text()
        );
        assert_eq!(
            left(&a_row(None), "2026-11-05").text,
            Key::CONSOLE_WORKLIST_NO_DUE.text()
        );
    }
}
