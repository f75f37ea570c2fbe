//! The tags `// clause: N-35` above tests, and which of these tests ran and passed.

use crate::place::Place;
use crate::report::{During, Result};
use std::collections::BTreeSet;
use std::path::Path;

/// The comment that names clauses, before their ids.
const TAG: &str = "// clause:";
/// Where tests are.
const FOLDERS: [&str; 2] = ["crates", "tests"];
/// What `on_both!` and `cases!` put around a test, and unit tests live in.
const WRAPPERS: [&str; 5] = ["on_sqlite", "on_postgres", "sqlite", "postgres", "tests"];

/// A test that claims to observe a clause.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tag {
    /// The clause.
    pub clause: String,
    /// The file, from the root, with `/`.
    pub file: String,
    /// The line of the comment, from 1.
    pub line: usize,
    /// The function, or the module that holds the test of each engine.
    pub test: String,
}

impl Tag {
    /// Package, arguments that choose the test program, and modules above the test.
    ///
    /// `None` where no test can be: the file is in no package's `tests` or `src`.
    pub fn program(&self) -> Option<Program<'_>> {
        let path = self.file.strip_suffix(".rs")?;
        if let Some(inner) = path.strip_prefix("tests/e2e/") {
            return Some(Program::named("testkit", "e2e", inner));
        }
        let (package, inner) = path.strip_prefix("crates/")?.split_once('/')?;
        if let Some(inner) = inner.strip_prefix("tests/") {
            let (name, modules) = inner.split_once('/').unwrap_or((inner, "main"));
            return Some(Program::named(package, name, modules));
        }
        let modules = modules(inner.strip_prefix("src/")?, "lib");
        Some(Program {
            package,
            test: None,
            modules,
        })
    }

    /// Is this the test of that line of a test run?
    fn is(&self, path: &str) -> bool {
        let Some(program) = self.program() else {
            return false;
        };
        let mut parts: Vec<&str> = path.split("::").collect();
        if !parts.starts_with(&program.modules) {
            return false;
        }
        parts.drain(..program.modules.len());
        parts.contains(&self.test.as_str())
            && parts
                .iter()
                .all(|part| *part == self.test || WRAPPERS.contains(part))
    }
}

/// The test program in which a tagged test is.
#[derive(Debug, PartialEq, Eq)]
pub struct Program<'a> {
    /// Its package.
    pub package: &'a str,
    /// Its name under `tests`; `None` for the library's own tests.
    pub test: Option<&'a str>,
    modules: Vec<&'a str>,
}

impl<'a> Program<'a> {
    fn named(package: &'a str, test: &'a str, path: &'a str) -> Self {
        Self {
            package,
            test: Some(test),
            modules: modules(path, "main"),
        }
    }
}

/// The modules of a file below the root of its program.
fn modules<'a>(path: &'a str, root: &str) -> Vec<&'a str> {
    let path = path.strip_suffix("/mod").unwrap_or(path);
    if path == root {
        Vec::new()
    } else {
        path.split('/').collect()
    }
}

/// Every tag of the tree, and every comment that is above no test.
pub fn of_tree(place: &Place) -> Result<(Vec<Tag>, Vec<String>)> {
    let (mut tags, mut stray) = (Vec::new(), Vec::new());
    for folder in FOLDERS {
        walk(&place.at(folder), folder, &mut |file, text| {
            let (found, lost) = of_file(file, text);
            tags.extend(found);
            stray.extend(lost);
        })?;
    }
    tags.sort();
    Ok((tags, stray))
}

fn walk(folder: &Path, name: &str, each: &mut impl FnMut(&str, &str)) -> Result<()> {
    let reading = || format!("reading {}", folder.display());
    for entry in std::fs::read_dir(folder).during(reading())? {
        let entry = entry.during(reading())?;
        let inner = format!("{name}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            walk(&entry.path(), &inner, each)?;
        } else if inner.ends_with(".rs") {
            let text = std::fs::read_to_string(entry.path()).during(reading())?;
            each(&inner, &text);
        }
    }
    Ok(())
}

/// The tags of a file, and where a comment is above nothing that could be a test.
fn of_file(file: &str, text: &str) -> (Vec<Tag>, Vec<String>) {
    let (mut tags, mut stray) = (Vec::new(), Vec::new());
    let mut waiting: Vec<(usize, &str)> = Vec::new();
    for (at, line) in text.lines().map(str::trim).enumerate() {
        if let Some(ids) = line.strip_prefix(TAG) {
            waiting.extend(ids.split(',').map(|id| (at + 1, id.trim())));
        } else if !line.starts_with("//") && !line.starts_with("#[") {
            let test = name(line);
            for (line, id) in waiting.drain(..) {
                match test {
                    Some(test) => tags.push(Tag {
                        clause: id.to_owned(),
                        file: file.to_owned(),
                        line,
                        test: test.to_owned(),
                    }),
                    None => stray.push(format!("{file}:{line}: {id} is above no test")),
                }
            }
        }
    }
    stray.extend(
        waiting
            .iter()
            .map(|(line, id)| format!("{file}:{line}: {id} is above no test")),
    );
    (tags, stray)
}

/// The name after `fn` or `mod`.
fn name(line: &str) -> Option<&str> {
    let mut words = line.split(' ');
    words.find(|word| ["fn", "mod"].contains(word))?;
    let rest = words.next()?;
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
    Some(&rest[..end.unwrap_or(rest.len())])
}

/// Tests that ran, by the lines of their runners.
pub struct Ran {
    passed: BTreeSet<String>,
    failed: BTreeSet<String>,
}

impl Ran {
    /// Is this line about a test?
    pub fn keeps(line: &str) -> bool {
        result(line).is_some()
    }

    /// Reads the output of test runs. An ignored test did not run.
    pub fn read(output: &str) -> Self {
        let of = |wanted: &str| {
            let lines = output.lines().filter_map(result);
            let chosen = lines.filter(|(_, ending)| *ending == wanted);
            chosen.map(|(path, _)| path.to_owned()).collect()
        };
        Self {
            passed: of("ok"),
            failed: of("FAILED"),
        }
    }

    /// How many passed.
    pub fn passed(&self) -> usize {
        self.passed.len()
    }

    /// Did the test of this tag run, and pass wherever it ran?
    pub fn counts(&self, tag: &Tag) -> bool {
        self.passed.iter().any(|path| tag.is(path)) && !self.failed.iter().any(|path| tag.is(path))
    }
}

/// `test path::name ... ok` as path and ending.
fn result(line: &str) -> Option<(&str, &str)> {
    let (path, ending) = line
        .trim_end()
        .strip_prefix("test ")?
        .rsplit_once(" ... ")?;
    Some((path.trim_end_matches(" - should panic"), ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ON_BOTH: &str = "on_both! {
    // clause: N-35
    // clause: N-41, D-13
    async fn a_ticket_lives(app: &TestApp) {
        let x = 1;
    }

    async fn untagged(app: &TestApp) {}
}
";

    fn tickets() -> Vec<Tag> {
        let (tags, stray) = of_file("crates/server/tests/api/tickets.rs", ON_BOTH);
        assert_eq!(stray, [""; 0]);
        tags
    }

    fn counted(tag: &Tag, output: &str) -> bool {
        Ran::read(output).counts(tag)
    }

    #[test]
    fn several_tags_above_a_test_of_a_macro_all_belong_to_it() {
        let found: Vec<_> = tickets()
            .into_iter()
            .map(|tag| (tag.clause, tag.line, tag.test))
            .collect();
        let test = || "a_ticket_lives".to_owned();
        assert_eq!(
            found,
            [
                ("N-35".to_owned(), 2, test()),
                ("N-41".to_owned(), 3, test()),
                ("D-13".to_owned(), 3, test())
            ]
        );
    }

    #[test]
    fn a_test_of_a_macro_counts_when_it_passed_on_every_engine_it_ran_on() {
        let tag = &tickets()[0];
        let sqlite = "test tickets::a_ticket_lives::on_sqlite ... ok\n";
        assert!(counted(tag, sqlite));
        let both = format!("{sqlite}test tickets::a_ticket_lives::on_postgres ... ok\n");
        assert!(counted(tag, &both));
        let half = format!("{sqlite}test tickets::a_ticket_lives::on_postgres ... FAILED\n");
        assert!(!counted(tag, &half));
    }

    #[test]
    fn a_test_that_did_not_run_does_not_count() {
        let tag = &tickets()[0];
        for output in [
            "",
            "test tickets::a_ticket_lives::on_sqlite ... ignored\n",
            "test tickets::a_ticket_lives_on::on_sqlite ... ok\n",
            "test rating::a_ticket_lives::on_sqlite ... ok\n",
            "test a_ticket_lives ... ok\n",
            "test tickets::a_ticket_lives::another ... ok\n",
            "the test tickets::a_ticket_lives::on_sqlite ... ok\n",
        ] {
            assert!(!counted(tag, output), "{output}");
        }
    }

    #[test]
    fn the_store_names_the_engine_above_the_test_and_a_file_of_its_own_has_no_module() {
        let tag = |file: &str| {
            let text = "// clause: J-28\n#[test]\nfn lapses() {}\n";
            of_file(file, text).0[0].clone()
        };
        let store = tag("crates/store/tests/conformance/profiles.rs");
        assert!(counted(&store, "test profiles::sqlite::lapses ... ok"));
        let policy = tag("crates/server/tests/policy.rs");
        assert!(counted(&policy, "test lapses ... ok"));
        assert!(!counted(&policy, "test profiles::sqlite::lapses ... ok"));
        let unit = tag("crates/rules/src/ticket/fold.rs");
        assert!(counted(&unit, "test ticket::fold::tests::lapses ... ok"));
        let journey = tag("tests/e2e/staff.rs");
        assert!(counted(&journey, "test staff::lapses ... ok"));
    }

    #[test]
    fn a_tag_names_the_program_that_runs_it() {
        let program = |file: &str| {
            let tag = Tag {
                clause: String::new(),
                file: file.to_owned(),
                line: 1,
                test: String::new(),
            };
            let program = tag.program()?;
            Some((program.package.to_owned(), program.test.map(str::to_owned)))
        };
        let named = |package: &str, test: &str| Some((package.to_owned(), Some(test.to_owned())));
        assert_eq!(
            program("crates/rules/tests/all/can.rs"),
            named("rules", "all")
        );
        assert_eq!(
            program("crates/server/tests/policy.rs"),
            named("server", "policy")
        );
        assert_eq!(program("tests/e2e/staff.rs"), named("testkit", "e2e"));
        assert_eq!(
            program("crates/rules/src/can.rs"),
            Some(("rules".to_owned(), None))
        );
        assert_eq!(program("src/app.rs"), None);
    }

    #[test]
    fn a_tag_above_no_test_is_told() {
        let text = "// clause: N-01\nconst X: u8 = 1;\n// clause: N-02\n";
        let (tags, stray) = of_file("crates/a/tests/b.rs", text);
        assert_eq!(tags, []);
        assert_eq!(
            stray,
            [
                "crates/a/tests/b.rs:1: N-01 is above no test",
                "crates/a/tests/b.rs:3: N-02 is above no test"
            ]
        );
    }
}
