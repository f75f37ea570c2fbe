//! `soak`: what no quick test can show. Every promise is that nothing acknowledged is lost
//! and nothing is stored twice: under `kill -9`, in a trace of the system calls, with a
//! database connection cut during COMMIT; in the bad moments of a county; and that a build which
//! cheats is caught.

use clap::Parser;
use std::{fs, path::PathBuf, process::ExitCode, time::Instant};
use testkit::load::{
    Outcome, cut, early,
    folder::{Database, Folder, Scratch},
    kill, mix, moments, promise, trace,
};

/// Kill, trace, early and cut runs; the output belongs into docs/SOAK.md.
#[derive(Parser)]
struct Arguments {
    /// Only the runs with this in their name: kill-sqlite, kill-postgres, trace, early, cut, disk, clock, keys, slow.
    only: Option<String>,
    /// How often the server is killed under load, on each database.
    #[arg(long, default_value_t = 20)]
    kills: u32,
    /// The moments of the kills follow from it.
    #[arg(long, default_value_t = 2026)]
    seed: u64,
    /// A PostgreSQL, such as postgres://postgres@127.0.0.1:5432/postgres.
    #[arg(long, env = "HAOCHAPING_TEST_PG")]
    postgres: Option<String>,
    /// A file to write what was seen to as well.
    #[arg(long)]
    write: Option<PathBuf>,
    /// Keep the folders of the runs to look into.
    #[arg(long)]
    keep: bool,
}

struct Soak {
    arguments: Arguments,
    scratch: Scratch,
    binary: PathBuf,
}

const RUNS: [&str; 9] = [
    "kill-sqlite",
    "kill-postgres",
    "trace",
    "early",
    "cut",
    "disk",
    "clock",
    "keys",
    "slow",
];

#[tokio::main]
async fn main() -> ExitCode {
    match soak(Arguments::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(fault) => {
            println!("FAILED before the first run: {fault}");
            ExitCode::FAILURE
        }
    }
}

async fn soak(arguments: Arguments) -> Outcome<bool> {
    let mut scratch = Scratch::make(&std::env::temp_dir(), "soak")?;
    if arguments.keep {
        scratch.keep();
    }
    let wanted = |name: &str| {
        arguments
            .only
            .as_ref()
            .is_none_or(|only| name.contains(only))
    };
    let wanted: Vec<&str> = RUNS.into_iter().filter(|name| wanted(name)).collect();
    promise(!wanted.is_empty(), || format!("the runs are {RUNS:?}"))?;
    let soak = Soak {
        binary: early::honest()?,
        arguments,
        scratch,
    };
    let mut seen = String::new();
    let mut good = true;
    for name in wanted {
        let (held, told) = soak.tell(name).await;
        print!("{told}");
        seen += &told;
        good &= held;
    }
    let end = if good {
        "every promise held"
    } else {
        "a promise was BROKEN"
    };
    println!("{end}");
    if let Some(file) = &soak.arguments.write {
        let seed = soak.arguments.seed;
        fs::write(
            file,
            format!("{HEAD}## The last run, seed {seed}\n\n```text\n{seen}{end}\n```\n"),
        )?;
    }
    Ok(good)
}

/// What is written above the output of a run.
const HEAD: &str = include_str!("soak.md");

impl Soak {
    /// Runs one: whether it held, and what came of it.
    async fn tell(&self, name: &str) -> (bool, String) {
        let started = Instant::now();
        let told = match name {
            "kill-sqlite" => self.kill_sqlite().await,
            "kill-postgres" => self.kill_postgres().await,
            "trace" => self.trace().await,
            "early" => self.early().await,
            "cut" => self.cut().await,
            "disk" => lines(moments::disk(&self.binary, self.scratch.path()).await),
            "clock" => lines(moments::clock(&self.binary, self.scratch.path()).await),
            "keys" => lines(moments::keys(&self.binary, self.scratch.path()).await),
            _ => lines(moments::slow(&self.binary, self.scratch.path()).await),
        };
        let took = started.elapsed().as_secs();
        let held = told.is_ok();
        let told = match told {
            Ok(told) => format!("{name}: held ({took} s)\n{told}\n\n"),
            Err(fault) => format!("{name}: BROKEN ({took} s)\n  {fault}\n\n"),
        };
        (held, told)
    }

    fn folder(&self, name: &str, database: Option<String>) -> Outcome<Folder> {
        Folder::make(
            &self.binary,
            self.scratch.path().join(name),
            database,
            (60, 5),
        )
    }

    fn admin(&self) -> Outcome<&str> {
        Ok(self
            .arguments
            .postgres
            .as_deref()
            .ok_or("HAOCHAPING_TEST_PG names no PostgreSQL")?)
    }

    fn plan(&self) -> kill::Plan {
        kill::Plan {
            kills: self.arguments.kills,
            seed: self.arguments.seed,
        }
    }

    async fn kill_sqlite(&self) -> Outcome<String> {
        let folder = self.folder("kill", None)?;
        let tally = kill::run(&self.binary, &folder, &self.plan()).await?;
        Ok(format!(
            "{}\n  PRAGMA integrity_check: ok",
            tell_kills(&tally)
        ))
    }

    async fn kill_postgres(&self) -> Outcome<String> {
        let database = Database::create(self.admin()?, "kill").await?;
        let folder = self.folder("kill-postgres", Some(database.url()))?;
        let tally = kill::run(&self.binary, &folder, &self.plan()).await?;
        database.drop().await?;
        Ok(tell_kills(&tally))
    }

    async fn trace(&self) -> Outcome<String> {
        let folder = self.folder("trace", None)?;
        let mut told = Vec::new();
        // A plain good rating, and a bad one with text and contact data.
        for number in [2, 100] {
            let proof = trace::run(&self.binary, &folder, number).await?;
            told.push(format!("  level {}:", mix::level(number)));
            // Where the folder was is of no interest to a reader; the trace names it without `..`.
            let path = std::fs::canonicalize(self.scratch.path())?
                .display()
                .to_string();
            let lines = [proof.write, proof.sync, proof.answer];
            told.extend(lines.map(|line| format!("    {}", line.replace(&path, "<folder>"))));
        }
        Ok(told.join("\n"))
    }

    /// The same checks against a build that answers before it stores: both must fail.
    async fn early(&self) -> Outcome<String> {
        let cheat = early::dishonest(self.scratch.path())?;
        let folder = self.folder("early-trace", None)?;
        let traced = trace::run(&cheat, &folder, 2).await;
        let folder = self.folder("early-kill", None)?;
        let plan = kill::Plan {
            kills: 3,
            seed: self.arguments.seed,
        };
        let killed = kill::run(&cheat, &folder, &plan).await;
        let caught = |what: &str, told: Option<String>| {
            told.map(|told| format!("  {what}: {told}"))
                .ok_or_else(|| format!("the {what} did not catch a build with {}", early::FEATURE))
        };
        let traced = caught("trace", traced.err().map(|fault| fault.to_string()))?;
        let killed = caught("kill", killed.err().map(|fault| fault.to_string()))?;
        Ok(format!(
            "  a build that acknowledges early is caught, as it must be, by\n{traced}\n{killed}"
        ))
    }

    async fn cut(&self) -> Outcome<String> {
        let database = Database::create(self.admin()?, "cut").await?;
        let folder = self.folder("cut", Some(database.url()))?;
        let seen = cut::run(&self.binary, &folder).await?;
        database.drop().await?;
        let lines = seen.iter().map(|one| {
            format!(
                "  level {}, cut {} the COMMIT arrived: 503, stored {}; again with the same key: {}, one rating, one receipt",
                one.level,
                if one.cut == cut::Cut::Before { "before" } else { "after" },
                if one.stored { "yes" } else { "no" },
                one.again
            )
        });
        Ok(lines.collect::<Vec<_>>().join("\n"))
    }
}

fn lines(told: Outcome<Vec<String>>) -> Outcome<String> {
    let told = told?.into_iter().map(|line| format!("  {line}"));
    Ok(told.collect::<Vec<_>>().join("\n"))
}

fn tell_kills(tally: &kill::Tally) -> String {
    format!(
        "  {} kills under load of 32 connections: {} ratings acknowledged before a kill, all there once, \
         same receipts\n  {} in doubt at a kill, of which {} were stored unheard; sent again, each is there once\n  \
         {} batches, no gaps",
        tally.kills, tally.before, tally.doubtful, tally.stored_unheard, tally.batches
    )
}
