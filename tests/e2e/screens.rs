//! Pictures of every page for `docs/screens`: `cargo xtask screenshots`.

use crate::harness::{Journey, Setup, journey};
use base64::prelude::{BASE64_STANDARD, Engine};
use color_quant::NeuQuant;
use serde_json::{Value, json};
use std::{
    fs,
    io::Cursor,
    path::{Path, PathBuf},
};

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
        let mut own = album.of_citizens().await;
        album.of_the_public().await;
        own.push(("ticket", album.of_staff().await));
        album.of_modes().await;
        album.of_every_page_in_every_mode(own).await;
    })
    .await;
}

const OF_THE_PUBLIC: [(&str, &str); 12] = [
    ("figures", "/"),
    ("figures-unit", "/?period=2026-10&unit=539900-rs"),
    ("due", "/due?profile=dehong&clock=rectify&from=2026-02-13"),
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
    ("find", "/find"),
    ("not-found", "/r/nowhere"),
];

/// Of staff who are signed in.
const OF_STAFF: [(&str, &str); 3] = [
    ("worklist", "/staff"),
    ("plates", "/staff/plates"),
    ("staff-profiles", "/staff/profiles"),
];

/// As a person may choose them, or as their system does.
const MODES: [&str; 5] = ["elder", "high contrast", "dark", "forced colours", "print"];

struct Album<'a> {
    j: &'a Journey,
    folder: PathBuf,
}

impl Album<'_> {
    /// Gives the pages that only this rating has.
    async fn of_citizens(&self) -> Vec<(&'static str, String)> {
        let j = self.j;
        j.open_to_rate(&j.product.plate(0)).await;
        self.picture("rate").await;
        j.choose(1).await;
        j.tap("#tags-1 .core label").await;
        self.picture("rate-level-1").await;
        j.send().await;
        let receipt = j.receipt().await;
        self.picture("receipt").await;
        let follow = j.follow().await;
        self.picture("follow-code").await;
        j.open(&follow).await;
        self.picture("follow-before-release").await;
        j.product.clock("2026-11-02T09:00").await;
        j.open(&follow).await;
        self.picture("follow").await;
        vec![
            ("receipt", format!("/receipt/{receipt}")),
            ("follow", follow),
        ]
    }

    async fn of_the_public(&self) {
        let j = self.j;
        for (name, path) in OF_THE_PUBLIC {
            j.open(path).await;
            j.app().await;
            j.quiet_page().await;
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

    /// Gives the path of the ticket.
    async fn of_staff(&self) -> String {
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
        let ticket = first.as_str().expect("a ticket").to_owned();
        j.open(&ticket).await;
        j.until_there(".clocks").await;
        self.picture("ticket").await;
        j.open("/staff/plates").await;
        j.until_there("table.data").await;
        self.picture("plates").await;
        j.open("/staff/profiles").await;
        j.until_there("section.card .badge").await;
        self.picture("staff-profiles").await;
        j.open(&j.product.plate(0).replace("/r/", "/plates/")).await;
        self.picture("plate").await;
        ticket
    }

    /// The most important page of each audience in each mode and in English, as on a phone, in full.
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
                j.quiet_page().await;
                if page == "rate" {
                    j.app_has_the_form().await;
                    j.choose(1).await;
                }
                self.taken(&format!("{page}-{name}"), 360).await;
            }
        }
        j.prefer(standard).await;
    }

    /// Every page in every mode and both widths, one sheet a page.
    async fn of_every_page_in_every_mode(&self, mut pages: Vec<(&str, String)>) {
        let j = self.j;
        let plate = j.product.plate(0);
        pages.extend([
            ("rate", plate.clone()),
            ("plate", plate.replace("/r/", "/plates/")),
            ("plates-of-a-hall", "/plates/hall/h1".to_owned()),
        ]);
        let fixed = OF_THE_PUBLIC.iter().chain(&OF_STAFF);
        pages.extend(fixed.map(|(name, path)| (*name, (*path).to_owned())));
        fs::create_dir_all(self.folder.join("modes")).expect("the folder for sheets");
        for (name, path) in pages {
            j.open(&path).await;
            if !path.starts_with("/plates/") {
                j.app().await;
                j.quiet_page().await;
            }
            let mut pictures = Vec::new();
            for width in [360, 1280] {
                for mode in MODES {
                    self.dressed(mode).await;
                    let taken = self.shot(width, width + 600).await;
                    pictures.push(json!([format!("{mode}, {width} px"), taken, width]));
                }
            }
            self.dressed("").await;
            self.sheet(name, pictures).await;
        }
    }

    /// The page as it stands, in another mode.
    async fn dressed(&self, mode: &str) {
        let j = self.j;
        let forced = match mode {
            "forced colours" => "active",
            _ => "none",
        };
        // What fades would be taken half-way.
        let features = json!([
            {"name": "forced-colors", "value": forced},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]);
        let media = if mode == "print" { "print" } else { "" };
        j.media(media, features).await;
        j.dress(match mode {
            "elder" => &[("data-elder", "")],
            "high contrast" => &[("data-contrast", "")],
            "dark" => &[("data-theme", "dark")],
            _ => &[],
        })
        .await;
    }

    /// Pictures beside each other, the narrow ones above the wide ones, on one sheet.
    async fn sheet(&self, name: &str, pictures: Vec<Value>) {
        let browser = &self.j.browser;
        self.j.width(1700).await;
        browser.client.goto("about:blank").await.expect("a blank");
        let script = "const done = arguments[1]; \
            document.body.style = 'margin:8px;background:#888;font:14px sans-serif;display:grid;\
                grid-template-columns:repeat(5,328px);gap:8px;align-items:start'; \
            const all = arguments[0].map(([says, data, width]) => { \
                const one = document.createElement('figure'), picture = new Image(), text = document.createElement('figcaption'); \
                one.style.margin = 0; text.textContent = says; \
                picture.style.width = (width === 360 ? 216 : 328) + 'px'; \
                picture.src = 'data:image/png;base64,' + data; \
                one.append(text, picture); document.body.append(one); \
                return picture.decode(); \
            }); \
            Promise.all(all).then(() => done(document.body.scrollHeight + 16))";
        let height = browser
            .client
            .execute_async(script, vec![json!(pictures)])
            .await
            .expect("a sheet");
        let clip = json!({"x": 0, "y": 0, "width": 1700, "height": height, "scale": 1});
        let wanted = json!({"format": "png", "captureBeyondViewport": true, "clip": clip});
        let taken = browser.devtools("Page.captureScreenshot", wanted).await;
        let file = self.folder.join(format!("modes/{name}.png"));
        self.kept(&file, of_few_colours(&decoded(&taken["data"]), 32));
    }

    /// The page, narrow and wide.
    async fn picture(&self, name: &str) {
        for width in [360, 1280] {
            self.taken(name, width).await;
        }
    }

    /// The page as far down as tells what it looks like.
    async fn taken(&self, name: &str, width: u32) {
        let taken = self.shot(width, 2400).await;
        let file = self.folder.join(format!("{name}-{width}.png"));
        self.kept(&file, of_few_colours(&decoded(&taken), 64));
    }

    /// The page from where it is scrolled to, in base64.
    async fn shot(&self, width: u32, height: u32) -> Value {
        self.j.width(width).await;
        let script = "const all = document.scrollingElement; \
            return [all.scrollTop, all.scrollHeight - all.scrollTop]";
        let part = self.j.js(script).await;
        let height = part[1].as_u64().expect("pixels").min(height.into());
        let clip = json!({"x": 0, "y": part[0], "width": width, "height": height, "scale": 1});
        let wanted = json!({"format": "png", "captureBeyondViewport": true, "clip": clip});
        let browser = &self.j.browser;
        let mut taken = browser.devtools("Page.captureScreenshot", wanted).await;
        taken["data"].take()
    }

    fn kept(&self, file: &Path, picture: Vec<u8>) {
        fs::write(file, picture).expect("written");
        println!("{}", file.display());
    }
}

fn decoded(base64: &Value) -> Vec<u8> {
    let text = base64.as_str().expect("a picture");
    BASE64_STANDARD.decode(text).expect("base64")
}

/// The same picture with a small palette: a third of the size, and hardly anybody sees it.
fn of_few_colours(picture: &[u8], colours: usize) -> Vec<u8> {
    let mut decoder = png::Decoder::new(Cursor::new(picture));
    decoder.set_transformations(png::Transformations::ALPHA);
    let mut reader = decoder.read_info().expect("a PNG");
    let size = reader.output_buffer_size().expect("its size");
    let mut pixels = vec![0; size];
    let told = reader.next_frame(&mut pixels).expect("its pixels");
    let palette = NeuQuant::new(3, colours, &pixels);
    let indices: Vec<u8> = pixels
        .chunks_exact(4)
        .map(|pixel| u8::try_from(palette.index_of(pixel)).expect("of 256 at most"))
        .collect();
    let mut small = Vec::new();
    let mut encoder = png::Encoder::new(&mut small, told.width, told.height);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(palette.color_map_rgb());
    encoder.set_compression(png::Compression::High);
    // Neighbours in a palette have nothing in common.
    encoder.set_filter(png::Filter::NoFilter);
    let mut writer = encoder.write_header().expect("a header");
    writer.write_image_data(&indices).expect("its pixels");
    writer.finish().expect("its end");
    small
}
