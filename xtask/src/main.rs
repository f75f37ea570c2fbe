//! Every chore of 好差评. `cargo xtask help` lists them.

mod echarts;
mod node;
mod place;
#[cfg(feature = "spa")]
mod post_build;
mod report;
mod setup;
mod sh;
mod spa;
mod stamp;
mod tools;

use clap::{Parser, Subcommand};
use place::Place;
use report::Result;
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Every chore of 好差评", disable_version_flag = true)]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Fetch what building needs: WebAssembly target, Trunk, wasm-bindgen, npm tools, ECharts
    Setup,
    /// Build the single-page app into dist/ (release)
    Spa,
    /// Trunk's hook: split, bind, shrink and name the app
    #[command(hide = true)]
    SpaPostBuild,
}

fn main() -> ExitCode {
    report::start_clock();
    match carry_out(Arguments::parse().chore) {
        Ok(code) => code,
        Err(failure) => {
            report::say(format_args!("FAILED: {failure}"));
            ExitCode::FAILURE
        }
    }
}

fn carry_out(chore: Chore) -> Result<ExitCode> {
    let place = Place::find()?;
    match chore {
        Chore::Setup => setup::run(&place)?,
        Chore::Spa => {
            setup::run(&place)?;
            spa::build(&place)?;
        }
        Chore::SpaPostBuild => post_build(&place)?,
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(feature = "spa")]
fn post_build(place: &Place) -> Result<()> {
    post_build::run(place)
}

#[cfg(not(feature = "spa"))]
fn post_build(_: &Place) -> Result<()> {
    Err(report::Failure::new("the hook needs: cargo run -p xtask --features spa -- spa-post-build"))
}
