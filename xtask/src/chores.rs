//! Chores around the tests: pictures of the pages, long attacks, measurements.

use crate::place::Place;
use crate::report::Result;
use crate::system::Need;
use crate::test::Stage;
use crate::{setup, sh, spa};

/// Takes the pictures of `docs/screens` from a running server.
pub fn screenshots(place: &Place) -> Result<()> {
    setup::run(place)?;
    let mut stage = Stage::prepare(place, &Need::ALL)?;
    setup::run(place)?;
    spa::build(place)?;
    stage.with_browser(place)?;
    let owner = place.owner_of_test("e2e")?;
    let mut command = stage.cargo(place);
    command.args(["test", "--package", &owner, "--test", "e2e"]);
    command.args(["--", "screenshots", "--nocapture"]);
    command.env("HAOCHAPING_SCREENS", place.at("docs/screens"));
    sh::run("taking pictures into docs/screens", &mut command)
}

/// Kill, fault and attack runs; `only` picks some of them by name.
pub fn soak(place: &Place, only: Option<&str>) -> Result<()> {
    long(place, "soak", only)
}

/// Measurements, in release mode.
pub fn bench(place: &Place, only: Option<&str>) -> Result<()> {
    long(place, "bench", only)
}

fn long(place: &Place, kind: &str, only: Option<&str>) -> Result<()> {
    let stage = Stage::prepare(place, &[Need::Postgres])?;
    let binary = crate::serve::server(place, true)?;
    let owner = place.owner_of_test(kind)?;
    let mut command = stage.cargo(place);
    command.args([
        "test",
        "--release",
        "--package",
        &owner,
        "--test",
        kind,
        "--",
    ]);
    command
        .args(["--include-ignored", "--nocapture", "--test-threads=1"])
        .args(only);
    command.env("HAOCHAPING_BIN", binary);
    sh::run(&format!("running {kind}; this takes a while"), &mut command)
}
