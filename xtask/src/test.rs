//! The whole of CI, or one layer of it. A layer that fails does not keep the others from
//! running; the end is the test runners' own summaries.

use crate::place::Place;
use crate::postgres::{self, Cluster};
use crate::report::{Failure, Result, say};
use crate::sh::{self, Watched};
use crate::system::{self, Need};
use crate::{clauses, old_browsers, setup, spa, tools};
use clap::ValueEnum;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

/// A layer of the tests, from the inside out.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Layer {
    /// The pure crates: rules, words, wire types
    Rules,
    /// The store, on SQLite and on PostgreSQL
    Store,
    /// The server over HTTP, on both
    Api,
    /// The single-page app: builds, budgets, tidiness
    Web,
    /// Journeys in a real browser
    E2e,
    /// The main journey in another one; no part of the whole, since its driver takes minutes to build
    Firefox,
    /// The rating page in Chromium 67 to 103 and in WebKitGTK; no part of the whole, since they are 200 MB to fetch
    OldBrowsers,
}

impl Layer {
    const ALL: [Self; 5] = [Self::Rules, Self::Store, Self::Api, Self::Web, Self::E2e];

    fn needs(self) -> &'static [Need] {
        match self {
            Self::Rules => &[],
            Self::Store | Self::Api => &[Need::Postgres],
            Self::Web => &[Need::Node],
            Self::E2e => &Need::ALL,
            Self::Firefox => &[Need::Node, Need::Browser, Need::Fonts, Need::Firefox],
            Self::OldBrowsers => &[Need::Node, Need::Browser, Need::Fonts, Need::OldBrowsers],
        }
    }

    /// The app is built before it.
    fn wants_app(self) -> bool {
        matches!(self, Self::Web) || self.wants_browser()
    }

    /// It opens pages of the server's binary.
    fn wants_browser(self) -> bool {
        matches!(self, Self::E2e | Self::Firefox | Self::OldBrowsers)
    }
}

/// What the layers are given in the environment.
pub struct Stage {
    cluster: Option<Cluster>,
    variables: Vec<(&'static str, PathBuf)>,
}

impl Stage {
    /// Prepares what these needs ask for. The app is built by [`Stage::with_browser`].
    pub fn prepare(place: &Place, needs: &[Need]) -> Result<Self> {
        system::ensure(place, needs)?;
        let wanted = needs.contains(&Need::Postgres);
        let cluster = if wanted {
            Some(postgres::start(place)?)
        } else {
            None
        };
        Ok(Self {
            cluster,
            variables: Vec::new(),
        })
    }

    /// Builds the server with the app inside, and names browser, driver and binary.
    pub fn with_browser(&mut self, place: &Place) -> Result<()> {
        let mut build = place.cargo();
        // A test program of the server brings the binary along, compiled as for the other layers.
        build.args(["test", "--no-run"]).args(TOGETHER);
        build.args(["--test", "openapi"]);
        sh::run("building the server with the app inside", &mut build)?;
        let missing = |what: &str| Failure::new(format!("{what} is missing"));
        let driver = place
            .which("chromedriver")
            .ok_or_else(|| missing("chromedriver"))?;
        let browser = system::chromium(place).ok_or_else(|| missing("Chromium"))?;
        self.variables = vec![
            ("HAOCHAPING_CHROMEDRIVER", driver),
            ("HAOCHAPING_CHROMIUM", browser),
            (
                "HAOCHAPING_BIN",
                place.target(&format!("debug/haochaping{}", std::env::consts::EXE_SUFFIX)),
            ),
            (
                "HAOCHAPING_AXE",
                place.at("node_modules/axe-core/axe.min.js"),
            ),
        ];
        Ok(())
    }

    /// Names Firefox and its driver as well.
    fn with_firefox(&mut self, place: &Place) -> Result<()> {
        let browser = system::firefox(place).ok_or_else(|| Failure::new("Firefox is missing"))?;
        let driver = tools::geckodriver(place)?;
        self.variables.push(("HAOCHAPING_FIREFOX", browser));
        self.variables.push(("HAOCHAPING_GECKODRIVER", driver));
        Ok(())
    }

    /// Names the folder of old browsers, and the engine of the Linux desktop.
    fn with_old_browsers(&mut self, place: &Place) -> Result<()> {
        let webkit = system::webkit().ok_or_else(|| Failure::new("WebKitGTK is missing"))?;
        let folder = old_browsers::ready(place)?;
        self.variables.push(("HAOCHAPING_OLD_BROWSERS", folder));
        self.variables.push(("HAOCHAPING_WEBKIT", webkit));
        Ok(())
    }

    /// `cargo` with everything prepared in its environment.
    pub fn cargo(&self, place: &Place) -> Command {
        let mut command = place.cargo();
        command.envs(self.variables.iter().map(|(name, value)| (*name, value)));
        if let Some(cluster) = &self.cluster {
            command.env("HAOCHAPING_TEST_PG", cluster.url());
        }
        command
    }
}

/// Runs one layer or all. A table of clauses that does not fit the code is told before minutes
/// were spent.
pub fn run(place: &Place, only: Option<Layer>) -> Result<ExitCode> {
    if only.is_none() {
        clauses::before_run(place)?;
    }
    let layers = only.map_or(Layer::ALL.to_vec(), |layer| vec![layer]);
    let mut needs: Vec<Need> = Vec::new();
    for need in layers.iter().flat_map(|layer| layer.needs()) {
        if !needs.contains(need) {
            needs.push(*need);
        }
    }
    let wants_app = layers.iter().any(|layer| layer.wants_app());
    let (stage, app) = prepare(place, &needs, wants_app);
    let mut stage = stage?;
    let mut endings = Vec::new();
    for layer in layers {
        let ending = match (&app, layer) {
            (Err(failure), layer) if layer.wants_app() => {
                Err(Failure::new(format!("the app was not built: {failure}")))
            }
            _ => one(place, &mut stage, layer),
        };
        endings.push((layer, ending));
    }
    drop(stage);
    let coverage = only.is_none().then(|| count_clauses(place, &endings));
    Ok(conclude(&endings, coverage))
}

/// The runner's own summary of one test program.
fn is_summary(line: &str) -> bool {
    line.starts_with("test result:")
}

/// Only a run of every layer can tell that a clause has lost its test.
fn count_clauses(place: &Place, endings: &[(Layer, Result<Watched>)]) -> Result<String> {
    let watched = endings
        .iter()
        .filter_map(|(_, ending)| ending.as_ref().ok());
    let kept = watched
        .flat_map(|watched| &watched.kept)
        .map(String::as_str);
    let lines: Vec<&str> = kept.filter(|line| !is_summary(line)).collect();
    clauses::after_run(place, &lines)
}

/// System packages download while cargo compiles; both take minutes on a new machine. Linking the
/// app keeps one core busy for long, so the other one compiles what comes after.
fn prepare(place: &Place, needs: &[Need], wants_app: bool) -> (Result<Stage>, Result<()>) {
    let linked = || match wants_app {
        true => tools::wasm_target(place).and_then(|()| spa::link_ahead(place)),
        false => Ok(()),
    };
    let (stage, linked) = std::thread::scope(|scope| {
        let stage = scope.spawn(|| Stage::prepare(place, needs));
        if wants_app {
            scope.spawn(|| compile_ahead(place, needs.contains(&Need::Postgres)));
        }
        let linked = linked();
        let broke = || Err(Failure::new("preparing the machine broke off"));
        (stage.join().unwrap_or_else(|_| broke()), linked)
    });
    let app = match (&stage, linked) {
        (Ok(_), Ok(())) if wants_app => setup::run(place).and_then(|()| spa::build(place)),
        (_, linked) => linked,
    };
    (stage, app)
}

/// Compiles what makes `dist/`, and the tests of the store: with them most of what the server
/// needs. A fault in it is told by the layer that it belongs to.
fn compile_ahead(place: &Place, store: bool) {
    let bundler = spa::compile_bundler(place);
    if bundler.is_err() || !store {
        return;
    }
    let mut tests = place.cargo();
    tests.args(["test", "--quiet", "--no-run"]).args(TOGETHER);
    tests.args(["--test", "conformance"]);
    let _ = sh::run("compiling ahead for the layers to come", &mut tests);
}

fn one(place: &Place, stage: &mut Stage, layer: Layer) -> Result<Watched> {
    if layer.wants_browser() {
        stage.with_browser(place)?;
    }
    match layer {
        Layer::Firefox => stage.with_firefox(place)?,
        Layer::OldBrowsers => stage.with_old_browsers(place)?,
        _ => {}
    }
    let (packages, programs) = runs(layer);
    let mut command = stage.cargo(place);
    command.args(["test", "--no-fail-fast"]);
    command.args(packages).args(programs);
    let what = format!("testing the layer {}: {}", name(layer), programs.join(" "));
    sh::watch(&what, &mut command, |line| {
        is_summary(line) || clauses::keeps(line)
    })
}

/// The packages whose tests are compiled together. Cargo settles features for all that one call
/// names, so a call that names others would compile sqlx, axum and tokio once more.
pub const TOGETHER: [&str; 8] = ["-p", "store", "-p", "flow", "-p", "server", "-p", "testkit"];

/// The runs of `cargo test` that make up a layer: what is compiled, and which programs of it run.
fn runs(layer: Layer) -> (&'static [&'static str], &'static [&'static str]) {
    match layer {
        Layer::Rules => (
            &["-p", "rules", "-p", "words", "-p", "contract"],
            &["--features", "words/all"],
        ),
        Layer::Store => (&TOGETHER, &["--test", "conformance"]),
        Layer::Api => (
            &TOGETHER,
            &[
                "--lib", "--test", "api", "--test", "openapi", "--test", "policy", "--test", "tidy",
            ],
        ),
        // The budgets are ignored by default, because they need a built dist/.
        Layer::Web => (
            &["-p", "xtask"],
            &["--features", "spa", "--", "--include-ignored"],
        ),
        // The journeys belong to testkit as well; they are a layer of their own.
        Layer::E2e => (&TOGETHER, &["--test", "e2e"]),
        Layer::Firefox => (
            &TOGETHER,
            &["--test", "e2e", "--", "--ignored", "firefox::"],
        ),
        // One after the other: a browser that waits for the processor looks like one that fails.
        Layer::OldBrowsers => (
            &TOGETHER,
            &[
                "--test",
                "e2e",
                "--",
                "--ignored",
                "--test-threads=1",
                "--nocapture",
                "old_browsers::",
            ],
        ),
    }
}

fn name(layer: Layer) -> String {
    let value = layer.to_possible_value();
    value.map_or_else(String::new, |value| value.get_name().to_owned())
}

/// Prints what the runners concluded, and nothing after it.
fn conclude(endings: &[(Layer, Result<Watched>)], coverage: Option<Result<String>>) -> ExitCode {
    let mut good = true;
    println!();
    for (layer, ending) in endings {
        match ending {
            Ok(watched) if watched.ok => {}
            Ok(_) => println!("{}: FAILED, see above", name(*layer)),
            Err(failure) => println!("{}: FAILED: {failure}", name(*layer)),
        }
        good &= matches!(ending, Ok(watched) if watched.ok);
    }
    match coverage {
        Some(Ok(counts)) => println!("{counts}"),
        Some(Err(failure)) => {
            println!("clauses: FAILED: {failure}");
            good = false;
        }
        None => {}
    }
    say(if good {
        "everything passed"
    } else {
        "not everything passed"
    });
    for (layer, ending) in endings {
        let Ok(watched) = ending else { continue };
        println!("{}:", name(*layer));
        for line in watched.kept.iter().filter(|line| is_summary(line)) {
            println!("{line}");
        }
    }
    if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_test_program_of_the_workspace_belongs_to_a_layer() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let named: Vec<&str> = Layer::ALL
            .iter()
            .flat_map(|layer| runs(*layer).1)
            .copied()
            .collect();
        let mut programs = vec!["e2e".to_owned()];
        for package in TOGETHER.iter().filter(|word| **word != "-p") {
            let tests = root.join("crates").join(package).join("tests");
            for entry in std::fs::read_dir(tests).into_iter().flatten().flatten() {
                let name = entry.path();
                if name.is_dir() && !name.join("main.rs").exists() {
                    continue;
                }
                let stem = name.file_stem().expect("a name").to_string_lossy();
                programs.push(stem.into_owned());
            }
        }
        assert!(programs.len() >= 6, "{programs:?}");
        for program in programs {
            assert!(named.contains(&program.as_str()), "{program} runs nowhere");
        }
    }
}
