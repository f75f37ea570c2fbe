//! WebKitGTK, the engine of browsers on Linux desktops, on a screen that nobody sees.

use super::{PATIENCE, Window, named};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tokio::runtime::Runtime;

/// A session, and the programs that end with it.
pub struct WebKit {
    runtime: Runtime,
    client: Client,
    driver: Child,
    screen: Child,
}

impl WebKit {
    /// Starts screen, driver and browser.
    pub fn start(scripts: bool) -> Self {
        let (screen, display) = screen();
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .expect("a free port")
            .port();
        let driver = Command::new("WebKitWebDriver")
            .args([format!("--port={port}"), "--host=127.0.0.1".to_owned()])
            .env("DISPLAY", display)
            .env("LANGUAGE", "zh_CN")
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("WebKitWebDriver starts");
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(started.elapsed() < PATIENCE, "the driver does not listen");
            std::thread::sleep(Duration::from_millis(50));
        }
        // Scripts of pages; what the driver evaluates goes on working.
        let enabled = format!("--enable-javascript={scripts}");
        let wanted = json!({"webkitgtk:browserOptions": {
            "binary": named("HAOCHAPING_WEBKIT"),
            "args": ["--automation", enabled],
        }});
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let client = runtime
            .block_on(
                ClientBuilder::new(HttpConnector::new())
                    .capabilities(wanted.as_object().expect("an object").clone())
                    .connect(&format!("http://127.0.0.1:{port}")),
            )
            .expect("a session in WebKitGTK");
        let mut webkit = Self {
            runtime,
            client,
            driver,
            screen,
        };
        println!("{}", webkit.js("navigator.userAgent"));
        webkit
    }

    /// What is on the screen, as PNG.
    pub fn picture(&self) -> Vec<u8> {
        self.runtime
            .block_on(self.client.screenshot())
            .expect("a picture")
    }

    /// Ends the session; a driver that is killed leaves its browser behind.
    pub fn close(self) {
        let closed = self.runtime.block_on(self.client.clone().close());
        closed.expect("the session ends");
    }

    fn find(&self, selector: &str) -> fantoccini::elements::Element {
        self.runtime
            .block_on(self.client.find(Locator::Css(selector)))
            .unwrap_or_else(|error| panic!("{selector}: {error}"))
    }
}

impl Window for WebKit {
    fn goto(&mut self, address: &str) {
        let opened = self.runtime.block_on(self.client.goto(address));
        opened.expect("the page opens");
    }

    fn js(&mut self, expression: &str) -> Value {
        let script = format!("return ({expression})");
        let done = self.client.execute(&script, Vec::new());
        self.runtime.block_on(done).unwrap_or_default()
    }

    fn tap(&mut self, selector: &str) {
        let tapped = self.runtime.block_on(self.find(selector).click());
        tapped.unwrap_or_else(|error| panic!("{selector}: {error}"));
    }

    fn write(&mut self, selector: &str, text: &str) {
        let typed = self.runtime.block_on(self.find(selector).send_keys(text));
        typed.unwrap_or_else(|error| panic!("{selector}: {error}"));
    }

    fn switch_scripts_off(&mut self) {
        unreachable!("WebKitGTK is told when it starts");
    }
}

impl Drop for WebKit {
    fn drop(&mut self) {
        for child in [&mut self.driver, &mut self.screen] {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// A screen in memory, and its name; it chooses one that is free.
fn screen() -> (Child, String) {
    let mut screen = Command::new("Xvfb")
        .args(["-displayfd", "1", "-nolisten", "tcp"])
        .args(["-screen", "0", "1280x1000x24"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("Xvfb starts");
    let mut number = String::new();
    BufReader::new(screen.stdout.take().expect("its output"))
        .read_line(&mut number)
        .expect("the number of the screen");
    (screen, format!(":{}", number.trim()))
}
