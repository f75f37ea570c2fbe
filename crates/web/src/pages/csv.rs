//! Figures as a table for a spreadsheet: what the page shows, one row a place and body.

use super::say;
use contract::figures::{Block, Figures};
use rules::{
    indicators::{
        DueRate, FellDue, Handling, Rate, coverage_rate, explained_rate, in_time, rated_rate,
    },
    level::Level,
};
use words::Key;

/// Spreadsheets take a file for UTF-8 when it begins with this.
const MARK: &str = "\u{feff}";

/// Groups of columns: the names that every row has, then what rows of one kind tell.
const RATINGS: usize = 1;
const HANDLING: usize = 2;
const COVERAGE: usize = 3;

/// The figures of a page. Names come first, then counts by level, then each rate with its
/// numerator and denominator; what became of bad ratings, and what can be rated, have rows and
/// columns of their own.
pub fn figures(figures: &Figures) -> String {
    let head = head(figures);
    let width = head.iter().map(Vec::len).sum();
    let row = |group: usize, place: &str, body: Key, fields: Vec<String>| {
        let mut row = vec![
            figures.period.clone(),
            place.to_owned(),
            body.text().to_owned(),
        ];
        row.resize(head[..group].iter().map(Vec::len).sum(), String::new());
        row.extend(fields);
        row.resize(width, String::new());
        row
    };
    let both = |place: &str, events: &Block, windows: &Block| {
        let ratings = |body, block| row(RATINGS, place, body, ratings(block));
        [
            ratings(Key::DISCLOSURE_EVENTS_TITLE, events),
            ratings(Key::DISCLOSURE_WINDOWS_TITLE, windows),
        ]
    };
    let handled = |place: &str, handling: &Handling, fell_due: Option<&FellDue>| {
        let fields = handled(handling, fell_due);
        row(HANDLING, place, Key::DISCLOSURE_HANDLING_TITLE, fields)
    };
    let mut rows = vec![head.concat()];
    let chosen = figures.path.last().map_or("", |place| place.name.as_str());
    rows.extend(both(chosen, &figures.events, &figures.windows));
    if let Some(handling) = &figures.handling {
        rows.push(handled(chosen, handling, figures.fell_due.as_ref()));
    }
    for part in &figures.parts {
        for row in &part.rows {
            let name = say::part(&part.kind, &row.place);
            rows.extend(both(&name, &row.events, &row.windows));
        }
    }
    for unit in &figures.rows {
        rows.extend(both(&unit.name, &unit.events, &unit.windows));
        let of_unit = (unit.handling.as_ref())
            .map(|handling| handled(&unit.name, handling, unit.fell_due.as_ref()));
        rows.extend(of_unit);
    }
    if figures.held > 0 {
        let held = vec![figures.held.to_string()];
        rows.push(row(RATINGS, chosen, Key::DISCLOSURE_CSV_HELD, held));
    }
    for covered in &figures.coverage {
        let kind = say::code("part", &covered.kind);
        let rates = [coverage_rate(&covered.counts), rated_rate(&covered.counts)];
        let fields = rates.map(|rate| rate_fields(&rate)).concat();
        rows.push(row(COVERAGE, &kind, Key::DISCLOSURE_COVERAGE_TITLE, fields));
    }
    let lines: String = rows.iter().map(|row| line(row)).collect();
    format!("{MARK}{lines}")
}

fn head(figures: &Figures) -> [Vec<String>; 4] {
    let texts =
        |keys: &[Key]| -> Vec<String> { keys.iter().map(|key| key.text().to_owned()).collect() };
    let rates = |keys: [Key; 2]| keys.map(|key| rate_head(key.text())).concat();
    let names = texts(&[
        Key::DISCLOSURE_CSV_PERIOD,
        Key::DISCLOSURE_CSV_PLACE,
        Key::DISCLOSURE_CSV_BODY,
    ]);
    let mut ratings = texts(&[Key::DISCLOSURE_ACTIVE]);
    ratings.extend(Level::ALL.map(|level| say::level(figures.labels, level)));
    ratings.extend(texts(&[Key::DISCLOSURE_CSV_REAL_NAME]));
    ratings.extend(rates([Key::DISCLOSURE_GOOD, Key::DISCLOSURE_BAD]));
    ratings.extend(texts(&[Key::DISCLOSURE_MEAN]));
    let mut handling = texts(&[
        Key::DISCLOSURE_HANDLING_BAD,
        Key::DISCLOSURE_HANDLING_RECTIFIED,
        Key::DISCLOSURE_HANDLING_EXPLAINED,
        Key::DISCLOSURE_HANDLING_OPEN,
    ]);
    handling.extend(rates([
        Key::DISCLOSURE_HANDLING_IN_TIME_RATE,
        Key::DISCLOSURE_EXPLAINED_RATE,
    ]));
    let due = DueRate::ALL.iter();
    handling.extend(due.flat_map(|which| rate_head(&say::code("due_rate", which.code()))));
    handling.extend(texts(&[Key::DISCLOSURE_UNREACHED]));
    let coverage = rates([
        Key::DISCLOSURE_COVERAGE_OPEN,
        Key::DISCLOSURE_COVERAGE_RATED,
    ]);
    [names, ratings, handling, coverage]
}

fn rate_head(name: &str) -> Vec<String> {
    vec![
        format!("{name} {}", Key::DISCLOSURE_NUMERATOR.text()),
        format!("{name} {}", Key::DISCLOSURE_DENOMINATOR.text()),
        name.to_owned(),
    ]
}

fn rate_fields(rate: &Rate) -> Vec<String> {
    vec![rate.num.to_string(), rate.den.to_string(), rate.shown()]
}

fn ratings(block: &Block) -> Vec<String> {
    let counts = &block.counts;
    let mut row = vec![counts.active().to_string()];
    row.extend(Level::ALL.map(|level| counts.at(level).to_string()));
    row.push(counts.real_name.to_string());
    row.extend([&block.good, &block.bad].map(rate_fields).concat());
    let mean = block.mean.as_deref().unwrap_or(Key::SHARED_DASH.text());
    row.push(mean.to_owned());
    row
}

/// What no release tells is left empty: nothing is not zero.
fn handled(handling: &Handling, fell_due: Option<&FellDue>) -> Vec<String> {
    let counts = [
        handling.bad,
        handling.rectified,
        handling.explained,
        handling.open,
    ];
    let rates = [in_time(handling), explained_rate(handling)];
    let mut row: Vec<String> = counts.map(|n| n.to_string()).into();
    row.extend(rates.map(|rate| rate_fields(&rate)).concat());
    if let Some(fell_due) = fell_due {
        let untold = || vec![String::new(); 3];
        let due = DueRate::ALL.iter().map(|which| which.of(fell_due));
        row.extend(due.flat_map(|rate| rate.as_ref().map_or_else(untold, rate_fields)));
        let unreached = fell_due.real.map(|real| real.unreached.to_string());
        row.push(unreached.unwrap_or_default());
    }
    row
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
            1 + 2 * 4 + 3 + 1 + 3,
            "the region, a county and two units; what became of bad ratings but of the county; those held; coverage"
        );
        let columns = 17 + (4 + 6 * 3 + 1) + 2 * 3;
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
            \"20\",\"20\",\"100.00%\",\"18\",\"20\",\"90.00%\",\"2\",\"\",\"\",\"\",\"\",\"\",\"\"";
        assert!(lines[3].ends_with(handling), "{}", lines[3]);
        let windows = lines
            .iter()
            .find(|line| line.contains("\"窗口\",\"评价覆盖\""))
            .unwrap();
        assert!(
            windows.ends_with("\"\",\"11\",\"12\",\"91.67%\",\"9\",\"12\",\"75.00%\""),
            "{windows}"
        );
    }

    #[test]
    fn what_no_release_tells_is_empty_in_the_file_and_not_zero() {
        let mut view = samples::figures();
        view.fell_due = None;
        let file = figures(&view);
        let line = file.lines().nth(3).unwrap();
        let after = line.split("\"21.15%\"").nth(1).unwrap();
        assert_eq!(after, ",\"\"".repeat(4 * 3 + 1 + 2 * 3));
    }

    #[test]
    fn a_name_is_no_formula_and_no_quote_ends_it() {
        assert_eq!(
            line(&["=1+1".into(), "甲\"乙".into()]),
            "\"'=1+1\",\"甲\"\"乙\"\r\n"
        );
    }
}
