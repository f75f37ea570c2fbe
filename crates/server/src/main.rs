//! `haochaping`: serve, found, password, backup, demo, due, migrate.

mod serve;

use clap::{Args, Parser, Subcommand};
use demo::{Amount, Entrances, Made, Size};
use flow::{
    clock::{Clock, Stopwatch, written},
    due, folder,
    release::door,
};
use policy::Policies;
use qrcode::{QrCode, render::unicode};
use serve::Options;
use setup::Login;
use std::{error::Error, io::Write, net::SocketAddr, path::PathBuf, process::ExitCode};
use web::http::source::Range;

/// Half of a rating's time went into glibc's allocator: values are made by one thread and
/// dropped by the lane's (`docs/decisions/0007`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// 政务服务好差评: citizens rate every service, and the public sees what came of it.
#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve a folder.
    Serve(Serve),
    /// Found a region from its file, or bring it to what the file says now.
    Found(Found),
    /// Give somebody a new password and end their sessions.
    Password(Password),
    /// Write a copy of a folder's database while it is being served.
    Backup(Backup),
    /// Make a demo folder, print its entry points, or move its rehearsal clock.
    Demo(Demo),
    /// Compute a deadline and explain it.
    Due(Due),
    /// Compare this machine's clock with the time that a folder's database knows.
    Clock(ClockArgs),
    /// Bring a folder's database to this version's tables.
    Migrate(Folder),
}

#[derive(Args)]
struct Folder {
    /// The folder with region, keys and database.
    #[arg(long, default_value = "demo-data")]
    data: PathBuf,
    /// Another database than the folder's own: postgres://… or sqlite://…
    #[arg(long, env = "HAOCHAPING_DATABASE")]
    database: Option<String>,
}

#[derive(Args)]
struct Serve {
    #[command(flatten)]
    folder: Folder,
    /// Where citizens and staff connect to.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Where metrics are; nowhere without it.
    #[arg(long)]
    metrics: Option<SocketAddr>,
    /// The address as citizens see it, for plates.
    #[arg(long)]
    public_url: Option<String>,
    /// A proxy in front of this server, such as 10.0.0.7 or 10.0.0.0/8: it is believed where it says for whom it
    /// asks (X-Forwarded-For, Forwarded). May be given several times; nobody is believed without it.
    #[arg(long, value_name = "CIDR")]
    trusted_proxy: Vec<Range>,
    /// Hold nothing back, however much comes from one source: to measure a demo; a real region is refused.
    #[arg(long)]
    no_limits: bool,
}

#[derive(Args)]
struct Found {
    #[command(flatten)]
    folder: Folder,
    /// The region's file.
    #[arg(long, required_unless_present = "sample")]
    from: Option<PathBuf>,
    /// Print a file with an example of everything, and do nothing else.
    #[arg(long, conflicts_with = "from")]
    sample: bool,
}

#[derive(Args)]
struct Password {
    #[command(flatten)]
    folder: Folder,
    /// Sign-in name.
    #[arg(long)]
    login: String,
}

#[derive(Args)]
struct Backup {
    #[command(flatten)]
    folder: Folder,
    /// The file to write; it must not be there yet.
    #[arg(long)]
    to: PathBuf,
}

#[derive(Args)]
struct Demo {
    #[command(flatten)]
    folder: Folder,
    /// Print the entry points as JSON.
    #[arg(long)]
    json: bool,
    /// How large a city.
    #[arg(long, value_enum, default_value_t = Size::Small)]
    city: Size,
    /// How many ratings: 5,000 for a small city, 200,000 for a full one.
    #[arg(long)]
    ratings: Option<u32>,
    /// Over how many days before the last one: 60 for a small city, 183 for a full one.
    #[arg(long)]
    days: Option<u16>,
    /// Play the turn of the year in a demo folder that is not being served.
    #[arg(long, conflicts_with = "clock")]
    year_end: bool,
    /// Move the rehearsal clock to this time in the region, such as 2026-11-02T09:00.
    #[arg(long)]
    clock: Option<String>,
}

#[derive(Args)]
struct ClockArgs {
    #[command(flatten)]
    folder: Folder,
    /// This machine's clock is right, whatever the database knows: to be said once, after the server
    /// was off for more than a day, or after a wrong clock. A day that was opened ahead is brought back.
    #[arg(long)]
    is_right: bool,
}

#[derive(Args)]
struct Due {
    /// A profile's id, such as dehong.
    #[arg(long)]
    profile: String,
    /// contact, reply, rectify, rectify_complex or default_rating.
    #[arg(long)]
    clock: String,
    /// The day of the event, such as 2026-02-13.
    #[arg(long)]
    from: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

type Outcome = Result<(), Box<dyn Error>>;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match cli.command {
        Command::Serve(args) => serve_folder(args).await,
        Command::Found(args) => found_region(&args).await,
        Command::Password(args) => new_password(&args).await,
        Command::Backup(args) => backup(&args).await,
        Command::Demo(args) => demo_folder(args).await,
        Command::Due(args) => print_due(&args),
        Command::Clock(args) => clock(&args).await,
        Command::Migrate(folder) => migrate(&folder).await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("haochaping: {error}");
            ExitCode::FAILURE
        }
    }
}

fn log_as_json() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("HAOCHAPING_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info,sqlx=error"));
    tracing_subscriber::fmt()
        .json()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // A log on a full disk loses lines. To complain of it, the library would print where it cannot, and panic.
        .log_internal_errors(false)
        .init();
}

async fn serve_folder(args: Serve) -> Outcome {
    log_as_json();
    let entrances = demo::entrances(&args.folder.data).unwrap_or(None);
    let options = Options {
        data: args.folder.data,
        database: args.folder.database,
        listen: args.listen,
        metrics: args.metrics,
        public_url: args.public_url.clone(),
        trusted_proxies: args.trusted_proxy,
        no_limits: args.no_limits,
    };
    serve::serve(options, |address| {
        let base = args
            .public_url
            .unwrap_or_else(|| format!("http://{address}"));
        greet(&base, entrances.as_ref());
    })
    .await?;
    Ok(())
}

/// What somebody who just started the demo wants to know.
fn greet(base: &str, entrances: Option<&Entrances>) {
    let mut text = format!("\n好差评 {base}/\n");
    if let Some(known) = entrances {
        let link = known
            .rating_links
            .first()
            .map(|path| format!("{base}{path}"));
        if let Some(link) = link {
            if let Ok(code) = QrCode::new(link.as_bytes()) {
                text += &code.render::<unicode::Dense1x2>().quiet_zone(true).build();
                text.push('\n');
            }
            text += &format!("评价  {link}\n");
        }
        for path in known.service_links.iter().take(1) {
            text += &format!("办件  {base}{path}\n");
        }
        text += &format!(
            "公开  {base}{}\n工作  {base}{}\n",
            known.public, known.staff_page
        );
        for person in &known.staff {
            text += &format!(
                "      {:<8} {}  {} {}\n",
                person.login, person.password, person.name, person.role
            );
        }
    }
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

async fn found_region(args: &Found) -> Outcome {
    let Some(file) = &args.from else {
        return print(setup::SAMPLE.trim_end());
    };
    let database = args.folder.database.as_deref();
    let done = setup::found(&args.folder.data, database, file).await?;
    let mut lines = vec![format!(
        "founded in {}; {} new plates",
        args.folder.data.display(),
        done.plates
    )];
    lines.extend(done.logins.iter().map(password_line));
    lines.extend(
        done.keys
            .iter()
            .map(|(id, key)| format!("key       {id}  {key}")),
    );
    lines.extend(done.ended.iter().map(|who| format!("ended     {who}")));
    lines.extend(
        done.kept
            .iter()
            .map(|code| format!("kept      {code} (not in the file; its figures stay)")),
    );
    let unhandled = done.unhandled.iter();
    lines.extend(
        unhandled.map(|(number, who)| format!("to assign {number} ({who} is no longer there)")),
    );
    let alone = done.alone.iter();
    lines.extend(alone.map(|(window, unit)| {
        format!("alone     {window} (of {unit} nobody else may handle its bad ratings: the authority gives them to another unit)")
    }));
    if !done.logins.is_empty() || !done.keys.is_empty() {
        lines.push("These passwords and keys are kept nowhere: hand them on now.".to_owned());
    }
    lines.push("A server that is running takes this over when it is started again.".to_owned());
    print(&lines.join("\n"))
}

fn password_line(login: &Login) -> String {
    format!(
        "password  {}  {}  {} {} {}",
        login.login, login.password, login.name, login.role, login.unit
    )
}

async fn new_password(args: &Password) -> Outcome {
    let database = args.folder.database.as_deref();
    let login = setup::new_password(&args.folder.data, database, &args.login).await?;
    print(&password_line(&login))
}

async fn backup(args: &Backup) -> Outcome {
    let database = args.folder.database.as_deref();
    if args.to.exists() {
        let to = args.to.display();
        return Err(format!(
            "{to} is there already; name a file that is not, such as one with the day in its name"
        )
        .into());
    }
    let store = folder::open_store(&args.folder.data, database).await?;
    store.copy_to(&args.to).await?;
    store.close().await;
    print(&args.to.display().to_string())
}

async fn demo_folder(args: Demo) -> Outcome {
    if let Some(to) = &args.clock {
        demo::move_clock(&args.folder.data, to)?;
        return Ok(());
    }
    let (data, database) = (&args.folder.data, args.folder.database.as_deref());
    let watch = Stopwatch::start();
    if args.year_end {
        let made = demo::year_end(data, database).await?;
        return tell(&made, &watch);
    }
    let usual = Amount::of(args.city);
    let amount = Amount {
        ratings: args.ratings.unwrap_or(usual.ratings),
        days: args.days.unwrap_or(usual.days),
        ..usual
    };
    let (entrances, made) = demo::make(data, database, amount).await?;
    if let Some(made) = made {
        tell(&made, &watch)?;
    }
    match args.json {
        true => print(&serde_json::to_string_pretty(&entrances)?),
        false => print(&args.folder.data.display().to_string()),
    }
}

/// Says on the side how long it took; what is printed is for programs.
fn tell(made: &Made, watch: &Stopwatch) -> Outcome {
    let seconds = |ms: u64| format!("{}.{} s", ms / 1000, ms % 1000 / 100);
    let text = format!(
        "made in {}: {} services ({}), {} ratings ({}), {} tickets with {} steps ({}), releases ({})",
        seconds(watch.millis()),
        made.services,
        seconds(made.services_ms),
        made.ratings,
        seconds(made.ratings_ms),
        made.tickets,
        made.steps,
        seconds(made.tickets_ms),
        seconds(made.releases_ms),
    );
    match writeln!(std::io::stderr(), "{text}") {
        // Nobody listens: nothing is lost.
        Err(_) | Ok(()) => Ok(()),
    }
}

/// Prints a text and a line's end. Whoever has read enough and closed the pipe (`| head`) is no
/// failure of ours.
fn print(text: &str) -> Outcome {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

fn print_due(args: &Due) -> Outcome {
    let policies = Policies::embedded()?;
    let clock = args.clock.parse()?;
    let from = due::parse_iso(&args.from).ok_or("the day is written as 2026-02-13")?;
    let answer = due::due(&policies, &[], &args.profile, clock, from)?;
    match args.json {
        true => print(&serde_json::to_string(&answer)?),
        false => print(&serde_json::to_string_pretty(&answer)?),
    }
}

async fn clock(args: &ClockArgs) -> Outcome {
    let (data, database) = (&args.folder.data, args.folder.database.as_deref());
    let clock = Clock::of_folder(data, &folder::region(data)?)?;
    let store = folder::open_store(data, database).await?;
    let says = clock.says();
    let mut lines = vec![format!("this machine  {}", written(says))];
    let known = match args.is_right {
        true => {
            let believed = door::believe(&store, says).await?;
            if let Some((ahead, back)) = believed.brought_back {
                lines.push(format!(
                    "{ahead} was open ahead of its time and goes on when it comes; {back} is open now"
                ));
            }
            lines.push("From now on this machine's time counts.".to_owned());
            believed.known
        }
        false => store.heard().await?,
    };
    let known = known.map_or_else(|| "none".to_owned(), written);
    lines.insert(1, format!("database      {known}"));
    store.close().await;
    print(&lines.join("\n"))
}

async fn migrate(folder: &Folder) -> Outcome {
    let store = folder::open_store(&folder.data, folder.database.as_deref()).await?;
    store.close().await;
    print(&format!(
        "the tables are those of {}",
        env!("CARGO_PKG_VERSION")
    ))
}
