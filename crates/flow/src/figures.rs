//! Figures: released cells, through `rules::indicators`, to what pages and the API show.

mod coverage;

use super::{
    FlowError,
    release::{BODIES, REGION, of_none},
};
use crate::app::App;
use contract::figures::{Block, Figures, Part, PartRow, Place, Today, TrendDay, UnitRow};
use rules::{
    date,
    indicators::{self, Counts, FellDue, Handling, RealNames},
    level::{LabelSet, Level},
    profile::{Profile, RELEASE_K},
};
use std::collections::BTreeMap;
use store::{ReleasedDue, ReleasedHandling, ToldLevels};

/// Today's number of ratings in the region, without levels: the only live figure.
///
/// # Errors
/// When the store does not answer.
pub async fn today(app: &App) -> Result<Today, FlowError> {
    let day = date::iso(app.clock().today());
    let ratings = app.store().today_count(&day).await?;
    Ok(Today {
        ratings: u64::try_from(ratings).unwrap_or(0),
    })
}

/// The figures of a month, of the region or of a place in it (`hall:h1`, `unit:539900-rs` …).
///
/// # Errors
/// `Malformed` for something that is no period, `NotFound` for an unknown place or a month without figures.
pub async fn of(
    app: &App,
    period: Option<&str>,
    place: Option<&str>,
) -> Result<Figures, FlowError> {
    let chosen = place.unwrap_or(REGION);
    let path = path(app, chosen).ok_or(FlowError::NotFound)?;
    let through = app.store().last_released_day().await?;
    let periods = app.store().released_months().await?;
    let period = match (period, periods.first()) {
        (Some(period), _) if !is_period(period) => return Err(FlowError::Malformed("period")),
        (Some(period), Some(_)) if !periods.iter().any(|known| known == period) => {
            return Err(FlowError::NotFound);
        }
        (Some(period), _) => period.to_owned(),
        (None, Some(newest)) => newest.clone(),
        (None, None) => date::iso(app.clock().today())[..7].to_owned(),
    };
    let (first, last) = (format!("{period}-00"), format!("{period}-99"));
    let store = app.store();
    // Each is a way to the database and back; none needs another.
    let (cells, days, before, at_end, due, coverage) = tokio::try_join!(
        store.released_month(&period, chosen),
        store.released_trend(chosen, BODIES[0], &first, &last),
        store.handling_at(&first),
        store.handling_at(&last),
        store.due_at(&first, &last),
        coverage::of(app, chosen, &period),
    )?;
    let profile = profile(app, &period);
    let view = View {
        app,
        profile,
        chosen,
        cells,
        days,
        before,
        at_end: at_end
            .into_iter()
            .filter(|row| row.released_on >= first)
            .collect(),
        fell_due: fell_due(due, profile.map_or(RELEASE_K, Profile::k)),
    };
    let unit = chosen.strip_prefix("unit:");
    // The region's own rows have no unit; other places have none.
    let handled_by = unit.or((chosen == REGION).then_some(""));
    let handling = handled_by.and_then(|unit| view.handling(unit));
    let (held, ruled_out) = match chosen == REGION {
        true => (
            store.held_at(&last).await?,
            store.held_excluded(&last).await?,
        ),
        false => (0, 0),
    };
    let [held, ruled_out] = [held, ruled_out].map(|n| u64::try_from(n).unwrap_or(0));
    Ok(Figures {
        region: app.region().name.clone(),
        demo: app.region().demo,
        labels: view
            .profile
            .map_or(LabelSet::Satisfaction, Profile::label_set),
        periods,
        path,
        unit: unit.map(str::to_owned),
        units: app
            .directory()
            .units()
            .map(|unit| (unit.code.clone(), unit.name.clone()))
            .collect(),
        released_through: through,
        events: view.block(chosen, BODIES[0]),
        windows: view.block(chosen, BODIES[1]),
        trend: view.trend(),
        parts: view.parts(),
        rows: view.rows(),
        unassigned: view.unassigned(BODIES[0]),
        unassigned_windows: view.unassigned(BODIES[1]),
        in_time: indicators::in_time(&handling.unwrap_or_default()),
        handling,
        fell_due: handled_by.and_then(|unit| view.fell_due.get(unit).copied()),
        held,
        ruled_out,
        coverage,
        good_from: view
            .good_levels()
            .iter()
            .map(|level| level.get())
            .min()
            .unwrap_or(3),
        period,
    })
}

fn named(kind: &str, code: &str, name: String) -> Place {
    Place {
        place: format!("{kind}:{code}"),
        name,
    }
}

/// A place after those it is part of; none where there is no such place.
fn path(app: &App, chosen: &str) -> Option<Vec<Place>> {
    let directory = app.directory();
    let region = Place {
        place: REGION.to_owned(),
        name: app.region().name.clone(),
    };
    let Some((kind, code)) = chosen.split_once(':') else {
        return (chosen == REGION).then(|| vec![region]);
    };
    let (parent, name) = match kind {
        "county" => (
            REGION.to_owned(),
            directory.counties().find(|(known, _)| known == code)?.1,
        ),
        "hall" => {
            let hall = directory.hall(code)?;
            (format!("county:{}", hall.county), hall.name.clone())
        }
        "win" => {
            let window = directory.window(code)?;
            (
                format!("hall:{}", window.hall),
                format!("{} {}", window.no, window.name),
            )
        }
        "unit" => (REGION.to_owned(), directory.unit(code)?.name.clone()),
        "item" => {
            let item = directory.item(code)?;
            (format!("unit:{}", item.unit), item.name.clone())
        }
        _ => return None,
    };
    let mut path = path(app, &parent)?;
    path.push(named(kind, code, name));
    Some(path)
}

fn is_period(text: &str) -> bool {
    text.len() == 7 && date::parse_iso(&format!("{text}-01")).is_some()
}

fn profile<'a>(app: &'a App, period: &str) -> Option<&'a Profile> {
    date::parse_iso(&format!("{period}-01")).and_then(|day| app.profile_on(day))
}

/// Rows as counts. Later versions may have taken away more than is there: that is none.
fn counts_of<'a>(rows: impl IntoIterator<Item = &'a ToldLevels>) -> Counts {
    let whole = |n: i64| u64::try_from(n).unwrap_or(0);
    let counts = |row: &ToldLevels| Counts {
        levels: row.levels().map(whole),
        real_name: whole(row.real_name),
        ..Counts::default()
    };
    rows.into_iter().map(counts).sum()
}

struct View<'a> {
    app: &'a App,
    profile: Option<&'a Profile>,
    chosen: &'a str,
    /// The chosen cell and its parts, of the whole month.
    cells: Vec<ToldLevels>,
    /// The chosen cell day by day.
    days: Vec<ToldLevels>,
    /// Handling as last told before the month, and in it.
    before: Vec<ReleasedHandling>,
    at_end: Vec<ReleasedHandling>,
    /// What became of those whose term ended in the month, as last told in it: of each unit, and of the region, which
    /// has no unit.
    fell_due: BTreeMap<String, FellDue>,
}

impl View<'_> {
    fn good_levels(&self) -> Vec<Level> {
        self.profile.map_or_else(
            || vec![Level::L3, Level::L4, Level::L5],
            Profile::good_levels,
        )
    }

    fn counts(&self, cell: &str, body: &str) -> Counts {
        let of = |row: &&ToldLevels| row.of == cell && row.subject_kind == body;
        counts_of(self.cells.iter().filter(of))
    }

    fn block(&self, cell: &str, body: &str) -> Block {
        self.block_of(self.counts(cell, body))
    }

    fn block_of(&self, counts: Counts) -> Block {
        Block {
            good: indicators::good_rate(&counts, &self.good_levels()),
            bad: indicators::bad_rate(&counts),
            mean: indicators::mean(&counts),
            counts,
        }
    }

    fn trend(&self) -> Vec<TrendDay> {
        let day = |row: &ToldLevels| {
            let (total, bad) = indicators::added(&row.levels());
            TrendDay {
                day: row.of.clone(),
                total,
                bad,
            }
        };
        self.days.iter().map(day).collect()
    }

    /// The chosen place's parts; a region's units have rows of their own.
    fn parts(&self) -> Vec<Part> {
        let directory = self.app.directory();
        let (kind, rows): (&str, Vec<Place>) = match self.chosen.split_once(':') {
            None => {
                let counties = directory.counties();
                (
                    "county",
                    counties
                        .map(|(code, name)| named("county", &code, name))
                        .collect(),
                )
            }
            Some(("county", county)) => {
                let halls = directory.halls_of(county);
                (
                    "hall",
                    halls
                        .map(|hall| named("hall", &hall.code, hall.name.clone()))
                        .collect(),
                )
            }
            Some(("hall", hall)) => {
                let windows = directory.windows_of(hall);
                let row = |window: &store::Window| {
                    named(
                        "win",
                        &window.code,
                        format!("{} {}", window.no, window.name),
                    )
                };
                ("win", windows.map(row).collect())
            }
            Some(("unit", unit)) => {
                let items = directory.items_of(unit);
                (
                    "item",
                    items
                        .map(|item| named("item", &item.code, item.name.clone()))
                        .collect(),
                )
            }
            _ => return Vec::new(),
        };
        let of_none = self.of_no_part(kind);
        let cells = || {
            let named = rows.iter().map(|place| place.place.as_str());
            named.chain(of_none.as_deref())
        };
        let (unassigned, unassigned_windows) =
            (self.rest(cells(), BODIES[0]), self.rest(cells(), BODIES[1]));
        let without_name = Place {
            place: String::new(),
            name: String::new(),
        };
        let last = of_none.map(|cell| self.part_row(&cell, without_name));
        let named = rows
            .into_iter()
            .map(|place| self.part_row(&place.place.clone(), place));
        vec![Part {
            kind: kind.to_owned(),
            unassigned,
            unassigned_windows,
            rows: named.chain(last).collect(),
        }]
    }

    /// The cell of ratings that are of no item or of no window, where there are any.
    fn of_no_part(&self, kind: &str) -> Option<String> {
        let (_, code) = self.chosen.split_once(':')?;
        let cell = of_none(kind, code);
        self.cells.iter().any(|row| row.of == cell).then_some(cell)
    }

    fn part_row(&self, cell: &str, place: Place) -> PartRow {
        PartRow {
            events: self.block(cell, BODIES[0]),
            windows: self.block(cell, BODIES[1]),
            place,
        }
    }

    fn rows(&self) -> Vec<UnitRow> {
        let told =
            |code: &str| self.chosen == REGION || self.chosen.strip_prefix("unit:") == Some(code);
        let units = self.app.directory().units().filter(|unit| told(&unit.code));
        units
            .map(|unit| {
                let cell = format!("unit:{}", unit.code);
                let handling = self.handling(&unit.code);
                UnitRow {
                    code: unit.code.clone(),
                    name: unit.name.clone(),
                    events: self.block(&cell, BODIES[0]),
                    windows: self.block(&cell, BODIES[1]),
                    in_time: indicators::in_time(&handling.unwrap_or_default()),
                    handling,
                    fell_due: self.fell_due.get(&unit.code).copied(),
                }
            })
            .collect()
    }

    /// What the region counts and no unit's row does. Of another place there is nothing to say.
    fn unassigned(&self, body: &str) -> Counts {
        if self.chosen != REGION {
            return Counts::default();
        }
        let units = self.app.directory().units();
        let cells: Vec<String> = units.map(|unit| format!("unit:{}", unit.code)).collect();
        self.rest(cells.iter().map(String::as_str), body)
    }

    /// What the chosen place counts and none of these does.
    fn rest<'c>(&self, cells: impl Iterator<Item = &'c str>, body: &str) -> Counts {
        let whole = self.counts(self.chosen, body);
        let assigned: Counts = cells.map(|cell| self.counts(cell, body)).sum();
        indicators::rest(&whole, &assigned)
    }

    /// Snapshots hold everything since the beginning; a month is the difference of two of them.
    fn handling(&self, unit: &str) -> Option<Handling> {
        let of = |row: &&ReleasedHandling| row.unit == unit;
        let start = self.before.iter().find(of);
        let end = self.at_end.iter().find(of)?;
        let since = |pick: fn(&ReleasedHandling) -> i64| {
            u64::try_from(pick(end) - start.map_or(0, pick)).unwrap_or(0)
        };
        Some(Handling {
            bad: since(|row| row.bad),
            due: since(|row| row.due),
            in_time: since(|row| row.in_time),
            rectified: since(|row| row.rectified),
            explained: since(|row| row.explained),
            open: u64::try_from(end.open).unwrap_or(0),
        })
    }
}

/// By unit what became of those that fell due, as it may be told beside each other.
fn fell_due(rows: Vec<ReleasedDue>, k: u64) -> BTreeMap<String, FellDue> {
    let (mut region, units): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|row| row.unit.is_empty());
    let of_region = region.pop();
    let whole = of_region.as_ref().map(counted).unwrap_or_default();
    let parts = units.iter().map(counted).collect();
    let (whole, parts) = indicators::real_names_told(whole, parts, k);
    let mut told: BTreeMap<String, FellDue> =
        units.into_iter().map(|row| row.unit).zip(parts).collect();
    told.extend(of_region.map(|row| (row.unit, whole)));
    told
}

fn counted(row: &ReleasedDue) -> FellDue {
    let whole = |n: i64| u64::try_from(n).unwrap_or(0);
    FellDue {
        due: whole(row.due),
        handled: whole(row.handled),
        real: Some(RealNames {
            bad: whole(row.real_name),
            reached: whole(row.real_reached),
            unreached: whole(row.real_unreached),
            handled: whole(row.real_handled),
            both: whole(row.real_both),
        }),
    }
}
