//! `growth`: what a city reads every day, at ten thousand, a hundred thousand and a million
//! ratings, on both engines. The output belongs into docs/GROWTH.md.

use clap::Parser;
use contract::{paths, ticket::Worklist};
use flow::staff::token_hash;
use std::{
    env,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};
use store::Session;
use testkit::load::{
    Outcome,
    client::Connection,
    drive::{Clerk, Load, Rater, Reader, Visitor, drive},
    early,
    folder::{Database, Folder, Scratch},
    machine,
    process::Server,
    promise,
    sheet::{Reading, count},
};

/// The staff id of the demo's authority.
const AUTHORITY: &str = "p-zhou";
/// A session's token; the servers of this program listen to this machine only.
const TOKEN: &str = "growth";
/// Reading is measured on one connection, so that what is measured is the server's own time.
const ALONE: usize = 1;

/// Measurements, in release mode; the machine should do nothing else.
#[derive(Parser)]
struct Arguments {
    /// How many ratings a folder has, smallest first.
    #[arg(long, value_delimiter = ',', default_value = "10000,100000,1000000")]
    sizes: Vec<u32>,
    /// The same for PostgreSQL.
    #[arg(long, value_delimiter = ',', default_value = "10000,100000,1000000")]
    postgres_sizes: Vec<u32>,
    /// Over how many days they are spread.
    #[arg(long, default_value_t = 183)]
    days: u16,
    /// Seconds of one measurement.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Where the folders are; the disk is part of what is measured.
    #[arg(long)]
    folder: Option<PathBuf>,
    /// A file to write the sheet to as well.
    #[arg(long)]
    write: Option<PathBuf>,
}

/// What was measured at one size of one engine.
struct Measured {
    ratings: u32,
    made: Duration,
    readings: Vec<(&'static str, Reading)>,
    memory_kib: u64,
}

#[tokio::main]
async fn main() -> ExitCode {
    match growth(&Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("growth: {fault}");
            ExitCode::FAILURE
        }
    }
}

async fn growth(arguments: &Arguments) -> Outcome {
    let binary = early::honest()?;
    let parent = match &arguments.folder {
        Some(folder) => folder.clone(),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target"),
    };
    let scratch = Scratch::make(&parent, "growth")?;
    let mut text = heading(arguments, &machine::conditions(scratch.path())?);
    let mut sqlite = Vec::new();
    for ratings in &arguments.sizes {
        let path = scratch.path().join(format!("sqlite-{ratings}"));
        sqlite.push(at_size(arguments, &binary, path.clone(), None, *ratings).await?);
        fs::remove_dir_all(path)?;
    }
    text += &section("SQLite", &sqlite);
    let mut postgres = Vec::new();
    for ratings in &arguments.postgres_sizes {
        let admin = env::var("HAOCHAPING_TEST_PG")
            .map_err(|_| "HAOCHAPING_TEST_PG is not set; cargo xtask bench growth starts one")?;
        let database = Database::create(&admin, "growth").await?;
        let path = scratch.path().join(format!("postgres-{ratings}"));
        let url = Some(database.url());
        postgres.push(at_size(arguments, &binary, path, url, *ratings).await?);
        database.drop().await?;
    }
    text += &section("PostgreSQL", &postgres);
    println!("{text}");
    if let Some(file) = &arguments.write {
        fs::write(file, text)?;
    }
    Ok(())
}

async fn at_size(
    arguments: &Arguments,
    binary: &Path,
    path: PathBuf,
    database: Option<String>,
    ratings: u32,
) -> Outcome<Measured> {
    let started = Instant::now();
    let folder = Folder::make(binary, path, database, (ratings, arguments.days))?;
    let made = started.elapsed();
    let cookie = signed_in(&folder).await?;
    folder.settle().await?;
    let server = Server::start(binary, &folder).await?;
    let ticket = first_ticket(&server, &cookie).await?;
    let run = Run {
        server: &server,
        time: Duration::from_secs(arguments.seconds),
    };
    let clerk = |path: String| Clerk {
        path,
        cookie: cookie.clone(),
    };
    let reader = |path: &str| Reader {
        paths: vec![path.to_owned()],
    };
    let rater = |run: &str| Rater {
        plates: folder.plates.clone(),
        run: format!("growth-{run}-{ratings}"),
    };
    let mut readings = Vec::new();
    // Reading first: what is rated below is not in the folder's size.
    for (name, path) in [
        (FIGURES, paths::HOME.to_owned()),
        (UNIT, format!("{}?place=unit%3A539900-rs", paths::HOME)),
        (PAGE, paths::fill(paths::PLATE, &folder.plates[0])),
    ] {
        readings.push((name, run.measure(ALONE, reader(&path)).await?));
    }
    for (name, path) in [
        (WORKLIST, paths::API_TICKETS.to_owned()),
        (TICKET, paths::fill(paths::API_TICKET, &ticket)),
    ] {
        readings.push((name, run.measure(ALONE, clerk(path)).await?));
    }
    readings.push((RATINGS, run.measure(32, rater("32")).await?));
    readings.push((MANY, run.measure(256, rater("256")).await?));
    let memory_kib = server.peak_memory_kib()?;
    server.stop().await?;
    Ok(Measured {
        ratings,
        made,
        readings,
        memory_kib,
    })
}

const FIGURES: &str = "figures, `GET /`";
const UNIT: &str = "figures of a unit";
const PAGE: &str = "rating page, `GET /r/{plate}`";
const WORKLIST: &str = "worklist of the authority";
const TICKET: &str = "a ticket";
const RATINGS: &str = "durable ratings, 32 connections";
const MANY: &str = "durable ratings, 256 connections";

struct Run<'a> {
    server: &'a Server,
    time: Duration,
}

impl Run<'_> {
    async fn measure<V: Visitor>(&self, connections: usize, visitor: V) -> Outcome<Reading> {
        let load = Load {
            connections,
            time: self.time,
        };
        let reading = Reading::from(&drive(self.server.address(), load, visitor).await?);
        promise(reading.bad == 0, || {
            format!("{} answers were no success", reading.bad)
        })?;
        Ok(reading)
    }
}

/// A session of the authority, entered beside the server: signing in is not measured here.
async fn signed_in(folder: &Folder) -> Outcome<String> {
    let store = folder.store().await?;
    let session = Session {
        token_hash: token_hash(TOKEN),
        staff: AUTHORITY.to_owned(),
        created_at: 0,
        expires_at: i64::MAX,
        used_at: i64::MAX,
    };
    store.session_put(session).await?;
    store.close().await;
    Ok(format!("haochaping={TOKEN}"))
}

async fn first_ticket(server: &Server, cookie: &str) -> Outcome<String> {
    let mut connection = Connection::open(server.address()).await?;
    let answer = connection.get_signed_in(paths::API_TICKETS, cookie).await?;
    let worklist: Worklist = serde_json::from_slice(&answer.body)?;
    let first = worklist.rows.into_iter().next();
    Ok(first.ok_or("the folder has no open ticket")?.number)
}

fn heading(arguments: &Arguments, conditions: &str) -> String {
    format!(
        "# Growth\n\nWritten by `cargo xtask bench growth --write docs/GROWTH.md`; run it again rather than edit it.\n\n\
         What is read every day, in demo folders (12 windows, {} days) with more and more ratings. Reading is measured \
         on one connection, {} s each, so that latency is the server's own time; writing on 32 and 256. \
         Before that the database has tidied up after the making, as it does by itself at rest (PostgreSQL's vacuum \
         and checkpoint, SQLite's checkpoint). The worklist's page has as many tickets as are open, at most 50: in the \
         smallest folder about half as many as in the others.\n\n\
         | | |\n|---|---|\n{conditions}",
        arguments.days, arguments.seconds
    )
}

/// A table of an engine: p50 and p99 by size, and how much the p99 grew from the first to the last.
fn section(engine: &str, measured: &[Measured]) -> String {
    let (Some(first), Some(last)) = (measured.first(), measured.last()) else {
        return String::new();
    };
    let mut text = format!("\n## {engine}\n\n| p50 / p99, ms |");
    for one in measured {
        let _ = write!(text, " {} ratings |", count(f64::from(one.ratings)));
    }
    text += " p99, last to first |\n|---|";
    text += &"---|".repeat(measured.len() + 1);
    text.push('\n');
    for (at, (name, _)) in first.readings.iter().enumerate() {
        let _ = write!(text, "| {name} |");
        let rates = name.starts_with("durable");
        for one in measured {
            let reading = one.readings[at].1;
            let rate = match rates {
                true => format!("{}/s, ", count(reading.rate)),
                false => String::new(),
            };
            let _ = write!(text, " {rate}{:.1} / {:.1} |", reading.p50, reading.p99);
        }
        let grown = last.readings[at].1.p99 / first.readings[at].1.p99;
        let _ = writeln!(text, " {grown:.2}× |");
    }
    let row = |what: &str, tell: &dyn Fn(&Measured) -> String| {
        let cells: Vec<String> = measured.iter().map(tell).collect();
        format!("| {what} | {} | |\n", cells.join(" | "))
    };
    text += &row("most memory the server held", &|one| {
        format!("{} MiB", one.memory_kib / 1024)
    });
    text += &row("making the folder", &|one| {
        format!("{:.0} s", one.made.as_secs_f64())
    });
    text
}
