//! A random sample of the covered clauses: the change that `broken_by` names is made in the
//! working tree, the test has to fail, and the file is put back.

use super::csv::Clause;
use super::tags::Tag;
use crate::place::Place;
use crate::report::{During, Failure, Result, say};
use crate::sh;
use std::hash::{BuildHasher, Hasher};
use std::path::PathBuf;
use std::process::{Command, Stdio};

const ARROW: &str = " => ";

/// A replacement of one piece of text that is in its file exactly once.
#[derive(Debug, PartialEq, Eq)]
pub struct Change<'a> {
    file: &'a str,
    old: &'a str,
    new: &'a str,
}

impl<'a> Change<'a> {
    /// Reads `path/to/file.rs: old text => new text`. An arm of a `match` has an arrow of its own,
    /// before and after the change: the middle one of all arrows is ours.
    ///
    /// # Errors
    /// It is not of this form, or changes nothing.
    pub fn read(text: &'a str) -> Result<Self> {
        let form = || Failure::new(format!("not of the form `file: old => new`: {text}"));
        let (file, rest) = text.split_once(": ").ok_or_else(form)?;
        let arrows: Vec<(usize, &str)> = rest.match_indices(ARROW).collect();
        if arrows.len().is_multiple_of(2) {
            return Err(form());
        }
        let (at, _) = arrows[arrows.len() / 2];
        let (old, new) = (&rest[..at], &rest[at + ARROW.len()..]);
        let change = Self { file, old, new };
        let good = !old.is_empty() && old != new && !text.contains('\n') && is_inside(file);
        if good { Ok(change) } else { Err(form()) }
    }

    /// The file's text with the change.
    ///
    /// # Errors
    /// The old text is not there, or more than once.
    pub fn apply(&self, text: &str) -> Result<String> {
        let times = text.matches(self.old).count();
        if times != 1 {
            return Err(Failure::new(format!(
                "`{}` is {times} times in {}, instead of once",
                self.old, self.file
            )));
        }
        Ok(text.replacen(self.old, self.new, 1))
    }
}

/// Is it a path that stays inside the checkout?
fn is_inside(file: &str) -> bool {
    !file.starts_with('/') && !file.split('/').any(|part| part == "..")
}

/// What is wrong with the changes of the table, against the files as they are.
pub fn faults(place: &Place, clauses: &[Clause]) -> Vec<String> {
    let given = clauses.iter().filter(|clause| !clause.broken_by.is_empty());
    let fault = |clause: &Clause| {
        let change = Change::read(&clause.broken_by)?;
        let text = std::fs::read_to_string(place.at(change.file)).during(change.file)?;
        change.apply(&text)
    };
    given
        .filter_map(|clause| {
            let failure = fault(clause).err()?;
            Some(format!("{}: broken_by: {failure}", clause.id))
        })
        .collect()
}

/// What became of one clause of the sample.
enum Colour {
    /// The test failed: it sees what the clause asks for.
    Red { test: String, words: String },
    /// Every test of the clause passed all the same.
    Green,
}

/// Breaks `count` clauses, one after the other, and tells whether their tests saw it.
///
/// # Errors
/// The tree has changes of its own, a test does not pass before the change, the change does not
/// compile, or a clause stays green.
pub fn run(
    place: &Place,
    covered: &[&Clause],
    tags: &[Tag],
    count: usize,
    seed: Option<u64>,
) -> Result<()> {
    clean(place)?;
    let seed = seed.unwrap_or_else(any_seed);
    let known: Vec<&Clause> = covered
        .iter()
        .copied()
        .filter(|clause| !clause.broken_by.is_empty())
        .collect();
    let chosen = draw(known, count, seed);
    println!("sample of {} (seed {seed}):", chosen.len());
    let mut bad = Vec::new();
    for clause in chosen {
        println!("{}: {}", clause.id, clause.broken_by);
        match one(place, clause, tags) {
            Ok(Colour::Red { test, words }) => println!("  red: {test}: {words}"),
            Ok(Colour::Green) => {
                println!("  GREEN: no test of it sees the change");
                bad.push(clause.id.as_str());
            }
            Err(failure) => {
                println!("  NOT TRIED: {failure}");
                bad.push(clause.id.as_str());
            }
        }
    }
    if bad.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!("not red: {}", bad.join(", "))))
}

fn clean(place: &Place) -> Result<()> {
    let mut status = place.command("git");
    status.args(["status", "--porcelain"]);
    if sh::capture(&mut status)?.trim().is_empty() {
        return Ok(());
    }
    Err(Failure::new(
        "the sample changes files and puts them back: commit or stash your own changes first",
    ))
}

/// Randomness that needs no crate; the seed is printed, so that a run can be repeated.
fn any_seed() -> u64 {
    std::hash::RandomState::new().build_hasher().finish() % 1_000_000
}

/// `count` of them in an order that only the seed decides.
fn draw<T>(mut from: Vec<T>, count: usize, seed: u64) -> Vec<T> {
    let mut state = seed;
    let mut chosen = Vec::new();
    while chosen.len() < count && !from.is_empty() {
        // SplitMix64, whose first outputs are well mixed for small seeds too.
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        let at = usize::try_from(mixed % from.len() as u64).unwrap_or(0);
        chosen.push(from.swap_remove(at));
    }
    chosen
}

fn one(place: &Place, clause: &Clause, tags: &[Tag]) -> Result<Colour> {
    let change = Change::read(&clause.broken_by)?;
    let mut own: Vec<&Tag> = tags.iter().filter(|tag| tag.clause == clause.id).collect();
    own.sort_by_key(|tag| cost(tag));
    for tag in own {
        say(format_args!("{}: {}", clause.id, tag.test));
        if !test(place, tag, false)?.passed {
            return Err(Failure::new(format!(
                "{} does not pass as things are",
                tag.test
            )));
        }
        let broken = Broken::make(place, &change)?;
        test(place, tag, true)?;
        let run = test(place, tag, false)?;
        drop(broken);
        if !run.passed {
            return Ok(Colour::Red {
                test: tag.test.clone(),
                words: run.words,
            });
        }
    }
    Ok(Colour::Green)
}

/// What compiles fast and needs nothing comes first.
fn cost(tag: &Tag) -> u8 {
    match tag.program() {
        Some(program) if program.package == "rules" => 0,
        Some(program) if program.test == Some("policy") => 1,
        Some(program) if program.package == "testkit" => 3,
        _ => 2,
    }
}

/// The file with the change in it; dropping puts it back.
struct Broken {
    file: PathBuf,
    before: String,
}

impl Broken {
    fn make(place: &Place, change: &Change<'_>) -> Result<Self> {
        let file = place.at(change.file);
        let before = std::fs::read_to_string(&file).during(change.file)?;
        let after = change.apply(&before)?;
        say(format_args!(
            "  broken for a moment; if this is broken off: git checkout -- {}",
            change.file
        ));
        let broken = Self { file, before };
        std::fs::write(&broken.file, after).during(change.file)?;
        Ok(broken)
    }
}

impl Drop for Broken {
    fn drop(&mut self) {
        if let Err(error) = std::fs::write(&self.file, &self.before) {
            say(format_args!(
                "NOT PUT BACK ({error}): git checkout -- {}",
                self.file.display()
            ));
        }
    }
}

struct Ending {
    passed: bool,
    words: String,
}

/// Runs the test of a tag, or only compiles it: what does not compile has not failed.
fn test(place: &Place, tag: &Tag, compile_only: bool) -> Result<Ending> {
    let program = tag
        .program()
        .ok_or_else(|| Failure::new(format!("{} is in no test program", tag.file)))?;
    let mut command: Command = place.cargo();
    command.args(["test", "--quiet", "--package", program.package]);
    // A failure that was made on purpose is no case to remember.
    command.env("PROPTEST_DISABLE_FAILURE_PERSISTENCE", "1");
    match program.test {
        Some(name) => command.args(["--test", name]),
        None => command.arg("--lib"),
    };
    if compile_only {
        command.arg("--no-run");
    } else {
        command.args([tag.test.as_str(), "--", "--format", "pretty"]);
        if std::env::var_os("HAOCHAPING_TEST_PG").is_none() {
            // One engine is enough to see a change, and SQLite needs nothing.
            command.args(["--skip", "postgres"]);
        }
    }
    let output = command
        .stdin(Stdio::null())
        .output()
        .during(sh::shown(&command))?;
    let text = String::from_utf8_lossy(&output.stdout);
    if compile_only && !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        let first = errors.lines().find(|line| line.starts_with("error"));
        return Err(Failure::new(format!(
            "the change does not compile: {}",
            first.unwrap_or("cargo says no more")
        )));
    }
    let nothing = " 0 passed; 0 failed;";
    let mut summaries = text
        .lines()
        .filter(|line| line.starts_with("test result: "));
    let ran = summaries.any(|line| !line.contains(nothing));
    if !compile_only && !ran {
        return Err(Failure::new(format!("{} did not run", tag.test)));
    }
    Ok(Ending {
        passed: output.status.success(),
        words: panic_words(&text),
    })
}

/// The first words of the first panic.
fn panic_words(output: &str) -> String {
    let mut lines = output.lines();
    let found = lines.any(|line| line.contains("panicked at "));
    let words = lines.next().filter(|_| found).unwrap_or("it failed");
    words.chars().take(160).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_one_replacement_inside_the_checkout() {
        let change = Change::read("a/b.rs: x: 1 => x: 2").unwrap();
        let expected = Change {
            file: "a/b.rs",
            old: "x: 1",
            new: "x: 2",
        };
        assert_eq!(change, expected);
        let arm = Change::read("a.rs: X => 1, => X => 2,").unwrap();
        assert_eq!((arm.old, arm.new), ("X => 1,", "X => 2,"));
        for wrong in [
            "a.rs: X => 1 => 2",
            "",
            "a.rs",
            "a.rs: x",
            "a.rs: x => x",
            "a.rs:  => x",
            "/a.rs: x => y",
            "../a.rs: x => y",
        ] {
            assert!(Change::read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_change_is_made_only_where_its_text_is_there_once() {
        let change = Change::read("a.rs: one => two").unwrap();
        assert_eq!(change.apply("zero one").unwrap(), "zero two");
        let told = |text: &str| change.apply(text).unwrap_err().to_string();
        assert_eq!(told("nothing"), "`one` is 0 times in a.rs, instead of once");
        assert_eq!(told("one one"), "`one` is 2 times in a.rs, instead of once");
    }

    #[test]
    fn a_seed_draws_the_same_sample_and_never_one_twice() {
        let all = || (0..40).collect::<Vec<_>>();
        let first = draw(all(), 10, 7);
        assert_eq!(first, draw(all(), 10, 7));
        assert_ne!(first, draw(all(), 10, 8));
        let mut every = draw(all(), 99, 7);
        every.sort_unstable();
        assert_eq!(every, all());
    }

    #[test]
    fn the_words_of_a_failure_are_those_of_its_panic() {
        let output =
            "---- a stdout ----\nthread 'a' panicked at x.rs:1:2:\nassertion failed: y\nmore";
        assert_eq!(panic_words(output), "assertion failed: y");
        assert_eq!(panic_words("FAILED"), "it failed");
    }
}
