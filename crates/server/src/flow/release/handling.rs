//! How bad ratings were handled, as of a day.
//!
//! A ticket is counted again only when it has events on the days that are released, or when a
//! day has come on which its count changes by itself: its term has ended.

use super::{Units, month_of};
use crate::{
    app::App,
    flow::{FlowError, tickets},
};
use rules::{
    date::{self, Date},
    profile::Clock,
    ticket::{HandledAs, Ticket, clocks},
};
use std::collections::{BTreeMap, BTreeSet};
use store::{
    ReleasedDue, ReleasedHandling, RunningHandling, RunningTicket, TicketEvent, TicketRow,
};

/// Tickets counted as of a day, and the sums of all tickets.
pub(super) struct Counted {
    /// Those that were looked at.
    pub(super) tickets: Vec<RunningTicket>,
    /// By unit; the region's has no unit and is always there.
    pub(super) sums: Vec<RunningHandling>,
    /// Those whose term ended in the month, moved or not.
    due: Vec<RunningTicket>,
}

impl Counted {
    /// What may be told: the region always, a unit when its cells are told and nothing of it is
    /// kept back.
    pub(super) fn told(&self, day: &str, units: &Units) -> Vec<ReleasedHandling> {
        let known = self
            .sums
            .iter()
            .filter(|sum| sum.unit.is_empty() || sum.bad > 0);
        known
            .filter(|sum| units.may_tell(&sum.unit))
            .map(|sum| ReleasedHandling {
                released_on: day.to_owned(),
                unit: sum.unit.clone(),
                bad: sum.bad,
                due: sum.due,
                in_time: sum.in_time,
                rectified: sum.rectified,
                explained: sum.explained,
                open: sum.open,
            })
            .collect()
    }

    /// The same of those whose term ended in the month. The region has a row also where none did.
    pub(super) fn told_due(&self, day: &str, units: &Units) -> Vec<ReleasedDue> {
        let mut sums = BTreeMap::from([(String::new(), ReleasedDue::default())]);
        for one in &self.due {
            for unit in [one.unit.as_str(), ""] {
                add_due(sums.entry(unit.to_owned()).or_default(), one);
            }
        }
        sums.into_iter()
            .filter(|(unit, _)| units.may_tell(unit))
            .map(|(unit, sum)| ReleasedDue {
                released_on: day.to_owned(),
                unit,
                ..sum
            })
            .collect()
    }
}

/// Counts as of a day what moved since the last release, on top of its sums.
pub(super) async fn count(app: &App, day: &str) -> Result<Counted, FlowError> {
    let sums = app.store().running_handling().await?;
    if sums.is_empty() {
        // The first release, or a folder from before releases kept anything.
        return count_all(app, day).await;
    }
    let until = until(day)?;
    let moved = app.store().moved_tickets(day).await?;
    let mut sums: BTreeMap<String, RunningHandling> = sums
        .into_iter()
        .map(|sum| (sum.unit.clone(), sum))
        .collect();
    for before in &moved.counted {
        add(&mut sums, before, -1);
    }
    let mut events = moved.events.into_iter().peekable();
    let mut tickets = Vec::with_capacity(moved.tickets.len());
    for row in moved.tickets {
        let mut stream = Vec::new();
        while let Some(event) =
            events.next_if(|event| event.unit == row.unit && event.ticket == row.ticket)
        {
            stream.push(event);
        }
        let Some(counted) = count_one(app, row, stream, until)? else {
            continue;
        };
        add(&mut sums, &counted, 1);
        tickets.push(counted);
    }
    let moved: BTreeSet<(&str, [u8; 16])> = tickets.iter().map(key).collect();
    let mut due = app.store().running_tickets_due(month_of(day)).await?;
    due.retain(|one| !moved.contains(&key(one)));
    due.extend(ended_in(&tickets, day));
    Ok(Counted {
        tickets,
        sums: sums.into_values().collect(),
        due,
    })
}

/// Counts every ticket there is as of a day.
pub(super) async fn count_all(app: &App, day: &str) -> Result<Counted, FlowError> {
    let until = until(day)?;
    let mut sums = BTreeMap::from([(String::new(), RunningHandling::default())]);
    let mut tickets = Vec::new();
    let mut after: Option<(String, [u8; 16])> = None;
    loop {
        let from = after.as_ref().map(|(unit, id)| (unit.as_str(), id));
        let rows = app.store().list_tickets(from, 200).await?;
        let Some(last) = rows.last() else { break };
        after = Some((last.unit.clone(), last.ticket));
        for row in rows {
            let stream = app.store().ticket_events(&row.unit, &row.ticket).await?;
            let Some(counted) = count_one(app, row, stream, until)? else {
                continue;
            };
            add(&mut sums, &counted, 1);
            tickets.push(counted);
        }
    }
    Ok(Counted {
        due: ended_in(&tickets, day).collect(),
        tickets,
        sums: sums.into_values().collect(),
    })
}

fn key(one: &RunningTicket) -> (&str, [u8; 16]) {
    (&one.unit, one.ticket)
}

/// Those whose term ended in the month of a day, by then.
fn ended_in(tickets: &[RunningTicket], day: &str) -> impl Iterator<Item = RunningTicket> {
    let month = month_of(day);
    let ended = tickets
        .iter()
        .filter(move |one| one.due_month.as_deref() == Some(month));
    ended.cloned()
}

fn until(day: &str) -> Result<Date, FlowError> {
    date::parse_iso(day).ok_or_else(|| FlowError::Internal("a stored day".into()))
}

fn add(sums: &mut BTreeMap<String, RunningHandling>, one: &RunningTicket, sign: i64) {
    for unit in [one.unit.as_str(), ""] {
        let sum = sums
            .entry(unit.to_owned())
            .or_insert_with(|| RunningHandling {
                unit: unit.to_owned(),
                ..RunningHandling::default()
            });
        sum.bad += sign * one.bad;
        sum.due += sign * i64::from(one.due_month.is_some());
        sum.in_time += sign * one.in_time;
        sum.rectified += sign * one.rectified;
        sum.explained += sign * one.explained;
        sum.open += sign * one.open;
    }
}

/// One of those whose term has ended.
fn add_due(sum: &mut ReleasedDue, one: &RunningTicket) {
    // Of each ticket one or the other, never both.
    let handled = one.rectified + one.explained;
    sum.due += 1;
    sum.handled += handled;
    sum.real_name += one.real_name;
    sum.real_reached += one.real_name * one.reached;
    sum.real_unreached += one.real_name * one.unreached;
    sum.real_handled += one.real_name * handled;
    sum.real_both += one.real_name * one.reached * handled;
}

/// A ticket as the days up to `until` leave it; what is stamped with a later day is not known yet.
fn count_one(
    app: &App,
    row: TicketRow,
    mut stream: Vec<TicketEvent>,
    until: Date,
) -> Result<Option<RunningTicket>, FlowError> {
    let last = date::iso(until);
    stream.retain(|event| event.day <= last);
    if stream.is_empty() {
        return Ok(None);
    }
    let id = row.ticket;
    counted_as(app, &tickets::folded(row, stream)?.ticket, id, until).map(Some)
}

fn counted_as(
    app: &App,
    ticket: &Ticket,
    id: [u8; 16],
    until: Date,
) -> Result<RunningTicket, FlowError> {
    let profile = app
        .profile(&ticket.profile, &ticket.profile_version)
        .ok_or_else(|| FlowError::Internal("a ticket names an unknown profile".into()))?;
    let due = clocks(ticket, profile, &app.policies().calendar)
        .into_iter()
        .find(|state| state.clock == Clock::Rectify)
        .and_then(|state| state.due)
        .map(|due| due.due);
    let dates = [
        Some(ticket.opened_on),
        due,
        ticket.contacted_on,
        ticket.reached_on,
        ticket.handled_on,
        ticket.closed_on,
    ];
    let counted = RunningTicket {
        unit: ticket.unit.clone(),
        ticket: id,
        changes_on: dates
            .into_iter()
            .flatten()
            .filter(|date| *date > until)
            .min()
            .map(date::iso),
        ..RunningTicket::default()
    };
    if ticket.opened_on > until {
        return Ok(counted);
    }
    let by_then = |on: Option<Date>| on.is_some_and(|on| on <= until);
    let handled_on = ticket.handled_on.filter(|on| *on <= until);
    let reached = by_then(ticket.reached_on);
    let fell_due = due.filter(|due| *due <= until);
    let handled_as = |wanted| i64::from(handled_on.is_some() && ticket.handled_as == Some(wanted));
    Ok(RunningTicket {
        bad: 1,
        in_time: i64::from(fell_due.is_some_and(|due| handled_on.is_some_and(|on| on <= due))),
        rectified: handled_as(HandledAs::Rectified),
        explained: handled_as(HandledAs::Explained),
        open: i64::from(!by_then(ticket.closed_on)),
        real_name: i64::from(ticket.identity.is_real_name()),
        reached: i64::from(reached),
        unreached: i64::from(!reached && by_then(ticket.contacted_on)),
        due_month: fell_due.map(|due| month_of(&date::iso(due)).to_owned()),
        ..counted
    })
}
