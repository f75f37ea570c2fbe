//! The product under test: its real binary on a folder of its own.

use serde_json::Value;
use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Mutex, OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

/// The day on whose evening the demo's clock stands.
const LAST_DAY: &str = "2026-10-31";
/// The demo's size: enough for every page to have something to say.
const AMOUNT: [&str; 4] = ["--ratings", "120", "--days", "24"];

/// A server on a copy of the demo folder.
pub struct Product {
    /// Its folder.
    pub folder: PathBuf,
    /// Where it listens, `127.0.0.1:port`.
    pub address: String,
    /// The entry points of the folder, as `demo --json` prints them.
    pub entrances: Value,
    day: Mutex<String>,
    child: Child,
}

impl Product {
    /// Serves a copy of the demo folder that this process made.
    pub fn start(name: &str) -> Self {
        let folder = fresh_folder(name);
        copy(template(), &folder);
        Self::serve(folder, None)
    }

    /// The same, of a region that follows another policy profile.
    pub fn start_under(name: &str, profile: &str) -> Self {
        let folder = fresh_folder(name);
        copy(template(), &folder);
        let path = folder.join("region.json");
        let text = fs::read_to_string(&path).expect("region.json");
        let mut region: Value = serde_json::from_str(&text).expect("JSON");
        region["profile"] = profile.into();
        fs::write(&path, region.to_string()).expect("written");
        Self::serve(folder, None)
    }

    /// Makes a demo in another database and serves it.
    pub fn start_on(name: &str, database: &str) -> Self {
        let folder = fresh_folder(name);
        make(&folder, Some(database));
        Self::serve(folder, Some(database))
    }

    fn serve(folder: PathBuf, database: Option<&str>) -> Self {
        let log = File::create(folder.join("server.log")).expect("a log file");
        let mut command = haochaping("serve", &folder, database);
        command.args(["--listen", "127.0.0.1:0"]);
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("the server starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let greeting = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("好差评 http://").map(str::to_owned));
        let Some(greeting) = greeting else {
            panic!(
                "the server said no address:\n{}",
                tail(&folder.join("server.log"))
            );
        };
        // Somebody has to read on, or the server would wait for its reader.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        let entrances = fs::read_to_string(folder.join("demo.json")).expect("demo.json");
        Self {
            address: greeting.trim().trim_end_matches('/').to_owned(),
            entrances: serde_json::from_str(&entrances).expect("JSON"),
            folder,
            day: Mutex::new(LAST_DAY.to_owned()),
            child,
        }
    }

    /// Moves the rehearsal clock to another day, such as `2026-11-02T09:00`, and waits until the
    /// day that was open is released.
    pub async fn clock(&self, to: &str) {
        let (next, _) = to.split_once('T').expect("a time");
        let over = std::mem::replace(&mut *self.day.lock().expect("the day"), next.to_owned());
        assert!(*over < *next, "{over} is not before {next}");
        run(haochaping("demo", &self.folder, None).args(["--clock", to]));
        for _ in 0..150 {
            if self.released_through().as_deref() == Some(&over) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{over} is not released");
    }

    fn released_through(&self) -> Option<String> {
        let figures: Value = serde_json::from_str(&self.get("/api/v1/figures").1).ok()?;
        figures["released_through"].as_str().map(str::to_owned)
    }

    /// A plain request: status and body.
    pub fn get(&self, path: &str) -> (u16, String) {
        let (head, body) = self.ask(&format!("GET {path}"), "", "");
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        (status.expect("a status"), body)
    }

    /// Any request: head and body of the answer.
    fn ask(&self, what: &str, headers: &str, body: &str) -> (String, String) {
        let mut line = TcpStream::connect(&self.address).expect("the server listens");
        let (host, length) = (&self.address, body.len());
        let request = format!(
            "{what} HTTP/1.0\r\nHost: {host}\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
        );
        line.write_all(request.as_bytes()).expect("sent");
        let mut answer = String::new();
        line.read_to_string(&mut answer)
            .expect("an answer in UTF-8");
        let (head, body) = answer.split_once("\r\n\r\n").expect("head and body");
        (head.to_owned(), body.to_owned())
    }

    /// The number of the ticket that a rating of the last day opened, once it is there: it follows the rating.
    pub async fn newest_ticket(&self) -> String {
        let cookie = self.signed_in("zhou");
        for _ in 0..50 {
            if let Some(number) = self.ticket_of(LAST_DAY, &cookie) {
                return number;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("no ticket of {LAST_DAY}:\n{}", self.log());
    }

    /// The header of a session of somebody.
    fn signed_in(&self, login: &str) -> String {
        let body =
            serde_json::json!({"login": login, "password": self.password(login)}).to_string();
        let headers = "Content-Type: application/json\r\nX-Requested-With: haochaping\r\n";
        let (head, _) = self.ask("POST /api/v1/session", headers, &body);
        let cookie = head.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("set-cookie").then_some(value)
        });
        let cookie = cookie.and_then(|cookie| cookie.split(';').next());
        format!("Cookie: {}\r\n", cookie.expect("a session"))
    }

    fn ticket_of(&self, day: &str, cookie: &str) -> Option<String> {
        let mut after = String::new();
        loop {
            let what = format!("GET /api/v1/tickets?after={}", after.replace('~', "%7E"));
            let list: Value = serde_json::from_str(&self.ask(&what, cookie, "").1).ok()?;
            let rows = list["rows"].as_array()?;
            if let Some(row) = rows.iter().find(|row| row["opened_on"] == day) {
                return row["number"].as_str().map(str::to_owned);
            }
            list["next"].as_str()?.clone_into(&mut after);
        }
    }

    /// How many ratings the whole region has received today.
    pub fn today(&self) -> u64 {
        let body: Value = serde_json::from_str(&self.get("/api/v1/today").1).expect("JSON");
        body["ratings"].as_u64().expect("a number")
    }

    /// The last lines that the server logged.
    pub fn log(&self) -> String {
        tail(&self.folder.join("server.log"))
    }

    /// The password of a member of staff.
    pub fn password(&self, login: &str) -> String {
        let staff = self.entrances["staff"].as_array().expect("staff");
        let person = staff
            .iter()
            .find(|person| person["login"] == login)
            .expect("this person");
        person["password"].as_str().expect("a password").to_owned()
    }

    /// The path of a plate's rating page, by the window's place in the demo.
    pub fn plate(&self, window: usize) -> String {
        self.entrances["rating_links"][window]
            .as_str()
            .expect("a rating link")
            .to_owned()
    }
}

impl Drop for Product {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        // What a failed journey needs is printed; the folder itself is of no more use.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn binary() -> PathBuf {
    let beside_the_test = || {
        let test = std::env::current_exe().expect("the test's own path");
        let folder = test
            .parent()
            .and_then(Path::parent)
            .expect("the target folder");
        folder.join(format!("haochaping{}", std::env::consts::EXE_SUFFIX))
    };
    let path = std::env::var_os("HAOCHAPING_BIN").map_or_else(beside_the_test, PathBuf::from);
    assert!(
        path.is_file(),
        "{} is missing: cargo build -p server",
        path.display()
    );
    path
}

fn haochaping(command: &str, folder: &Path, database: Option<&str>) -> Command {
    let mut haochaping = Command::new(binary());
    haochaping
        .arg(command)
        .arg("--data")
        .arg(folder)
        .env_remove("HAOCHAPING_DATABASE");
    if let Some(database) = database {
        haochaping.args(["--database", database]);
    }
    haochaping
}

fn run(command: &mut Command) {
    let output = command.output().expect("the command runs");
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn make(folder: &Path, database: Option<&str>) {
    run(haochaping("demo", folder, database)
        .arg("--json")
        .args(AMOUNT));
}

/// The demo folder that every journey copies, made once.
fn template() -> &'static Path {
    static TEMPLATE: OnceLock<PathBuf> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let folder = fresh_folder("template");
        make(&folder, None);
        folder
    })
}

/// An empty folder; those of runs that are over are taken away.
pub fn fresh_folder(name: &str) -> PathBuf {
    static MADE: AtomicU32 = AtomicU32::new(0);
    static SWEPT: OnceLock<()> = OnceLock::new();
    let all = Path::new(env!("CARGO_TARGET_TMPDIR")).join("e2e");
    SWEPT.get_or_init(|| sweep(&all));
    let mine = all.join(std::process::id().to_string());
    let folder = mine.join(format!("{}-{name}", MADE.fetch_add(1, Ordering::Relaxed)));
    fs::create_dir_all(mine).expect("a folder");
    folder
}

fn sweep(all: &Path) {
    for old in fs::read_dir(all).into_iter().flatten().flatten() {
        let running = Path::new("/proc").join(old.file_name()).exists();
        if !running {
            let _ = fs::remove_dir_all(old.path());
        }
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("the template").flatten() {
        fs::copy(entry.path(), to.join(entry.file_name())).expect("copied");
    }
}

fn tail(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(12)..].join("\n")
}
