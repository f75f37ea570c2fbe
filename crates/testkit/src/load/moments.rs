//! Bad moments of a county: its disk is full, its clock is wrong, its keys are gone, its clients are slow.
//!
//! Each happens to the release binary while it serves a founded region (a demo has a clock of its own), and ends.
//! Then everything that was acknowledged must be there, once, and what was turned away must succeed with its key.

use super::{
    Outcome,
    audit::{self, Acknowledged, Totals},
    client::{Answer, Connection},
    drive::{key, plate},
    folder::Folder,
    mix,
    process::{self, Server},
    promise,
};
use contract::paths;
use std::{
    fs::{self, OpenOptions, Permissions},
    io::Read,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};
use tokio::{io::AsyncWriteExt, net::TcpStream, time::sleep};

/// How long the house may take to notice that something has changed.
const NOTICED_IN: Duration = Duration::from_secs(15);
/// The disk of the run with a full one.
const DISK_MIB: u64 = 48;
/// The library that tells a program another time, below the folder of a processor's libraries.
const FAKETIME: &str = "faketime/libfaketime.so.1";

/// A founded region, with those who rate in it.
struct County {
    binary: PathBuf,
    folder: Folder,
    before: Totals,
    known: Vec<Acknowledged>,
    turned_away: Vec<u64>,
    next: u64,
}

impl County {
    /// Founds the sample region in a folder that is not there yet.
    async fn found(binary: &Path, at: PathBuf) -> Outcome<Self> {
        let sample = Command::new(binary).args(["found", "--sample"]).output()?;
        let file = at.with_extension("toml");
        fs::write(&file, sample.stdout)?;
        let founded = Command::new(binary)
            .args(["found", "--from"])
            .arg(&file)
            .arg("--data")
            .arg(&at)
            .output()?;
        promise(founded.status.success(), || {
            String::from_utf8_lossy(&founded.stderr).into_owned()
        })?;
        let mut folder = Folder {
            path: at,
            database: None,
            plates: Vec::new(),
        };
        let store = folder.store().await?;
        folder.plates = store.plates().await?.into_iter().map(|p| p.code).collect();
        store.close().await;
        Ok(Self {
            binary: binary.to_owned(),
            before: Totals::read(&folder).await?,
            folder,
            known: Vec::new(),
            turned_away: Vec::new(),
            next: 0,
        })
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path.join(name)
    }

    /// The command that serves it, with its log in the folder beside it.
    fn command(&self) -> Outcome<Command> {
        let mut command = Command::new(&self.binary);
        command.arg("serve").arg("--data").arg(&self.folder.path);
        command.args(["--listen", "127.0.0.1:0"]);
        command.stderr(
            OpenOptions::new()
                .create(true)
                .append(true)
                .open(self.folder.path.with_extension("log"))?,
        );
        Ok(command)
    }

    async fn serve(&self) -> Outcome<Server> {
        Server::spawn(self.command()?).await
    }

    /// What the program says when it is not to start.
    async fn refusal(&self, mut command: Command) -> Outcome<String> {
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let ended = process::ended(&mut child).await;
        // Where it serves after all, its output has no end.
        let _ = child.kill();
        let status = ended.map_err(|_| "it started")?;
        promise(!status.success(), || "it ended well".to_owned())?;
        let mut said = String::new();
        if let Some(mut stderr) = child.stderr.take() {
            stderr.read_to_string(&mut said)?;
        }
        let own = self.folder.path.display().to_string();
        let last = said.lines().last().unwrap_or_default();
        Ok(last.replace(&own, "<folder>"))
    }

    /// Sends so many ratings, one after the other; how many of them were acknowledged.
    async fn rate(&mut self, server: &Server, n: u64) -> Outcome<u64> {
        let mut connection = Connection::open(server.address()).await?;
        let mut taken = 0;
        for number in self.next..self.next + n {
            match self.send(&mut connection, number).await?.status {
                201 => taken += 1,
                503 => self.turned_away.push(number),
                status => return Err(format!("rating {number} got {status}").into()),
            }
        }
        self.next += n;
        Ok(taken)
    }

    async fn send(&mut self, connection: &mut Connection, number: u64) -> Outcome<Answer> {
        let plate = plate(&self.folder.plates, number)?.to_owned();
        let key = key("soak-moment", number);
        let body = mix::json(number, &plate)?;
        let answer = connection
            .post_json(paths::API_RATINGS, &key, &body)
            .await?;
        if let (200 | 201, Some(receipt)) = (answer.status, answer.field("code")) {
            self.known.push(Acknowledged {
                key,
                plate,
                level: mix::level(number),
                receipt,
            });
        }
        Ok(answer)
    }

    /// Whatever was turned away is sent again under its key.
    async fn send_again(&mut self, server: &Server) -> Outcome<usize> {
        let mut connection = Connection::open(server.address()).await?;
        let waiting = std::mem::take(&mut self.turned_away);
        for number in &waiting {
            let status = self.send(&mut connection, *number).await?.status;
            promise(matches!(status, 200 | 201), || {
                format!("rating {number}, sent again, got {status}")
            })?;
        }
        Ok(waiting.len())
    }

    /// Stops the server in time, and looks that everything is there once.
    async fn end(self, server: Server) -> Outcome<String> {
        server.stop().await?;
        let ratings = self.known.len();
        audit::run(&self.folder, self.before, self.known).await?;
        let held = Totals::read(&self.folder).await?.held;
        Ok(format!(
            "{ratings} ratings acknowledged, all there once (of which {held} are held: they came from one address)"
        ))
    }
}

/// Waits until `/readyz` says this; how long it took.
async fn ready(server: &Server, status: u16, word: &str) -> Outcome<Duration> {
    let begun = Instant::now();
    let mut said = (0, String::new());
    while begun.elapsed() < NOTICED_IN {
        let mut connection = Connection::open(server.address()).await?;
        let answer = connection.get("/readyz").await?;
        said = (
            answer.status,
            String::from_utf8_lossy(&answer.body).into_owned(),
        );
        if said.0 == status && said.1.contains(word) {
            return Ok(begun.elapsed());
        }
        sleep(Duration::from_millis(100)).await;
    }
    Err(format!("/readyz was to say {status} {word}, and says {said:?}").into())
}

/// A disk of its own, in memory; it goes away when this is dropped.
struct Disk(PathBuf);

impl Disk {
    fn mount(at: PathBuf) -> Outcome<Self> {
        fs::create_dir_all(&at)?;
        let size = format!("size={DISK_MIB}m");
        let status = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(&at)
            .status()?;
        promise(status.success(), || {
            "a disk of its own needs the right to mount one".to_owned()
        })?;
        Ok(Self(at))
    }

    /// Writes zeros until nothing more goes in.
    fn fill(&self) -> Outcome<PathBuf> {
        let ballast = self.0.join("ballast");
        let full = Command::new("dd")
            .args(["if=/dev/zero", "bs=4k"])
            .arg(format!("of={}", ballast.display()))
            .stderr(Stdio::null())
            .status()?;
        promise(!full.success(), || "the disk does not fill".to_owned())?;
        Ok(ballast)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // A disk that stays is seen in the list of what is mounted.
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

/// A disk that fills up under load, three times, and is made room on.
///
/// # Errors
/// The first broken promise.
pub async fn disk(binary: &Path, scratch: &Path) -> Outcome<Vec<String>> {
    let disk = Disk::mount(scratch.join("disk"))?;
    let mut county = County::found(binary, disk.0.join("county")).await?;
    let server = county.serve().await?;
    let mut told = Vec::new();
    for _ in 0..3 {
        county.rate(&server, 50).await?;
        let ballast = disk.fill()?;
        // What is free in the log's own file still takes some.
        let taken = county.rate(&server, 200).await?;
        promise(taken < 200, || "the full disk took everything".to_owned())?;
        let noticed = ready(&server, 503, "full").await?;
        fs::remove_file(ballast)?;
        let mended = ready(&server, 200, "ready").await?;
        let again = county.send_again(&server).await?;
        told.push(format!(
            "the disk is full: {taken} of 200 ratings acknowledged, the others 503; /readyz says so after {} ms; \
             room again: ready after {} ms without a restart, {again} sent again with the same keys",
            noticed.as_millis(),
            mended.as_millis()
        ));
    }
    county.rate(&server, 50).await?;
    told.push(county.end(server).await?);
    Ok(told)
}

/// A clock that jumps while it is served, both ways, and one that is wrong at the start.
///
/// # Errors
/// The first broken promise.
pub async fn clock(binary: &Path, scratch: &Path) -> Outcome<Vec<String>> {
    let library = faketime()?;
    let mut county = County::found(binary, scratch.join("clock-county")).await?;
    let wrong = scratch.join("clock-offset");
    let command = |county: &County, offset: &str| -> Outcome<Command> {
        fs::write(&wrong, offset)?;
        let mut command = county.command()?;
        command
            .env("LD_PRELOAD", &library)
            .env("FAKETIME_TIMESTAMP_FILE", &wrong)
            .env("FAKETIME_NO_CACHE", "1")
            .env("DONT_FAKE_MONOTONIC", "1");
        Ok(command)
    };
    let server = Server::spawn(command(&county, "+0")?).await?;
    let mut told = Vec::new();
    for (jump, name) in [
        ("+200d", "200 days ahead"),
        ("+800d", "two years ahead"),
        ("-3d", "three days back"),
    ] {
        county.rate(&server, 30).await?;
        let private = county.folder.number("SELECT COUNT(*) FROM private").await?;
        promise(private > 0, || "nothing private is there".to_owned())?;
        fs::write(&wrong, jump)?;
        let noticed = ready(&server, 503, "clock").await?;
        let taken = county.rate(&server, 30).await?;
        promise(taken == 0, || format!("{name}: {taken} were stamped"))?;
        let kept = county.folder.number("SELECT COUNT(*) FROM private").await?;
        promise(kept == private, || {
            format!("{name}: {private} private rows were {kept} afterwards")
        })?;
        fs::write(&wrong, "+0")?;
        let mended = ready(&server, 200, "ready").await?;
        let again = county.send_again(&server).await?;
        told.push(format!(
            "the clock is {name}: /readyz says so after {} ms, 30 of 30 ratings get 503, {private} private rows are still there; \
             right again: ready after {} ms, {again} sent again with the same keys",
            noticed.as_millis(),
            mended.as_millis()
        ));
    }
    let days = county
        .folder
        .number("SELECT COUNT(DISTINCT day) FROM rating_event")
        .await?;
    promise(days <= 2, || {
        format!("ratings are stamped with {days} days")
    })?;
    server.stop().await?;
    let said = county.refusal(command(&county, "+200d")?).await?;
    promise(said.contains("clock --is-right"), || said.clone())?;
    told.push("a start 200 days ahead is refused, and the refusal names `clock --is-right`".into());
    let server = county.serve().await?;
    county.rate(&server, 30).await?;
    told.push(county.end(server).await?);
    Ok(told)
}

fn faketime() -> Outcome<PathBuf> {
    let folders = fs::read_dir("/usr/lib")?.filter_map(Result::ok);
    let mut places = folders.map(|folder| folder.path().join(FAKETIME));
    let found = places.find(|place| place.exists());
    Ok(found.ok_or("the library of the package faketime is not there")?)
}

/// Keys and database go, at rest and while they are in use.
///
/// # Errors
/// The first broken promise.
pub async fn keys(binary: &Path, scratch: &Path) -> Outcome<Vec<String>> {
    let mut county = County::found(binary, scratch.join("keys-county")).await?;
    let server = county.serve().await?;
    county.rate(&server, 100).await?;
    let keys = county.file("keys.json");
    let away = scratch.join("keys-away.json");
    fs::copy(&keys, &away)?;
    fs::remove_file(&keys)?;
    let noticed = ready(&server, 503, "keys").await?;
    let taken = county.rate(&server, 100).await?;
    promise(taken == 100, || format!("{taken} of 100 were taken"))?;
    let mut told = vec![format!(
        "keys.json goes while it is in use: /readyz says so after {} ms; 100 of 100 ratings are still sealed with it",
        noticed.as_millis()
    )];
    server.stop().await?;
    told.push(format!(
        "a start without it: {}",
        county.refusal(county.command()?).await?
    ));
    promise(!keys.exists(), || "new keys were made".to_owned())?;
    fs::copy(&away, &keys)?;
    fs::set_permissions(&keys, Permissions::from_mode(0o644))?;
    told.push(format!(
        "a start with one that others read: {}",
        county.refusal(county.command()?).await?
    ));
    fs::set_permissions(&keys, Permissions::from_mode(0o600))?;
    let database = county.file("haochaping.db");
    let moved = scratch.join("moved.db");
    fs::rename(&database, &moved)?;
    told.push(format!(
        "a start without the database: {}",
        county.refusal(county.command()?).await?
    ));
    promise(!database.exists(), || "a new database was made".to_owned())?;
    fs::rename(&moved, &database)?;
    let server = county.serve().await?;
    fs::rename(&database, &moved)?;
    let noticed = ready(&server, 503, "moved").await?;
    let taken = county.rate(&server, 20).await?;
    promise(taken == 0, || {
        format!("{taken} went into a file that is gone")
    })?;
    fs::rename(&moved, &database)?;
    let mended = ready(&server, 200, "ready").await?;
    let again = county.send_again(&server).await?;
    told.push(format!(
        "the database is moved while it is in use: /readyz says so after {} ms, 20 of 20 ratings get 503; \
         back again: ready after {} ms, {again} sent again with the same keys",
        noticed.as_millis(),
        mended.as_millis()
    ));
    told.push(county.end(server).await?);
    Ok(told)
}

/// Clients that send half a request and stay, on a server that may hold 256 files open.
///
/// # Errors
/// The first broken promise.
pub async fn slow(binary: &Path, scratch: &Path) -> Outcome<Vec<String>> {
    const CLIENTS: usize = 600;
    let mut county = County::found(binary, scratch.join("slow-county")).await?;
    let inner = county.command()?;
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -n 256; exec \"$0\" \"$@\""]);
    command.arg(inner.get_program()).args(inner.get_args());
    command.stderr(Stdio::null());
    let server = Server::spawn(command).await?;
    let mut clients = Vec::new();
    for number in 0..CLIENTS {
        let mut stream = TcpStream::connect(server.address()).await?;
        let half: &[u8] = match number % 3 {
            0 => b"",
            1 => b"GET / HTTP/1.1\r\nhost: x\r\nx-a: ",
            _ => b"POST /api/v1/ratings HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nidempotency-key: aaaaaaaaaaaaaaaaaaaaaaaa\r\ncontent-length: 900\r\n\r\n{",
        };
        // One that was hung up on has lost its place, as it should.
        let _ = stream.write_all(half).await;
        clients.push(stream);
    }
    let begun = Instant::now();
    let taken = county.rate(&server, 200).await?;
    let took = begun.elapsed();
    promise(taken == 200, || format!("{taken} of 200 were taken"))?;
    promise(took < Duration::from_secs(10), || {
        format!("they took {took:?}")
    })?;
    let begun = Instant::now();
    server.stop().await?;
    let stopped = begun.elapsed();
    promise(stopped < Duration::from_secs(10), || {
        format!("the stop took {stopped:?}")
    })?;
    drop(clients);
    let server = county.serve().await?;
    let all = county.end(server).await?;
    Ok(vec![
        format!(
            "{CLIENTS} clients send half a request and stay, on a server with 256 files: 200 of 200 ratings acknowledged in {} ms",
            took.as_millis()
        ),
        format!(
            "asked to stop with all of them connected: stopped after {} ms",
            stopped.as_millis()
        ),
        all,
    ])
}
