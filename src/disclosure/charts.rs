//! What the charts show, one message each. Pure: from figures to a description of a chart and the
//! sentence above it. The levels need no chart: their table has bars of its own.

use crate::common::say;
use charming::{
    Chart,
    component::{Axis, Grid},
    datatype::{DataPoint, DataPointItem},
    element::{AxisLabel, AxisTick, AxisType, Color, ItemStyle, LineStyle, SplitLine},
    series::Bar,
};
use contract::figures::{Figures, TrendDay};
use words::Key;

/// The tokens of the style, for a canvas that no style reaches.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// Ratings.
    pub accent: String,
    /// Bad ratings.
    pub bad: String,
    /// Texts.
    pub ink: String,
    /// The grid.
    pub line: String,
    /// Size of texts, in pixels.
    pub size: f64,
}

/// What the days that are not the message look like beside the one that is.
const BESIDE: f64 = 0.45;

/// Ratings day by day; the day with most of them stands out.
pub fn ratings(figures: &Figures, look: &Look) -> Chart {
    let values = |day: &TrendDay| day.total;
    let name = Key::DISCLOSURE_RATINGS.text();
    frame(figures, look).series(bars(figures, name, &look.accent, figures.most(), values))
}

/// Bad ratings day by day, on a scale of their own: beside all ratings nobody would see them.
pub fn bad(figures: &Figures, look: &Look) -> Chart {
    let name = Key::DISCLOSURE_BAD_COUNT.text();
    frame(figures, look).series(bars(figures, name, &look.bad, figures.worst(), |day| {
        day.bad
    }))
}

/// What [`ratings`] says.
pub fn most(figures: &Figures) -> String {
    let key = match figures.trend_is_told() {
        true => Key::DISCLOSURE_TREND_MOST_TOLD,
        false => Key::DISCLOSURE_TREND_MOST,
    };
    let fill = |day: &TrendDay| {
        key.fill(&[
            ("date", &say::day(&day.day)),
            ("n", &say::number(day.total)),
        ])
    };
    figures.most().map(fill).unwrap_or_default()
}

/// What [`bad`] says.
pub fn worst(figures: &Figures) -> String {
    let key = match figures.trend_is_told() {
        true => Key::DISCLOSURE_TREND_WORST_TOLD,
        false => Key::DISCLOSURE_TREND_WORST,
    };
    let fill =
        |day: &TrendDay| key.fill(&[("date", &say::day(&day.day)), ("n", &say::number(day.bad))]);
    figures
        .worst()
        .map_or_else(|| Key::DISCLOSURE_TREND_NO_BAD.text().to_owned(), fill)
}

fn bars(
    figures: &Figures,
    name: &str,
    color: &str,
    message: Option<&TrendDay>,
    of: fn(&TrendDay) -> u64,
) -> Bar {
    let style = |by: f64| {
        ItemStyle::new()
            .color(Color::Value(color.to_owned()))
            .opacity(by)
    };
    let item = |day: &TrendDay| {
        let by = if Some(day) == message { 1.0 } else { BESIDE };
        DataPoint::from(DataPointItem::new(exact(of(day))).item_style(style(by)))
    };
    Bar::new()
        .name(name)
        .item_style(style(1.0))
        .data(figures.trend.iter().map(item).collect())
}

fn frame(figures: &Figures, look: &Look) -> Chart {
    let label = || {
        AxisLabel::new()
            .color(look.ink.as_str())
            .font_size(look.size)
    };
    let grid = LineStyle::new().color(look.line.as_str());
    let side = |by: f64| (look.size * by).round().to_string();
    let days: Vec<&str> = figures.trend.iter().map(|day| short(&day.day)).collect();
    Chart::new()
        .animation(false)
        .grid(
            Grid::new()
                .left(side(3.25))
                .right("16")
                .top(side(1.25))
                .bottom(side(2.5)),
        )
        .x_axis(
            Axis::new()
                .type_(AxisType::Category)
                .axis_tick(AxisTick::new().show(false))
                .axis_label(label())
                .data(days),
        )
        .y_axis(
            Axis::new()
                .type_(AxisType::Value)
                .axis_label(label())
                .split_line(SplitLine::new().line_style(grid))
                .split_number(3.0)
                .min_interval(1.0),
        )
}

/// Counts beyond 2^53 are beyond any city.
fn exact(n: u64) -> f64 {
    n as f64
}

/// `10-31` of `2026-10-31`: the year is in the page's heading.
fn short(day: &str) -> &str {
    day.split_once('-').map_or(day, |(_, rest)| rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_shown_without_its_year() {
        assert_eq!(short("2026-10-31"), "10-31");
        assert_eq!(short("x"), "x");
    }
}
