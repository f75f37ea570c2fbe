//! `bench`: durable ratings a second beside what the same machine gives without the promise,
//! and how quickly pages come. The output belongs into docs/BENCH.md.

use clap::Parser;
use contract::paths;
use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};
use testkit::load::{
    Outcome,
    drive::{Citizen, Load, Measured, Rater, Reader, Visitor, drive},
    early,
    folder::{Folder, Scratch},
    hidden, limits, machine,
    process::Server,
    promise,
    sheet::{Reading, Sheet, count},
};

/// Measurements on SQLite, in release mode; the machine should do nothing else.
#[derive(Parser)]
struct Arguments {
    /// Only measurements with this in their name.
    only: Option<String>,
    /// Seconds of one measurement.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Runs; the sheet shows their medians.
    #[arg(long, default_value_t = 3)]
    runs: u32,
    /// Where the folders of the runs are; the disk is part of what is measured.
    #[arg(long)]
    folder: Option<PathBuf>,
    /// A file to write the sheet to as well.
    #[arg(long)]
    write: Option<PathBuf>,
    /// The release binary of a build from before, to be measured in the same runs.
    #[arg(long)]
    before: Option<PathBuf>,
    /// Serves limit (a); bench starts this itself.
    #[arg(long, hide = true)]
    parse_only: bool,
}

struct Bench {
    arguments: Arguments,
    now: Build,
    before: Option<Build>,
    scratch: Scratch,
    sheet: Sheet,
    memory: Vec<u64>,
    rows: Vec<String>,
    loads: Vec<String>,
    hidden: Vec<Vec<hidden::Seen>>,
}

/// A release binary, and a folder that it made.
#[derive(Clone)]
struct Build {
    /// What stands before the names of its measurements.
    prefix: &'static str,
    binary: PathBuf,
    /// Filled once; each run works on a copy.
    model: Folder,
}

impl Build {
    fn make(prefix: &'static str, binary: PathBuf, scratch: &Scratch) -> Outcome<Self> {
        let path = scratch.path().join(format!("{prefix}model"));
        let model = Folder::make(&binary, path, None, (5_000, 60))?;
        Ok(Self {
            prefix,
            binary,
            model,
        })
    }
}

/// Before the names of what a build from before was measured at.
const BEFORE: &str = "before-";

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = if arguments.parse_only {
        limits::parse_only().await
    } else {
        bench(arguments).await
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("bench: {fault}");
            ExitCode::FAILURE
        }
    }
}

async fn bench(arguments: Arguments) -> Outcome {
    let binary = early::honest()?;
    let parent = match &arguments.folder {
        Some(folder) => folder.clone(),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target"),
    };
    let scratch = Scratch::make(&parent, "bench")?;
    let conditions = machine::conditions(scratch.path())?;
    eprintln!("making the folder");
    let now = Build::make("", binary, &scratch)?;
    let before = match arguments.before.clone() {
        Some(binary) => Some(Build::make(BEFORE, binary, &scratch)?),
        None => None,
    };
    let mut bench = Bench {
        arguments,
        now,
        before,
        scratch,
        sheet: Sheet::default(),
        memory: Vec::new(),
        rows: Vec::new(),
        loads: Vec::new(),
        hidden: Vec::new(),
    };
    for run in 1..=bench.arguments.runs {
        bench.loads.push(format!("{:.2}", machine::load_average()?));
        bench.run(run).await?;
    }
    let text = bench.text(&conditions);
    println!("{text}");
    if let Some(file) = &bench.arguments.write {
        fs::write(file, text)?;
    }
    Ok(())
}

impl Bench {
    async fn run(&mut self, run: u32) -> Outcome {
        let mut builds = vec![self.now.clone()];
        builds.extend(self.before.clone());
        // Whoever is always second would find the machine as the first left it.
        if run.is_multiple_of(2) {
            builds.reverse();
        }
        for build in builds {
            let name = format!("{}run-{run}", build.prefix);
            let folder = build.model.copy(self.scratch.path().join(name))?;
            self.served(run, &build, &folder).await?;
            self.pages(&build, &folder).await?;
            if build.prefix.is_empty() && self.wants("hidden") {
                let seen = hidden::run(&build.binary, &folder).await?;
                eprintln!("hidden or missing: {seen:?}");
                self.hidden.push(seen);
            }
            fs::remove_dir_all(&folder.path)?;
        }
        self.parsed().await?;
        self.stored(run).await
    }

    fn wants(&self, name: &str) -> bool {
        self.arguments
            .only
            .as_ref()
            .is_none_or(|only| name.contains(only))
    }

    fn time(&self) -> Duration {
        Duration::from_secs(self.arguments.seconds)
    }

    async fn measure<V: Visitor>(
        &mut self,
        name: &str,
        server: &Server,
        connections: usize,
        visitor: V,
    ) -> Outcome<Measured> {
        let load = Load {
            connections,
            time: self.time(),
        };
        let measured = drive(server.address(), load, visitor).await?;
        let reading = Reading::from(&measured);
        eprintln!(
            "{name}: {}/s, p99 {:.1} ms, {} bad",
            count(reading.rate),
            reading.p99,
            reading.bad
        );
        self.sheet.note(name, reading);
        Ok(measured)
    }

    /// Ratings by API and by page: as many rows as were acknowledged, and the memory it took.
    async fn served(&mut self, run: u32, build: &Build, folder: &Folder) -> Outcome {
        let server = Server::start(&build.binary, folder).await?;
        self.warm(&server, folder, run).await?;
        let mut told = Vec::new();
        for (name, connections) in [("ratings 32", 32), ("ratings 256", 256), ("flow 32", 32)] {
            if !self.wants(name) {
                continue;
            }
            let before = rows(folder).await?;
            let row = format!("{}{name}", build.prefix);
            let measured = if name == "flow 32" {
                let citizen = Citizen {
                    plates: folder.plates.clone(),
                };
                self.measure(&row, &server, connections, citizen).await?
            } else {
                let run = format!("bench-{run}-{connections}");
                let rater = Rater {
                    plates: folder.plates.clone(),
                    run,
                };
                self.measure(&row, &server, connections, rater).await?
            };
            let new = rows(folder).await? - before;
            let good = i64::try_from(measured.good())?;
            promise(new == good, || {
                format!("{name}: {good} acknowledged, {new} rows")
            })?;
            told.push(format!("{} = {}", count(good as f64), count(new as f64)));
        }
        if build.prefix.is_empty() {
            self.memory.push(server.peak_memory_kib()?);
            self.rows.push(told.join(", "));
        }
        server.stop().await
    }

    async fn warm(&self, server: &Server, folder: &Folder, run: u32) -> Outcome {
        let load = Load {
            connections: 32,
            time: Duration::from_secs(1),
        };
        let rater = Rater {
            plates: folder.plates.clone(),
            run: format!("bench-warm-{run}"),
        };
        drive(server.address(), load, rater).await.map(drop)
    }

    /// Pages of a server that takes nothing in meanwhile.
    async fn pages(&mut self, build: &Build, folder: &Folder) -> Outcome {
        let server = Server::start(&build.binary, folder).await?;
        let plates = folder
            .plates
            .iter()
            .map(|plate| paths::fill(paths::PLATE, plate))
            .collect();
        let plates = Reader { paths: plates };
        if self.wants("plate 32") {
            let row = format!("{}plate 32", build.prefix);
            self.measure(&row, &server, 32, plates).await?;
        }
        for (name, connections) in [("figures 1", 1), ("figures 8", 8)] {
            if self.wants(name) {
                let figures = Reader {
                    paths: vec![paths::HOME.to_owned()],
                };
                let row = format!("{}{name}", build.prefix);
                self.measure(&row, &server, connections, figures).await?;
            }
        }
        server.stop().await
    }

    /// Limit (a).
    async fn parsed(&mut self) -> Outcome {
        let mut command = std::process::Command::new(std::env::current_exe()?);
        command.arg("--parse-only");
        let server = Server::spawn(command).await?;
        for (name, connections) in [("parsed 32", 32), ("parsed 256", 256)] {
            if self.wants(name) {
                let rater = Rater {
                    plates: self.now.model.plates.clone(),
                    run: "bench-parsed".to_owned(),
                };
                self.measure(name, &server, connections, rater).await?;
            }
        }
        server.kill()
    }

    /// Limits (b) and (c).
    async fn stored(&mut self, run: u32) -> Outcome {
        for (name, batch) in [("stored 32", 32), ("stored 256", 256)] {
            if !self.wants(name) {
                continue;
            }
            let folder = self
                .now
                .model
                .copy(self.scratch.path().join(format!("stored-{run}-{batch}")))?;
            let before = rows(&folder).await?;
            let (rate, stored) = limits::ingest(&folder, batch, self.time()).await?;
            promise(
                rows(&folder).await? - before == i64::try_from(stored)?,
                || format!("{name}: rows are missing"),
            )?;
            eprintln!("{name}: {}/s", count(rate));
            self.sheet.note(
                name,
                Reading {
                    rate,
                    ..Reading::default()
                },
            );
            fs::remove_dir_all(&folder.path)?;
        }
        if self.wants("bare rows") {
            let file = self.scratch.path().join(format!("bare-{run}.db"));
            let rate = limits::bare_rows(&file, self.time()).await?;
            eprintln!("bare rows: {}/s", count(rate));
            self.sheet.note(
                "bare rows",
                Reading {
                    rate,
                    ..Reading::default()
                },
            );
            fs::remove_file(&file)?;
        }
        Ok(())
    }

    fn text(&self, conditions: &str) -> String {
        let mut text = String::from(
            "# Measured\n\nWritten by `cargo xtask bench`; run it again rather than edit it.\n\n",
        );
        let _ = write!(text, "## Conditions\n\n| | |\n|---|---|\n{conditions}");
        let _ = writeln!(
            text,
            "| runs | {} of {} s a measurement, medians shown; load average before each: {} |",
            self.arguments.runs,
            self.arguments.seconds,
            self.loads.join(", ")
        );
        text += "| server | its defaults: SQLite in WAL with `synchronous=FULL`, one log line a request, into a file |\n";
        text += "| folder | demo, 5,000 ratings over 61 days, 12 plates in turn; 4 of 100 ratings bad, with text, and half of those with contact data |\n";
        text += "\n## Results\n\n| what | a second, each run | median | p50 | p99 | not answered well |\n|---|---|---|---|---|---|\n";
        for (title, name) in ROWS {
            text += &self.sheet.row(title, name);
        }
        text + &self.ratios() + &self.side_by_side() + &self.told_apart() + &self.peers()
    }

    fn ratios(&self) -> String {
        let mut text = String::from("\n## Beside the named limits, of the same runs\n\n");
        for connections in [32, 256] {
            let of = format!("ratings {connections}");
            let _ = writeln!(
                text,
                "- {connections} connections: {} of (a), {} of (b) in batches of {connections}, {} of (b) in batches of 256, {} of (c).",
                self.sheet.ratio(&of, &format!("parsed {connections}")),
                self.sheet.ratio(&of, &format!("stored {connections}")),
                self.sheet.ratio(&of, "stored 256"),
                self.sheet.ratio(&of, "bare rows")
            );
        }
        let memory: Vec<String> = self
            .memory
            .iter()
            .map(|kib| format!("{} MiB", kib / 1024))
            .collect();
        let _ = writeln!(
            text,
            "- Most memory the server held (VmHWM) during ratings and flows, each run: {}.",
            memory.join(", ")
        );
        let _ = writeln!(
            text,
            "- Acknowledged = new rows (32, 256, flows), each run: {}.",
            self.rows.join("; ")
        );
        let page = |name| {
            self.sheet
                .median(name, |reading: &Reading| reading.bytes as f64)
        };
        let _ = writeln!(
            text,
            "- Bytes of a page, not compressed: rating {}, figures {}.",
            count(page("plate 32")),
            count(page("figures 1"))
        );
        text
    }

    /// Both builds, in turn in the same runs, each on a folder of its own making.
    fn side_by_side(&self) -> String {
        if self.before.is_none() {
            return String::new();
        }
        let mut text = String::from(
            "\n## Beside the build before\n\nBoth in turn in the same runs, each on a folder that it made itself.\n\n\
             | what | before | now | now, of before | bytes before | bytes now |\n|---|---|---|---|---|---|\n",
        );
        for (title, name) in ROWS {
            let before = format!("{BEFORE}{name}");
            let rate = |name: &str| self.sheet.median(name, |reading: &Reading| reading.rate);
            let bytes = |name: &str| self.sheet.median(name, |reading| reading.bytes as f64);
            if rate(&before).is_finite() {
                let _ = writeln!(
                    text,
                    "| {title} | {} | {} | **{}** | {} | {} |",
                    count(rate(&before)),
                    count(rate(name)),
                    self.sheet.ratio(name, &before),
                    count(bytes(&before)),
                    count(bytes(name))
                );
            }
        }
        text
    }

    /// Tickets that somebody may not see, and such as are not there.
    fn told_apart(&self) -> String {
        if self.hidden.is_empty() {
            return String::new();
        }
        let mut text = String::from(
            "\n## A hidden ticket beside a missing one\n\n`GET /api/v1/tickets/{number}`, 8,000 answers of each in turn on one \
             connection; a guess is made from the mean of twenty, by somebody who learned from the first half which side is slower. \
             A coin is right in 50 %.\n\n| who asks | hidden, each run | missing | guesses that were right |\n|---|---|---|---|\n",
        );
        for at in 0..self.hidden[0].len() {
            let runs = || self.hidden.iter().filter_map(|run| run.get(at));
            let all =
                |tell: fn(&hidden::Seen) -> String| runs().map(tell).collect::<Vec<_>>().join(" ");
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} |",
                self.hidden[0][at].who,
                all(|seen| format!("{} µs", seen.hidden)),
                all(|seen| format!("{} µs", seen.missing)),
                all(|seen| format!("{:.0} %", seen.right))
            );
        }
        text
    }

    fn peers(&self) -> String {
        let flows = |field| self.sheet.median("flow 32", field);
        format!(
            "\n## Beside the peers\n\nA flow is the page and the answer: GET the page as a new visitor, POST its form, get the \
             receipt. The peers were measured earlier, on another machine (2 cores of an AMD EPYC, loopback, no TLS, 32 connections, the client on \
             the same cores), not in these runs.\n\n\
             | | flows a second | p50 | p99 | memory |\n|---|---|---|---|---|\n\
             | 好差评 | **{}** | {:.1} ms | {:.1} ms | {} MiB |\n\
             | LimeSurvey 6.1.8, tuned | 26.5 | 1,208 ms | 1,347 ms | 669 MiB |\n\
             | LimeSurvey 6.1.8, defaults | 15.2 | 2,026 ms | 2,744 ms | 582 MiB |\n\
             | ten lines of PHP and one durable INSERT (MariaDB): the thinnest recorded form | 3,223 | 5.7 ms a request | 12.8 ms a request | 580 MiB |\n",
            count(flows(|reading| reading.rate)),
            flows(|reading| reading.p50),
            flows(|reading| reading.p99),
            self.memory.iter().max().map_or(0, |kib| kib / 1024)
        )
    }
}

const ROWS: [(&str, &str); 11] = [
    (
        "durable ratings, `POST /api/v1/ratings`, 32 connections",
        "ratings 32",
    ),
    ("the same, 256 connections", "ratings 256"),
    (
        "flows: `GET /r/{plate}` and its form, 32 connections",
        "flow 32",
    ),
    ("`GET /r/{plate}`, 32 connections", "plate 32"),
    ("`GET /` (figures), 1 connection", "figures 1"),
    ("`GET /` (figures), 8 connections", "figures 8"),
    (
        "limit (a): axum parses the same body, stores nothing, 32 connections",
        "parsed 32",
    ),
    ("limit (a), 256 connections", "parsed 256"),
    (
        "limit (b): the store without HTTP, 32 ratings a commit",
        "stored 32",
    ),
    ("limit (b), 256 ratings a commit", "stored 256"),
    (
        "limit (c): bare rows through the driver, 256 a commit",
        "bare rows",
    ),
];

/// How many ratings the folder holds.
async fn rows(folder: &Folder) -> Outcome<i64> {
    folder
        .number("SELECT COUNT(*) FROM rating_event WHERE seq = 1")
        .await
}
