//! The worklist: bad ratings by due date.

use super::{has_left, person_name, place};
use crate::{FlowError, app::App, staff::SignedIn};
use contract::ticket::{TicketRow as RowView, Worklist};
use rules::{
    can::{Action, Actor, On, Role, can},
    date::{self, Date},
    level::{LabelSet, Level},
    profile::Profile,
    ticket::State,
};
use store::{TicketRow, WorklistFilter, WorklistKey, WorklistScope};

/// Rows on one page of the worklist.
const PAGE: i64 = 50;

/// Sorts before every day.
const NOTHING_YET: &str = "0000-00-00";

/// A page of the worklist, by due date.
///
/// # Errors
/// `Forbidden`, or `Malformed` for an unknown state or a place that is none.
pub async fn worklist(
    app: &App,
    who: &SignedIn,
    state: Option<&str>,
    mine: bool,
    after: Option<&str>,
) -> Result<Worklist, FlowError> {
    let unit = (who.unit != "*").then(|| who.unit.clone());
    let on = unit.as_deref().map_or(On::Nothing, On::Unit);
    can(&who.actor, on, Action::ListTickets)?;
    let states = match state.filter(|state| !state.is_empty()) {
        Some(state) => vec![
            state
                .parse::<State>()
                .map_err(|_| FlowError::Malformed("state"))?,
        ],
        None => State::ALL
            .iter()
            .copied()
            .filter(|state| *state != State::Closed)
            .collect(),
    };
    let after = after
        .filter(|after| !after.is_empty())
        .map(place_in_list)
        .transpose()?;
    let scope = match unit {
        _ if mine => WorklistScope::Handler(who.id.clone()),
        Some(unit) => WorklistScope::Unit {
            unit,
            given_to: who.id.clone(),
        },
        None => WorklistScope::All,
    };
    let filter = WorklistFilter {
        scope,
        states: states.iter().map(|state| state.code().to_owned()).collect(),
        not_about: not_about(who),
        released: released_for(app, who).await?,
        after,
        limit: PAGE,
    };
    let rows = app.store().worklist(&filter).await?;
    let next = match rows.last() {
        Some(last) if rows.len() as i64 == PAGE => Some(format!(
            "{}~{}",
            last.due.as_deref().unwrap_or(""),
            last.number
        )),
        _ => None,
    };
    let today = app.clock().today();
    let rows = rows
        .iter()
        .map(|row| row_view(app, row, today))
        .collect::<Result<_, _>>()?;
    Ok(Worklist {
        today: date::iso(today),
        labels: labels(app),
        rows,
        next,
    })
}

/// The rated person, and whoever served there, see ratings in released figures only; the authority serves
/// nobody.
fn not_about(who: &SignedIn) -> Option<String> {
    match who.role {
        Role::Authority => None,
        Role::Handler => Some(who.id.clone()),
    }
}

/// Up to which day somebody sees what is new, where that is limited: whoever sits at a window waits for the
/// release. As `rules::can` has it for one ticket.
async fn released_for(app: &App, who: &SignedIn) -> Result<Option<String>, FlowError> {
    match who.actor {
        Actor::Staff { seated: true, .. } => {
            let day = app.store().last_released_day().await?;
            Ok(Some(day.unwrap_or_else(|| NOTHING_YET.to_owned())))
        }
        Actor::Staff { .. } | Actor::Anyone | Actor::Connector { .. } | Actor::System => Ok(None),
    }
}

fn place_in_list(text: &str) -> Result<WorklistKey, FlowError> {
    let (due, number) = text.split_once('~').ok_or(FlowError::Malformed("after"))?;
    Ok(WorklistKey {
        due: Some(due.to_owned()).filter(|due| !due.is_empty()),
        number: number.to_owned(),
    })
}

fn labels(app: &App) -> LabelSet {
    app.profile_on(app.clock().today())
        .map_or(LabelSet::Satisfaction, Profile::label_set)
}

fn row_view(app: &App, row: &TicketRow, today: Date) -> Result<RowView, FlowError> {
    let due = row.due.as_deref().and_then(date::parse_iso);
    Ok(RowView {
        number: row.number.clone(),
        state: row
            .state
            .parse()
            .map_err(|_| FlowError::Internal("a stored state".into()))?,
        level: Level::try_from(row.level)
            .map_err(|_| FlowError::Internal("a stored level".into()))?,
        place: place(app, row),
        opened_on: row.opened_on.clone(),
        due: row.due.clone(),
        days_left: due.map(|due| working_days(app, today, due)),
        handler: in_charge(app, row).map(|id| person_name(app, id)),
    })
}

/// Who handles it, unless they are no longer there.
fn in_charge<'a>(app: &App, row: &'a TicketRow) -> Option<&'a str> {
    let handler = row.handler.as_deref();
    handler.filter(|_| !has_left(app, handler))
}

/// Working days from a day to another, negative when it has passed.
fn working_days(app: &App, from: Date, to: Date) -> i64 {
    let calendar = &app.policies().calendar;
    let (start, end, sign) = if from <= to {
        (from, to, 1)
    } else {
        (to, from, -1)
    };
    let mut day = start;
    let mut count = 0;
    while let Some(next) = day.next_day().filter(|next| *next <= end) {
        day = next;
        if calendar.day(day).kind.is_working() {
            count += 1;
        }
    }
    sign * count
}
