//! What the charts show. Pure: from figures to a description of a chart.

use crate::common::say;
use charming::{
    Chart,
    component::{Axis, Grid, Legend},
    datatype::DataPoint,
    element::{AxisLabel, AxisType, Color, ItemStyle, LineStyle, SplitLine, Symbol, TextStyle},
    series::{Bar, Line},
};
use contract::figures::Figures;
use rules::{indicators::Counts, level::Level};
use words::Key;

/// The tokens of the style, for a canvas that no style reaches.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// The first series.
    pub accent: String,
    /// The second series.
    pub soft: String,
    /// Bad ratings.
    pub bad: String,
    /// Texts.
    pub ink: String,
    /// The grid.
    pub line: String,
    /// Size of texts, in pixels.
    pub size: f64,
}

/// How many ratings each level has: service events beside windows, never summed.
pub fn levels(figures: &Figures, look: &Look) -> Chart {
    let names: Vec<&str> = Level::ALL
        .map(|level| say::level(figures.labels, level))
        .to_vec();
    let bar = |name: Key, color: &str, counts: &Counts| {
        Bar::new()
            .name(name.text())
            .item_style(ItemStyle::new().color(Color::Value(color.to_owned())))
            .data(Level::ALL.map(|level| point(counts.at(level))).to_vec())
    };
    frame(names, look)
        .series(bar(
            Key::DISCLOSURE_EVENTS_TITLE,
            &look.accent,
            &figures.events.counts,
        ))
        .series(bar(
            Key::DISCLOSURE_WINDOWS_TITLE,
            &look.soft,
            &figures.windows.counts,
        ))
}

/// Ratings and bad ratings day by day. The two lines differ in shape, not only in colour.
pub fn trend(figures: &Figures, look: &Look) -> Chart {
    let days: Vec<&str> = figures.trend.iter().map(|day| short(&day.day)).collect();
    let line = |name: Key, color: &str, symbol: Symbol, values: Vec<DataPoint>| {
        Line::new()
            .name(name.text())
            .symbol(symbol)
            .item_style(ItemStyle::new().color(Color::Value(color.to_owned())))
            .data(values)
    };
    let totals = figures.trend.iter().map(|day| point(day.total)).collect();
    let bad = figures.trend.iter().map(|day| point(day.bad)).collect();
    frame(days, look)
        .series(line(
            Key::DISCLOSURE_RATINGS,
            &look.accent,
            Symbol::Circle,
            totals,
        ))
        .series(line(
            Key::DISCLOSURE_BAD_COUNT,
            &look.bad,
            Symbol::Diamond,
            bad,
        ))
}

fn frame(names: Vec<&str>, look: &Look) -> Chart {
    let label = || {
        AxisLabel::new()
            .color(look.ink.as_str())
            .font_size(look.size)
    };
    let grid = LineStyle::new().color(look.line.as_str());
    let side = |by: f64| (look.size * by).round().to_string();
    Chart::new()
        .animation(false)
        .legend(
            Legend::new().top("8").text_style(
                TextStyle::new()
                    .color(look.ink.as_str())
                    .font_size(look.size),
            ),
        )
        .grid(
            Grid::new()
                .left(side(4.5))
                .right("16")
                .top(side(4.0))
                .bottom(side(2.75)),
        )
        .x_axis(
            Axis::new()
                .type_(AxisType::Category)
                .axis_label(label())
                .data(names),
        )
        .y_axis(
            Axis::new()
                .type_(AxisType::Value)
                .axis_label(label())
                .split_line(SplitLine::new().line_style(grid))
                .min_interval(1.0),
        )
}

/// Counts beyond 2^53 are beyond any city.
fn point(n: u64) -> DataPoint {
    DataPoint::from(n as f64)
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
