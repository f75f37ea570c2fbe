//! The rating page, the figures and the way to the console in browsers that people still have:
//! `cargo xtask test old-browsers`. It is no part of the whole run, because the browsers are
//! fetched first; without them it fails, it is never skipped. Decision 0026 says which and why.

mod devtools;
mod webkit;

use crate::harness::product::Product;
use devtools::Chromium;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use webkit::WebKit;
use words::Key;

const PATIENCE: Duration = Duration::from_secs(30);
/// `--accent`, as browsers compute it.
const ACCENT: &str = "rgb(11, 92, 173)";
/// `--bar`, of the head of every page.
const BAR: &str = "rgb(8, 62, 120)";
const WORDS: &str = "排了两个小时";

fn named(variable: &str) -> String {
    std::env::var(variable)
        .unwrap_or_else(|_| panic!("{variable} is not set: cargo xtask test old-browsers sets it"))
}

/// A window of a browser, whatever it is driven by.
trait Window {
    fn goto(&mut self, address: &str);
    /// What an expression is; nothing while a page is on its way.
    fn js(&mut self, expression: &str) -> Value;
    fn tap(&mut self, selector: &str);
    fn write(&mut self, selector: &str, text: &str);
    /// Scripts of pages do not run from now on.
    fn switch_scripts_off(&mut self);

    fn until(&mut self, expression: &str) -> Value {
        let started = Instant::now();
        loop {
            let value = self.js(expression);
            if !matches!(value, Value::Null | Value::Bool(false)) {
                return value;
            }
            if started.elapsed() > PATIENCE {
                let page = self.js("location.href + '\\n' + document.body.innerText");
                panic!("never true: {expression}\n{page}");
            }
            std::thread::sleep(Duration::from_millis(40));
        }
    }

    fn there(&mut self, selector: &str) {
        self.until(&format!("!!document.querySelector({})", json!(selector)));
    }

    fn says(&mut self, text: &str) {
        let expression = format!("document.body.innerText.includes({})", json!(text));
        self.until(&expression);
    }

    fn open(&mut self, product: &Product, path: &str) {
        let address = format!("http://{}{path}", product.address);
        // The page before is marked, so that it is not taken for the one that comes.
        self.js("window.left = true");
        self.goto(&address);
        self.until("!window.left && document.readyState === 'complete'");
    }

    fn colour(&mut self, selector: &str) -> Value {
        let selector = json!(selector);
        self.js(&format!(
            "getComputedStyle(document.querySelector({selector})).backgroundColor"
        ))
    }
}

/// What the person at the desk of this browser gets.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Console {
    Opens,
    SaysWhyNot,
    HasNoScripts,
}

fn the_page_of_a_plate_is_rated(window: &mut impl Window, product: &Product, plate: usize) {
    let before = product.today();
    window.open(product, &product.plate(plate));
    assert_eq!(window.colour(".send .button"), ACCENT);
    // Five boxes of one size side by side, each a target for a finger.
    let boxes = window.js(
        "Array.from(document.querySelectorAll('.faces > .face')).map((face, n, all) => {\
         const [here, first] = [face.getBoundingClientRect(), all[0].getBoundingClientRect()];\
         return here.width >= 44 && here.height >= 44 && Math.abs(here.width - first.width) < 1 \
         && here.top === first.top && (n === 0 || here.left > all[n - 1].getBoundingClientRect().right); })",
    );
    assert_eq!(boxes, json!([true, true, true, true, true]));
    let chosen = "document.querySelectorAll('form.rate input:checked').length";
    assert_eq!(window.js(chosen), 0, "nothing is preselected");
    window.tap("label[for=l2]");
    window.until("document.querySelector('#l2').checked");
    let reasons = "getComputedStyle(document.querySelector('.tags-2')).display";
    assert_eq!(window.js(reasons), "block");
    window.write("#text", WORDS);
    let written = "document.querySelector('#text').value";
    assert_eq!(window.js(written), WORDS);
    window.tap("form.rate .send button");
    window.says(Key::RECEIPT_TITLE.text());
    window.there(".code");
    let code = window.js("document.querySelector('.code').textContent.trim()");
    assert_eq!(code.as_str().map(str::len), Some(19), "{code}");
    assert_eq!(product.today(), before + 1);
    window.tap("form[action='/follow'] button");
    window.there("a.button[href^='/f/']");
    window.tap("a.button[href^='/f/']");
    window.says(Key::FOLLOW_PENDING_TITLE.text());
}

fn the_figures_are_read(window: &mut impl Window, product: &Product) {
    window.open(product, "/");
    let title = json!(Key::DISCLOSURE_TITLE.text());
    window.until(&format!(
        "document.querySelector('h1').innerText === {title}"
    ));
    assert_eq!(window.colour(".site"), BAR);
    let tiles = "getComputedStyle(document.querySelector('nav ul')).display";
    assert_eq!(window.js(tiles), "flex");
}

fn the_console(window: &mut impl Window, product: &Product, console: Console) {
    window.open(product, "/staff/sign-in");
    assert_eq!(window.colour(".site"), BAR);
    match console {
        Console::Opens => {
            window.there("#login");
            window.write("#login", "zhou");
            window.write("#password", &product.password("zhou"));
            window.tap("form button.button");
            window.until("location.pathname === '/staff'");
            window.there(".list tbody tr");
        }
        Console::SaysWhyNot => {
            window.says(Key::SHARED_CONSOLE_FAILED.text());
            let waits = "document.querySelector('[data-app-waiting]').hidden";
            assert_eq!(window.js(waits), true, "nothing says that it is loading");
        }
        Console::HasNoScripts => window.says(Key::SHARED_NOSCRIPT.text()),
    }
}

fn the_whole_way(window: &mut impl Window, product: &Product, plate: usize, console: Console) {
    the_page_of_a_plate_is_rated(window, product, plate);
    the_figures_are_read(window, product);
    the_console(window, product, console);
}

fn in_chromium(name: &str, console: Console) {
    let product = Product::start(name);
    let mut browser = Chromium::start(name);
    the_whole_way(&mut browser, &product, 0, console);
    browser.switch_scripts_off();
    the_whole_way(&mut browser, &product, 1, Console::HasNoScripts);
}

#[test]
#[ignore = "needs old browsers: cargo xtask test old-browsers"]
fn chromium_67_rates_reads_the_figures_and_says_that_the_console_does_not_open() {
    in_chromium("chromium-67", Console::SaysWhyNot);
}

#[test]
#[ignore = "needs old browsers: cargo xtask test old-browsers"]
fn chromium_80_rates_reads_the_figures_and_says_that_the_console_does_not_open() {
    in_chromium("chromium-80", Console::SaysWhyNot);
}

#[test]
#[ignore = "needs old browsers: cargo xtask test old-browsers"]
fn chromium_92_rates_reads_the_figures_and_says_that_the_console_does_not_open() {
    in_chromium("chromium-92", Console::SaysWhyNot);
}

#[test]
#[ignore = "needs old browsers: cargo xtask test old-browsers"]
fn chromium_103_rates_reads_the_figures_and_opens_the_console() {
    in_chromium("chromium-103", Console::Opens);
}

#[test]
#[ignore = "needs WebKitGTK: cargo xtask test old-browsers"]
fn webkitgtk_rates_reads_the_figures_and_opens_the_console() {
    let product = Product::start("webkit");
    let mut browser = WebKit::start(true);
    the_whole_way(&mut browser, &product, 0, Console::Opens);
    browser.close();
}

#[test]
#[ignore = "needs WebKitGTK: cargo xtask test old-browsers"]
fn webkitgtk_without_scripts_rates_and_reads_the_figures() {
    let product = Product::start("webkit-plain");
    let mut browser = WebKit::start(false);
    the_whole_way(&mut browser, &product, 0, Console::HasNoScripts);
    browser.close();
}

#[test]
#[ignore = "needs WebKitGTK: cargo xtask test old-browsers"]
fn in_webkitgtk_an_empty_box_on_a_dark_page_is_dark_although_the_system_is_light() {
    let product = Product::start("webkit-dark");
    let mut browser = WebKit::start(true);
    browser.open(&product, "/");
    browser.tap("[name=theme][value=dark]");
    browser.until("document.documentElement.dataset.theme === 'dark'");
    browser.open(&product, &product.plate(0));
    browser.tap("label[for=l2]");
    browser.until("document.querySelector('#l2').checked");
    let middle = "(() => { const box = document.querySelector('.tags-2 .check input');\
        box.scrollIntoView({block: 'center'}); const at = box.getBoundingClientRect();\
        return [at.left + at.width / 2, at.top + at.height / 2]; })()";
    browser.js(middle);
    // The reasons slide down into their place.
    std::thread::sleep(Duration::from_millis(600));
    let at = browser.js(middle);
    let colour = pixel(&browser.picture(), &at);
    assert!(colour.iter().all(|part| *part < 64), "{colour:?}");
    browser.close();
}

/// The colour of a picture at a place of the page.
fn pixel(png: &[u8], at: &Value) -> [u8; 3] {
    let decoder = png::Decoder::new(std::io::Cursor::new(png));
    let mut reader = decoder.read_info().expect("a picture");
    let mut bytes = vec![0; reader.output_buffer_size().expect("a size")];
    let frame = reader.next_frame(&mut bytes).expect("a frame");
    let [x, y] = [0, 1].map(|n| at[n].as_f64().expect("a number") as usize);
    let step = frame.color_type.samples();
    let start = y * frame.line_size + x * step;
    [bytes[start], bytes[start + 1], bytes[start + 2]]
}
