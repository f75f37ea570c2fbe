//! A real browser behind chromedriver. Whatever is missing fails loudly; nothing is skipped.

use fantoccini::{Client, ClientBuilder, wd::WebDriverCompatibleCommand};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

/// As root, without a sandbox of its own, and without a word to anybody outside.
const FLAGS: [&str; 10] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=zh-CN",
    "--accept-lang=zh-CN",
];

/// One session of one browser, with a profile of its own.
pub struct Browser {
    /// The WebDriver client.
    pub client: Client,
    driver: Child,
    port: u16,
    session: String,
    profile: String,
}

impl Browser {
    /// Starts driver and browser; `profile` is a new folder.
    pub async fn start(profile: &Path) -> Self {
        let port = free_port();
        let mut driver = Command::new(chromedriver())
            .arg(format!("--port={port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts");
        for _ in 0..200 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                break;
            }
            assert!(
                driver.try_wait().expect("its state").is_none(),
                "chromedriver ended at once"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let wanted = capabilities(profile);
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(wanted.as_object().expect("an object").clone())
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("a browser session");
        let session = client
            .session_id()
            .await
            .expect("a session")
            .expect("its id");
        Self {
            client,
            driver,
            port,
            session,
            profile: profile.display().to_string(),
        }
    }

    /// A command of the DevTools protocol.
    pub async fn devtools(&self, method: &str, params: Value) -> Value {
        let body = json!({"cmd": method, "params": params});
        self.command("goog/cdp/execute", body).await
    }

    /// Runs a script in every page from now on, before the page's own.
    pub async fn prepare_pages(&self, source: &str) {
        let script = json!({"source": source});
        self.devtools("Page.addScriptToEvaluateOnNewDocument", script)
            .await;
    }

    /// What was logged since the last time: `browser` or `performance`.
    pub async fn log(&self, kind: &str) -> Vec<Value> {
        let entries = self.command("se/log", json!({"type": kind})).await;
        entries.as_array().cloned().unwrap_or_default()
    }

    async fn command(&self, path: &'static str, body: Value) -> Value {
        let command = Extension { path, body };
        self.client
            .issue_cmd(command)
            .await
            .unwrap_or_else(|error| panic!("{path}: {error}"))
    }
}

impl Drop for Browser {
    /// A driver that is killed leaves its browser behind, so the session is ended first.
    fn drop(&mut self) {
        if let Ok(mut line) = TcpStream::connect(("127.0.0.1", self.port)) {
            let _ = line.set_read_timeout(Some(Duration::from_secs(10)));
            let end = format!(
                "DELETE /session/{} HTTP/1.0\r\nHost: localhost\r\n\r\n",
                self.session
            );
            let _ = line.write_all(end.as_bytes());
            let _ = line.read(&mut [0; 64]);
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        // A browser that did not hear of the end would go on and slow every later journey.
        let left = format!("user-data-dir={}", self.profile);
        let _ = Command::new("pkill").args(["-9", "-f", &left]).status();
    }
}

/// A command that WebDriver itself does not know.
#[derive(Debug)]
struct Extension {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Extension {
    fn endpoint(
        &self,
        base: &url::Url,
        session: Option<&str>,
    ) -> Result<url::Url, url::ParseError> {
        base.join(&format!(
            "session/{}/{}",
            session.unwrap_or_default(),
            self.path
        ))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.body.to_string()))
    }
}

fn capabilities(profile: &Path) -> Value {
    let mut flags: Vec<String> = FLAGS.map(str::to_owned).to_vec();
    flags.push(format!("--user-data-dir={}", profile.display()));
    flags.push("--window-size=1280,900".to_owned());
    json!({
        "browserName": "chrome",
        "goog:chromeOptions": {"binary": chromium(), "args": flags},
        "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
    })
}

fn chromedriver() -> PathBuf {
    program("HAOCHAPING_CHROMEDRIVER", &["/usr/bin/chromedriver"])
}

fn chromium() -> PathBuf {
    program(
        "HAOCHAPING_CHROMIUM",
        &["/usr/bin/chromium", "/usr/bin/google-chrome"],
    )
}

fn program(variable: &str, usual: &[&str]) -> PathBuf {
    let named = std::env::var_os(variable).map(PathBuf::from);
    named
        .into_iter()
        .chain(usual.iter().map(PathBuf::from))
        .find(|path| path.is_file())
        .unwrap_or_else(|| panic!("none of {usual:?} is there; name one in {variable}"))
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").port()
}
