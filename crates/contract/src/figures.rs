//! Released figures, and the calculator of deadlines.

use rules::{
    deadline::Step,
    indicators::{Counts, Coverage, FellDue, Handling, Rate, first_with_most},
    level::LabelSet,
    profile::Basis,
};
use serde::{Deserialize, Serialize};

/// `GET /api/v1/figures?period=2026-10&place=unit:…`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Figures {
    /// The region's name.
    pub region: String,
    /// An invented region: every page says 演示.
    pub demo: bool,
    /// The words for the levels.
    pub labels: LabelSet,
    /// The period, `YYYY-MM`.
    pub period: String,
    /// Periods that have released figures, newest first.
    pub periods: Vec<String>,
    /// The chosen place and those it is part of, from the region downwards.
    pub path: Vec<Place>,
    /// The unit's code, when the chosen place is one.
    pub unit: Option<String>,
    /// Every unit: code and name.
    pub units: Vec<(String, String)>,
    /// The last released day, ISO; `None` before the first release.
    pub released_through: Option<String>,
    /// Ratings of service events (`domain.md` 5.1, A).
    pub events: Block,
    /// Ratings of windows and halls without a case (V), never summed with `events`.
    pub windows: Block,
    /// Ratings of service events per day; of a unit, per day of release.
    pub trend: Vec<TrendDay>,
    /// What the chosen place consists of, but for a region's units.
    pub parts: Vec<Part>,
    /// Per unit, of the region; of a unit, its own row.
    pub rows: Vec<UnitRow>,
    /// Ratings of service events counted in the region and in no unit's row yet (尚未细分).
    pub unassigned: Counts,
    /// The same of windows and halls.
    pub unassigned_windows: Counts,
    /// What became of bad ratings; told of the region and of units, where a release of the period
    /// tells it.
    pub handling: Option<Handling>,
    /// What became of those whose term ended in the period; none where no release tells it.
    pub fell_due: Option<FellDue>,
    /// Closed in time of those that fell due.
    pub in_time: Rate,
    /// How much of the region can be rated and was; of the region only.
    pub coverage: Vec<Covered>,
    /// Ratings of the region that came above a limit and wait for a ruling (核验中), as of the month's last
    /// release; they are in no other number but today's. Of another place it is not told.
    #[serde(default)]
    pub held: u64,
    /// Ratings of the region that were held and then excluded by a ruling (不予采纳), since the beginning and up to the
    /// month's last release; they are in no other number. Of another place it is not told.
    #[serde(default)]
    pub ruled_out: u64,
    /// Levels from this one on count as good (3, or 4).
    pub good_from: u8,
}

impl Figures {
    /// The day with most ratings, the first of equals; `None` without any rating.
    pub fn most(&self) -> Option<&TrendDay> {
        first_with_most(&self.trend, |day| day.total)
    }

    /// Whether the days of the trend are those of releases. Of the region everything is released day
    /// by day; of a place in it what had to wait comes with a later day.
    pub fn trend_is_told(&self) -> bool {
        self.path.len() > 1
    }

    /// The day with most bad ratings, the first of equals; `None` without a bad one.
    pub fn worst(&self) -> Option<&TrendDay> {
        first_with_most(&self.trend, |day| day.bad)
    }
}

/// A place that figures are told of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = FiguresPlace))]
pub struct Place {
    /// `region`, or a kind and a code: `county:`, `hall:`, `win:`, `unit:`, `item:`.
    pub place: String,
    /// Its name.
    pub name: String,
}

/// How much of one kind of place can be rated and was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Covered {
    /// `unit`, `win` or `item`.
    pub kind: String,
    /// How many.
    pub counts: Coverage,
}

/// The parts of a place, of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Part {
    /// `county`, `hall`, `win` or `item`.
    pub kind: String,
    /// Each with what has been released of it; the ratings that are of no part have the last row.
    pub rows: Vec<PartRow>,
    /// Ratings of service events that the place has and none of these rows (尚未细分).
    pub unassigned: Counts,
    /// The same of windows and halls.
    pub unassigned_windows: Counts,
}

/// A part's row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PartRow {
    /// The part; without name and address for what is of no part.
    pub place: Place,
    /// Ratings of service events.
    pub events: Block,
    /// Ratings of windows and halls, never summed with the others.
    pub windows: Block,
}

impl PartRow {
    /// The block of service events or of windows; none of what is of no part and has no rating.
    pub fn shown(&self, events: bool) -> Option<&Block> {
        let block = if events { &self.events } else { &self.windows };
        (!self.place.place.is_empty() || block.counts.active() > 0).then_some(block)
    }
}

/// Counts with the rates that follow from them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Block {
    /// Numbers by level.
    pub counts: Counts,
    /// Good ratings of all active ones.
    pub good: Rate,
    /// Bad ratings of all active ones.
    pub bad: Rate,
    /// Mean level, two decimals; `None` without ratings.
    pub mean: Option<String>,
}

/// A day of the trend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TrendDay {
    /// ISO date.
    pub day: String,
    /// All ratings.
    pub total: u64,
    /// Bad ones.
    pub bad: u64,
}

/// A unit's row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UnitRow {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Released counts, events and windows together are never given: this is of events.
    pub events: Block,
    /// And this of windows.
    pub windows: Block,
    /// Its bad ratings' handling; none where no release of the period tells it.
    pub handling: Option<Handling>,
    /// What became of those whose term ended in the period; none where no release tells it.
    pub fell_due: Option<FellDue>,
    /// Closed in time.
    pub in_time: Rate,
}

/// `GET /api/v1/today`: the only live figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Today {
    /// Ratings accepted in the region today, without levels.
    pub ratings: u64,
}

/// `GET /api/v1/due?profile=&clock=&from=`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DueAnswer {
    /// ISO; none where the profile has no term.
    pub due: Option<String>,
    /// The calendar did not reach so far (暂定).
    pub provisional: bool,
    /// Whether the profile is in force on the day asked for.
    pub in_force: bool,
    /// Which days were counted.
    pub steps: Vec<Step>,
    /// Where the term comes from.
    pub cite: Basis,
    /// What the words leave open, and how they were read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Why there is no due day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}
