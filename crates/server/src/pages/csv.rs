//! Figures as a table for a spreadsheet: what the page shows, one row a place and body.

use super::say;
use contract::figures::{Block, Figures};
use rules::level::Level;
use words::Key;

/// Spreadsheets take a file for UTF-8 when it begins with this.
const MARK: &str = "\u{feff}";

/// The figures of a page. Names come first, then counts by level, then each rate with its
/// numerator and denominator.
pub fn figures(figures: &Figures) -> String {
    let mut rows = vec![head(figures)];
    let chosen = figures.path.last().map_or("", |place| place.name.as_str());
    rows.extend(both(figures, chosen, &figures.events, &figures.windows));
    for row in figures.parts.iter().flat_map(|part| &part.rows) {
        rows.extend(both(figures, &row.place.name, &row.events, &row.windows));
    }
    for row in &figures.rows {
        rows.extend(both(figures, &row.name, &row.events, &row.windows));
    }
    let lines: Vec<String> = rows.iter().map(|row| line(row)).collect();
    format!("{MARK}{}", lines.concat())
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
    for rate in [Key::DISCLOSURE_GOOD, Key::DISCLOSURE_BAD] {
        for part in [Key::DISCLOSURE_NUMERATOR, Key::DISCLOSURE_DENOMINATOR] {
            head.push(format!("{} {}", rate.text(), part.text()));
        }
        head.push(rate.text().to_owned());
    }
    head.push(Key::DISCLOSURE_MEAN.text().to_owned());
    head
}

fn both(figures: &Figures, name: &str, events: &Block, windows: &Block) -> [Vec<String>; 2] {
    let row = |body: Key, block: &Block| {
        let counts = &block.counts;
        let mut row = vec![
            figures.period.clone(),
            name.to_owned(),
            body.text().to_owned(),
            counts.active().to_string(),
        ];
        row.extend(Level::ALL.map(|level| counts.at(level).to_string()));
        row.push(counts.real_name.to_string());
        for rate in [&block.good, &block.bad] {
            row.extend([rate.num.to_string(), rate.den.to_string(), rate.shown()]);
        }
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
        assert_eq!(lines.len(), 1 + 2 * 4, "the region, a county and two units");
        assert!(
            lines.iter().all(|line| line.matches("\",\"").count() == 16),
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
    }

    #[test]
    fn a_name_is_no_formula_and_no_quote_ends_it() {
        assert_eq!(
            line(&["=1+1".into(), "甲\"乙".into()]),
            "\"'=1+1\",\"甲\"\"乙\"\r\n"
        );
    }
}
