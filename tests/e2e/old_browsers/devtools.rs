//! An old Chromium behind its own DevTools protocol: no driver of today speaks with it.

use super::Window;
use crate::harness::product::fresh_folder;
use serde_json::{Value, json};
use std::{
    fs,
    io::{BufRead, BufReader},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};
use tungstenite::{Message, WebSocket};

/// A browser with one window of the size of a phone, and the line to it.
pub struct Chromium {
    line: WebSocket<TcpStream>,
    session: String,
    asked: u64,
    child: Child,
    profile: PathBuf,
}

impl Chromium {
    /// Starts a build of the folder that `cargo xtask test old-browsers` makes.
    pub fn start(name: &str) -> Self {
        let folder = super::named("HAOCHAPING_OLD_BROWSERS");
        let profile = fresh_folder(name);
        let mut child = Command::new(Path::new(&folder).join(name))
            .args(["--headless", "--no-sandbox", "--disable-gpu"])
            .args(["--no-first-run", "--disable-background-networking"])
            .args(["--window-size=390,844", "--remote-debugging-port=0"])
            .arg(format!("--user-data-dir={}", profile.display()))
            .arg("about:blank")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        let address = address(&mut child).unwrap_or_else(|| panic!("{name} says no address"));
        let line = connect(&address);
        let mut browser = Self {
            line,
            session: String::new(),
            asked: 0,
            child,
            profile,
        };
        println!(
            "{}",
            browser.told("Browser.getVersion", json!({}))["product"]
        );
        let blank = json!({"url": "about:blank"});
        let target = browser.told("Target.createTarget", blank)["targetId"].clone();
        let attached = browser.told("Target.attachToTarget", json!({"targetId": target}));
        browser.session = attached["sessionId"]
            .as_str()
            .expect("a session")
            .to_owned();
        browser.page("Page.enable", json!({}));
        browser.page("Network.enable", json!({}));
        let wanted = json!({"headers": {"Accept-Language": "zh-CN"}});
        browser.page("Network.setExtraHTTPHeaders", wanted);
        browser
    }

    /// A command to the browser as a whole.
    fn told(&mut self, method: &str, params: Value) -> Value {
        let id = self.say(method, params);
        loop {
            let heard = self.hear();
            if heard["id"] == id {
                return result(method, heard);
            }
        }
    }

    /// A command to the page. Chromium 67 knows no flat sessions, so the command travels inside
    /// another one, and so does its answer.
    fn page(&mut self, method: &str, params: Value) -> Value {
        self.asked += 1;
        let id = self.asked;
        let inner = json!({"id": id, "method": method, "params": params}).to_string();
        let outer = json!({"sessionId": self.session, "message": inner});
        self.say("Target.sendMessageToTarget", outer);
        loop {
            let heard = self.hear();
            if heard["method"] != "Target.receivedMessageFromTarget" {
                continue;
            }
            let inner = heard["params"]["message"].as_str().expect("a message");
            let inner: Value = serde_json::from_str(inner).expect("JSON");
            if inner["id"] == id {
                return result(method, inner);
            }
        }
    }

    fn say(&mut self, method: &str, params: Value) -> u64 {
        self.asked += 1;
        let message = json!({"id": self.asked, "method": method, "params": params});
        self.line
            .send(Message::text(message.to_string()))
            .expect("the browser listens");
        self.asked
    }

    fn hear(&mut self) -> Value {
        loop {
            let heard = self.line.read().expect("the browser answers in time");
            if let Message::Text(text) = heard {
                return serde_json::from_str(&text).expect("JSON");
            }
        }
    }
}

impl Window for Chromium {
    fn goto(&mut self, address: &str) {
        self.page("Page.navigate", json!({"url": address}));
    }

    fn js(&mut self, expression: &str) -> Value {
        let asked = json!({"expression": expression, "returnByValue": true});
        let mut answer = self.page("Runtime.evaluate", asked);
        answer["result"]["value"].take()
    }

    fn tap(&mut self, selector: &str) {
        let middle = format!(
            "(() => {{ const one = document.querySelector({});\
             one.scrollIntoView({{block: 'center'}});\
             const box = one.getBoundingClientRect();\
             return [box.left + box.width / 2, box.top + box.height / 2]; }})()",
            json!(selector)
        );
        let at = self.js(&middle);
        for event in ["mousePressed", "mouseReleased"] {
            let button = json!({
                "type": event, "x": at[0], "y": at[1], "button": "left", "clickCount": 1,
            });
            self.page("Input.dispatchMouseEvent", button);
        }
    }

    fn write(&mut self, selector: &str, text: &str) {
        self.tap(selector);
        // Chromium 67 cannot insert a text as a whole.
        for letter in text.chars() {
            let key = json!({"type": "char", "text": letter.to_string()});
            self.page("Input.dispatchKeyEvent", key);
        }
    }

    fn switch_scripts_off(&mut self) {
        let off = json!({"value": true});
        self.page("Emulation.setScriptExecutionDisabled", off);
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.profile);
    }
}

fn result(method: &str, mut answer: Value) -> Value {
    assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
    answer["result"].take()
}

/// Where the browser says that it listens; on this machine only.
fn address(child: &mut Child) -> Option<String> {
    let mut lines = BufReader::new(child.stderr.take()?).lines();
    let address = lines.by_ref().map_while(Result::ok).find_map(|line| {
        line.strip_prefix("DevTools listening on ")
            .map(str::to_owned)
    });
    // Somebody has to read on, or the browser would wait for its reader.
    std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
    address
}

fn connect(address: &str) -> WebSocket<TcpStream> {
    let place = address.trim_start_matches("ws://");
    let host = place.split('/').next().unwrap_or_default();
    let line = TcpStream::connect(host).expect("the browser listens");
    line.set_read_timeout(Some(Duration::from_secs(30)))
        .expect("a limit");
    let (line, _) = tungstenite::client(address, line).expect("a WebSocket");
    line
}
