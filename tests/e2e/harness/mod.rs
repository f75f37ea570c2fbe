//! The stage of a journey: product, line and browser, and what holds for every journey: nothing
//! in the console, nothing against the content policy, no request to anybody else.

pub mod axe;
pub mod browser;
pub mod keyboard;
pub mod page;
pub mod product;
pub mod proxy;
pub mod rating;

use browser::Browser;
use product::Product;
use proxy::Proxy;
use serde_json::{Value, json};
use std::{
    cell::{Cell, RefCell},
    fs,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    path::{Path, PathBuf},
    pin::pin,
    task::Poll,
};
use tokio::sync::Semaphore;

/// More browsers at once would only wait for each other.
static BROWSERS: Semaphore = Semaphore::const_new(2);

/// What a journey needs.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Scripts of pages run.
    pub scripts: bool,
    /// A proxy stands between browser and server.
    pub proxy: bool,
    /// Another database than the folder's own.
    pub database: Option<String>,
    /// Another policy profile than the demo region's.
    pub profile: Option<&'static str>,
    /// Width of the window.
    pub width: u32,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            scripts: true,
            proxy: false,
            database: None,
            profile: None,
            width: 1280,
        }
    }
}

impl Setup {
    /// A browser in which pages run no script.
    pub fn without_scripts() -> Self {
        Self {
            scripts: false,
            ..Self::default()
        }
    }

    /// A region with this policy profile.
    pub fn under(profile: &'static str) -> Self {
        Self {
            profile: Some(profile),
            ..Self::default()
        }
    }

    /// A proxy before the server.
    pub fn with_proxy() -> Self {
        Self {
            proxy: true,
            ..Self::default()
        }
    }
}

/// Everything on the stage.
pub struct Journey {
    /// The product.
    pub product: Product,
    /// The browser.
    pub browser: Browser,
    /// Scripts of pages run.
    pub scripts: bool,
    /// Clicks so far.
    pub taps: Cell<u32>,
    asked: Cell<usize>,
    proxy: Option<Proxy>,
    expected: RefCell<Vec<String>>,
    profile: PathBuf,
}

/// Runs a journey on a stage of its own; a failure shows the page on which it happened.
pub async fn journey(name: &str, setup: Setup, steps: impl AsyncFnOnce(&Journey)) {
    let _place = BROWSERS.acquire().await.expect("never closed");
    let journey = Journey::begin(name, &setup).await;
    let outcome = caught(async {
        steps(&journey).await;
        journey.conclude().await;
    })
    .await;
    if let Err(panic) = outcome {
        let shown = caught(journey.show(name)).await;
        if shown.is_err() {
            eprintln!("{name}: the page cannot be shown");
        }
        resume_unwind(panic);
    }
}

/// A panic as an error, so that the stage is cleared in order.
async fn caught<T>(steps: impl Future<Output = T>) -> std::thread::Result<T> {
    let mut steps = pin!(steps);
    std::future::poll_fn(|context| {
        match catch_unwind(AssertUnwindSafe(|| steps.as_mut().poll(context))) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(done)) => Poll::Ready(Ok(done)),
            Err(panic) => Poll::Ready(Err(panic)),
        }
    })
    .await
}

impl Journey {
    async fn begin(name: &str, setup: &Setup) -> Self {
        let (label, database) = (name.to_owned(), setup.database.clone());
        let profile = setup.profile;
        // The demo folder takes a while to be made; the other journey goes on meanwhile.
        let product = tokio::task::spawn_blocking(move || match (database, profile) {
            (Some(database), _) => Product::start_on(&label, &database),
            (None, Some(profile)) => Product::start_under(&label, profile),
            (None, None) => Product::start(&label),
        })
        .await
        .unwrap_or_else(|error| resume_unwind(error.into_panic()));
        let proxy = match setup.proxy {
            true => Some(Proxy::before(&product.address).await),
            false => None,
        };
        let profile = product::fresh_folder("browser");
        let browser = Browser::start(&profile).await;
        let journey = Self {
            product,
            browser,
            scripts: setup.scripts,
            taps: Cell::new(0),
            asked: Cell::new(0),
            proxy,
            expected: RefCell::default(),
            profile,
        };
        journey.width(setup.width).await;
        if !setup.scripts {
            journey
                .browser
                .devtools(
                    "Emulation.setScriptExecutionDisabled",
                    json!({"value": true}),
                )
                .await;
        }
        journey
    }

    /// The line before the server.
    pub fn line(&self) -> &Proxy {
        self.proxy.as_ref().expect("this journey asked for a proxy")
    }

    /// The address that the browser uses.
    pub fn base(&self) -> String {
        let address = self
            .proxy
            .as_ref()
            .map_or(&self.product.address, |proxy| &proxy.address);
        format!("http://{address}")
    }

    /// The window's width from now on.
    pub async fn width(&self, width: u32) {
        let size = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false});
        self.browser
            .devtools("Emulation.setDeviceMetricsOverride", size)
            .await;
    }

    /// Addresses that the browser cannot reach from now on.
    pub async fn block(&self, patterns: &[&str]) {
        self.browser.devtools("Network.enable", json!({})).await;
        self.browser
            .devtools("Network.setBlockedURLs", json!({"urls": patterns}))
            .await;
    }

    /// A line of the console that belongs to this journey, such as that of an answer with 404.
    pub fn expect_in_console(&self, part: &str) {
        self.expected.borrow_mut().push(part.to_owned());
    }

    /// The answers that refuse, of journeys that visit every page and enter what is wrong.
    pub fn expect_refusals(&self) {
        for part in ["status of 404", "status of 422", "status of 401"] {
            self.expect_in_console(part);
        }
    }

    /// What holds at the end of every journey.
    async fn conclude(&self) {
        let complaints = self.complaints().await;
        assert!(complaints.is_empty(), "{}", complaints.join("\n"));
        assert!(
            self.asked.get() > 0,
            "the requests of this journey were not recorded"
        );
    }

    /// Errors in the console, and requests to anybody but our server, since the last time.
    pub async fn complaints(&self) -> Vec<String> {
        let console = self.browser.log("browser").await;
        let errors = console.iter().filter(|entry| self.is_error(entry));
        let mut complaints: Vec<String> = errors
            .map(|entry| format!("console: {}", entry["message"]))
            .collect();
        let asked = addresses(&self.browser.log("performance").await);
        self.asked.set(self.asked.get() + asked.len());
        let base = format!("{}/", self.base());
        let others = asked
            .iter()
            .filter(|address| address.starts_with("http") || address.starts_with("ws"))
            .filter(|address| !address.starts_with(&base));
        complaints.extend(others.map(|address| format!("a request to somebody else: {address}")));
        complaints
    }

    fn is_error(&self, entry: &Value) -> bool {
        let message = entry["message"].as_str().unwrap_or_default();
        // A page of the browser's own, such as the one it begins with, is none of ours.
        if message.starts_with("chrome://") {
            return false;
        }
        let grave = entry["level"] == "SEVERE" || message.contains("Content Security Policy");
        let expected = self.expected.borrow();
        grave && !expected.iter().any(|part| message.contains(part))
    }

    /// Shows a failure: where, what stands there, what console and server said.
    async fn show(&self, name: &str) {
        let client = &self.browser.client;
        let address = client
            .current_url()
            .await
            .map(String::from)
            .unwrap_or_default();
        let text = self
            .js("return document.body ? document.body.innerText : ''")
            .await;
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("e2e-failures");
        let picture = folder.join(format!("{name}.png"));
        let _ = fs::create_dir_all(&folder);
        let _ = fs::write(&picture, client.screenshot().await.unwrap_or_default());
        eprintln!("--- {name}\nat {address}, see {}", picture.display());
        eprintln!("{}", text.as_str().unwrap_or_default());
        for entry in self.browser.log("browser").await {
            eprintln!("console: {} {}", entry["level"], entry["message"]);
        }
        eprintln!("server: {}\n---", self.product.log());
    }
}

impl Drop for Journey {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.profile);
    }
}

/// The addresses that were asked for, from the events of the DevTools protocol.
fn addresses(events: &[Value]) -> Vec<String> {
    events
        .iter()
        .filter_map(|event| serde_json::from_str::<Value>(event["message"].as_str()?).ok())
        .filter(|event| event["message"]["method"] == "Network.requestWillBeSent")
        .filter_map(|event| {
            event["message"]["params"]["request"]["url"]
                .as_str()
                .map(str::to_owned)
        })
        .collect()
}
