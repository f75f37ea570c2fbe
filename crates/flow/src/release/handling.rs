//! How bad ratings were handled, as of a day.
//!
//! A ticket is counted again only when it has events on the days that are released, or when a
//! day has come on which its count changes by itself: its term has ended.

use super::{Places, REGION, body_of, month_of};
use crate::{FlowError, app::App, tickets};
use rules::{
    date::{self, Date},
    profile::Clock,
    ticket::{HandledAs, Ticket, clocks},
};
use std::collections::{BTreeMap, BTreeSet};
use store::{
    ReleasedDue, ReleasedHandling, RunningHandling, RunningTicket, TicketEvent, TicketRow,
    ToldPlace,
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
    /// What is told: of the region always, of a unit as soon as anything of it has been told.
    pub(super) fn told(&self, day: &str, places: &Places) -> Vec<ReleasedHandling> {
        let mut sums: BTreeMap<&str, RunningHandling> = BTreeMap::new();
        for unit in &places.known {
            sums.insert(unit, RunningHandling::default());
        }
        for sum in &self.sums {
            if sum.unit.is_empty() || sum.bad > 0 {
                sums.insert(&sum.unit, sum.clone());
            }
        }
        let row = |(unit, sum): (&str, RunningHandling)| ReleasedHandling {
            released_on: day.to_owned(),
            unit: unit.to_owned(),
            bad: sum.bad,
            due: sum.due,
            in_time: sum.in_time,
            rectified: sum.rectified,
            explained: sum.explained,
            open: sum.open,
        };
        sums.into_iter().map(row).collect()
    }

    /// The same of those whose term ended in the month. The region has a row also where none did.
    pub(super) fn told_due(&self, day: &str) -> Vec<ReleasedDue> {
        let mut sums = BTreeMap::from([("", ReleasedDue::default())]);
        for one in &self.due {
            for unit in counts_in(one) {
                add_due(sums.entry(unit).or_default(), one);
            }
        }
        let row = |(unit, sum): (&str, ReleasedDue)| ReleasedDue {
            released_on: day.to_owned(),
            unit: unit.to_owned(),
            ..sum
        };
        sums.into_iter().map(row).collect()
    }
}

/// A ticket's rating has been told of the region, or of its unit as well.
const OF_REGION: i64 = 1;
const OF_UNIT: i64 = 2;

/// Where a ticket counts: in the region and in its unit, each from the release on that tells its
/// rating there. "One bad rating more" of a rating that is kept back would name the last citizen.
fn counts_in(one: &RunningTicket) -> impl Iterator<Item = &str> {
    let of_unit = (one.told >= OF_UNIT).then_some(one.unit.as_str());
    let of_region = (one.told >= OF_REGION).then_some("");
    of_unit.into_iter().chain(of_region)
}

/// The last day of each month through which the ratings of the region or of a unit are told: cell, body and
/// month.
struct Through(BTreeMap<(String, String, String), String>);

impl Through {
    /// What a release of `day` tells.
    fn of(places: &Places, day: &str) -> Self {
        Self(BTreeMap::new()).with(places, day)
    }

    /// Everything that was ever told.
    async fn of_all(app: &App) -> Result<Self, FlowError> {
        let entry = |one: ToldPlace| {
            let month = month_of(&one.day).to_owned();
            ((one.cell, one.subject_kind, month), one.day)
        };
        let told = app.store().told_places().await?;
        Ok(Self(told.into_iter().map(entry).collect()))
    }

    fn with(mut self, places: &Places, day: &str) -> Self {
        for (cell, body) in &places.told {
            let key = (cell.clone(), body.clone(), month_of(day).to_owned());
            self.0.insert(key, day.to_owned());
        }
        self
    }

    fn tells(&self, one: &RunningTicket) -> i64 {
        let tells = |cell: String| {
            let month = month_of(&one.opened_on).to_owned();
            let through = self.0.get(&(cell, one.subject_kind.clone(), month));
            through.is_some_and(|day| *day >= one.opened_on)
        };
        match (
            tells(format!("unit:{}", one.unit)),
            tells(REGION.to_owned()),
        ) {
            (true, _) => OF_UNIT,
            (false, true) => OF_REGION,
            (false, false) => 0,
        }
    }
}

/// Counts as of a day what moved since the last release, on top of its sums.
pub(super) async fn count(app: &App, day: &str, places: &Places) -> Result<Counted, FlowError> {
    let sums = app.store().running_handling().await?;
    if sums.is_empty() {
        // The first release, or a folder from before releases kept anything.
        return count_all(app, day, places).await;
    }
    let (until, through) = (until(day)?, Through::of(places, day));
    let mut sums: BTreeMap<String, RunningHandling> = sums
        .into_iter()
        .map(|sum| (sum.unit.clone(), sum))
        .collect();
    let mut change = moved(app, day, until, &through).await?;
    become_told(app, day, &through, &mut change).await?;
    let Change {
        before,
        after: tickets,
    } = change;
    for one in &before {
        add(&mut sums, one, -1);
    }
    for one in &tickets {
        add(&mut sums, one, 1);
    }
    let written: BTreeSet<(&str, [u8; 16])> = tickets.iter().map(key).collect();
    let mut due = app.store().running_tickets_due(month_of(day)).await?;
    due.retain(|one| !written.contains(&key(one)));
    due.extend(ended_in(&tickets, day));
    Ok(Counted {
        tickets,
        sums: sums.into_values().collect(),
        due,
    })
}

/// What tickets counted as at the last release, and what they count as now.
struct Change {
    before: Vec<RunningTicket>,
    after: Vec<RunningTicket>,
}

/// The tickets with events of the days that are released, and those that change by themselves.
async fn moved(app: &App, day: &str, until: Date, through: &Through) -> Result<Change, FlowError> {
    let moved = app.store().moved_tickets(day).await?;
    let mut events = moved.events.into_iter().peekable();
    let mut after = Vec::with_capacity(moved.tickets.len());
    for row in moved.tickets {
        let mut stream = Vec::new();
        while let Some(event) =
            events.next_if(|event| event.unit == row.unit && event.ticket == row.ticket)
        {
            stream.push(event);
        }
        let same = |one: &&RunningTicket| (&one.unit, one.ticket) == (&row.unit, row.ticket);
        let known = moved.counted.iter().find(same);
        let Some(mut counted) = count_one(app, row, stream, until, known).await? else {
            continue;
        };
        let before = known.map_or(0, |known| known.told);
        counted.told = before.max(through.tells(&counted));
        after.push(counted);
    }
    Ok(Change {
        before: moved.counted,
        after,
    })
}

/// The tickets of the month that did not move, and whose rating is told now.
async fn become_told(
    app: &App,
    day: &str,
    through: &Through,
    change: &mut Change,
) -> Result<(), FlowError> {
    let first = format!("{}-00", month_of(day));
    let mut untold = app.store().running_tickets_untold(&first, day).await?;
    let moved: BTreeSet<(&str, [u8; 16])> = change.after.iter().map(key).collect();
    untold.retain(|one| through.tells(one) > one.told && !moved.contains(&key(one)));
    let told = untold.iter().cloned().map(|one| RunningTicket {
        told: through.tells(&one),
        ..one
    });
    change.after.extend(told);
    change.before.extend(untold);
    Ok(())
}

/// Counts every ticket there is as of a day.
pub(super) async fn count_all(app: &App, day: &str, places: &Places) -> Result<Counted, FlowError> {
    let until = until(day)?;
    let through = Through::of_all(app).await?.with(places, day);
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
            let Some(mut counted) = count_one(app, row, stream, until, None).await? else {
                continue;
            };
            counted.told = through.tells(&counted);
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
    for unit in counts_in(one) {
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
/// `known` is what it counted as before.
async fn count_one(
    app: &App,
    row: TicketRow,
    mut stream: Vec<TicketEvent>,
    until: Date,
    known: Option<&RunningTicket>,
) -> Result<Option<RunningTicket>, FlowError> {
    let last = date::iso(until);
    stream.retain(|event| event.day <= last);
    let Some(opened_on) = stream.first().map(|event| event.day.clone()) else {
        return Ok(None);
    };
    let body = match known {
        Some(known) => known.subject_kind.clone(),
        None => body_of_rating(app, &row).await?,
    };
    let id = row.ticket;
    let counted = counted_as(app, &tickets::folded(app, row, stream)?.ticket, id, until)?;
    Ok(Some(RunningTicket {
        subject_kind: body,
        opened_on,
        ..counted
    }))
}

/// The body in which a ticket's rating is told.
async fn body_of_rating(app: &App, row: &TicketRow) -> Result<String, FlowError> {
    let versions = app.store().rating_events(&row.unit, &row.rating).await?;
    let first = versions.first().ok_or(FlowError::NotFound)?;
    Ok(body_of(&first.subject_kind).to_owned())
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
