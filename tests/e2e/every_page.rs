//! Every page, narrow and wide, as the server sends it and as the app draws it: accessible by
//! WCAG 2.2 A and AA as far as axe-core sees, and never wider than the window.

use crate::harness::{Journey, Setup, journey};
use serde_json::json;

const WIDTHS: [u32; 2] = [360, 1280];

/// Who draws the page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Drawn {
    Server,
    App,
}

async fn check(j: &Journey, drawn: Drawn, page: &str) {
    if drawn == Drawn::App {
        j.app().await;
        // A chart or a list that is still on its way would be missed.
        j.settled().await;
    }
    for width in WIDTHS {
        j.fits(page, width).await;
        j.is_accessible(&format!("{page} at {width} px")).await;
    }
    j.fits(page, 320).await;
    j.width(1280).await;
}

async fn look_at(j: &Journey, drawn: Drawn, paths: &[String]) {
    for path in paths {
        j.open(path).await;
        check(j, drawn, path).await;
    }
}

/// Pages of the public and of citizens.
async fn public_pages(j: &Journey, drawn: Drawn) {
    let unit = "/?period=2026-10&unit=539900-rs";
    let due = "/due?profile=dehong&clock=rectify&from=2026-02-13";
    let wrong = "/due?profile=dehong&clock=rectify&from=yesterday";
    let paths = [
        "/",
        unit,
        "/due",
        due,
        wrong,
        "/find",
        "/find?code=QQQQQQ",
        "/nowhere",
        "/r/nowhere",
    ];
    look_at(j, drawn, &paths.map(str::to_owned)).await;
    let profiles = [
        "/profiles",
        "/profiles/jilin",
        "/profiles/leiyang",
        "/profiles/compare?a=qingdao&b=jilin",
        "/profiles/atlantis",
    ];
    look_at(j, drawn, &profiles.map(str::to_owned)).await;
}

/// From the rating page to following what became of it.
async fn rating_pages(j: &Journey, drawn: Drawn) {
    let service = j.product.entrances["service_links"][0]
        .as_str()
        .expect("a link")
        .to_owned();
    look_at(j, drawn, &[j.product.plate(0), service.clone()]).await;
    j.open(&j.product.plate(0)).await;
    if drawn == Drawn::App {
        j.app_has_the_form().await;
    }
    j.send().await;
    j.until_there(".error-summary").await;
    check(j, drawn, "the form with an error").await;
    j.open(&service).await;
    if drawn == Drawn::App {
        j.app_has_the_form().await;
    }
    j.choose(1).await;
    j.tap("#tags-1 details summary").await;
    j.tap("details:has(#scope-quality) > summary").await;
    j.tap("details:has(#stated) > summary").await;
    j.tap("label[for=stated]").await;
    j.write("#phone", "13900001111").await;
    check(j, drawn, "the form with everything open").await;
    j.send().await;
    let receipt = j.receipt().await;
    check(j, drawn, "the receipt after sending").await;
    let follow = j.follow().await;
    check(j, drawn, "the follow-up code").await;
    look_at(
        j,
        drawn,
        &[format!("/receipt/{receipt}"), follow.clone(), service],
    )
    .await;
    j.product.clock("2026-11-02T09:00").await;
    j.open(&follow).await;
    j.js("document.querySelectorAll('details').forEach(one => one.open = true)")
        .await;
    check(j, drawn, "following after the release").await;
}

async fn as_the_server_sends_it(j: &Journey) {
    j.expect_refusals();
    j.expect_in_console("ERR_BLOCKED_BY_CLIENT");
    j.block(&["*.js", "*.wasm"]).await;
}

#[tokio::test]
async fn public_pages_as_the_server_sends_them_are_accessible_and_fit() {
    journey("axe-public-plain", Setup::default(), async |j: &Journey| {
        as_the_server_sends_it(j).await;
        public_pages(j, Drawn::Server).await;
    })
    .await;
}

#[tokio::test]
async fn public_pages_in_the_app_are_accessible_and_fit() {
    journey("axe-public-app", Setup::default(), async |j: &Journey| {
        j.expect_refusals();
        public_pages(j, Drawn::App).await;
    })
    .await;
}

#[tokio::test]
async fn rating_pages_as_the_server_sends_them_are_accessible_and_fit() {
    journey("axe-rating-plain", Setup::default(), async |j: &Journey| {
        as_the_server_sends_it(j).await;
        rating_pages(j, Drawn::Server).await;
    })
    .await;
}

#[tokio::test]
async fn rating_pages_in_the_app_are_accessible_and_fit() {
    journey("axe-rating-app", Setup::default(), async |j: &Journey| {
        j.expect_refusals();
        rating_pages(j, Drawn::App).await;
    })
    .await;
}

#[tokio::test]
async fn pages_of_staff_are_accessible_and_fit() {
    journey("axe-staff", Setup::default(), async |j: &Journey| {
        j.expect_refusals();
        j.open("/staff/sign-in").await;
        j.until_there("#login").await;
        check(j, Drawn::App, "signing in").await;
        j.enter_wrong_password().await;
        check(j, Drawn::App, "signing in with an error").await;
        j.sign_in("zhou").await;
        j.open("/staff").await;
        j.until_there("table.data").await;
        check(j, Drawn::App, "the worklist").await;
        let first = j
            .js("return document.querySelector('table.data th a').getAttribute('href')")
            .await;
        j.open(first.as_str().expect("a ticket")).await;
        j.until_there(".clocks").await;
        j.js("document.querySelectorAll('details').forEach(one => one.open = true)")
            .await;
        check(j, Drawn::App, "a ticket with everything open").await;
        j.open("/staff/plates").await;
        j.until_there("table.data").await;
        check(j, Drawn::App, "the plates").await;
        let plate = j.product.plate(0).replace("/r/", "/plates/");
        j.open(&plate).await;
        j.until_there(".sheet").await;
        check(j, Drawn::Server, "a plate's sheet").await;
    })
    .await;
}

impl Journey {
    /// The app shows its own page where it has one, and nothing is on its way any more.
    async fn settled(&self) {
        if ["/", "/due"].contains(&self.path().await.as_str()) {
            self.until("document.querySelector('#app') && !document.querySelector('#app').hidden")
                .await;
        }
        self.until("!document.querySelector('.loading, [aria-busy=true]')")
            .await;
    }

    async fn enter_wrong_password(&self) {
        self.write("#login", "zhou").await;
        self.write("#password", "wrong").await;
        self.tap("form button.button").await;
        self.until_there(".error-summary").await;
        let focus = self
            .js("return document.activeElement.matches('.error-summary')")
            .await;
        assert_eq!(focus, json!(true), "the summary has the focus");
    }
}
