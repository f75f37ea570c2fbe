//! Clause coverage: which clauses of the regulations a test observes (`docs/CLAUSES.md`).

mod coverage;
mod csv;
mod sample;
mod tags;

use crate::place::Place;
use crate::report::{During, Failure, Result};
use clap::Args;
use coverage::Coverage;
use csv::Clause;
use std::path::{Path, PathBuf};
use tags::{Ran, Tag};

const TABLE: &str = "docs/clauses.csv";
const LIST: &str = "docs/clauses-uncovered.txt";
/// The lines about tests of the last whole run, inside the target folder.
const LAST_RUN: &str = "tests-ran.txt";

/// What to count, and what to break.
#[derive(Args)]
pub struct Options {
    /// Output of a test run, its lines `test path::name ... ok` [default: the last whole
    /// `cargo xtask test`]
    #[arg(long, value_name = "FILE")]
    tests: Option<PathBuf>,
    /// Break so many covered clauses at random, and show their tests fail
    #[arg(long, value_name = "N")]
    sample: Option<usize>,
    /// Draw the sample again that this number drew
    #[arg(long, requires = "sample")]
    seed: Option<u64>,
}

/// Prints covered and uncovered, checks that uncovered only shrank, and breaks the sample.
pub fn run(place: &Place, options: &Options) -> Result<()> {
    let last = place.target(LAST_RUN);
    let file = options.tests.as_ref().unwrap_or(&last);
    let output = std::fs::read_to_string(file).during(format_args!(
        "a tag counts only on a test that ran: run `cargo xtask test`, or name its output with \
         --tests; {}",
        file.display()
    ))?;
    let table = Table::read(place)?;
    let ran = Ran::read(&output);
    let coverage = Coverage::of(&table.clauses, &table.tags, &ran);
    print!("{}", told(&coverage, &ran));
    check(place, &table, &coverage)?;
    let Some(count) = options.sample else {
        return Ok(());
    };
    let counted: Vec<Tag> = table
        .tags
        .iter()
        .filter(|tag| ran.counts(tag))
        .cloned()
        .collect();
    sample::run(place, &coverage.covered, &counted, count, options.seed)
}

/// Is this line of a runner about a test, and to be kept for the count?
pub fn keeps(line: &str) -> bool {
    Ran::keeps(line)
}

/// Fails where table, tags and code contradict each other: what can be told before a test ran.
pub fn before_run(place: &Place) -> Result<()> {
    let faults = Table::read(place)?.faults(place);
    Failure::unless_empty(&faults)
}

/// Keeps the lines of a whole run and counts the clauses with them; gives one line of result.
pub fn after_run(place: &Place, lines: &[&str]) -> Result<String> {
    let output = lines.join("\n") + "\n";
    let file = place.target(LAST_RUN);
    std::fs::write(&file, &output).during(file.display())?;
    let table = Table::read(place)?;
    let ran = Ran::read(&output);
    let coverage = Coverage::of(&table.clauses, &table.tags, &ran);
    check(place, &table, &coverage)?;
    Ok(counts(&coverage))
}

struct Table {
    clauses: Vec<Clause>,
    tags: Vec<Tag>,
    stray: Vec<String>,
}

impl Table {
    fn read(place: &Place) -> Result<Self> {
        let clauses = csv::clauses(&text(&place.at(TABLE))?).during(TABLE)?;
        let (tags, stray) = tags::of_tree(place)?;
        Ok(Self {
            clauses,
            tags,
            stray,
        })
    }

    fn faults(&self, place: &Place) -> Vec<String> {
        let mut faults = self.stray.clone();
        faults.extend(coverage::faults(&self.clauses, &self.tags));
        faults.extend(sample::faults(place, &self.clauses));
        faults
    }
}

fn text(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).during(file.display())
}

/// Fails if table and tags contradict each other, or a covered clause has lost its test.
fn check(place: &Place, table: &Table, coverage: &Coverage<'_>) -> Result<()> {
    let mut faults = table.faults(place);
    let list = coverage::list(&text(&place.at(LIST))?).during(LIST)?;
    match coverage.against(&list) {
        Err(failure) => faults.push(format!("{LIST}: {failure}")),
        Ok(done) if !done.is_empty() => {
            println!("can be struck off {LIST}: {}", done.join(", "));
        }
        Ok(_) => {}
    }
    Failure::unless_empty(&faults)
}

fn counts(coverage: &Coverage<'_>) -> String {
    let (covered, uncovered) = (coverage.covered.len(), coverage.uncovered.len());
    format!(
        "clauses: {covered} of {} covered ({} of them only as a parameter of a profile, {} with a \
         change that breaks them), {uncovered} uncovered",
        covered + uncovered,
        coverage.parameters(),
        coverage.breakable()
    )
}

fn told(coverage: &Coverage<'_>, ran: &Ran) -> String {
    let mut out = String::new();
    let mut line = |text: &str| {
        out.push_str(text);
        out.push('\n');
    };
    for clause in &coverage.covered {
        line(&format!("{}: {}", clause.id, clause.observed));
    }
    let open: Vec<&str> = coverage
        .uncovered
        .iter()
        .map(|one| one.id.as_str())
        .collect();
    line(&format!("uncovered: {}", open.join(", ")));
    for tag in &coverage.not_run {
        line(&format!(
            "does not count, since it did not run and pass: {}:{}: {} ({})",
            tag.file, tag.line, tag.test, tag.clause
        ));
    }
    line(&format!("{} tests passed", ran.passed()));
    line(&counts(coverage));
    out
}
