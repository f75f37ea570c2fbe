//! The rating page on a slow phone, beside a static page with the same form, and what Lighthouse
//! says of it: `cargo xtask bench phone`. It measures and asserts no time, since a test that
//! depends on the clock fails on a busy machine.

use crate::harness::{Journey, Setup, journey, product::fresh_folder};
use axum::{Router, http::header, routing::get};
use serde_json::{Value, json};
use std::{fmt::Write as _, fs, path::Path, process::Command};

/// Where the sheet is written to.
const SHEET: &str = "HAOCHAPING_PHONE";
/// Visits to each page, in turns.
const VISITS: usize = 15;
/// Runs of Lighthouse.
const RUNS: usize = 5;
/// How often Lighthouse is asked when it says itself that its recording failed.
const TRIES: usize = 3;
const LIGHTHOUSE: &str = "lighthouse@12.8.2";

/// In the page: taps the worst level as soon as the browser has time for a frame in which it is
/// there, and notes when the tap has counted.
const TAP: &str = "(() => { \
    const look = () => { \
        const label = document.querySelector('label[for=l1]'); \
        if (label && label.getBoundingClientRect().height > 0) { \
            label.click(); \
            if (document.getElementById('l1').checked) { window.tapCounted = performance.now(); return; } \
        } \
        requestAnimationFrame(look); \
    }; \
    requestAnimationFrame(look); \
})()";

/// What one visit gave, in milliseconds since the navigation began.
#[derive(Clone, Copy)]
struct Visit {
    painted: f64,
    tapped: f64,
}

async fn slow_phone(j: &Journey) {
    let rate = json!({"rate": 4});
    j.browser
        .devtools("Emulation.setCPUThrottlingRate", rate)
        .await;
    j.browser.devtools("Network.enable", json!({})).await;
    let line = json!({
        "offline": false, "latency": 150,
        "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8,
    });
    j.browser
        .devtools("Network.emulateNetworkConditions", line)
        .await;
    let new = json!({"cacheDisabled": true});
    j.browser.devtools("Network.setCacheDisabled", new).await;
    j.browser.prepare_pages(TAP).await;
}

async fn visit(j: &Journey, address: &str) -> Visit {
    j.browser
        .client
        .goto(address)
        .await
        .expect("the page opens");
    let tapped = j.until("window.tapCounted || null").await;
    let paint = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime || null";
    let painted = j.until(paint).await;
    Visit {
        painted: painted.as_f64().expect("a time"),
        tapped: tapped.as_f64().expect("a time"),
    }
}

/// The static page, compressed as ours is, on an address of its own.
async fn static_page() -> String {
    let page = fresh_folder("static").join("page.html");
    let _ = fs::create_dir_all(page.parent().expect("a folder"));
    fs::write(&page, include_str!("static.html")).expect("written");
    let packed = Command::new("gzip")
        .args(["-9", "-c"])
        .arg(&page)
        .output()
        .expect("gzip runs")
        .stdout;
    let answer = move || {
        let packed = packed.clone();
        async move {
            let headers = [
                (header::CONTENT_TYPE, "text/html; charset=utf-8"),
                (header::CONTENT_ENCODING, "gzip"),
            ];
            (headers, packed)
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let address = listener.local_addr().expect("its address");
    let router = Router::new().route("/", get(answer));
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}/")
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// A line of the table, and the median of the taps.
fn line(name: &str, visits: &[Visit]) -> (String, f64) {
    let tapped: Vec<f64> = visits.iter().map(|one| one.tapped).collect();
    let painted = median(visits.iter().map(|one| one.painted).collect());
    let (least, most) = tapped
        .iter()
        .fold((f64::MAX, 0.0_f64), |(least, most), one| {
            (least.min(*one), most.max(*one))
        });
    let tap = median(tapped);
    let text =
        format!("| {name} | {painted:.0} ms | **{tap:.0} ms** | {least:.0}–{most:.0} ms |\n");
    (text, tap)
}

/// Scores and a few figures of Lighthouse's simulated phone.
fn lighthouse(address: &str, folder: &Path) -> Value {
    let mut said = String::new();
    for _ in 0..TRIES {
        match run_lighthouse(address, folder) {
            Ok(report) => return report,
            Err(why) => said = why,
        }
    }
    panic!("{said}");
}

fn run_lighthouse(address: &str, folder: &Path) -> Result<Value, String> {
    let out = folder.join("lighthouse.json");
    let chromium = std::env::var("HAOCHAPING_CHROMIUM").unwrap_or("/usr/bin/chromium".to_owned());
    let output = Command::new("npx")
        .args([
            "--yes",
            LIGHTHOUSE,
            address,
            "--form-factor=mobile",
            "--quiet",
        ])
        .arg("--only-categories=performance,accessibility,best-practices")
        .arg("--chrome-flags=--headless=new --no-sandbox --disable-gpu --lang=zh-CN")
        .arg("--output=json")
        .arg(format!("--output-path={}", out.display()))
        .env("CHROME_PATH", chromium)
        .output()
        .expect("npx runs");
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(said.into_owned());
    }
    let text = fs::read_to_string(&out).expect("its report");
    Ok(serde_json::from_str(&text).expect("JSON"))
}

fn of_lighthouse(reports: &[Value]) -> String {
    let mut text = format!(
        "\n## Lighthouse, mobile\n\n`{LIGHTHOUSE}`, {} runs, the release server on 127.0.0.1:\n\n\
         | run | performance | accessibility | best practices | first paint | largest paint | blocked |\n\
         |---|---|---|---|---|---|---|\n",
        reports.len()
    );
    for (at, report) in reports.iter().enumerate() {
        let score = |name: &str| {
            let score = report["categories"][name]["score"].as_f64();
            score.map_or("—".to_owned(), |score| format!("{:.0}", score * 100.0))
        };
        let value = |name: &str| {
            let shown = report["audits"][name]["displayValue"].as_str();
            shown.unwrap_or("—").replace('\u{a0}', " ")
        };
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} |",
            at + 1,
            score("performance"),
            score("accessibility"),
            score("best-practices"),
            value("first-contentful-paint"),
            value("largest-contentful-paint"),
            value("total-blocking-time"),
        );
    }
    text
}

#[tokio::test]
#[ignore = "measures: cargo xtask bench phone"]
async fn the_first_tap_that_counts_beside_a_static_page() {
    let sheet = std::env::var(SHEET).expect("cargo xtask bench phone names the sheet");
    let mut text = String::from(
        "# On a slow phone\n\nWritten by `cargo xtask bench phone`; run it again rather than edit it.\n\n\
         ## The first tap that counts\n\nChromium with a processor four times slower and a line of 1.6 Mbit/s with 150 ms, \
         nothing cached, release build. A script taps the worst level in the first frame in which it is there, and notes when \
         the level is chosen. Beside it a page written by hand with the same form and nothing else, compressed alike \
         (`tests/e2e/phone/static.html`); both in turns.\n\n\
         | page | first paint | first tap, median | from–to |\n|---|---|---|---|\n",
    );
    journey("phone", Setup::default(), async |j: &Journey| {
        j.width(360).await;
        let other = static_page().await;
        let ours = format!("{}{}", j.base(), j.product.plate(0));
        slow_phone(j).await;
        let (mut of_ours, mut of_other) = (Vec::new(), Vec::new());
        visit(j, &ours).await;
        visit(j, &other).await;
        for _ in 0..VISITS {
            of_ours.push(visit(j, &ours).await);
            of_other.push(visit(j, &other).await);
        }
        let (line_ours, tap_ours) = line("rating page", &of_ours);
        let (line_other, tap_other) = line("static page", &of_other);
        let _ = write!(
            text,
            "{line_ours}{line_other}\nThe rating page takes **{:.2} times** as long ({VISITS} visits each); the aim is 1.2.\n",
            tap_ours / tap_other
        );
        // Lighthouse has a browser of its own; ours stands still meanwhile.
        j.browser.client.goto("about:blank").await.expect("blank");
        let reports: Vec<Value> = (0..RUNS)
            .map(|_| lighthouse(&ours, &j.product.folder))
            .collect();
        text += &of_lighthouse(&reports);
        // The static page is another address; nothing else may be asked for.
        let others: Vec<String> = j
            .complaints()
            .await
            .into_iter()
            .filter(|one| !one.contains(other.trim_end_matches('/')))
            .collect();
        assert!(others.is_empty(), "{others:?}");
        j.open("/").await;
    })
    .await;
    println!("{text}");
    fs::write(sheet, text).expect("the sheet is written");
}
