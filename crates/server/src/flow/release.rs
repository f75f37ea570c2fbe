//! The release: once a day the day's door closes, and what may be public becomes public.
//!
//! `rules::release` decides which cells; here they are read, written and sealed.

use super::{FlowError, tickets};
use crate::app::App;
use rules::{
    can::{Action, Actor, On, can},
    date::{self, Date},
    indicators::Handling,
    profile::{Clock, Profile},
    rating::Identity,
    release::{Cell, release},
    ticket::{HandledAs, Ticket, clocks},
};
use std::collections::{BTreeMap, BTreeSet};
use store::{CellSum, ReleasedCell, ReleasedHandling};

/// The region's own cell.
pub const REGION: &str = "region";
/// The two bodies that are never summed (`domain.md` 5.1, A and V).
pub const BODIES: [&str; 2] = ["event", "window"];

/// Numbers by level, all and by real name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sum {
    n: [i64; 5],
    real: [i64; 5],
}

impl Sum {
    fn add(&mut self, level: i64, n: i64, real: i64) {
        if let Ok(at @ 1..=5) = usize::try_from(level) {
            self.n[at - 1] += n;
            self.real[at - 1] += real;
        }
    }

    fn minus(&self, other: &Self) -> Self {
        Self {
            n: std::array::from_fn(|at| self.n[at] - other.n[at]),
            real: std::array::from_fn(|at| self.real[at] - other.real[at]),
        }
    }
}

/// Which cell is part of which: windows of halls, items of units, both of the region.
type Parents = BTreeMap<String, Option<String>>;
type Sums = BTreeMap<String, Sum>;

/// Units whose cells a release tells, and those that keep something back in either body.
#[derive(Default)]
struct Units {
    told: BTreeSet<String>,
    held: BTreeSet<String>,
}

impl Units {
    /// "One bad rating more" of a unit that keeps ratings back would name the last citizen.
    fn may_tell(&self, unit: &str) -> bool {
        unit.is_empty() || self.told.contains(unit) && !self.held.contains(unit)
    }
}

/// Opens the first day, closes days that are over, and releases what is closed.
///
/// # Errors
/// When the store does not answer.
pub async fn tick(app: &App) -> Result<(), FlowError> {
    can(&Actor::System, On::Nothing, Action::ReleaseDay)?;
    let now = app.clock().now();
    let today = date::iso(app.clock().today());
    let open = app.store().door_open(&today, now).await?;
    if open.day < today {
        app.store().door_close(&open.day, &today, now).await?;
    }
    for door in app.store().doors("", &today).await? {
        if door.state == "closed" {
            publish(app, &door.day).await?;
        }
    }
    Ok(())
}

async fn publish(app: &App, day: &str) -> Result<(), FlowError> {
    let profile = profile_on(app, day)?;
    let mut rows = Vec::new();
    let mut units = Units::default();
    for body in BODIES {
        rows.extend(region_rows(app, day, body).await?);
        rows.extend(cell_rows(app, day, body, profile.k(), &mut units).await?);
    }
    let handling = handling(app, day, &units).await?;
    app.store().released_write(day, rows, handling, app.clock().now()).await?;
    tracing::info!(day, "released");
    Ok(())
}

fn profile_on<'a>(app: &'a App, day: &str) -> Result<&'a Profile, FlowError> {
    date::parse_iso(day)
        .and_then(|day| app.profile_on(day))
        .ok_or_else(|| FlowError::Internal("no profile is in force".into()))
}

/// Region totals are complete, day by day.
async fn region_rows(app: &App, day: &str, body: &str) -> Result<Vec<ReleasedCell>, FlowError> {
    let mut sum = Sum::default();
    for one in app.store().rollup_sums(day).await?.iter().filter(|one| one.day == day && counts_in(one, body)) {
        sum.add(one.level, one.n, real(one));
    }
    Ok(rows_of(day, REGION, None, body, &sum))
}

async fn cell_rows(
    app: &App,
    day: &str,
    body: &str,
    k: u64,
    units: &mut Units,
) -> Result<Vec<ReleasedCell>, FlowError> {
    let month = &day[..7];
    let mut parents = Parents::new();
    let through = sums(&app.store().rollup_totals(day).await?, body, &mut parents);
    let before = format!("{month}-00");
    let until_month = sums(&app.store().rollup_totals(&before).await?, body, &mut parents);
    let mut known = Sums::new();
    for cell in app.store().released_cells(&before, day).await? {
        if cell.subject_kind == body {
            known.entry(cell.cell).or_default().add(cell.level, cell.n, cell.real_name);
        }
    }
    let zero = Sum::default();
    let at = |sums: &Sums, cell: &str| *sums.get(cell).unwrap_or(&zero);
    let pending = |cell: &str| at(&through, cell).minus(&at(&until_month, cell)).minus(&at(&known, cell));
    let cells: Vec<Cell> = parents
        .iter()
        .filter_map(|(id, parent)| {
            Some(Cell {
                id: id.clone(),
                parent: parent.clone(),
                pending: unsigned(&pending(id).n)?,
                released: unsigned(&at(&known, id).n)?,
            })
        })
        .collect();
    let waiting = cells.iter().filter(|cell| cell.pending.iter().any(|n| *n > 0));
    let mut held: BTreeSet<String> = waiting.map(|cell| cell.id.clone()).collect();
    let mut rows = Vec::new();
    for cell in release(&cells, k).into_iter().filter(|cell| cell.parent.is_some()) {
        if let Some(unit) = cell.id.strip_prefix("unit:") {
            units.told.insert(unit.to_owned());
        }
        held.remove(&cell.id);
        rows.extend(rows_of(day, &cell.id, cell.parent.as_deref(), body, &pending(&cell.id)));
    }
    units.held.extend(held.iter().filter_map(|cell| cell.strip_prefix("unit:")).map(str::to_owned));
    Ok(rows)
}

/// A cell whose later versions took more away than the month holds waits for the next release.
fn unsigned(levels: &[i64; 5]) -> Option<[u64; 5]> {
    let mut out = [0; 5];
    for (to, from) in out.iter_mut().zip(levels) {
        *to = u64::try_from(*from).ok()?;
    }
    Some(out)
}

fn sums(rows: &[CellSum], body: &str, parents: &mut Parents) -> Sums {
    let mut sums = Sums::new();
    parents.insert(REGION.to_owned(), None);
    for row in rows.iter().filter(|row| counts_in(row, body)) {
        let (unit, hall) = (format!("unit:{}", row.unit), format!("hall:{}", row.hall));
        let chain = [
            (REGION.to_owned(), None),
            (unit.clone(), Some(REGION.to_owned())),
            (hall.clone(), Some(REGION.to_owned())),
            (format!("win:{}", row.win), Some(hall)),
            (format!("item:{}", row.item), Some(unit)),
        ];
        for (cell, parent) in chain.into_iter().filter(|(cell, _)| !cell.ends_with(':')) {
            sums.entry(cell.clone()).or_default().add(row.level, row.n, real(row));
            parents.insert(cell, parent);
        }
    }
    sums
}

fn counts_in(row: &CellSum, body: &str) -> bool {
    let of = if row.subject_kind == "event" { "event" } else { "window" };
    row.kind == "active" && of == body
}

fn real(row: &CellSum) -> i64 {
    match row.identity.parse::<Identity>() {
        Ok(identity) if identity.is_real_name() => row.n,
        _ => 0,
    }
}

fn rows_of(day: &str, cell: &str, parent: Option<&str>, body: &str, sum: &Sum) -> Vec<ReleasedCell> {
    let dim = cell.split(':').next().unwrap_or(cell);
    (0..5)
        .filter(|at| sum.n[*at] != 0 || sum.real[*at] != 0)
        .map(|at| ReleasedCell {
            released_on: day.to_owned(),
            day: day.to_owned(),
            cell: cell.to_owned(),
            dim: dim.to_owned(),
            parent: parent.unwrap_or_default().to_owned(),
            subject_kind: body.to_owned(),
            level: at as i64 + 1,
            n: sum.n[at],
            real_name: sum.real[at],
        })
        .collect()
}

/// How bad ratings were handled as of a day: the region always, a unit when its cells are told
/// and nothing of it is kept back.
async fn handling(app: &App, day: &str, units: &Units) -> Result<Vec<ReleasedHandling>, FlowError> {
    let until = date::parse_iso(day).ok_or_else(|| FlowError::Internal("a stored day".into()))?;
    let mut sums: BTreeMap<String, Handling> = BTreeMap::new();
    let mut after: Option<(String, [u8; 16])> = None;
    loop {
        let from = after.as_ref().map(|(unit, id)| (unit.as_str(), id));
        let rows = app.store().list_tickets(from, 200).await?;
        let Some(last) = rows.last() else { break };
        after = Some((last.unit.clone(), last.ticket));
        for row in rows.into_iter().filter(|row| row.opened_on.as_str() <= day) {
            let unit = row.unit.clone();
            let loaded = tickets::load(app, row).await?;
            let one = of_ticket(app, &loaded.ticket, until)?;
            *sums.entry(unit).or_default() += one;
            *sums.entry(String::new()).or_default() += one;
        }
    }
    sums.entry(String::new()).or_default();
    Ok(sums
        .into_iter()
        .filter(|(unit, _)| units.may_tell(unit))
        .map(|(unit, sum)| stored(day, unit, &sum))
        .collect())
}

fn of_ticket(app: &App, ticket: &Ticket, until: Date) -> Result<Handling, FlowError> {
    let profile = app
        .profile(&ticket.profile, &ticket.profile_version)
        .ok_or_else(|| FlowError::Internal("a ticket names an unknown profile".into()))?;
    let handled_on = ticket.handled_on.filter(|on| *on <= until);
    let due = clocks(ticket, profile, &app.policies().calendar)
        .into_iter()
        .find(|state| state.clock == Clock::Rectify)
        .and_then(|state| state.due)
        .map(|due| due.due);
    let fell_due = due.filter(|due| *due <= until);
    let handled_as = |wanted| u64::from(handled_on.is_some() && ticket.handled_as == Some(wanted));
    Ok(Handling {
        bad: 1,
        due: u64::from(fell_due.is_some()),
        in_time: u64::from(fell_due.is_some_and(|due| handled_on.is_some_and(|on| on <= due))),
        rectified: handled_as(HandledAs::Rectified),
        explained: handled_as(HandledAs::Explained),
        open: u64::from(ticket.closed_on.is_none_or(|on| on > until)),
    })
}

fn stored(day: &str, unit: String, sum: &Handling) -> ReleasedHandling {
    let signed = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    ReleasedHandling {
        released_on: day.to_owned(),
        unit,
        bad: signed(sum.bad),
        due: signed(sum.due),
        in_time: signed(sum.in_time),
        rectified: signed(sum.rectified),
        explained: signed(sum.explained),
        open: signed(sum.open),
    }
}
