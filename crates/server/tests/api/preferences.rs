//! Language and display: how they are asked for, kept, refused, and what depends on them.

use axum::{body::Body, http::Method};
use contract::paths::{self, fill};
use testkit::{Engine, Reply, Start, TestApp, on_both, run_with};
use words::{Key, Language, speaking};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

async fn read(app: &TestApp, path: &str, headers: &[(&str, &str)]) -> Reply {
    let mut all = vec![("accept", "text/html")];
    all.extend_from_slice(headers);
    app.http.send(Method::GET, path, &all, Body::empty()).await
}

async fn store(app: &TestApp, body: &str, headers: &[(&str, &str)]) -> Reply {
    let mut all = vec![FORM, ("accept", "text/html")];
    all.extend_from_slice(headers);
    app.http
        .send(Method::POST, paths::PREFERENCES, &all, body.to_owned())
        .await
}

/// The cookie of an answer as the browser sends it back.
fn cookie(reply: &Reply) -> String {
    let set = reply.header("set-cookie").expect("a cookie");
    set.split(';').next().expect("its pair").to_owned()
}

fn root(reply: &Reply) -> String {
    let text = reply.text();
    let from = text.find("<html").expect("a root");
    text[from..].split('>').next().expect("its end").to_owned()
}

on_both! {
    async fn a_choice_is_kept_and_every_later_page_has_it(app: &TestApp) {
        let back = "/due?profile=dehong&clock=rectify&from=2026-02-13";
        let body = format!("lang=en&back={}", form_urlencoded::byte_serialize(back.as_bytes()).collect::<String>());
        let reply = store(app, &body, &[]).await.expect(303);
        assert_eq!(reply.header("location"), Some(back));
        let set = reply.header("set-cookie").unwrap();
        for part in ["Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=31536000"] {
            assert!(set.split("; ").any(|one| one == part), "{part} in {set}");
        }
        assert_eq!(cookie(&reply), "haochaping_display=en");
        let more = store(app, "elder=on&contrast=on&theme=dark", &[("cookie", &cookie(&reply))]).await.expect(303);
        assert_eq!(more.header("location"), Some("/"));
        let kept = cookie(&more);
        let plate = fill(paths::PLATE, &app.plate("w01"));
        for path in ["/", "/due", "/find", "/staff", "/nowhere", plate.as_str()] {
            let page = read(app, path, &[("cookie", &kept)]).await;
            let root = root(&page);
            assert!(root.starts_with("<html lang=\"en\" data-elder=\"\" data-contrast=\"\" data-theme=\"dark\""), "{path}: {root}");
            assert_eq!(page.header("content-language"), Some("en"), "{path}");
        }
        let off = store(app, "elder=off&theme=auto", &[("cookie", &kept)]).await.expect(303);
        assert_eq!(cookie(&off), "haochaping_display=en.contrast");
    }

    async fn without_a_choice_the_browser_decides_and_the_answer_says_what_it_depends_on(app: &TestApp) {
        for (wish, language) in [
            ("", "zh-Hans"),
            ("fr", "zh-Hans"),
            ("zh-TW,zh;q=0.9", "zh-Hant"),
            ("en-GB, zh-CN;q=0.5", "en"),
        ] {
            let page = read(app, "/", &[("accept-language", wish)]).await.expect(200);
            assert_eq!(page.header("content-language"), Some(language), "{wish}");
            assert!(root(&page).contains(&format!("lang=\"{language}\"")), "{wish}");
            let vary: Vec<&str> = page.headers.get_all("vary").iter().filter_map(|value| value.to_str().ok()).collect();
            let vary = vary.join(", ");
            assert!(vary.contains("accept-language") && vary.contains("cookie"), "{vary}");
        }
        let chosen = [("accept-language", "en"), ("cookie", "haochaping_display=zh-Hant")];
        assert_eq!(read(app, "/", &chosen).await.header("content-language"), Some("zh-Hant"));
    }

    async fn an_address_can_name_its_language_for_one_page(app: &TestApp) {
        let headers = [("cookie", "haochaping_display=zh-Hant.elder")];
        let page = read(app, "/due?lang=en&profile=x", &headers).await.expect(422);
        assert!(root(&page).contains("lang=\"en\" data-elder"));
        assert_eq!(page.header("set-cookie"), None, "reading stores nothing");
        assert!(page.text().contains("name=\"back\" value=\"/due?profile=x\""), "the way back forgets it");
        let next = read(app, "/due", &headers).await.expect(200);
        assert!(root(&next).contains("lang=\"zh-Hant\""));
    }

    async fn who_is_sent_to_sign_in_goes_in_the_language_that_the_address_named(app: &TestApp) {
        for (asked, to) in [
            ("/plates/hall/h1?lang=en", "/staff/sign-in?lang=en"),
            ("/plates/hall/h1", "/staff/sign-in"),
        ] {
            let reply = read(app, asked, &[]).await.expect(303);
            assert_eq!(reply.header("location"), Some(to), "{asked}");
        }
        let page = read(app, "/staff/sign-in?lang=en", &[]).await.expect(200);
        assert!(root(&page).contains("lang=\"en\""));
    }

    async fn an_unknown_language_is_a_page_that_lists_those_there_are(app: &TestApp) {
        for unknown in ["fr", "zh", "EN", "", "%ff", "en%0d%0aset-cookie:x=1"] {
            let path = format!("/due?from=2026-02-13&lang={unknown}");
            let page = read(app, &path, &[("accept-language", "en")]).await.expect(400);
            assert!(page.text().contains(&speaking(Language::En, || Key::SETTINGS_BAD_TITLE.text().to_owned())));
            for language in Language::ALL {
                let link = format!("href=\"/due?from=2026-02-13&amp;lang={}\"", language.tag());
                assert!(page.text().contains(&link), "{unknown}: {link}");
                assert!(page.text().contains(language.name()), "{unknown}");
            }
        }
        app.http.get("/api/v1/today?lang=fr").await.expect(200);
        // A path that a browser takes for another site is led back to the first page of this one.
        for path in ["//x.invalid/login?lang=fr", "//x.invalid/login", "/%5Cx.invalid?lang=fr"] {
            let page = app.http.get(path).await.text();
            for foreign in ["href=\"//", "value=\"//", "href=\"/\\", "value=\"/\\"] {
                assert!(!page.contains(foreign), "{path}: {foreign}");
            }
        }
    }

    async fn what_cannot_be_stored_is_refused_with_every_reason_and_stores_nothing(app: &TestApp) {
        let refused = |body: &'static str| async move {
            let page = store(app, body, &[]).await.expect(422);
            assert_eq!((page.header("set-cookie"), page.header("location")), (None, None), "{body}");
            page.text()
        };
        let page = refused("lang=fr&theme=purple&elder=yes&volume=11&back=https://x.invalid/").await;
        for part in ["没有这种语言", "“theme”没有“purple”", "“elder”没有“yes”", "“volume”", "只能返回本网站的页面"] {
            assert!(page.contains(part), "{part}");
        }
        for foreign in ["//x.invalid", "/%5Cx.invalid", "javascript:alert(1)", "/a%0d%0aSet-Cookie:x", "x"] {
            let body = format!("elder=on&back={foreign}");
            let page = store(app, &body, &[]).await.expect(422);
            assert_eq!((page.header("set-cookie"), page.header("location")), (None, None), "{foreign}");
        }
        assert!(refused("back=/due").await.contains("没有要保存的设置"));
        assert!(refused("").await.contains("没有要保存的设置"));
        assert!(refused("elder=on&elder=off").await.contains("只能出现一次"));
        assert!(refused("theme=%3Cb%3E").await.contains("&lt;b&gt;"));
        let json = [("content-type", "application/json"), ("accept", "text/html")];
        app.http.send(Method::POST, paths::PREFERENCES, &json, "{}").await.expect(415);
        store(app, "lang=%ff%fe", &[]).await.expect(400);
        let huge = format!("elder=on&back=/{}", "a".repeat(2 * 1024 * 1024));
        store(app, &huge, &[]).await.expect(413);
        store(app, "elder=on", &[("sec-fetch-site", "cross-site")]).await.expect(403);
        read(app, "/preferences?elder=on", &[]).await.expect(405);
    }

    async fn the_app_gets_an_answer_without_a_page(app: &TestApp) {
        let json = [FORM, ("accept", "application/json")];
        let reply = app.http.send(Method::POST, paths::PREFERENCES, &json, "elder=on").await.expect(204);
        assert_eq!((cookie(&reply).as_str(), reply.header("location")), ("haochaping_display=elder", None));
        let reply = app.http.send(Method::POST, paths::PREFERENCES, &json, "elder=maybe").await.expect(422);
        assert_eq!(reply.problem().violations.len(), 1);
    }

    async fn a_broken_cookie_is_as_good_as_none(app: &TestApp) {
        for broken in ["haochaping_display=", "haochaping_display=....", "haochaping_display=\"<b>\"", "haochaping_display=purple.fr"] {
            let page = read(app, "/", &[("cookie", broken)]).await.expect(200);
            assert!(root(&page).starts_with("<html lang=\"zh-Hans\""), "{broken}");
        }
    }

    async fn the_form_is_the_same_in_every_language_but_for_its_words(app: &TestApp) {
        let path = fill(paths::PLATE, &app.plate("w01"));
        let attributes = |page: &str, name: &str| -> Vec<String> {
            let before = format!(" {name}=\"");
            let form = page.split("<form class=\"rate\"").nth(1).expect("the form").split("</form>").next().expect("its end");
            form.split(&before).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
        };
        let mut seen = Vec::new();
        for language in Language::ALL {
            let page = read(app, &format!("{path}?lang={}", language.tag()), &[]).await.expect(200).text();
            let mut parts: Vec<Vec<String>> = ["name", "value", "id", "for", "type"].map(|name| attributes(&page, name)).to_vec();
            // The key is another one every time.
            parts[1].remove(0);
            assert_eq!(parts[0].len(), 40 + 5 + 3 + 5, "five levels, eight tags each, three scopes, and the rest");
            for level in ["1", "5"] {
                let word = speaking(language, || words::by_code("level.satisfaction", level)).expect("a word");
                let plain = page.replace("<wbr>", "");
                assert!(plain.contains(word), "{word}");
            }
            seen.push(parts);
        }
        assert!(seen.windows(2).all(|pair| pair[0] == pair[1]));
    }

    async fn the_texts_of_another_language_are_one_file_that_never_changes(app: &TestApp) {
        let build = web::http::assets::linked().build.clone();
        let api = app.http.get(paths::API_TODAY).await.expect(200);
        assert_eq!(api.header("x-app-build").map(str::to_owned), build);
        assert_eq!(web::http::assets::linked().words.len(), 2, "the source is in the app itself");
        for (language, address) in &web::http::assets::linked().words {
            let file = app.http.get(address).await.expect(200);
            assert_eq!(file.header("cache-control"), Some("public, max-age=31536000, immutable"));
            let read: serde_json::Value = file.json();
            assert_eq!(read["shape"], words::SHAPE);
            let texts = read["texts"].as_array().expect("texts");
            assert_eq!(texts.len(), words::ALL.len());
            let home = words::ALL.iter().position(|(path, _)| *path == "shared.home").expect("a place");
            assert_eq!(texts[home], speaking(*language, || Key::SHARED_HOME.text()));
        }
        app.http.get("/assets/words-en-0000000000000000.json").await.expect(404);
    }

    async fn the_catalogue_shows_every_mode_and_refuses_one_that_is_none(app: &TestApp) {
        let page = read(app, "/catalogue?elder=on&contrast=on&theme=dark&lang=en", &[]).await.expect(200);
        assert!(root(&page).starts_with("<html lang=\"en\" data-elder=\"\" data-contrast=\"\" data-theme=\"dark\""));
        assert_eq!(page.header("set-cookie"), None);
        read(app, "/catalogue?theme=purple", &[]).await.expect(422);
    }
}

#[test]
fn a_real_region_has_no_catalogue() {
    let start = Start {
        real: true,
        ..Start::default()
    };
    run_with(Engine::Sqlite, start, async |app: &TestApp| {
        read(app, "/catalogue", &[]).await.expect(404);
    });
}

#[test]
fn behind_https_the_choice_is_sent_over_https_only() {
    let start = Start {
        public_url: Some("https://hcp.example".to_owned()),
        ..Start::default()
    };
    run_with(Engine::Sqlite, start, async |app: &TestApp| {
        let reply = store(app, "elder=on", &[]).await.expect(303);
        assert!(reply.header("set-cookie").unwrap().ends_with("; Secure"));
    });
}
