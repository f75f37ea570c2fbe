//! Rows of `docs/clauses.csv`, read as RFC 4180 writes them.

use crate::report::{Failure, Result};
use std::collections::BTreeSet;

const COLUMNS: [&str; 9] = [
    "id",
    "source",
    "section",
    "requirement",
    "number_or_deadline",
    "who_acts",
    "surfaces",
    "observed",
    "broken_by",
];
/// The surface of a clause that is outside the product.
const OUTSIDE: &str = "X";

/// A clause of a regulation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// For example `N-35`.
    pub id: String,
    /// Not one of the set that must be covered.
    pub outside: bool,
    /// What the test sees happen; empty where no test does.
    pub observed: String,
    /// The change that makes the test fail; empty where not yet known.
    pub broken_by: String,
}

/// Reads the clauses.
///
/// # Errors
/// Other columns, a row with too few or too many of them, an id that is there twice.
pub fn clauses(text: &str) -> Result<Vec<Clause>> {
    let mut rows = rows(text)?.into_iter();
    if rows.next().is_none_or(|header| header != COLUMNS) {
        let wanted = COLUMNS.join(",");
        return Err(Failure::new(format!("the first row has to be {wanted}")));
    }
    let mut ids = BTreeSet::new();
    rows.map(|row| {
        let clause = clause(&row)?;
        if ids.insert(clause.id.clone()) {
            Ok(clause)
        } else {
            Err(Failure::new(format!("{} is there twice", clause.id)))
        }
    })
    .collect()
}

fn clause(row: &[String]) -> Result<Clause> {
    let [id, _, _, _, _, _, surfaces, observed, broken_by] = row else {
        let start = row.first().map_or("", String::as_str);
        return Err(Failure::new(format!(
            "the row `{start}` has {} columns instead of {}",
            row.len(),
            COLUMNS.len()
        )));
    };
    Ok(Clause {
        id: id.clone(),
        outside: surfaces == OUTSIDE,
        observed: observed.clone(),
        broken_by: broken_by.clone(),
    })
}

/// The fields of every row. A quote opens a field only at its beginning.
fn rows(text: &str) -> Result<Vec<Vec<String>>> {
    let mut rows = Vec::new();
    let (mut row, mut field) = (Vec::new(), String::new());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if field.is_empty() => loop {
                match letters.next() {
                    Some('"') if letters.next_if_eq(&'"').is_some() => field.push('"'),
                    Some('"') => break,
                    Some(inside) => field.push(inside),
                    None => return Err(Failure::new("a quoted field has no end")),
                }
            },
            ',' => row.push(std::mem::take(&mut field)),
            '\r' if letters.peek() == Some(&'\n') => {}
            '\n' => {
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
            }
            other => field.push(other),
        }
    }
    if !field.is_empty() || !row.is_empty() {
        row.push(field);
        rows.push(row);
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(rows: &str) -> Result<Vec<Clause>> {
        clauses(&format!("{}\n{rows}", COLUMNS.join(",")))
    }

    #[test]
    fn a_row_without_quotes_is_read() {
        let read = read("D-12,003.txt,三,basis for changes,—,bureaux,S,,\n").unwrap();
        assert_eq!(
            read,
            [Clause {
                id: "D-12".to_owned(),
                outside: false,
                observed: String::new(),
                broken_by: String::new(),
            }]
        );
    }

    #[test]
    fn commas_quotes_and_line_ends_inside_quotes_belong_to_the_field() {
        let text = "N-27,\"a,b\",\"c \"\"d\"\"\",e,f,g,\"X\",\"one, two\nthree\",\"x: \"\"old\"\" => new\"\r\n";
        let read = read(text).unwrap();
        assert!(read[0].outside);
        assert_eq!(read[0].observed, "one, two\nthree");
        assert_eq!(read[0].broken_by, "x: \"old\" => new");
    }

    #[test]
    fn the_last_row_needs_no_line_end() {
        assert_eq!(read("A,,,,,,B,,\nC,,,,,,B,,z").unwrap()[1].broken_by, "z");
    }

    #[test]
    fn what_is_no_table_of_clauses_is_refused_and_said_why() {
        let told = |result: Result<Vec<Clause>>| result.unwrap_err().to_string();
        assert!(told(clauses("id,source\n")).starts_with("the first row has to be id,"));
        assert_eq!(
            told(read("A,,,,,,B,\n")),
            "the row `A` has 8 columns instead of 9"
        );
        assert_eq!(told(read("A,,,,,,B,,\nA,,,,,,B,,\n")), "A is there twice");
        assert_eq!(told(read("\"A,,,,,,B,,\n")), "a quoted field has no end");
    }
}
