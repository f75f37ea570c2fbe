//! A folder that lost something is refused with the mend, and nothing is made in its place.

use crate::{
    found::{Served, edit, found, sample, without},
    program::haochaping,
};
use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

/// Every file of a folder with its bytes.
fn content(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    files
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect()
}

fn refused(args: &[&str], word: &str) {
    let output = haochaping(args);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "{args:?}");
    assert!(
        output.stdout.is_empty() && said.contains(word),
        "{args:?}: {said}"
    );
}

fn serve(data: &str) -> Vec<&str> {
    vec!["serve", "--data", data, "--listen", "127.0.0.1:0"]
}

fn on_database<'a>(data: &'a str, url: &'a str) -> Vec<&'a str> {
    [serve(data), vec!["--database", url]].concat()
}

/// Each command that reads a founded folder.
fn commands<'a>(data: &'a str, file: &'a str, to: &'a str) -> Vec<Vec<&'a str>> {
    vec![
        serve(data),
        vec!["backup", "--data", data, "--to", to],
        vec!["password", "--data", data, "--login", "guanli"],
        vec!["migrate", "--data", data],
        vec!["found", "--data", data, "--from", file],
    ]
}

#[test]
fn a_used_folder_without_its_keys_or_its_database_is_refused_and_nothing_is_made() {
    let (folder, file, data) = sample();
    found(&file, &data, "password");
    let at = Path::new(&data);
    let to = folder.path().join("copy.db");
    let to = to.to_str().unwrap();
    for (name, word) in [
        ("keys.json", "keys.json is missing"),
        ("haochaping.db", "haochaping.db is missing"),
    ] {
        let kept = fs::read(at.join(name)).unwrap();
        fs::remove_file(at.join(name)).unwrap();
        let before = content(at);
        for args in commands(&data, &file, to) {
            // A password and a copy need no keys.
            if name == "keys.json" && ["backup", "password", "migrate"].contains(&args[0]) {
                continue;
            }
            refused(&args, word);
        }
        assert_eq!(content(at), before);
        // An empty file is no database.
        if name == "haochaping.db" {
            fs::write(at.join(name), "").unwrap();
            refused(&serve(&data), word);
        }
        fs::write(at.join(name), kept).unwrap();
        fs::set_permissions(at.join(name), fs::Permissions::from_mode(0o600)).unwrap();
    }
    Served::start(at).until("/readyz", 200);
}

#[test]
fn another_database_than_the_regions_own_is_refused_an_empty_one_and_one_of_other_keys() {
    let (folder, file, data) = sample();
    found(&file, &data, "password");
    let empty = format!("sqlite://{}", folder.path().join("empty.db").display());
    refused(&on_database(&data, &empty), "");
    let (_other, other_file, other) = sample();
    found(&other_file, &other, "password");
    let of_other = format!("sqlite://{other}/haochaping.db");
    refused(
        &on_database(&data, &of_other),
        "are not those of the database",
    );
}

#[test]
fn a_folder_that_holds_nothing_is_read_by_no_command_and_left_as_it_was() {
    let (folder, file, data) = sample();
    let to = folder.path().join("copy.db");
    let to = to.to_str().unwrap();
    for exists in [false, true] {
        if exists {
            fs::create_dir(&data).unwrap();
        }
        for args in commands(&data, &file, to) {
            // One waits for founding in an empty folder, the other founds.
            if args[0] == "found" || exists && args[0] == "serve" {
                continue;
            }
            refused(&args, "holds no region");
        }
        assert_eq!(Path::new(&data).exists(), exists);
        assert!(!exists || content(Path::new(&data)).is_empty());
        assert!(!Path::new(to).exists());
    }
}

#[test]
fn a_backup_is_never_written_over_and_says_so() {
    let (folder, file, data) = sample();
    found(&file, &data, "password");
    let to = folder.path().join("copy.db");
    fs::write(&to, "mine").unwrap();
    refused(
        &["backup", "--data", &data, "--to", to.to_str().unwrap()],
        "is there already",
    );
    assert_eq!(fs::read_to_string(&to).unwrap(), "mine");
}

#[test]
fn everything_in_a_folder_is_its_owners_alone_and_open_keys_are_refused() {
    let (_folder, file, data) = sample();
    found(&file, &data, "password");
    let at = Path::new(&data);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let all = |at: &Path| {
        content(at)
            .into_keys()
            .map(|path| (mode(&path), path))
            .collect::<Vec<_>>()
    };
    let served = Served::start(at);
    served.until("/readyz", 200);
    assert_eq!(mode(at), 0o700);
    assert!(
        all(at).len() >= 4 && all(at).iter().all(|(mode, _)| *mode == 0o600),
        "{:?}",
        all(at)
    );
    drop(served);
    // What somebody opened is closed at the next start.
    let open = fs::Permissions::from_mode(0o644);
    fs::set_permissions(at.join("haochaping.db"), open.clone()).unwrap();
    fs::set_permissions(at, fs::Permissions::from_mode(0o755)).unwrap();
    Served::start(at).until("/readyz", 200);
    assert_eq!((mode(at), mode(&at.join("haochaping.db"))), (0o700, 0o600));
    fs::set_permissions(at.join("keys.json"), open).unwrap();
    refused(
        &["serve", "--data", &data, "--listen", "127.0.0.1:0"],
        "chmod 600",
    );
}

#[test]
fn only_an_invented_region_has_a_clock_of_its_own() {
    let (_folder, file, data) = sample();
    found(&file, &data, "password");
    let at = Path::new(&data);
    fs::write(at.join("clock"), (400 * 86_400_000_i64).to_string()).unwrap();
    let served = Served::start(at);
    served.until("/readyz", 200);
    let url = format!("sqlite://{data}/haochaping.db");
    let open = testkit::read_rows(&url, "SELECT day FROM day_door WHERE state = 'open'");
    let output = std::process::Command::new("date")
        .args(["+%F"])
        .env("TZ", "Asia/Shanghai")
        .output()
        .unwrap();
    assert_eq!(open[0][0], String::from_utf8(output.stdout).unwrap().trim());
    assert!(
        found(&file, &data, "password").is_empty(),
        "and it is no demo"
    );
}

#[test]
fn an_address_that_is_no_sites_is_refused_at_the_start() {
    let (_folder, file, data) = sample();
    found(&file, &data, "password");
    for wrong in [
        "haochaping.example.cn",
        "https://haochaping.example.cn/rate",
        "https://haochaping.example.cn?x=1",
        "https://haochaping.example.cn/#x",
        "https://user@haochaping.example.cn",
        "ftp://haochaping.example.cn",
        "https://",
        "https://haochaping.example.cn:",
        "https://haochaping.example.cn//",
        "",
    ] {
        refused(
            &[
                "serve",
                "--data",
                &data,
                "--listen",
                "127.0.0.1:0",
                "--public-url",
                wrong,
            ],
            "--public-url",
        );
    }
}

#[test]
fn whoever_left_is_offered_nothing_and_gets_no_password_and_their_tickets_are_told() {
    let (_folder, file, data) = sample();
    edit(&file, |text| {
        text + "\n[[staff]]\nlogin = \"rs-er\"\nname = \"二号\"\nrole = \"handler\"\nunit = \"rs\"\n"
    });
    let logins = found(&file, &data, "password");
    let at = Path::new(&data);
    let served = Served::start(at);
    served.until("/readyz", 200);
    let halls = served.until("/api/v1/halls", 200);
    assert!(halls.contains("社保综合"));
    let url = format!("sqlite://{data}/haochaping.db");
    let plates = testkit::read_rows(&url, "SELECT code FROM plate WHERE win = 'w01'");
    let rating = format!("{{\"plate\":\"{}\",\"level\":1}}", plates[0][0]);
    assert_eq!(
        post(
            &served,
            "/api/v1/ratings",
            &rating,
            "idempotency-key: aaaaaaaaaaaaaaaaaaaa"
        )
        .0,
        201
    );
    let cookie = signed_in(&served, &logins[0]);
    let number = until_ticket(&served, &cookie);
    let act = |seq: i64, who: &str| {
        let body = format!("{{\"action\":\"assign\",\"seq\":{seq},\"handler\":\"{who}\"}}");
        post(
            &served,
            &format!("/api/v1/tickets/{number}/actions"),
            &body,
            &cookie,
        )
    };
    assert_eq!(act(1, "rs-er").0, 200);
    edit(&file, |text| without(&text, "login = \"rs-er\""));
    let told = found(&file, &data, "to");
    assert_eq!(
        told,
        [vec![
            "to",
            "assign",
            number.as_str(),
            "(二号",
            "is",
            "no",
            "longer",
            "there)"
        ]]
    );
    refused(
        &["password", "--data", &data, "--login", "rs-er"],
        "nobody signs in as rs-er",
    );
    drop(served);
    let served = Served::start(at);
    served.until("/readyz", 200);
    let cookie = signed_in(&served, &logins[0]);
    let (_, list) = get(&served, "/api/v1/tickets?state=to_assign", &cookie);
    assert!(list.contains(&number) && !list.contains("二号"), "{list}");
    let (_, ticket) = get(&served, &format!("/api/v1/tickets/{number}"), &cookie);
    let choices = ticket.split("\"choices\"").nth(1).unwrap();
    assert!(
        choices.contains("rs-chuli") && !choices.contains("rs-er"),
        "{ticket}"
    );
    let path = format!("/api/v1/tickets/{number}/actions");
    let assign = |who: &str| format!("{{\"action\":\"assign\",\"seq\":2,\"handler\":\"{who}\"}}");
    assert_eq!(post(&served, &path, &assign("rs-er"), &cookie).0, 422);
    assert_eq!(post(&served, &path, &assign("rs-chuli"), &cookie).0, 200);
    // Whoever comes back gets a password like whoever is new.
    edit(&file, |text| {
        text + "\n[[staff]]\nlogin = \"rs-er\"\nname = \"二号\"\nrole = \"handler\"\nunit = \"rs\"\n"
    });
    assert_eq!(found(&file, &data, "password").len(), 1);
}

#[test]
fn founding_says_where_a_unit_has_nobody_left_to_handle_what_is_rated() {
    let (_folder, file, data) = sample();
    edit(&file, |text| {
        text.replace(
            "login = \"rs-chuli\"\n",
            "login = \"rs-chuli\"\nwindow = \"w01\"\n",
        )
    });
    let alone = found(&file, &data, "alone");
    assert_eq!(alone.len(), 1);
    assert_eq!(alone[0][1], "w01");
}

#[test]
fn what_happened_keeps_the_names_of_its_day() {
    let (_folder, file, data) = sample();
    found(&file, &data, "password");
    let at = Path::new(&data);
    let served = Served::start(at);
    served.until("/readyz", 200);
    let url = format!("sqlite://{data}/haochaping.db");
    let plates = testkit::read_rows(&url, "SELECT code FROM plate WHERE win = 'w01'");
    let rating = format!("{{\"plate\":\"{}\",\"level\":1}}", plates[0][0]);
    let (status, receipt) = post(
        &served,
        "/api/v1/ratings",
        &rating,
        "idempotency-key: bbbbbbbbbbbbbbbbbbbb",
    );
    assert_eq!(status, 201);
    let code = receipt
        .split("\"code\":\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    drop(served);
    edit(&file, |text| {
        text.replace("name = \"社保综合\"", "name = \"改了名的窗口\"")
            .replacen(
                "hall = \"h1\"\nunit = \"rs\"",
                "hall = \"h1\"\nunit = \"ga\"",
                1,
            )
    });
    found(&file, &data, "password");
    let served = Served::start(at);
    served.until("/readyz", 200);
    let receipt = served.until(&format!("/api/v1/receipts/{code}"), 200);
    assert!(
        receipt.contains("社保综合") && receipt.contains("人力资源"),
        "{receipt}"
    );
    let plate = served.until(&format!("/api/v1/rate/plates/{}", plates[0][0]), 200);
    assert!(
        plate.contains("改了名的窗口") && plate.contains("公安局"),
        "{plate}"
    );
}

fn post(served: &Served, path: &str, body: &str, header: &str) -> (u16, String) {
    served.send("POST", path, body, header).unwrap()
}

fn get(served: &Served, path: &str, header: &str) -> (u16, String) {
    served.send("GET", path, "", header).unwrap()
}

fn signed_in(served: &Served, login: &[String]) -> String {
    let body = format!(
        "{{\"login\":\"{}\",\"password\":\"{}\"}}",
        login[1], login[2]
    );
    let (status, text) = post(served, "/api/v1/session", &body, "x-none: 1");
    assert_eq!(status, 200);
    let cookie = text
        .lines()
        .find_map(|line| line.strip_prefix("set-cookie: "))
        .unwrap();
    format!("cookie: {}", cookie.split(';').next().unwrap())
}

/// Waits for the ticket that follows a rating.
fn until_ticket(served: &Served, cookie: &str) -> String {
    for _ in 0..100 {
        let (_, list) = get(served, "/api/v1/tickets", cookie);
        if let Some(rest) = list.split("\"number\":\"").nth(1) {
            return rest.split('"').next().unwrap().to_owned();
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("no ticket followed");
}
