//! The release: once a day the day's door closes, and what may be public becomes public.
//!
//! `rules::release` decides which cells; here they are read, written and sealed. The work of a
//! release is what changed since the one before it, and the cells of its month: it goes on from
//! running sums, which `rebuild` can make again.

pub mod door;
mod handling;

use super::{FlowError, tickets};
use crate::app::App;
use rules::{
    can::{Action, Actor, On, can},
    date,
    profile::Profile,
    rating::Identity,
    release::{Cell, Touched, release},
};
use std::collections::{BTreeMap, BTreeSet};
use store::{
    CellSum, PeopleSum, ReleasedCell, Running, RunningCell, RunningPeople, StoreError, Told,
};

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

    /// A later version may have taken ratings away, so a sum of zero is not the same as none.
    fn is_any(&self, at: usize) -> bool {
        self.n[at] != 0 || self.real[at] != 0
    }

    fn minus(&self, other: &Self) -> Self {
        Self {
            n: std::array::from_fn(|at| self.n[at] - other.n[at]),
            real: std::array::from_fn(|at| self.real[at] - other.real[at]),
        }
    }
}

/// The region and the units of which a release tells something.
#[derive(Default)]
struct Places {
    /// Those whose cell gains something now: cell and body.
    told: BTreeSet<(String, String)>,
    /// Units of which something has been told in the month.
    known: BTreeSet<String>,
}

/// Opens the first day, closes days that are over, opens the tickets of bad ratings, and releases what is
/// closed.
///
/// # Errors
/// When the store does not answer.
pub async fn tick(app: &App) -> Result<(), FlowError> {
    turn(app).await?;
    tickets::follow(app).await?;
    release_closed(app).await
}

/// Opens the first day and closes the one that is over: from then on nothing is stamped with it.
///
/// # Errors
/// When the store does not answer.
pub async fn turn(app: &App) -> Result<(), FlowError> {
    can(&Actor::System, On::Nothing, Action::ReleaseDay)?;
    app.may_stamp()?;
    door::turn(app).await
}

/// Releases every day that is closed; new ratings may come in meanwhile.
///
/// # Errors
/// When the store does not answer.
pub async fn release_closed(app: &App) -> Result<(), FlowError> {
    can(&Actor::System, On::Nothing, Action::ReleaseDay)?;
    app.may_stamp()?;
    // A day that is still to come may be closed as well, where a clock had run ahead.
    let Some(open) = app.store().door_current().await? else {
        return Ok(());
    };
    for door in app.store().doors("", &open.day).await? {
        if door.state == "closed" && !publish(app, &door.day).await? {
            break;
        }
    }
    Ok(())
}

/// Releases a day; whether it did. Where another server was quicker, what was read here is no longer
/// what the next day goes on from.
async fn publish(app: &App, day: &str) -> Result<bool, FlowError> {
    let profile = profile_on(app, day)?;
    let mut rows = Vec::new();
    let mut places = Places::default();
    let mut month = Month::before(app, day).await?;
    for body in BODIES {
        rows.extend(month.release(day, body, profile.k(), &mut places));
    }
    let counted = handling::count(app, day, &places).await?;
    let told = Told {
        cells: rows,
        handling: counted.told(day, &places),
        due: counted.told_due(day),
    };
    let running = Running {
        cells: month.moved(),
        people: month.people(|cell| cell.moved),
        tickets: counted.tickets,
        handling: counted.sums,
    };
    let now = app.clock().now();
    match app.store().released_write(day, told, running, now).await {
        Ok(()) => {
            tracing::info!(day, "released");
            Ok(true)
        }
        Err(StoreError::Conflict(_)) => {
            tracing::debug!(day, "released by another server");
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}

/// Makes what releases go on from again, out of what is appended; gives how many rows differed.
///
/// # Errors
/// When the store does not answer, or a stream does not fold.
pub async fn rebuild(app: &App) -> Result<usize, FlowError> {
    let Some(day) = app.store().last_released_day().await? else {
        return Ok(0);
    };
    let month = month_of(&day);
    let counted = handling::count_all(app, &day, &Places::default()).await?;
    let all = Month::of_all(app, &day).await?;
    let fresh = Running {
        cells: all.rows(|_| true),
        people: all.people(|_| true),
        tickets: counted.tickets,
        handling: counted.sums,
    };
    let mut cells = app.store().running_cells(month).await?;
    // A later version may have taken away all there was of a level.
    cells.retain(|cell| [cell.seen, cell.seen_real, cell.told, cell.told_real] != [0; 4]);
    let kept = Running {
        cells,
        people: app.store().running_people(month).await?,
        tickets: app.store().running_tickets().await?,
        handling: app.store().running_handling().await?,
    };
    let differed = differing(&fresh.cells, &kept.cells)
        + differing(&fresh.people, &kept.people)
        + differing(&fresh.tickets, &kept.tickets)
        + differing(&fresh.handling, &kept.handling);
    if differed > 0 {
        app.store().running_replace(month, fresh).await?;
    }
    Ok(differed)
}

/// How many rows of either are not in the other.
fn differing<T: PartialEq>(one: &[T], other: &[T]) -> usize {
    let lacks = |of: &[T], from: &[T]| of.iter().filter(|row| !from.contains(row)).count();
    if one == other {
        0
    } else {
        lacks(one, other).max(lacks(other, one)).max(1)
    }
}

fn month_of(day: &str) -> &str {
    day.get(..7).unwrap_or(day)
}

fn profile_on<'a>(app: &'a App, day: &str) -> Result<&'a Profile, FlowError> {
    date::parse_iso(day)
        .and_then(|day| app.profile_on(day))
        .ok_or_else(|| FlowError::Internal("no profile is in force".into()))
}

/// A cell of a month: what was accepted in it, and what of that has been released.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct OfMonth {
    /// The cell that a page shows it below.
    parent: Option<String>,
    touched: Touched,
    seen: Sum,
    told: Sum,
    /// Of how many people those are, each in one cell only of those that divide another.
    people_seen: i64,
    people_told: i64,
    moved: bool,
    /// Levels with a row in the store, which would otherwise keep what is no longer so.
    kept: [bool; 5],
}

/// The cells of a month, by body and id. Small cells start afresh with each month.
struct Month {
    month: String,
    cells: BTreeMap<(String, String), OfMonth>,
}

impl Month {
    /// As the last release left it, with the ratings of the days that are released now.
    async fn before(app: &App, day: &str) -> Result<Self, FlowError> {
        let kept = app.store().running_cells(month_of(day)).await?;
        if kept.is_empty() {
            // The month's first release, or a folder from before releases kept anything.
            return Self::of_all(app, day).await;
        }
        let mut month = Self {
            month: month_of(day).to_owned(),
            cells: BTreeMap::new(),
        };
        for row in kept {
            let cell = month.cells.entry((row.subject_kind, row.cell)).or_default();
            cell.parent = Some(row.parent).filter(|parent| !parent.is_empty());
            row.touched
                .split_whitespace()
                .for_each(|of| cell.touched.add(of));
            cell.seen.add(row.level, row.seen, row.seen_real);
            cell.told.add(row.level, row.told, row.told_real);
            if let Ok(at @ 1..=5) = usize::try_from(row.level) {
                cell.kept[at - 1] = true;
            }
        }
        for row in app.store().running_people(month_of(day)).await? {
            let cell = month.cells.entry((row.subject_kind, row.cell)).or_default();
            cell.people_seen = row.seen;
            cell.people_told = row.told;
        }
        month.see(app, &app.store().rollup_sums(day).await?);
        month.see_people(app, &app.store().people_sums(day).await?);
        Ok(month)
    }

    /// From everything that was accepted and released in the month, up to a day.
    async fn of_all(app: &App, day: &str) -> Result<Self, FlowError> {
        let from = format!("{}-00", month_of(day));
        let mut month = Self {
            month: month_of(day).to_owned(),
            cells: BTreeMap::new(),
        };
        month.see(app, &app.store().rollup_totals(&from, day).await?);
        let mut through: BTreeMap<(String, String), String> = BTreeMap::new();
        for row in app.store().released_cells(&from, day).await? {
            let key = (row.subject_kind, row.cell);
            let cell = month.cells.entry(key.clone()).or_default();
            cell.told.add(row.level, row.n, row.real_name);
            // They come by day.
            through.insert(key, row.day);
        }
        let people = app.store().people_totals(&from, day).await?;
        month.see_people(app, &people);
        for row in people {
            for key in cells_of(app, &row).map(|id| (row.body.clone(), id)) {
                let is_told = through.get(&key).is_some_and(|day| row.day <= *day);
                if let Some(cell) = month.cells.get_mut(&key).filter(|_| is_told) {
                    cell.people_told += row.n;
                }
            }
        }
        Ok(month)
    }

    fn see_people(&mut self, app: &App, people: &[PeopleSum]) {
        for row in people {
            for id in cells_of(app, row).into_iter().filter(|id| !is_nothing(id)) {
                let cell = self.cells.entry((row.body.clone(), id)).or_default();
                cell.people_seen += row.n;
                cell.moved = true;
            }
        }
    }

    fn see(&mut self, app: &App, sums: &[CellSum]) {
        for body in BODIES {
            for row in sums.iter().filter(|row| counts_in(row, body)) {
                let chain = chain(app, [&row.unit, &row.hall, &row.win, &row.item]);
                for (id, parent) in chain.iter().filter(|(id, _)| !is_nothing(id)) {
                    let cell = self.cells.entry((body.to_owned(), id.clone())).or_default();
                    cell.seen.add(row.level, row.n, real(row));
                    // An item served at windows of two units: the later one, the same every time.
                    cell.parent = cell.parent.take().max(parent.clone());
                    cell.moved = true;
                    chain.iter().for_each(|(other, _)| cell.touched.add(other));
                }
            }
        }
    }

    /// Decides which cells are told now, and notes that they were.
    fn release(&mut self, day: &str, body: &str, k: u64, places: &mut Places) -> Vec<ReleasedCell> {
        let of_body = self.cells.iter().filter(|((of, _), _)| of == body);
        let cells: Vec<Cell> = of_body
            .map(|((_, id), cell)| Cell {
                id: id.clone(),
                within: match id.as_str() {
                    REGION => BTreeSet::new(),
                    id => cell.touched.around(id),
                },
                pending: cell.seen.minus(&cell.told).n,
                released: cell.told.n,
                people_pending: cell.people_seen - cell.people_told,
                people_released: cell.people_told,
            })
            .collect();
        let mut rows = Vec::new();
        for told in release(&cells, k) {
            if told == REGION || told.starts_with("unit:") {
                places.told.insert((told.to_owned(), body.to_owned()));
            }
            let parent = self.parent(body, told);
            let gained = self.tell(body, told);
            rows.extend(rows_of(day, told, parent.as_deref(), body, &gained));
        }
        let told = self
            .cells
            .iter()
            .filter(|(_, cell)| cell.told != Sum::default());
        let known = told.filter_map(|((_, id), _)| id.strip_prefix("unit:"));
        places.known.extend(known.map(str::to_owned));
        rows
    }

    fn parent(&self, body: &str, id: &str) -> Option<String> {
        let cell = self.cells.get(&(body.to_owned(), id.to_owned()))?;
        cell.parent.clone()
    }

    /// Everything seen in a cell is told from now on; gives what that adds.
    fn tell(&mut self, body: &str, id: &str) -> Sum {
        let Some(cell) = self.cells.get_mut(&(body.to_owned(), id.to_owned())) else {
            return Sum::default();
        };
        let gained = cell.seen.minus(&cell.told);
        cell.told = cell.seen;
        cell.people_told = cell.people_seen;
        cell.moved = true;
        gained
    }

    fn moved(&self) -> Vec<RunningCell> {
        self.rows(|cell| cell.moved)
    }

    fn rows(&self, which: impl Fn(&OfMonth) -> bool) -> Vec<RunningCell> {
        let mut rows = Vec::new();
        for ((body, id), cell) in self.cells.iter().filter(|(_, cell)| which(cell)) {
            let touched: Vec<&str> = cell.touched.iter().collect();
            let touched = touched.join(" ");
            let levels = (0..5)
                .filter(|at| cell.kept[*at] || cell.seen.is_any(*at) || cell.told.is_any(*at));
            rows.extend(levels.map(|at| RunningCell {
                month: self.month.clone(),
                cell: id.clone(),
                parent: cell.parent.clone().unwrap_or_default(),
                touched: touched.clone(),
                subject_kind: body.clone(),
                level: at as i64 + 1,
                seen: cell.seen.n[at],
                seen_real: cell.seen.real[at],
                told: cell.told.n[at],
                told_real: cell.told.real[at],
            }));
        }
        rows.sort_by(|a, b| {
            (&a.cell, &a.subject_kind, a.level).cmp(&(&b.cell, &b.subject_kind, b.level))
        });
        rows
    }

    fn people(&self, which: impl Fn(&OfMonth) -> bool) -> Vec<RunningPeople> {
        let cells = self.cells.iter().filter(|(_, cell)| which(cell));
        let row = |((body, id), cell): (&(String, String), &OfMonth)| RunningPeople {
            month: self.month.clone(),
            cell: id.clone(),
            subject_kind: body.clone(),
            seen: cell.people_seen,
            told: cell.people_told,
        };
        let mut rows: Vec<RunningPeople> = cells.map(row).collect();
        rows.sort_by(|a, b| (&a.cell, &a.subject_kind).cmp(&(&b.cell, &b.subject_kind)));
        rows
    }
}

/// The cells that a rating of some people counts in.
fn cells_of(app: &App, row: &PeopleSum) -> [String; 6] {
    chain(app, [&row.unit, &row.hall, &row.win, &row.item]).map(|(cell, _)| cell)
}

/// Is it the cell of nothing in its breakdown, such as `hall:`?
fn is_nothing(cell: &str) -> bool {
    cell.ends_with(':')
}

/// The cell of a place's ratings that are of no item (`item:@unit`), or of no window (`win:@hall`):
/// they are a part of it like any other, and nothing is held back with them.
#[must_use]
pub fn of_none(breakdown: &str, of: &str) -> String {
    format!("{breakdown}:@{of}")
}

/// A cell of each breakdown that a rating counts in, or that of nothing, with the cell that a page
/// shows it below. The places are unit, hall, window and item.
fn chain(app: &App, [unit, hall, win, item]: [&str; 4]) -> [(String, Option<String>); 6] {
    let known = app.directory().hall(hall);
    let county = format!("county:{}", known.map_or("", |hall| hall.county.as_str()));
    let (of_unit, of_hall) = (unit, hall);
    let (unit, hall) = (format!("unit:{unit}"), format!("hall:{hall}"));
    let named = |breakdown: &str, code: &str, of: &str| match code {
        "" if of.is_empty() => format!("{breakdown}:"),
        "" => of_none(breakdown, of),
        code => format!("{breakdown}:{code}"),
    };
    let region = || Some(REGION.to_owned());
    [
        (REGION.to_owned(), None),
        (unit.clone(), region()),
        (county.clone(), region()),
        (hall.clone(), Some(county)),
        (named("win", win, of_hall), Some(hall)),
        (named("item", item, of_unit), Some(unit)),
    ]
    // A hall whose county nobody entered is the region's own.
    .map(|(cell, parent)| {
        let parent = parent.map(|of| match is_nothing(&of) {
            true => REGION.to_owned(),
            false => of,
        });
        (cell, parent)
    })
}

/// The body that a kind of subject is told in.
pub(super) fn body_of(subject_kind: &str) -> &'static str {
    match subject_kind {
        "event" => "event",
        _ => "window",
    }
}

fn counts_in(row: &CellSum, body: &str) -> bool {
    row.kind == "active" && body_of(&row.subject_kind) == body
}

fn real(row: &CellSum) -> i64 {
    match row.identity.parse::<Identity>() {
        Ok(identity) if identity.is_real_name() => row.n,
        _ => 0,
    }
}

fn rows_of(
    day: &str,
    cell: &str,
    parent: Option<&str>,
    body: &str,
    sum: &Sum,
) -> Vec<ReleasedCell> {
    let dim = cell.split(':').next().unwrap_or(cell);
    (0..5)
        .filter(|at| sum.is_any(*at))
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
