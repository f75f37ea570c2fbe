//! Figures: released cells, through `rules::indicators`, to what pages and the API show.

use super::{
    FlowError,
    release::{BODIES, REGION},
};
use crate::app::App;
use contract::figures::{Block, Figures, Today, TrendDay, UnitRow};
use rules::{
    date,
    indicators::{self, Counts, Handling},
    level::{LabelSet, Level},
    profile::Profile,
};
use std::collections::BTreeMap;
use store::{DayLevel, MonthCell, ReleasedHandling};

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

/// The figures of a month, of the region or of one unit.
///
/// # Errors
/// `Malformed` for something that is no period, `NotFound` for an unknown unit or a month without figures.
pub async fn of(app: &App, period: Option<&str>, unit: Option<&str>) -> Result<Figures, FlowError> {
    if let Some(unit) = unit
        && app.directory().unit(unit).is_none()
    {
        return Err(FlowError::NotFound);
    }
    let through = app.store().last_released_day().await?;
    let periods = app.store().released_months().await?;
    let period = match (period, periods.first()) {
        (Some(period), _) if !is_period(period) => return Err(FlowError::Malformed("period")),
        (Some(period), Some(_)) if !periods.iter().any(|known| known == period) => return Err(FlowError::NotFound),
        (Some(period), _) => period.to_owned(),
        (None, Some(newest)) => newest.clone(),
        (None, None) => date::iso(app.clock().today())[..7].to_owned(),
    };
    let chosen = unit.map_or_else(|| REGION.to_owned(), |code| format!("unit:{code}"));
    let (first, last) = (format!("{period}-00"), format!("{period}-99"));
    let view = View {
        app,
        profile: profile(app, &period),
        cells: app.store().released_month(&period, &chosen).await?,
        days: app.store().released_trend(&chosen, BODIES[0], &first, &last).await?,
        before: app.store().handling_at(&first).await?,
        at_end: app.store().handling_at(&last).await?,
    };
    let handling = view.handling(unit.unwrap_or(""));
    Ok(Figures {
        region: app.region().name.clone(),
        demo: app.region().demo,
        labels: view.profile.map_or(LabelSet::Satisfaction, Profile::label_set),
        periods,
        unit: unit.map(str::to_owned),
        units: app.directory().units().map(|unit| (unit.code.clone(), unit.name.clone())).collect(),
        released_through: through,
        events: view.block(&chosen, BODIES[0]),
        windows: view.block(&chosen, BODIES[1]),
        trend: view.trend(),
        rows: view.rows(unit),
        unassigned: view.unassigned(unit, BODIES[0]),
        unassigned_windows: view.unassigned(unit, BODIES[1]),
        in_time: indicators::in_time(&handling),
        handling,
        good_from: view.good_levels().iter().map(|level| level.get()).min().unwrap_or(3),
        period,
    })
}

fn is_period(text: &str) -> bool {
    text.len() == 7 && date::parse_iso(&format!("{text}-01")).is_some()
}

fn profile<'a>(app: &'a App, period: &str) -> Option<&'a Profile> {
    date::parse_iso(&format!("{period}-01")).and_then(|day| app.profile_on(day))
}

struct View<'a> {
    app: &'a App,
    profile: Option<&'a Profile>,
    /// The chosen cell and its parts, of the whole month.
    cells: Vec<MonthCell>,
    /// The chosen cell day by day.
    days: Vec<DayLevel>,
    /// Handling as last told before the month, and at its end.
    before: Vec<ReleasedHandling>,
    at_end: Vec<ReleasedHandling>,
}

impl View<'_> {
    fn good_levels(&self) -> Vec<Level> {
        self.profile
            .map_or_else(|| vec![Level::L3, Level::L4, Level::L5], Profile::good_levels)
    }

    fn counts(&self, cell: &str, body: &str) -> Counts {
        let mut levels = [0i64; 5];
        let mut real = 0;
        for row in self.cells.iter().filter(|row| row.cell == cell && row.subject_kind == body) {
            if let Ok(at @ 1..=5) = usize::try_from(row.level) {
                levels[at - 1] += row.n;
                real += row.real_name;
            }
        }
        Counts {
            levels: levels.map(|n| u64::try_from(n).unwrap_or(0)),
            real_name: u64::try_from(real).unwrap_or(0),
            ..Counts::default()
        }
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
        let mut days: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
        for row in &self.days {
            let day = days.entry(&row.day).or_default();
            day.0 += row.n;
            if row.level <= 2 {
                day.1 += row.n;
            }
        }
        let whole = |n: i64| u64::try_from(n).unwrap_or(0);
        days.into_iter()
            .map(|(day, (total, bad))| TrendDay {
                day: day.to_owned(),
                total: whole(total),
                bad: whole(bad),
            })
            .collect()
    }

    fn rows(&self, only: Option<&str>) -> Vec<UnitRow> {
        let units = self.app.directory().units().filter(|unit| only.is_none_or(|code| unit.code == code));
        units
            .map(|unit| {
                let cell = format!("unit:{}", unit.code);
                let handling = self.handling(&unit.code);
                UnitRow {
                    code: unit.code.clone(),
                    name: unit.name.clone(),
                    events: self.block(&cell, BODIES[0]),
                    windows: self.block(&cell, BODIES[1]),
                    in_time: indicators::in_time(&handling),
                    handling,
                }
            })
            .collect()
    }

    /// What the region counts and no unit's row does. Of one unit there is nothing to say.
    fn unassigned(&self, only: Option<&str>, body: &str) -> Counts {
        if only.is_some() {
            return Counts::default();
        }
        let whole = self.counts(REGION, body);
        let assigned: Counts = self
            .app
            .directory()
            .units()
            .map(|unit| self.counts(&format!("unit:{}", unit.code), body))
            .sum();
        Counts {
            levels: std::array::from_fn(|at| whole.levels[at].saturating_sub(assigned.levels[at])),
            real_name: whole.real_name.saturating_sub(assigned.real_name),
            ..Counts::default()
        }
    }

    /// Snapshots hold everything since the beginning; a month is the difference of two of them.
    fn handling(&self, unit: &str) -> Handling {
        let of = |row: &&ReleasedHandling| row.unit == unit;
        let start = self.before.iter().find(of);
        let Some(end) = self.at_end.iter().find(of) else { return Handling::default() };
        let since = |pick: fn(&ReleasedHandling) -> i64| {
            u64::try_from(pick(end) - start.map_or(0, pick)).unwrap_or(0)
        };
        Handling {
            bad: since(|row| row.bad),
            due: since(|row| row.due),
            in_time: since(|row| row.in_time),
            rectified: since(|row| row.rectified),
            explained: since(|row| row.explained),
            open: u64::try_from(end.open).unwrap_or(0),
        }
    }
}
