//! Every chore of 好差评. `cargo xtask help` lists them.

#[cfg(feature = "spa")]
mod bundle;
mod check;
mod chores;
mod clauses;
mod echarts;
mod licences;
mod node;
mod old_browsers;
mod place;
mod postgres;
mod report;
mod serve;
mod setup;
mod sh;
mod spa;
mod stamp;
mod system;
mod test;
mod tools;

use clap::{Parser, Subcommand};
use place::Place;
use report::Result;
use std::process::ExitCode;

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    about = "Every chore of 好差评",
    disable_version_flag = true
)]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Fetch what building needs: WebAssembly target, npm tools, ECharts
    Setup,
    /// Set up, build everything, make a demo folder, and serve it
    Run(serve::Where),
    /// Run the whole of CI, or one layer of it
    Test {
        /// The layer; all of them without one
        layer: Option<test::Layer>,
    },
    /// Lint, dependency policy, role matrix, the app's unit tests
    Check,
    /// Serve a development build, and build again at every change
    Dev(serve::Where),
    /// Count the clauses of the regulations that a test observes; `--sample 3` breaks some of them
    Clauses(clauses::Options),
    /// Pack the release binary
    Dist,
    /// Take the pictures of docs/screens
    Screenshots,
    /// Kill, fault and attack runs
    Soak {
        /// Options of the program `soak`; `-- --help` lists them
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        options: Vec<String>,
    },
    /// Measure
    Bench {
        /// Options of the program `bench`; `-- --help` lists them
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        options: Vec<String>,
    },
    /// Build the single-page app into dist/ (release)
    Spa,
    /// The second half of `spa`: split, bind, shrink and name the linked app
    #[command(hide = true)]
    SpaBundle {
        /// Quickly, and large
        #[arg(long)]
        development: bool,
    },
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
        Chore::Run(serve) => serve::run(&place, &serve)?,
        Chore::Test { layer } => return test::run(&place, layer),
        Chore::Check => check::run(&place)?,
        Chore::Clauses(options) => clauses::run(&place, &options)?,
        Chore::Dev(serve) => serve::dev(&place, &serve)?,
        Chore::Dist => serve::dist(&place)?,
        Chore::Screenshots => chores::screenshots(&place)?,
        Chore::Soak { options } => chores::soak(&place, &options)?,
        Chore::Bench { options } => chores::bench(&place, &options)?,
        Chore::SpaBundle { development: false } => bundle(&place, spa::For::Release)?,
        Chore::SpaBundle { development: true } => bundle(&place, spa::For::Development)?,
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(feature = "spa")]
fn bundle(place: &Place, what_for: spa::For) -> Result<()> {
    bundle::run(place, what_for)
}

#[cfg(not(feature = "spa"))]
fn bundle(_: &Place, _: spa::For) -> Result<()> {
    Err(report::Failure::new(
        "this half of `cargo xtask spa` needs: cargo run -p xtask --features spa -- spa-bundle",
    ))
}
