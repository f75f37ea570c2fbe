//! A PostgreSQL of our own for the time of the tests: free port, temporary folder, this
//! machine only, never as root.

use crate::place::Place;
use crate::report::{During, Failure, Result, say};
use crate::{sh, system};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Runs the server until the pipe to its input is closed, which happens when xtask ends in
/// whatever way; then stops it by its id and removes the folder.
const KEEPER: &str = r#"
trap '' INT
"$1/postgres" -D "$2/data" -p "$3" -c listen_addresses=127.0.0.1 \
  -c unix_socket_directories="$2" -c max_connections=300 >"$2/log" 2>&1 </dev/null &
server=$!
cat >/dev/null
kill -INT "$server"
wait "$server"
cd /
rm -rf "$2"
"#;

/// A running cluster; it is stopped when this is dropped.
pub struct Cluster {
    keeper: Child,
    port: u16,
}

impl Cluster {
    /// The address for `HAOCHAPING_TEST_PG`.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        // Nothing is left to do if waiting fails: the keeper stops the server by itself.
        let _ = self.keeper.wait();
    }
}

/// The folder with PostgreSQL's server programs: the newest of Debian's, or one on the path.
pub fn programs(place: &Place) -> Option<PathBuf> {
    let complete = |folder: &PathBuf| {
        ["initdb", "postgres", "pg_isready"]
            .iter()
            .all(|name| folder.join(name).is_file())
    };
    let mut debian: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            Some((
                entry.file_name().to_str()?.parse().ok()?,
                entry.path().join("bin"),
            ))
        })
        .collect();
    debian.sort();
    let found = debian
        .into_iter()
        .rev()
        .map(|(_, folder)| folder)
        .find(complete);
    found.or_else(|| {
        place
            .every("postgres")
            .into_iter()
            .filter_map(|program| {
                let real = std::fs::canonicalize(program).ok()?;
                real.parent().map(Path::to_owned)
            })
            .find(complete)
    })
}

/// Creates and starts a cluster.
pub fn start(place: &Place) -> Result<Cluster> {
    let bin = programs(place).ok_or_else(|| {
        Failure::new("PostgreSQL's programs are missing: install the package postgresql")
    })?;
    let user = user()?;
    let folder = std::env::temp_dir().join(format!("haochaping-pg-{}", std::process::id()));
    std::fs::create_dir(&folder).during(format_args!("making {}", folder.display()))?;
    user.give(&folder)?;
    if let Err(failure) = create(&bin, &folder, &user) {
        // The first error is the one to report.
        let _ = std::fs::remove_dir_all(&folder);
        return Err(failure);
    }
    let port = TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .during("looking for a free port")?
        .port();
    let mut keeper = user.command("sh", &folder);
    keeper
        .args(["-c", KEEPER, "keeper"])
        .arg(&bin)
        .arg(&folder)
        .arg(port.to_string());
    let keeper = keeper
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .during("starting PostgreSQL")?;
    let cluster = Cluster { keeper, port };
    wait_until_ready(&bin, &folder, port)?;
    say(format_args!("PostgreSQL is ready on port {port}"));
    Ok(cluster)
}

/// A collation that differs from SQLite's, so that a forgotten `COLLATE "C"` shows.
fn create(bin: &Path, folder: &Path, user: &User) -> Result<()> {
    let initdb = |collation: &[&str]| {
        let mut command = user.command(bin.join("initdb"), folder);
        command.args([
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-sync",
        ]);
        command.args(collation).arg("-D").arg(folder.join("data"));
        sh::capture(&mut command)
    };
    say("creating a temporary PostgreSQL cluster");
    initdb(&[
        "--locale-provider=icu",
        "--icu-locale=zh",
        "--locale=C.UTF-8",
    ])
    .or_else(|_| {
        say("this PostgreSQL has no ICU; going on with the plain locale");
        initdb(&["--locale=C.UTF-8"])
    })
    .map(drop)
}

fn wait_until_ready(bin: &Path, folder: &Path, port: u16) -> Result<()> {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(60) {
        let mut ask = Command::new(bin.join("pg_isready"));
        ask.args(["-q", "-h", "127.0.0.1", "-p", &port.to_string()]);
        if sh::capture(&mut ask).is_ok() {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
    Err(Failure::new(format!(
        "PostgreSQL did not start within a minute:\n{log}"
    )))
}

/// Whom the server runs as: us, or somebody without rights where we are root.
struct User(Option<(u32, u32)>);

fn user() -> Result<User> {
    if !system::root() {
        return Ok(User(None));
    }
    let people = std::fs::read_to_string("/etc/passwd").during("reading /etc/passwd")?;
    let ids = |name: &str| {
        let fields: Vec<&str> = people
            .lines()
            .map(|line| line.split(':').collect())
            .find(|fields: &Vec<&str>| fields[0] == name)?;
        Some((fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?))
    };
    let found = ids("postgres").or_else(|| ids("nobody"));
    match found {
        Some(ids) => Ok(User(Some(ids))),
        None => Err(Failure::new(
            "neither postgres nor nobody is a user here; PostgreSQL refuses to run as root",
        )),
    }
}

#[cfg(unix)]
impl User {
    fn give(&self, folder: &Path) -> Result<()> {
        let Some((user, group)) = self.0 else {
            return Ok(());
        };
        std::os::unix::fs::chown(folder, Some(user), Some(group)).during(format_args!(
            "giving {} to PostgreSQL's user",
            folder.display()
        ))
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>, folder: &Path) -> Command {
        use std::os::unix::process::CommandExt;
        let mut command = Command::new(program);
        command.current_dir(folder);
        if let Some((user, group)) = self.0 {
            command.uid(user).gid(group);
        }
        command
    }
}

#[cfg(not(unix))]
impl User {
    fn give(&self, _: &Path) -> Result<()> {
        Err(Failure::new("the tests' PostgreSQL needs a Unix system"))
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>, _: &Path) -> Command {
        Command::new(program)
    }
}
