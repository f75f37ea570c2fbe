//! Modes: elder, high contrast, dark, forced colours, print, large text, narrow windows, less
//! motion, reading aloud. Each as a person meets it, and axe over every page × mode × language.

use crate::harness::{Journey, Setup, journey, keyboard::key};
use serde_json::{Value, json};
use words::{Key, Language, speaking};

/// The attributes of a mode on the root element, as the server and the app set them.
const MODES: [(&str, &[(&str, &str)]); 5] = [
    ("plain", &[]),
    ("elder", &[("data-elder", "")]),
    ("high contrast", &[("data-contrast", "")]),
    ("dark", &[("data-theme", "dark")]),
    (
        "dark, high contrast",
        &[("data-contrast", ""), ("data-theme", "dark")],
    ),
];

impl Journey {
    /// Puts the page into a mode in which it then stands.
    pub async fn dress(&self, attributes: &[(&str, &str)]) {
        let wanted = json!(attributes);
        self.js_with(
            "const root = document.documentElement; \
             for (const name of ['data-elder', 'data-contrast', 'data-theme']) root.removeAttribute(name); \
             for (const [name, value] of arguments[0]) root.setAttribute(name, value)",
            wanted,
        )
        .await;
    }

    /// Chooses a language or a mode as the app's own request does.
    pub async fn prefer(&self, choice: &str) {
        let script = "const done = arguments[1]; fetch('/preferences', {method: 'POST', headers: \
            {'content-type': 'application/x-www-form-urlencoded', accept: 'application/json'}, \
            body: arguments[0]}).then(answer => done(answer.status))";
        let status = self
            .browser
            .client
            .execute_async(script, vec![json!(choice)])
            .await
            .expect("stored");
        assert_eq!(status, 204, "{choice}");
    }

    /// Another medium, or other wishes of the system.
    pub async fn media(&self, media: &str, features: Value) {
        self.browser
            .devtools(
                "Emulation.setEmulatedMedia",
                json!({"media": media, "features": features}),
            )
            .await;
    }

    async fn style_of(&self, selector: &str, property: &str) -> String {
        let script = "return getComputedStyle(document.querySelector(arguments[0]))[arguments[1]]";
        let found = self
            .browser
            .client
            .execute(script, vec![json!(selector), json!(property)])
            .await;
        found.expect(selector).as_str().expect("a value").to_owned()
    }

    async fn root_has(&self, attribute: &str) -> bool {
        let script = "return document.documentElement.hasAttribute(arguments[0])";
        self.js_with(script, json!(attribute)).await == json!(true)
    }

    /// Waits for what the app still fetches.
    pub async fn quiet_page(&self) {
        // The catalogue shows what loading looks like, and stays so.
        self.until("location.pathname === '/catalogue' || !document.querySelector('.loading, [aria-busy=true]')").await;
    }
}

/// Pages that need nobody to be signed in, from the front page to a refusal.
fn open_pages(j: &Journey) -> Vec<String> {
    let service = j.product.entrances["service_links"][0]
        .as_str()
        .expect("a link")
        .to_owned();
    let fixed = [
        "/",
        "/due?profile=dehong&clock=rectify&from=2026-02-13",
        "/due?profile=dehong&clock=rectify&from=yesterday",
        "/?place=hall%3Ah1",
        "/profiles/jilin",
        "/profiles/compare?a=dehong&b=jilin",
        "/items/539900-019",
        "/tour",
        "/find?code=QQQQQQ",
        "/nowhere",
        "/catalogue",
    ];
    let mut pages = fixed.map(str::to_owned).to_vec();
    pages.extend([j.product.plate(0), service]);
    pages
}

async fn in_every_mode(j: &Journey, page: &str, language: Language) {
    for (name, attributes) in MODES {
        j.dress(attributes).await;
        let told = format!("{page}, {name}, {}", language.tag());
        j.fits(&told, if name == "elder" { 360 } else { 1280 })
            .await;
        j.is_accessible(&told).await;
    }
}

/// Every open page in every language, drawn by the app and at rest.
async fn on_every_open_page(j: &Journey, look: impl AsyncFn(&str, Language)) {
    j.expect_refusals();
    j.open("/find").await;
    for language in Language::ALL {
        j.prefer(&format!("lang={}", language.tag())).await;
        for page in open_pages(j) {
            j.open(&page).await;
            j.app().await;
            j.quiet_page().await;
            assert_eq!(
                j.js("return document.documentElement.lang").await,
                language.tag()
            );
            look(&page, language).await;
        }
    }
}

#[tokio::test]
async fn every_open_page_is_accessible_in_every_mode_and_language() {
    journey("modes-open", Setup::default(), async |j: &Journey| {
        on_every_open_page(j, async |page, language| {
            in_every_mode(j, page, language).await;
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn every_page_of_staff_and_of_a_rater_is_accessible_in_every_mode_and_language() {
    journey("modes-staff", Setup::default(), async |j: &Journey| {
        j.expect_refusals();
        let receipt = j.rate(&j.product.plate(0), 1).await;
        let follow = j.follow().await;
        for language in Language::ALL {
            j.prefer(&format!("lang={}", language.tag())).await;
            for page in [format!("/receipt/{receipt}"), follow.clone()] {
                j.open(&page).await;
                in_every_mode(j, &page, language).await;
            }
            j.open("/staff/sign-in").await;
            j.until_there("#login").await;
            in_every_mode(j, "signing in", language).await;
            j.sign_in("zhou").await;
            j.open("/staff").await;
            j.until_there("table.data").await;
            in_every_mode(j, "the worklist", language).await;
            let first = j
                .js("return document.querySelector('table.data th a').getAttribute('href')")
                .await;
            j.open(first.as_str().expect("a ticket")).await;
            j.until_there(".clocks").await;
            j.js("document.querySelectorAll('details').forEach(one => one.open = true)")
                .await;
            in_every_mode(j, "a ticket with everything open", language).await;
            j.open("/staff/plates").await;
            j.until_there("table.data").await;
            in_every_mode(j, "the plates", language).await;
            j.open("/staff/profiles").await;
            j.until_there("section.card .badge").await;
            in_every_mode(j, "the profiles", language).await;
            j.open(&j.product.plate(0).replace("/r/", "/plates/")).await;
            in_every_mode(j, "a sheet", language).await;
            j.open("/plates/hall/h1").await;
            in_every_mode(j, "a hall's sheets", language).await;
        }
    })
    .await;
}

/// What is smaller than the elder mode promises (`domain.md` 4.9), on the page as it stands.
const TOO_SMALL: &str = "\
    const wrong = []; \
    const seen = one => one.getClientRects().length > 0 && !one.closest('.visually-hidden, .skip, [hidden]') \
        && getComputedStyle(one).visibility !== 'hidden'; \
    const told = one => one.tagName + '.' + one.className + ' ' + one.textContent.trim().slice(0, 30); \
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT); \
    for (let text; (text = texts.nextNode());) { \
        const one = text.parentElement; \
        if (!text.data.trim() || !seen(one) || one.closest('noscript, option, script, style')) continue; \
        const style = getComputedStyle(one), size = parseFloat(style.fontSize); \
        if (size < 18) wrong.push('text of ' + size + ' px: ' + told(one)); \
        if (parseFloat(style.lineHeight) / size < 1.3) wrong.push('lines of ' + style.lineHeight + ': ' + told(one)); \
    } \
    for (const one of document.querySelectorAll('a[href], button, select, input, textarea, summary')) { \
        let target = one; \
        if (one.matches('[type=hidden]')) continue; \
        if (one.matches('[type=radio], [type=checkbox]')) target = one.closest('label') || one.labels[0]; \
        else if (!seen(one) || (one.tagName === 'A' && getComputedStyle(one).display === 'inline')) continue; \
        if (!seen(target)) continue; \
        const box = target.getBoundingClientRect(); \
        if (box.height < 59.5 || box.width < 59.5) \
            wrong.push('target of ' + box.width + ' × ' + box.height + ': ' + told(target)); \
    } \
    for (const one of document.querySelectorAll('main *')) { \
        const style = getComputedStyle(one); \
        if (style.display === 'grid' && seen(one) && style.gridTemplateColumns.split(' ').length > 1) \
            wrong.push('columns ' + style.gridTemplateColumns + ': ' + told(one).slice(0, 40)); \
    } \
    return wrong;";

impl Journey {
    async fn is_large(&self, page: &str) {
        let wrong = self.js(TOO_SMALL).await;
        assert_eq!(wrong, json!([]), "{page}: {wrong:#}");
    }
}

#[tokio::test]
async fn the_elder_mode_is_one_tap_away_large_in_one_column_and_survives_a_reload() {
    journey("elder", Setup { width: 360, ..Setup::default() }, async |j: &Journey| {
        j.expect_refusals();
        for page in open_pages(j) {
            j.open(&page).await;
            let place = j.js("const box = document.querySelector('header [name=elder]').getBoundingClientRect(); \
                return box.top >= 0 && box.bottom <= 300").await;
            assert_eq!(place, json!(true), "{page}: the entrance is on the first screen");
        }
        j.open_to_rate(&j.product.plate(0)).await;
        assert_ne!(j.js(TOO_SMALL).await, json!([]), "the measure finds what is small in the plain page");
        j.js("document.documentElement.dataset.visit = 'one'").await;
        j.tap("header [name=elder]").await;
        assert!(j.root_has("data-elder").await, "at once");
        assert_eq!(j.js("return document.documentElement.dataset.visit").await, "one", "without a new page");
        j.until_says("").await;
        let on = Key::SETTINGS_ON.fill(&[("what", Key::SETTINGS_ELDER.text())]);
        j.until(&format!("document.getElementById('announcer').textContent === {}", json!(on))).await;
        j.until("performance.getEntriesByType('resource').some(one => one.name.endsWith('/preferences') && one.responseEnd > 0)").await;
        j.browser.client.refresh().await.expect("a reload");
        assert!(j.root_has("data-elder").await, "after a reload");
        for width in [360, 1280] {
            for page in open_pages(j) {
                j.open(&page).await;
                j.app().await;
                j.quiet_page().await;
                j.fits(&page, width).await;
                j.is_large(&format!("{page} at {width} px")).await;
            }
        }
        j.open_to_rate(&j.product.plate(0)).await;
        j.choose(1).await;
        j.tap("#tags-1 details summary").await;
        j.tap("details:has(#scope-quality) > summary").await;
        j.tap("details:has(#stated) > summary").await;
        j.tap("label[for=stated]").await;
        j.is_large("the form with everything open").await;
        j.send().await;
        j.until_there(".error-summary").await;
        j.is_large("the form with an error").await;
        j.tap("#settings [name=elder]").await;
        assert!(!j.root_has("data-elder").await, "and out of it");
    })
    .await;
}

#[tokio::test]
async fn the_elder_mode_works_for_staff_and_keeps_all_levels_equal() {
    journey(
        "elder-staff",
        Setup {
            width: 360,
            ..Setup::default()
        },
        async |j: &Journey| {
            j.open("/find").await;
            j.prefer("elder=on").await;
            j.sign_in("zhou").await;
            j.open("/staff").await;
            j.until_there("table.data").await;
            j.is_large("the worklist").await;
            let first = j
                .js("return document.querySelector('table.data th a').getAttribute('href')")
                .await;
            j.open(first.as_str().expect("a ticket")).await;
            j.until_there(".clocks").await;
            j.js("document.querySelectorAll('details').forEach(one => one.open = true)")
                .await;
            j.is_large("a ticket").await;
            j.open_to_rate(&j.product.plate(3)).await;
            let sizes = j
                .js("return [...document.querySelectorAll('.face')].map(one => \
            [one.offsetWidth, one.offsetHeight, one.offsetLeft].join())")
                .await;
            let sizes: Vec<&str> = sizes
                .as_array()
                .expect("sizes")
                .iter()
                .filter_map(Value::as_str)
                .collect();
            assert_eq!(sizes.len(), 5);
            assert!(sizes.iter().all(|size| *size == sizes[0]), "{sizes:?}");
        },
    )
    .await;
}

#[tokio::test]
async fn modes_and_languages_are_chosen_without_script() {
    journey("plain-modes", Setup::without_scripts(), async |j: &Journey| {
        let plate = j.product.plate(0);
        j.open(&plate).await;
        j.tap_through("header [name=elder]").await;
        assert_eq!(j.path().await, plate, "back where it was");
        assert!(j.root_has("data-elder").await);
        j.tap_through("#settings [value=en]").await;
        assert_eq!(j.js("return document.documentElement.lang").await, "en");
        assert!(j.root_has("data-elder").await, "the one does not undo the other");
        let pressed = "return document.querySelector('#settings [value=en]').getAttribute('aria-pressed')";
        assert_eq!(j.js(pressed).await, "true");
        j.choose(5).await;
        j.tap_through("form.rate .send button").await;
        let title = speaking(Language::En, || Key::RECEIPT_TITLE.text());
        assert_eq!(j.text("h1").await, title);
        let code = j.text(".code").await;
        j.tap_through("#settings [value=zh-Hant]").await;
        assert_eq!(j.text(".code").await, code, "the receipt is still there in another language");
        j.tap_through("#settings [name=elder]").await;
        assert!(!j.root_has("data-elder").await);
    })
    .await;
}

#[tokio::test]
async fn dark_follows_the_system_unless_somebody_chose_and_paper_stays_white() {
    journey("dark", Setup::default(), async |j: &Journey| {
        let dark = json!([{"name": "prefers-color-scheme", "value": "dark"}]);
        let ground = async || j.style_of("html", "backgroundColor").await;
        j.open("/due").await;
        j.app().await;
        let light = ground().await;
        j.media("", dark.clone()).await;
        let at_night = ground().await;
        assert_ne!(light, at_night);
        j.tap("#settings [value=light]").await;
        assert_eq!(ground().await, light, "who chose light gets it");
        j.tap("#settings [value=dark]").await;
        j.media("", json!([])).await;
        assert_eq!(ground().await, at_night, "who chose dark gets it");
        j.media("print", dark).await;
        assert_eq!(ground().await, "rgb(255, 255, 255)");
        assert_eq!(j.style_of("h1", "color").await, "rgb(28, 31, 35)");
        assert_eq!(j.style_of("#settings", "display").await, "none");
        j.open(&j.product.plate(0)).await;
        assert_eq!(
            j.style_of("h1", "color").await,
            "rgb(28, 31, 35)",
            "a citizen's page on paper"
        );
    })
    .await;
}

#[tokio::test]
async fn a_system_that_asks_for_more_contrast_gets_it_by_day_and_by_night() {
    journey("contrast", Setup::default(), async |j: &Journey| {
        let more = json!({"name": "prefers-contrast", "value": "more"});
        let dark = json!({"name": "prefers-color-scheme", "value": "dark"});
        let soft = async || j.style_of(".hint", "color").await;
        for path in ["/due", &j.product.plate(0)] {
            j.open(path).await;
            j.media("", json!([])).await;
            assert_ne!(soft().await, "rgb(0, 0, 0)");
            j.media("", json!([more])).await;
            assert_eq!(soft().await, "rgb(0, 0, 0)", "{path}");
            j.media("", json!([more, dark])).await;
            assert_eq!(soft().await, "rgb(255, 255, 255)", "{path}");
            assert_eq!(j.style_of("html", "backgroundColor").await, "rgb(0, 0, 0)");
            j.is_accessible(&format!("{path} with more contrast at night"))
                .await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_chosen_face_is_seen_in_forced_colours_and_nothing_moves_for_who_wants_no_motion() {
    journey("forced", Setup::default(), async |j: &Journey| {
        j.open_to_rate(&j.product.plate(0)).await;
        j.choose(2).await;
        j.media("", json!([{"name": "forced-colors", "value": "active"}, {"name": "prefers-reduced-motion", "value": "reduce"}])).await;
        let outlines = j.js("return [...document.querySelectorAll('.face')].map(one => getComputedStyle(one).outlineStyle)").await;
        let seen = outlines.as_array().expect("five").iter().filter(|style| *style != "none").count();
        assert_eq!(seen, 1, "{outlines}");
        j.is_accessible("the form in forced colours").await;
        j.open("/catalogue").await;
        assert_eq!(j.style_of(".spinner", "animationName").await, "none");
        assert_eq!(j.style_of(".button", "transitionDuration").await, "0s");
        j.media("", json!([{"name": "prefers-reduced-motion", "value": "no-preference"}])).await;
        assert_eq!(j.style_of(".spinner", "animationName").await, "turn", "otherwise it turns");
    })
    .await;
}

#[tokio::test]
async fn nothing_scrolls_sideways_at_320_px_or_with_text_of_twice_its_size() {
    journey("narrow", Setup::default(), async |j: &Journey| {
        on_every_open_page(j, async |page, language| {
            let told = format!("{page} in {}", language.tag());
            j.fits(&told, 320).await;
            j.js("document.documentElement.style.fontSize = '200%'").await;
            j.fits(&format!("{told}, text twice as large"), 640).await;
            j.js("document.documentElement.style.fontSize = ''; document.documentElement.dataset.elder = ''").await;
            j.fits(&format!("{told}, elder"), 320).await;
        })
        .await;
    })
    .await;
}

/// A voice that only notes what it is asked to say.
const VOICE: &str = "window.said = []; Object.defineProperty(window, 'speechSynthesis', {configurable: true, \
    value: {speak: one => window.said.push([one.lang, one.text]), cancel: () => window.said.push('stop')}})";

#[tokio::test]
async fn the_rating_page_is_read_aloud_and_a_second_press_stops_it() {
    journey("aloud", Setup::default(), async |j: &Journey| {
        j.browser.prepare_pages(VOICE).await;
        j.open_to_rate(&j.product.plate(0)).await;
        assert_eq!(j.text("[data-speak]").await, Key::SETTINGS_SPEAK.text());
        j.tab_to("[data-speak]").await;
        j.press(key::ENTER).await;
        let said = j.until("window.said.length === 2 && window.said").await;
        assert_eq!(said[0], "stop", "whatever was being said before");
        assert_eq!(said[1][0], "zh-CN");
        let text = said[1][1].as_str().expect("a text").to_owned();
        let place = j.text(".place").await;
        for part in [
            place.lines().last().expect("a line"),
            place.lines().next().expect("a line"),
            "满意吗",
            "非常满意",
            "非常不满意",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert_eq!(
            j.text("[data-speak]").await,
            Key::SETTINGS_SPEAK_STOP.text()
        );
        j.press(key::ENTER).await;
        j.until("window.said.length === 3 && window.said[2] === 'stop'")
            .await;
        assert_eq!(j.text("[data-speak]").await, Key::SETTINGS_SPEAK.text());
    })
    .await;
}

#[tokio::test]
async fn who_asks_for_the_voice_before_the_app_is_there_hears_it_when_it_is() {
    journey("aloud-early", Setup::default(), async |j: &Journey| {
        j.browser.prepare_pages(VOICE).await;
        j.open(&j.product.plate(0)).await;
        // Pressed without the pointer having moved there: the press itself is the first sign.
        let early = "const button = document.querySelector('[data-speak]:not([hidden])'); \
            if (!button) return null; \
            button.click(); return [window.said.length, document.documentElement.dataset.app ?? null]";
        let state = loop {
            match j.js(early).await {
                Value::Null => tokio::time::sleep(std::time::Duration::from_millis(40)).await,
                state => break state,
            }
        };
        assert_eq!(state, json!([0, null]), "the app is not here yet");
        let said = j.until("window.said.length === 2 && window.said").await;
        assert_eq!(said[1][0], "zh-CN");
        assert_eq!(
            j.text("[data-speak]").await,
            Key::SETTINGS_SPEAK_STOP.text()
        );
    })
    .await;
}

#[tokio::test]
async fn a_browser_without_a_voice_shows_no_button_for_it() {
    journey("mute", Setup::default(), async |j: &Journey| {
        let mute = "Object.defineProperty(window, 'speechSynthesis', {value: undefined})";
        j.browser.prepare_pages(mute).await;
        j.open_to_rate(&j.product.plate(0)).await;
        assert_eq!(j.count("[data-speak]").await, 1);
        assert_eq!(j.style_of("[data-speak]", "visibility").await, "hidden");
    })
    .await;
}
