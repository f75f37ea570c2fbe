//! Founding a region that is no demo, with the program itself.

use crate::program::haochaping;
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::{Duration, Instant},
};

/// A server of the folder, stopped when it is dropped.
pub struct Served {
    pub child: Child,
    pub address: String,
}

impl Served {
    pub fn start(data: &Path) -> Self {
        Self::start_with(data, None)
    }

    /// The same, with so many files at most. The system chooses the port and the log tells it: a port that
    /// was looked for before is somebody else's by the time it is wanted.
    pub fn start_with(data: &Path, files: Option<u32>) -> Self {
        let limit = files.map_or_else(String::new, |files| format!("ulimit -n {files}; "));
        let mut child = Command::new("sh")
            .args(["-c", &format!("{limit}exec \"$0\" \"$@\"")])
            .arg(env!("CARGO_BIN_EXE_haochaping"))
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .env("HAOCHAPING_LOG", "info")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let log = BufReader::new(child.stderr.take().unwrap());
        let address = listening(log);
        let served = Self { child, address };
        served.until("/healthz", 200);
        served
    }

    /// Waits for an answer with this status.
    pub fn until(&self, path: &str, status: u16) -> String {
        let give_up = Instant::now() + Duration::from_secs(30);
        loop {
            match self.ask("GET", path, "") {
                Some((got, text)) if got == status => return text,
                other => assert!(Instant::now() < give_up, "{path}: {other:?}"),
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    pub fn ask(&self, method: &str, path: &str, body: &str) -> Option<(u16, String)> {
        self.send(method, path, body, "x-none: 1")
    }

    /// The same with a header more.
    pub fn send(
        &self,
        method: &str,
        path: &str,
        body: &str,
        header: &str,
    ) -> Option<(u16, String)> {
        let mut stream = TcpStream::connect(&self.address).ok()?;
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\
             x-requested-with: haochaping\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n{header}\r\n\r\n{body}",
            self.address
        )
        .ok()?;
        let mut text = String::new();
        stream.read_to_string(&mut text).ok()?;
        let status = text.split(' ').nth(1)?.parse().ok()?;
        Some((status, text))
    }

    pub fn sign_in(&self, login: &str, password: &str) -> u16 {
        let body = json!({"login": login, "password": password}).to_string();
        self.ask("POST", "/api/v1/session", &body).unwrap().0
    }
}

/// Where the log says that the server listens. The rest of the log is read away, so that it never waits for us.
fn listening(log: impl BufRead + Send + 'static) -> String {
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        for line in log.lines().map_while(Result::ok) {
            // Nobody hears the lines after the one that was waited for.
            let _ = tell.send(line);
        }
    });
    let mut said = Vec::new();
    loop {
        let line = told
            .recv_timeout(Duration::from_secs(60))
            .unwrap_or_else(|error| panic!("the server does not listen ({error}): {said:#?}"));
        let entry: Value = serde_json::from_str(&line).unwrap_or_default();
        match entry["fields"]["address"].as_str() {
            Some(address) => return address.to_owned(),
            None => said.push(line),
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A folder that is not there yet, and the sample's file beside it.
pub fn sample() -> (tempfile::TempDir, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let printed = haochaping(&["found", "--sample"]);
    assert!(printed.status.success());
    let file = folder.path().join("city.toml");
    std::fs::write(&file, printed.stdout).unwrap();
    let data = folder.path().join("data");
    let path = |path: &Path| path.to_str().unwrap().to_owned();
    let (file, data) = (path(&file), path(&data));
    (folder, file, data)
}

/// What founding printed, its lines of one kind split into words.
pub fn found(file: &str, data: &str, kind: &str) -> Vec<Vec<String>> {
    let output = haochaping(&["found", "--from", file, "--data", data]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect();
    text.lines()
        .map(words)
        .filter(|line: &Vec<String>| line[0] == kind)
        .collect()
}

pub fn edit(file: &str, change: impl Fn(String) -> String) {
    let text = std::fs::read_to_string(file).unwrap();
    std::fs::write(file, change(text)).unwrap();
}

/// The file without the entry that has this line.
pub fn without(text: &str, line: &str) -> String {
    text.split("\n\n")
        .filter(|entry| !entry.lines().any(|one| one == line))
        .collect::<Vec<_>>()
        .join("\n\n")
}

#[test]
fn an_empty_folder_is_served_a_page_that_says_what_to_do_until_its_region_is_founded() {
    let (_folder, file, data) = sample();
    std::fs::create_dir(&data).unwrap();
    let served = Served::start(Path::new(&data));
    let page = served.until("/", 503);
    assert!(page.contains("haochaping found"), "{page}");
    // Nothing can be kept yet, so nothing is offered to be chosen.
    assert!(!page.contains("/preferences"), "{page}");
    let problem = served.until("/api/v1/figures", 503);
    assert!(problem.contains("application/problem+json") && problem.contains("not-founded"));
    assert_eq!(served.ask("GET", "/readyz", "").unwrap().0, 503);

    let logins = found(&file, &data, "password");
    assert!(served.until("/", 200).contains("某某县"));
    assert_eq!(served.ask("GET", "/readyz", "").unwrap().0, 200);
    assert_eq!(logins.len(), 3);
    assert_eq!(served.sign_in(&logins[0][1], &logins[0][2]), 200);
    assert_eq!(served.sign_in(&logins[0][1], &logins[1][2]), 401);
    let halls = served.until("/find", 200);
    assert!(
        halls.contains("社保综合") && !halls.contains("演示"),
        "{halls}"
    );
}

#[test]
fn founding_again_adds_what_is_new_and_shuts_out_whoever_left_the_file() {
    let (_folder, file, data) = sample();
    let first = found(&file, &data, "password");
    let key = found(&file, &data, "key");
    assert!(key.is_empty(), "a key is told once");
    edit(&file, |text| {
        without(&text, "login = \"rs-chuli\"")
            + "\n[[staff]]\nlogin = \"xin\"\nname = \"新人\"\nrole = \"handler\"\nunit = \"rs\"\n"
    });
    let again = found(&file, &data, "password");
    assert_eq!(again.len(), 1, "only who is new gets a password");
    assert_eq!(again[0][1], "xin");
    let served = Served::start(Path::new(&data));
    served.until("/readyz", 200);
    assert_eq!(served.sign_in("guanli", &first[0][2]), 200);
    assert_eq!(served.sign_in("rs-chuli", &first[1][2]), 401);
    assert_eq!(served.sign_in("xin", &again[0][2]), 200);

    let output = haochaping(&["password", "--data", &data, "--login", "guanli"]);
    assert!(output.status.success());
    let told = String::from_utf8(output.stdout).unwrap();
    let fresh = told.split_whitespace().nth(2).unwrap();
    assert_eq!(served.sign_in("guanli", &first[0][2]), 401);
    assert_eq!(served.sign_in("guanli", fresh), 200);
    let url = format!("sqlite://{data}/haochaping.db");
    let given = "SELECT s.login FROM audit a JOIN staff s ON s.id = a.staff WHERE a.kind = 'password_given'";
    assert_eq!(testkit::read_rows(&url, given), [["guanli"]]);
}

#[test]
fn a_window_that_left_the_file_keeps_its_plate_and_is_told() {
    let (_folder, file, data) = sample();
    found(&file, &data, "password");
    edit(&file, |text| without(&text, "code = \"w02\""));
    let kept = found(&file, &data, "kept");
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0][1], "w02");
}

#[test]
fn a_faulty_file_tells_every_fault_with_its_line_and_changes_nothing() {
    let (_folder, file, data) = sample();
    edit(&file, |text| {
        text.replace("\"national\"", "\"atlantis\"")
            .replace("unit = \"ga\"", "unit = \"gb\"")
            .replace("no = \"02\"", "no = \"01\"")
            .replace("role = \"authority\"", "role = \"king\"")
            .replace("in_hall = true", "in_hall = 1")
            + "\ncolour = \"red\"\n"
    });
    let output = haochaping(&["found", "--from", &file, "--data", &data]);
    assert!(!output.status.success() && output.stdout.is_empty());
    let said = String::from_utf8(output.stderr).unwrap();
    for key in [
        "profile",
        "units[0].in_hall",
        "units[1].in_hall",
        "windows[1].unit",
        "windows[1].no",
        "staff[0].role",
        "staff[2].unit",
        "connectors[0].colour",
    ] {
        let at = format!("`{key}`");
        let line = said.lines().find(|line| line.contains(&at));
        let line = line.unwrap_or_else(|| panic!("{key} is missing in {said}"));
        let number: usize = line
            .trim_start_matches(&file)
            .split(':')
            .nth(1)
            .and_then(|n| n.parse().ok())
            .unwrap_or_default();
        assert!(number > 1, "{line}");
    }
    assert!(!Path::new(&data).exists());
}

#[test]
fn a_second_folder_never_founds_the_same_database_with_keys_of_its_own() {
    let (folder, file, data) = sample();
    found(&file, &data, "password");
    let database = format!("sqlite://{data}/haochaping.db");
    let second = folder.path().join("second");
    let second = second.to_str().unwrap();
    let args = [
        "found",
        "--from",
        &file,
        "--data",
        second,
        "--database",
        &database,
    ];
    let output = haochaping(&args);
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("keys.json"));
    assert!(!Path::new(second).join("keys.json").exists());
    // With the first one's keys and region it is another server of the same region.
    for name in ["keys.json", "region.json"] {
        std::fs::copy(Path::new(&data).join(name), Path::new(second).join(name)).unwrap();
    }
    let output = haochaping(&args);
    assert!(output.status.success());
    assert!(!String::from_utf8_lossy(&output.stdout).contains("password"));
}

#[test]
fn a_demo_folder_is_never_made_a_real_region() {
    let (_folder, file, data) = sample();
    let made = haochaping(&["demo", "--data", &data, "--ratings", "1", "--days", "1"]);
    assert!(made.status.success());
    let before = std::fs::read(Path::new(&data).join("region.json")).unwrap();
    let output = haochaping(&["found", "--from", &file, "--data", &data]);
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("demo"));
    assert_eq!(
        std::fs::read(Path::new(&data).join("region.json")).unwrap(),
        before
    );
}

#[test]
fn a_backup_of_a_served_folder_opens_and_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, file, data) = sample();
    found(&file, &data, "password");
    let served = Served::start(Path::new(&data));
    served.until("/readyz", 200);
    let copy = folder.path().join("copy.db");
    let to = copy.to_str().unwrap();
    assert!(
        haochaping(&["backup", "--data", &data, "--to", to])
            .status
            .success()
    );
    let mode = std::fs::metadata(&copy).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let again = haochaping(&["backup", "--data", &data, "--to", to]);
    assert!(!again.status.success(), "nothing is written over");
    // Put back: the copy with the folder's region and keys is the same region.
    let restored = folder.path().join("restored");
    std::fs::create_dir(&restored).unwrap();
    std::fs::copy(&copy, restored.join("haochaping.db")).unwrap();
    for name in ["region.json", "keys.json"] {
        std::fs::copy(Path::new(&data).join(name), restored.join(name)).unwrap();
    }
    let again = Served::start(&restored);
    assert!(again.until("/find", 200).contains("社保综合"));
}
