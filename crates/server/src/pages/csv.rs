//! Figures as a table for a spreadsheet: what the page shows, one row a place and body.

use super::say;
use contract::figures::{Block, Figures};
use rules::{
    indicators::{self, FellDue, Handling, Rate},
    level::Level,
};
use words::Key;

/// Spreadsheets take a file for UTF-8 when it begins with this.
const MARK: &str = "\u{feff}";

/// The figures of a page. Names come first, then counts by level, then each rate with its
/// numerator and denominator; what became of bad ratings has a row and columns of its own.
pub fn figures(figures: &Figures) -> String {
    let mut rows = vec![head(figures)];
    let chosen = figures.path.last().map_or("", |place| place.name.as_str());
    rows.extend(both(figures, chosen, &figures.events, &figures.windows));
    if let Some(handling) = &figures.handling {
        rows.push(handled(figures, chosen, handling, figures.fell_due));
    }
    for row in figures.parts.iter().flat_map(|part| &part.rows) {
        rows.extend(both(figures, &row.place.name, &row.events, &row.windows));
    }
    for row in &figures.rows {
        rows.extend(both(figures, &row.name, &row.events, &row.windows));
        rows.push(handled(figures, &row.name, &row.handling, row.fell_due));
    }
    let width = rows[0].len();
    let lines = rows.into_iter().map(|mut row| {
        row.resize(width, String::new());
        line(&row)
    });
    format!("{MARK}{}", lines.collect::<String>())
}

fn head(figures: &Figures) -> Vec<String> {
    let texts = [
        Key::DISCLOSURE_CSV_PERIOD,
        Key::DISCLOSURE_CSV_PLACE,
        Key::DISCLOSURE_CSV_BODY,
        Key::DISCLOSURE_ACTIVE,
    ];
    let mut head: Vec<String> = texts.iter().map(|key| key.text().to_owned()).collect();
    head.extend(Level::ALL.map(|level| say::level(figures.labels, level)));
    head.push(Key::DISCLOSURE_CSV_REAL_NAME.text().to_owned());
    head.extend(
        [Key::DISCLOSURE_GOOD, Key::DISCLOSURE_BAD]
            .map(rate_head)
            .concat(),
    );
    head.push(Key::DISCLOSURE_MEAN.text().to_owned());
    head.extend(counts_of(&Handling::default()).map(|(name, _)| name.text().to_owned()));
    head.extend(
        rates_of(&Handling::default(), &FellDue::default())
            .map(|(name, _)| rate_head(name))
            .concat(),
    );
    head.push(Key::DISCLOSURE_UNREACHED.text().to_owned());
    head
}

fn rate_head(rate: Key) -> Vec<String> {
    let parts = [Key::DISCLOSURE_NUMERATOR, Key::DISCLOSURE_DENOMINATOR];
    let mut head: Vec<String> = parts
        .iter()
        .map(|part| format!("{} {}", rate.text(), part.text()))
        .collect();
    head.push(rate.text().to_owned());
    head
}

fn rate_fields(rate: &Rate) -> [String; 3] {
    [rate.num.to_string(), rate.den.to_string(), rate.shown()]
}

fn names(figures: &Figures, name: &str, body: Key) -> Vec<String> {
    vec![
        figures.period.clone(),
        name.to_owned(),
        body.text().to_owned(),
    ]
}

fn both(figures: &Figures, name: &str, events: &Block, windows: &Block) -> [Vec<String>; 2] {
    let row = |body: Key, block: &Block| {
        let counts = &block.counts;
        let mut row = names(figures, name, body);
        row.push(counts.active().to_string());
        row.extend(Level::ALL.map(|level| counts.at(level).to_string()));
        row.push(counts.real_name.to_string());
        row.extend([&block.good, &block.bad].map(rate_fields).concat());
        row.push(
            block
                .mean
                .clone()
                .unwrap_or_else(|| Key::SHARED_DASH.text().to_owned()),
        );
        row
    };
    [
        row(Key::DISCLOSURE_EVENTS_TITLE, events),
        row(Key::DISCLOSURE_WINDOWS_TITLE, windows),
    ]
}

/// Columns that only ratings have: their number, by level, by real name, two rates and the mean.
const OF_RATINGS: usize = 1 + Level::ALL.len() + 1 + 2 * 3 + 1;

fn handled(
    figures: &Figures,
    name: &str,
    handling: &Handling,
    fell_due: Option<FellDue>,
) -> Vec<String> {
    let mut row = names(figures, name, Key::DISCLOSURE_HANDLING_TITLE);
    row.resize(row.len() + OF_RATINGS, String::new());
    row.extend(counts_of(handling).map(|(_, n)| n.to_string()));
    let known = fell_due.unwrap_or_default();
    row.extend(
        rates_of(handling, &known)
            .map(|(_, rate)| rate_fields(&rate))
            .concat(),
    );
    row.push(known.real_unreached.to_string());
    row
}

fn counts_of(handling: &Handling) -> [(Key, u64); 4] {
    [
        (Key::DISCLOSURE_HANDLING_BAD, handling.bad),
        (Key::DISCLOSURE_HANDLING_RECTIFIED, handling.rectified),
        (Key::DISCLOSURE_HANDLING_EXPLAINED, handling.explained),
        (Key::DISCLOSURE_HANDLING_OPEN, handling.open),
    ]
}

fn rates_of(handling: &Handling, fell_due: &FellDue) -> [(Key, Rate); 6] {
    [
        (
            Key::DISCLOSURE_HANDLING_IN_TIME_RATE,
            indicators::in_time(handling),
        ),
        (
            Key::DISCLOSURE_EXPLAINED_RATE,
            indicators::explained_rate(handling),
        ),
        (
            Key::DISCLOSURE_RECTIFIED_RATE,
            indicators::rectified_rate(fell_due),
        ),
        (
            Key::DISCLOSURE_REACHED_RATE,
            indicators::real_name_reached_rate(fell_due),
        ),
        (
            Key::DISCLOSURE_REAL_RECTIFIED_RATE,
            indicators::real_name_rectified_rate(fell_due),
        ),
        (
            Key::DISCLOSURE_BOTH_RATE,
            indicators::real_name_both_rate(fell_due),
        ),
    ]
}

/// A line of RFC 4180. A name that a spreadsheet would take for a formula is made text.
fn line(fields: &[String]) -> String {
    let quoted: Vec<String> = fields
        .iter()
        .map(|field| {
            let formula = field.starts_with(['=', '+', '-', '@', '\t']);
            let text = if formula {
                format!("'{field}")
            } else {
                field.clone()
            };
            format!("\"{}\"", text.replace('"', "\"\""))
        })
        .collect();
    format!("{}\r\n", quoted.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::samples;

    #[test]
    fn every_place_of_the_page_is_in_the_file_with_what_its_rates_are_made_of() {
        let file = figures(&samples::figures());
        let lines: Vec<&str> = file.trim_start_matches(MARK).lines().collect();
        assert_eq!(
            lines.len(),
            1 + 2 * 4 + 3,
            "the region, a county and two units; what became of bad ratings but of the county"
        );
        let columns = 17 + 4 + 6 * 3 + 1;
        assert!(
            lines
                .iter()
                .all(|line| line.matches("\",\"").count() == columns - 1),
            "{file}"
        );
        assert!(
            lines[1].contains("\"2500\",\"1497\",\"812\",\"130\",\"40\",\"21\""),
            "{}",
            lines[1]
        );
        assert!(
            lines[1].contains("\"2439\",\"2500\",\"97.56%\""),
            "{}",
            lines[1]
        );
        let handling = "\"差评整改\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"61\",\"41\",\"11\",\"9\",\
            \"50\",\"52\",\"96.15%\",\"11\",\"52\",\"21.15%\",\"51\",\"52\",\"98.08%\",\"18\",\"20\",\"90.00%\",\
            \"20\",\"20\",\"100.00%\",\"18\",\"20\",\"90.00%\",\"2\"";
        assert!(lines[3].ends_with(handling), "{}", lines[3]);
    }

    #[test]
    fn a_name_is_no_formula_and_no_quote_ends_it() {
        assert_eq!(
            line(&["=1+1".into(), "甲\"乙".into()]),
            "\"'=1+1\",\"甲\"\"乙\"\r\n"
        );
    }
}
