//! Chores around the tests: pictures of the pages, long attacks, measurements.

use crate::place::Place;
use crate::report::Result;
use crate::system::Need;
use crate::test::{Stage, TOGETHER};
use crate::{setup, sh, spa};

/// Takes the pictures of `docs/screens` from a running server.
pub fn screenshots(place: &Place) -> Result<()> {
    let mut stage = Stage::prepare(place, &Need::ALL)?;
    setup::run(place)?;
    spa::build(place)?;
    stage.with_browser(place)?;
    let mut command = stage.cargo(place);
    command.arg("test").args(TOGETHER).args(["--test", "e2e"]);
    command.args(["--", "screenshots", "--nocapture"]);
    command.env("HAOCHAPING_SCREENS", place.at("docs/screens"));
    sh::run("taking pictures into docs/screens", &mut command)
}

/// Kill, fault and attack runs; the options are those of the program `soak`.
pub fn soak(place: &Place, options: &[String]) -> Result<()> {
    long(place, "soak", options, &[Need::Postgres, Need::Faults])
}

/// Measurements, in release mode; the options are those of the program `bench`, or, after
/// `growth`, of the program of that name. `phone` measures in a browser, into `docs/PHONE.md`.
pub fn bench(place: &Place, options: &[String]) -> Result<()> {
    match options.split_first() {
        Some((first, rest)) if first == "growth" => long(place, "growth", rest, &[Need::Postgres]),
        Some((first, _)) if first == "phone" => phone(place),
        _ => long(place, "bench", options, &[Need::Postgres]),
    }
}

/// The rating page in a throttled browser, and Lighthouse, which npx fetches.
fn phone(place: &Place) -> Result<()> {
    let mut stage = Stage::prepare(place, &[Need::Node, Need::Browser, Need::Fonts])?;
    setup::run(place)?;
    spa::build(place)?;
    stage.with_browser(place)?;
    let mut command = stage.cargo(place);
    command.arg("test").args(TOGETHER).args(["--test", "e2e"]);
    command.args(["--", "--ignored", "--nocapture", "phone::"]);
    command.env("HAOCHAPING_BIN", crate::serve::server(place, true)?);
    command.env("HAOCHAPING_PHONE", place.at("docs/PHONE.md"));
    sh::run("measuring on a slow phone", &mut command)
}

fn long(place: &Place, program: &str, options: &[String], needs: &[Need]) -> Result<()> {
    setup::run(place)?;
    spa::build(place)?;
    let stage = Stage::prepare(place, needs)?;
    let binary = crate::serve::server(place, true)?;
    let mut command = stage.cargo(place);
    command.args([
        "run",
        "--release",
        "--package",
        "testkit",
        "--bin",
        program,
        "--",
    ]);
    command.args(options).env("HAOCHAPING_BIN", binary);
    sh::run(
        &format!("running {program}; this takes a while"),
        &mut command,
    )
}
