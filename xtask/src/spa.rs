//! Building the single-page app, and knowing when there is nothing to build.

use crate::place::Place;
use crate::report::{During, Failure, Result, say};
use crate::{node, sh, stamp};

/// The binary of the app, as its package names it.
pub const APP: &str = "haochaping-app";

/// Everything that the built app is made of.
const SOURCES: &[&str] = &[
    ".cargo/config.toml",
    "Cargo.lock",
    "Cargo.toml",
    "crates/contract",
    "crates/rules",
    "crates/words",
    "index.html",
    "locales",
    "package-lock.json",
    "public",
    "rust-toolchain.toml",
    "src",
    "style",
    "xtask/Cargo.toml",
    "xtask/echarts",
    "xtask/src/bundle",
    "xtask/src/echarts.rs",
    "xtask/src/spa.rs",
];

/// What the app is built for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum For {
    /// Delivery: small, and slow to build.
    Release,
    /// Development: quick to build, and large.
    Development,
}

impl For {
    /// The profile in `Cargo.toml`, and the folder that cargo names after it.
    pub fn profile(self) -> (&'static str, &'static str) {
        match self {
            Self::Release => ("spa", "spa"),
            Self::Development => ("dev", "debug"),
        }
    }
}

/// Builds `dist/` as a release, unless it is already that of these sources.
pub fn build(place: &Place) -> Result<()> {
    // Two builds at once would empty each other's staging folder; the second one waits and
    // then finds its work done.
    let lock = std::fs::File::create(place.target("spa.lock")).during("making target/spa.lock")?;
    lock.lock().during("waiting for another build of the app")?;
    // Taken before the build: what changes meanwhile is not in it.
    let sources = sources(place)?;
    if is_built(place, &sources) {
        say("the app in dist/ is up to date");
        return Ok(());
    }
    link(place, For::Release)?;
    bundle(place, For::Release)?;
    let mark = place.target("spa.stamp");
    std::fs::write(&mark, fingerprint(place, &sources)).during("marking dist/ as complete")
}

/// Builds `dist/` for development: quick to build, large.
pub fn build_for_development(place: &Place) -> Result<()> {
    // Whatever comes next must not take this for a release.
    let _ = std::fs::remove_file(place.target("spa.stamp"));
    link(place, For::Development)?;
    bundle(place, For::Development)
}

/// The first and longest part of `build`, for which neither Node nor npm is needed.
pub fn link_ahead(place: &Place) -> Result<()> {
    if is_built(place, &sources(place)?) {
        return Ok(());
    }
    link(place, For::Release)
}

fn link(place: &Place, what_for: For) -> Result<()> {
    if !place.at("style/main.css").is_file() {
        return Err(Failure::new(
            "style/main.css is missing; the app cannot be built",
        ));
    }
    let mut build = place.cargo();
    build.args(["build", "--package", APP, "--bin", APP]);
    build.args(["--target", "wasm32-unknown-unknown"]);
    build.args(["--profile", what_for.profile().0]);
    sh::run("linking the app", &mut build)
}

/// Splits, shrinks and names what was linked. It takes libraries that would double the time in
/// which everybody's xtask compiles, so it is a program of its own.
fn bundle(place: &Place, what_for: For) -> Result<()> {
    let mut bundle = bundler(place, "run");
    bundle.args(["--", "spa-bundle"]);
    if what_for == For::Development {
        bundle.arg("--development");
    }
    sh::run("making dist/ of what was linked", &mut bundle)
}

/// Compiles the program that `build` needs in the end.
pub fn compile_bundler(place: &Place) -> Result<()> {
    let what = "compiling what will split and shrink the app";
    sh::run(what, &mut bundler(place, "build"))
}

fn bundler(place: &Place, verb: &str) -> std::process::Command {
    let mut command = place.cargo();
    command.args([verb, "--quiet", "--package", "xtask", "--features", "spa"]);
    command
}

/// The fingerprint of everything the app is made of.
pub fn sources(place: &Place) -> Result<String> {
    stamp::of_tree(&place.root, SOURCES)
}

fn is_built(place: &Place, sources: &str) -> bool {
    std::fs::read_to_string(place.target("spa.stamp"))
        .is_ok_and(|found| found == fingerprint(place, sources))
}

/// Of the sources, of the tools that shape the result, and of the list of built files.
fn fingerprint(place: &Place, sources: &str) -> String {
    let mut whole = stamp::Fingerprint::new();
    whole.add(sources.as_bytes());
    whole.add(&[u8::from(node::find(place).is_some())]);
    whole.add(&std::fs::read(place.at("dist/assets.json")).unwrap_or_default());
    whole.short()
}
