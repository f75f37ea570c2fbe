//! The main journey in Firefox: `cargo xtask test firefox`. It is no part of the whole run,
//! because Firefox's driver is compiled first; without them it fails, it is never skipped.

use crate::harness::{keyboard::key, product::Product};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::{
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use words::Key;

const PATIENCE: Duration = Duration::from_secs(30);

/// Ends the driver, and with it the browser.
struct Driver(Child);

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn named(variable: &str) -> String {
    std::env::var(variable)
        .unwrap_or_else(|_| panic!("{variable} is not set: cargo xtask test firefox sets it"))
}

async fn start() -> (Driver, Client) {
    let port = TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
        .port();
    let driver = Command::new(named("HAOCHAPING_GECKODRIVER"))
        .arg(format!("--port={port}"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("geckodriver starts");
    let driver = Driver(driver);
    let started = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(started.elapsed() < PATIENCE, "geckodriver does not listen");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let wanted = json!({
        "browserName": "firefox",
        "moz:firefoxOptions": {
            "binary": named("HAOCHAPING_FIREFOX"),
            "args": ["-headless", "-width=390", "-height=844"],
            "prefs": {"intl.accept_languages": "zh-CN"},
        },
    });
    let client = ClientBuilder::new(HttpConnector::new())
        .capabilities(wanted.as_object().expect("an object").clone())
        .connect(&format!("http://127.0.0.1:{port}"))
        .await
        .expect("a session in Firefox");
    (driver, client)
}

async fn until(client: &Client, expression: &str) -> Value {
    let started = Instant::now();
    let script = format!("return ({expression})");
    loop {
        match client.execute(&script, Vec::new()).await {
            Ok(value) if !matches!(value, Value::Null | Value::Bool(false)) => return value,
            _ if started.elapsed() > PATIENCE => panic!("never true: {expression}"),
            _ => tokio::time::sleep(Duration::from_millis(40)).await,
        }
    }
}

async fn there(client: &Client, selector: &str) -> fantoccini::elements::Element {
    until(
        client,
        &format!("!!document.querySelector({})", json!(selector)),
    )
    .await;
    client
        .find(Locator::Css(selector))
        .await
        .expect("it was there a moment ago")
}

async fn says(client: &Client, text: &str) {
    let expression = format!("document.body.innerText.includes({})", json!(text));
    until(client, &expression).await;
}

/// A plate's rating, its ticket at the handler's, and the public's figures.
async fn the_main_way(product: &Product, client: &Client) {
    let open = async |path: &str| {
        let address = format!("http://{}{path}", product.address);
        client.goto(&address).await.expect("the page opens");
    };
    open(&product.plate(0)).await;
    there(client, "label[for=l1]")
        .await
        .click()
        .await
        .expect("a tap");
    // The tap is what the app has been waiting for.
    there(client, "form.rate[data-adopted]").await;
    there(client, "form.rate .send button")
        .await
        .click()
        .await
        .expect("a tap");
    says(client, Key::RECEIPT_TITLE.text()).await;
    there(client, ".code").await;

    open("/staff/sign-in").await;
    there(client, "#login")
        .await
        .send_keys("zhou")
        .await
        .expect("typed");
    let password = format!("{}{}", product.password("zhou"), key::ENTER);
    there(client, "#password")
        .await
        .send_keys(&password)
        .await
        .expect("typed");
    until(client, "location.pathname === '/staff'").await;
    says(client, &product.newest_ticket().await).await;

    open("/").await;
    there(client, "#trend").await;
    until(
        client,
        "document.getElementById('trend').scrollIntoView() || document.querySelector('canvas')",
    )
    .await;
    says(client, Key::DISCLOSURE_TITLE.text()).await;
    there(client, ".quick [name=elder]")
        .await
        .click()
        .await
        .expect("a tap");
    until(
        client,
        "document.documentElement.hasAttribute('data-elder')",
    )
    .await;
    let wide = client
        .execute(
            "return document.scrollingElement.scrollWidth <= innerWidth",
            Vec::new(),
        )
        .await;
    assert_eq!(
        wide.expect("a measure"),
        json!(true),
        "nothing scrolls sideways"
    );
}

#[tokio::test]
#[ignore = "needs Firefox and its driver: cargo xtask test firefox"]
async fn a_citizen_rates_staff_see_the_ticket_and_the_public_the_figures_in_firefox() {
    let product = tokio::task::spawn_blocking(|| Product::start("firefox"))
        .await
        .expect("the product starts");
    let before = product.today();
    let (driver, client) = start().await;
    the_main_way(&product, &client).await;
    assert_eq!(product.today(), before + 1);
    client.close().await.expect("the session ends");
    drop(driver);
}

/// What the form holds: the chosen level, the words, the name, the phone.
const HOLDS: &str = "[document.querySelector('form.rate [name=level]:checked')?.value ?? '', \
    ...['text', 'name', 'phone'].map((id) => document.getElementById(id).value)].join('|')";

/// Half a rating, a link to elsewhere, and the way back.
async fn there_and_back(product: &Product, client: &Client) {
    let address = format!("http://{}{}", product.address, product.plate(0));
    client.goto(&address).await.expect("the page opens");
    tap(client, "label[for=l2]").await;
    there(client, "form.rate[data-adopted]").await;
    write(client, "#text", "排了两个小时").await;
    tap(client, "details:has(#stated) > summary").await;
    tap(client, "label[for=stated]").await;
    write(client, "#name", "陈先生").await;
    write(client, "#phone", "13900001234").await;
    until(
        client,
        &format!("{HOLDS} === '2|排了两个小时|陈先生|13900001234'"),
    )
    .await;
    tap(client, "nav a[href='/']").await;
    says(client, Key::DISCLOSURE_TITLE.text()).await;
    client.back().await.expect("the way back");
    until(client, &format!("{HOLDS} === '2|排了两个小时||'")).await;
}

async fn tap(client: &Client, selector: &str) {
    let tapped = there(client, selector).await.click().await;
    tapped.unwrap_or_else(|error| panic!("{selector}: {error}"));
}

async fn write(client: &Client, selector: &str, text: &str) {
    let typed = there(client, selector).await.send_keys(text).await;
    typed.unwrap_or_else(|error| panic!("{selector}: {error}"));
}

#[tokio::test]
#[ignore = "needs Firefox and its driver: cargo xtask test firefox"]
async fn a_half_filled_rating_comes_back_without_name_and_phone_in_firefox() {
    let product = tokio::task::spawn_blocking(|| Product::start("firefox-back"))
        .await
        .expect("the product starts");
    let (driver, client) = start().await;
    there_and_back(&product, &client).await;
    client.close().await.expect("the session ends");
    drop(driver);
}
