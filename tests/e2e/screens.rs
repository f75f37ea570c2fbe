//! Pictures of every page for `docs/screens`: `cargo xtask screenshots`.

use crate::harness::{Journey, Setup, journey};
use base64::prelude::{BASE64_STANDARD, Engine};
use serde_json::json;
use std::{fs, path::PathBuf};

/// Names the folder; without it there is nothing to do.
const ASKED: &str = "HAOCHAPING_SCREENS";

#[tokio::test]
async fn screenshots() {
    let Some(folder) = std::env::var_os(ASKED).map(PathBuf::from) else {
        println!("no pictures were asked for ({ASKED} is not set)");
        return;
    };
    fs::create_dir_all(&folder).expect("the folder for pictures");
    journey("screenshots", Setup::default(), async |j: &Journey| {
        j.expect_refusals();
        let album = Album { j, folder };
        album.of_citizens().await;
        album.of_the_public().await;
        album.of_staff().await;
        album.of_modes().await;
    })
    .await;
}

struct Album<'a> {
    j: &'a Journey,
    folder: PathBuf,
}

impl Album<'_> {
    async fn of_citizens(&self) {
        let j = self.j;
        j.open_to_rate(&j.product.plate(0)).await;
        self.picture("rate").await;
        j.choose(1).await;
        j.tap("#tags-1 .core label").await;
        self.picture("rate-level-1").await;
        j.send().await;
        j.receipt().await;
        self.picture("receipt").await;
        let follow = j.follow().await;
        self.picture("follow-code").await;
        j.open(&follow).await;
        self.picture("follow-before-release").await;
        j.product.clock("2026-11-02T09:00").await;
        j.open(&follow).await;
        self.picture("follow").await;
        for (name, path) in [("find", "/find"), ("not-found", "/r/nowhere")] {
            j.open(path).await;
            self.picture(name).await;
        }
    }

    async fn of_the_public(&self) {
        let j = self.j;
        let due = "/due?profile=dehong&clock=rectify&from=2026-02-13";
        for (name, path) in [
            ("figures", "/"),
            ("figures-unit", "/?period=2026-10&unit=539900-rs"),
            ("due", due),
            (
                "due-wrong",
                "/due?profile=dehong&clock=rectify&from=yesterday",
            ),
            ("tour", "/tour"),
            ("items", "/items"),
            ("item", "/items/539900-019"),
            ("profiles", "/profiles"),
            ("profile", "/profiles/dehong"),
            ("profiles-compare", "/profiles/compare?a=dehong&b=jilin"),
        ] {
            j.open(path).await;
            j.app().await;
            j.until("!document.querySelector('.loading, [aria-busy=true]')")
                .await;
            self.picture(name).await;
        }
        j.open("/").await;
        j.until_there("#trend").await;
        j.js("document.getElementById('trend').scrollIntoView()")
            .await;
        j.until("document.querySelectorAll('.chart canvas').length === 2")
            .await;
        self.taken("figures-trend", 1280).await;
    }

    async fn of_staff(&self) {
        let j = self.j;
        j.open("/staff/sign-in").await;
        j.until_there("#login").await;
        self.picture("sign-in").await;
        j.sign_in("zhou").await;
        j.open("/staff").await;
        j.until_there("table.data").await;
        self.picture("worklist").await;
        j.open("/staff?state=to_contact&mine=1").await;
        j.until_there(".empty").await;
        self.picture("worklist-empty").await;
        j.open("/staff").await;
        j.until_there("table.data").await;
        let first = j
            .js("return document.querySelector('table.data th a').getAttribute('href')")
            .await;
        j.open(first.as_str().expect("a ticket")).await;
        j.until_there(".clocks").await;
        self.picture("ticket").await;
        j.open("/staff/plates").await;
        j.until_there("table.data").await;
        self.picture("plates").await;
        j.open(&j.product.plate(0).replace("/r/", "/plates/")).await;
        self.picture("plate").await;
    }

    /// The most important page of each audience in each mode and in English, as on a phone: every
    /// page in every mode is looked at by machine, and the folder stays small.
    async fn of_modes(&self) {
        let j = self.j;
        let plate = j.product.plate(0);
        let standard = "elder=off&contrast=off&theme=light&lang=zh-Hans";
        for (name, choice) in [
            ("elder", "elder=on"),
            ("contrast", "contrast=on"),
            ("dark", "theme=dark"),
            ("en", "lang=en"),
        ] {
            j.prefer(standard).await;
            j.prefer(choice).await;
            let pages = [
                ("rate", plate.as_str()),
                ("figures", "/"),
                ("worklist", "/staff"),
            ];
            for (page, path) in pages {
                j.open(path).await;
                j.app().await;
                j.until("!document.querySelector('.loading, [aria-busy=true]')")
                    .await;
                if page == "rate" {
                    j.app_has_the_form().await;
                    j.choose(1).await;
                }
                self.taken(&format!("{page}-{name}"), 360).await;
            }
        }
        j.prefer(standard).await;
    }

    /// The page, narrow and wide.
    async fn picture(&self, name: &str) {
        for width in [360, 1280] {
            self.taken(name, width).await;
        }
    }

    /// The page as far down as tells what it looks like.
    async fn taken(&self, name: &str, width: u32) {
        self.j.width(width).await;
        let script = "const all = document.scrollingElement; \
            return [all.scrollTop, Math.min(all.scrollHeight - all.scrollTop, 2400)]";
        let part = self.j.js(script).await;
        let clip = json!({"x": 0, "y": part[0], "width": width, "height": part[1], "scale": 1});
        let wanted = json!({"format": "png", "captureBeyondViewport": true, "clip": clip});
        let taken = self
            .j
            .browser
            .devtools("Page.captureScreenshot", wanted)
            .await;
        let file = self.folder.join(format!("{name}-{width}.png"));
        let data = taken["data"].as_str().expect("a picture");
        fs::write(&file, BASE64_STANDARD.decode(data).expect("base64")).expect("written");
        println!("{}", file.display());
    }
}
