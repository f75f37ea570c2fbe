//! What the charts show. Pure: from figures to a description of a chart.

use crate::common::say;
use charming::{
    Chart,
    component::{Axis, Grid, Legend},
    datatype::DataPoint,
    element::{AxisType, Color, ItemStyle, Symbol},
    series::{Bar, Line},
};
use contract::figures::Figures;
use rules::{indicators::Counts, level::Level};
use words::Key;

/// The tokens of the style, for a canvas that no style reaches.
const ACCENT: &str = "#0b5cad";
const SOFT: &str = "#b57400";
const BAD: &str = "#a8201a";

/// How many ratings each level has: service events beside windows, never summed.
pub fn levels(figures: &Figures) -> Chart {
    let names: Vec<&str> = Level::ALL
        .map(|level| say::level(figures.labels, level))
        .to_vec();
    let bar = |name: Key, color: &str, counts: &Counts| {
        Bar::new()
            .name(name.text())
            .item_style(ItemStyle::new().color(Color::Value(color.to_owned())))
            .data(Level::ALL.map(|level| point(counts.at(level))).to_vec())
    };
    frame(names)
        .series(bar(
            Key::DISCLOSURE_EVENTS_TITLE,
            ACCENT,
            &figures.events.counts,
        ))
        .series(bar(
            Key::DISCLOSURE_WINDOWS_TITLE,
            SOFT,
            &figures.windows.counts,
        ))
}

/// Ratings and bad ratings day by day. The two lines differ in shape, not only in colour.
pub fn trend(figures: &Figures) -> Chart {
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
    frame(days)
        .series(line(
            Key::DISCLOSURE_RATINGS,
            ACCENT,
            Symbol::Circle,
            totals,
        ))
        .series(line(Key::DISCLOSURE_BAD_COUNT, BAD, Symbol::Diamond, bad))
}

fn frame(names: Vec<&str>) -> Chart {
    Chart::new()
        .animation(false)
        .legend(Legend::new().top("8"))
        .grid(Grid::new().left("56").right("16").top("48").bottom("32"))
        .x_axis(Axis::new().type_(AxisType::Category).data(names))
        .y_axis(Axis::new().type_(AxisType::Value).min_interval(1.0))
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
