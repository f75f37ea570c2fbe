//! Building the single-page app, and knowing when there is nothing to build.

use crate::place::Place;
use crate::report::{During, Failure, Result, say};
use crate::{node, sh, stamp, tools};

/// Everything that the built app is made of.
const SOURCES: &[&str] = &[
    ".cargo/config.toml",
    "Cargo.lock",
    "Cargo.toml",
    "Trunk.toml",
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
    "xtask/src/echarts.rs",
    "xtask/src/post_build",
];

/// Builds `dist/` as a release, unless it is already that of these sources.
pub fn build(place: &Place) -> Result<()> {
    // Two builds at once would empty each other's staging folder; the second one waits and
    // then finds its work done.
    let lock = std::fs::File::create(place.target("spa.lock")).during("making target/spa.lock")?;
    lock.lock().during("waiting for another build of the app")?;
    // Taken before the build: what changes meanwhile is not in it.
    let sources = sources(place)?;
    let mark = place.target("spa.stamp");
    if std::fs::read_to_string(&mark).is_ok_and(|found| found == fingerprint(place, &sources)) {
        say("the app in dist/ is up to date");
        return Ok(());
    }
    trunk(place, "building the app (release)", &["build", "--release"])?;
    std::fs::write(&mark, fingerprint(place, &sources)).during("marking dist/ as complete")
}

/// Builds `dist/` for development: quick to build, large.
pub fn build_for_development(place: &Place) -> Result<()> {
    // Whatever comes next must not take this for a release.
    let _ = std::fs::remove_file(place.target("spa.stamp"));
    trunk(place, "building the app (development)", &["build"])
}

fn trunk(place: &Place, what: &str, arguments: &[&str]) -> Result<()> {
    if !place.at("style/main.css").is_file() {
        return Err(Failure::new(
            "style/main.css is missing; the app cannot be built",
        ));
    }
    let mut command = place.command(tools::trunk(place)?);
    // Trunk reads NO_COLOR as one of its own options and refuses the usual value 1.
    command.args(arguments).env_remove("NO_COLOR");
    sh::run(what, &mut command)
}

/// The fingerprint of everything the app is made of.
pub fn sources(place: &Place) -> Result<String> {
    stamp::of_tree(&place.root, SOURCES)
}

/// Of the sources, of the tools that shape the result, and of the list of built files.
fn fingerprint(place: &Place, sources: &str) -> String {
    let mut whole = stamp::Fingerprint::new();
    whole.add(sources.as_bytes());
    whole.add(&[u8::from(node::find(place).is_some())]);
    whole.add(&std::fs::read(place.at("dist/assets.json")).unwrap_or_default());
    whole.short()
}
