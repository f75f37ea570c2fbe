//! Language and display: read from the address, the cookie and the browser's wishes, kept in a
//! cookie that holds nothing personal.

use super::{
    assets,
    cookies::{self, Abroad, Cookie},
    failure::{json, log, problem_of},
    form::Fields,
    page_public::{page, problem_page, shell},
};
use crate::pages::{self, Modes, Theme};
use axum::{
    body::Bytes,
    extract::{Request, State, rejection::BytesRejection},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use contract::{paths, preferences::field};
use flow::{FlowError, app::App};
use rules::rating::Violation;
use std::{future::poll_fn, pin::pin};
use words::Language;

const COOKIE: &str = "haochaping_display";
/// A year, in seconds.
const KEPT: i64 = 365 * 24 * 60 * 60;
/// The longest path to go back to, in bytes.
const BACK_MAX: usize = 512;
/// Every field of the form but the way back.
const FIELDS: [&str; 4] = [field::LANGUAGE, field::ELDER, field::CONTRAST, field::THEME];

/// What a person has chosen. Nothing chosen is the browser's wish, or the source language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    /// The language, if one was chosen.
    pub language: Option<Language>,
    /// How pages look.
    pub modes: Modes,
}

impl Chosen {
    /// What the cookie says. Words that we do not know are left out: a newer or an older server
    /// wrote them.
    fn of_cookie(text: &str) -> Self {
        text.split('.').fold(Self::default(), |mut chosen, word| {
            match word {
                field::ELDER => chosen.modes.elder = true,
                field::CONTRAST => chosen.modes.contrast = true,
                _ => {
                    chosen.language = Language::of_tag(word).or(chosen.language);
                    chosen.modes.theme = theme(word).unwrap_or(chosen.modes.theme);
                }
            }
            chosen
        })
    }

    fn cookie(self) -> String {
        let Modes {
            elder,
            contrast,
            theme,
        } = self.modes;
        let words = [
            self.language.map(Language::tag),
            elder.then_some(field::ELDER),
            contrast.then_some(field::CONTRAST),
            (theme != Theme::Auto).then(|| theme.code()),
        ];
        words.into_iter().flatten().collect::<Vec<_>>().join(".")
    }

    /// Takes over what a form says.
    fn change(&mut self, name: &str, value: &str) -> Result<(), Violation> {
        match (name, switch(value), theme(value), Language::of_tag(value)) {
            (field::LANGUAGE, _, _, Some(language)) => self.language = Some(language),
            (field::ELDER, Some(on), ..) => self.modes.elder = on,
            (field::CONTRAST, Some(on), ..) => self.modes.contrast = on,
            (field::THEME, _, Some(theme), _) => self.modes.theme = theme,
            (field::LANGUAGE, ..) => {
                let names = Language::ALL
                    .map(Language::name)
                    .join(words::Key::SHARED_LIST_SEP.text());
                return Err(Violation::new(name, "preference.lang").with("languages", names));
            }
            _ => {
                let wrong = Violation::new(name, "preference.value");
                return Err(wrong.with("name", shown(name)).with("value", shown(value)));
            }
        }
        Ok(())
    }
}

fn switch(value: &str) -> Option<bool> {
    match value {
        field::ON => Some(true),
        field::OFF => Some(false),
        _ => None,
    }
}

fn theme(code: &str) -> Option<Theme> {
    Theme::ALL.into_iter().find(|theme| theme.code() == code)
}

/// Whoever sent a novel does not need it back.
fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(40).collect()
}

/// The request at hand, as pages need it.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// How the page looks.
    pub modes: Modes,
    /// Where to go back to after a choice.
    pub back: String,
}

tokio::task_local! {
    static ASKED: Asked;
}

/// The modes of the request, changed for one page by its query.
///
/// # Errors
/// When the query has a value that a mode does not have.
pub fn shown_once(uri: &Uri) -> Result<Modes, FlowError> {
    let mut chosen = Chosen {
        modes: asked().modes,
        ..Chosen::default()
    };
    let named = pairs(uri).filter(|(name, _)| FIELDS.contains(&name.as_str()));
    let wrong: Vec<Violation> = named
        .filter_map(|(name, value)| chosen.change(&name, &value).err())
        .collect();
    match wrong.is_empty() {
        true => Ok(chosen.modes),
        false => Err(FlowError::Invalid(wrong)),
    }
}

/// What was asked for; outside of a request nothing special.
pub fn asked() -> Asked {
    ASKED.try_with(Clone::clone).unwrap_or_default()
}

/// Answers a request in the language and the modes of whoever asks.
///
/// The language holds for every poll of the request on whatever thread, and for nothing else.
pub async fn speak(State(app): State<App>, request: Request, next: Next) -> Response {
    let chosen = cookies::read(request.headers(), COOKIE).map(|text| Chosen::of_cookie(&text));
    let chosen = chosen.unwrap_or_default();
    let wished = chosen
        .language
        .or_else(|| accepted(request.headers()))
        .unwrap_or_default();
    let named = in_address(request.uri());
    let (language, known) = match named {
        Ok(named) => (named.unwrap_or(wished), true),
        Err(()) => (wished, false),
    };
    let asked = Asked {
        modes: chosen.modes,
        back: back_of(&request),
    };
    let build = is_api(request.uri().path())
        .then(|| assets::linked().build.clone())
        .flatten();
    let uri = request.uri().clone();
    let answer = ASKED.scope(asked, async move {
        match known {
            true => next.run(request).await,
            false => unknown_language(&app, &uri),
        }
    });
    let mut answer = pin!(answer);
    let mut response =
        poll_fn(|context| words::speaking(language, || answer.as_mut().poll(context))).await;
    tell(response.headers_mut(), language, build.as_deref());
    if let Ok(Some(named)) = named {
        keep_on_the_way(response.headers_mut(), named);
    }
    response
}

/// Who is sent on to another page of ours goes in the language that the address named.
fn keep_on_the_way(headers: &mut HeaderMap, named: Language) {
    let to = headers
        .get(header::LOCATION)
        .and_then(|to| to.to_str().ok());
    let Some(to) = to.filter(|to| to.starts_with('/') && !to.contains('#')) else {
        return;
    };
    let mark = if to.contains('?') { '&' } else { '?' };
    let to = format!("{to}{mark}{}={}", field::LANGUAGE, named.tag());
    if let Ok(to) = HeaderValue::from_str(&to) {
        headers.insert(header::LOCATION, to);
    }
}

/// What a page depends on; and for the app, which build the server carries.
fn tell(headers: &mut HeaderMap, language: Language, build: Option<&str>) {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    if kind.is_some_and(|kind| kind.starts_with("text/html")) {
        headers.append(
            header::VARY,
            HeaderValue::from_static("accept-language, cookie"),
        );
        headers.insert(
            header::CONTENT_LANGUAGE,
            HeaderValue::from_static(language.tag()),
        );
    }
    if let Some(build) = build.and_then(|build| HeaderValue::from_str(build).ok()) {
        headers.insert(
            HeaderName::from_static(contract::preferences::BUILD_HEADER),
            build,
        );
    }
}

fn is_api(path: &str) -> bool {
    path.starts_with("/api/")
}

/// The language that `?lang=` names; an error where it names one that we do not speak.
fn in_address(uri: &Uri) -> Result<Option<Language>, ()> {
    if is_api(uri.path()) {
        return Ok(None);
    }
    let named = pairs(uri).find(|(name, _)| name == field::LANGUAGE);
    match named {
        None => Ok(None),
        Some((_, tag)) => Language::of_tag(&tag).map(Some).ok_or(()),
    }
}

fn pairs(uri: &Uri) -> impl Iterator<Item = (String, String)> + '_ {
    form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned()
}

/// The language that the browser wishes for most, among ours.
pub fn accepted(headers: &HeaderMap) -> Option<Language> {
    let values = headers.get_all(header::ACCEPT_LANGUAGE).iter();
    let text: Vec<&str> = values.filter_map(|value| value.to_str().ok()).collect();
    let mut best: Option<(f32, Language)> = None;
    for range in text.iter().flat_map(|value| value.split(',')) {
        let (range, quality) = range.split_once(';').unwrap_or((range, ""));
        let quality = quality
            .trim()
            .strip_prefix("q=")
            .map_or(Some(1.0), |q| q.parse().ok());
        let Some((quality, language)) = quality.zip(Language::nearest(range)) else {
            continue;
        };
        // Of two that are wished for alike, the first one.
        if quality > 0.0 && best.is_none_or(|(most, _)| quality > most) {
            best = Some((quality, language));
        }
    }
    best.map(|(_, language)| language)
}

/// The page's own address. What was sent to is read at the same path.
fn back_of(request: &Request) -> String {
    let path = request.uri().path();
    let only_sent_to = [paths::PREFERENCES, paths::FOLLOW_ASK].contains(&path);
    match request.method() == Method::GET {
        true => without_language(request.uri()),
        false if only_sent_to => paths::HOME.to_owned(),
        false => path.to_owned(),
    }
}

/// An address without its `?lang=`, which would win over what was chosen. A path such as
/// `//elsewhere` leads a browser to another site; instead of it, the first page.
fn without_language(uri: &Uri) -> String {
    if !is_ours(uri.path()) {
        return paths::HOME.to_owned();
    }
    let mut query = form_urlencoded::Serializer::new(String::new());
    let kept: Vec<_> = pairs(uri)
        .filter(|(name, _)| name != field::LANGUAGE)
        .collect();
    match kept.is_empty() {
        true => uri.path().to_owned(),
        false => format!("{}?{}", uri.path(), query.extend_pairs(kept).finish()),
    }
}

fn unknown_language(app: &App, uri: &Uri) -> Response {
    let here = without_language(uri);
    let mark = if here.contains('?') { '&' } else { '?' };
    let links = Language::ALL.map(|language| {
        let address = format!("{here}{mark}{}={}", field::LANGUAGE, language.tag());
        (language, address)
    });
    page(
        StatusCode::BAD_REQUEST,
        pages::unknown_language(&links, &shell(app, true)),
    )
}

/// `POST /preferences`: keeps a choice and goes back. The app asks for JSON and stays where it is.
pub async fn store(
    State(app): State<App>,
    headers: HeaderMap,
    sent: Result<Bytes, BytesRejection>,
) -> Response {
    let wants_json = headers
        .get(header::ACCEPT)
        .is_some_and(|accept| accept.as_bytes() == b"application/json");
    let (chosen, back) = match read(&headers, sent) {
        Ok(read) => read,
        Err(error) => {
            log(&error);
            let problem = problem_of(&error);
            return match wants_json {
                true => json(&problem, None),
                false => problem_page(&app, &problem),
            };
        }
    };
    let mut response = match wants_json {
        true => StatusCode::NO_CONTENT.into_response(),
        false => StatusCode::SEE_OTHER.into_response(),
    };
    let cookie = Cookie {
        name: COOKIE,
        value: &chosen.cookie(),
        seconds: KEPT,
        abroad: Abroad::ByLink,
    };
    cookies::set(&app, &mut response, cookie);
    if let (false, Ok(back)) = (wants_json, HeaderValue::from_str(&back)) {
        response.headers_mut().insert(header::LOCATION, back);
    }
    response
}

fn read(
    headers: &HeaderMap,
    sent: Result<Bytes, BytesRejection>,
) -> Result<(Chosen, String), FlowError> {
    let fields = Fields::of_body(headers, sent)?;
    let before = cookies::read(headers, COOKIE).map(|text| Chosen::of_cookie(&text));
    let mut chosen = before.unwrap_or_default();
    let mut violations = Vec::new();
    let mut changed = 0;
    for name in fields.names() {
        let values = fields.all(name);
        let named = |code: &str| Violation::new(name, code).with("name", shown(name));
        match (name, values.as_slice()) {
            (_, [_, _, ..]) => violations.push(named("preference.repeated")),
            (field::BACK, _) => {}
            (name, [value]) if FIELDS.contains(&name) => {
                changed += 1;
                violations.extend(chosen.change(name, value).err());
            }
            _ => violations.push(named("preference.unknown")),
        }
    }
    let back = match fields.get(field::BACK) {
        "" => paths::HOME,
        back => back,
    };
    if !is_ours(back) {
        violations.push(Violation::new(field::BACK, "preference.back"));
    }
    if changed == 0 && violations.is_empty() {
        violations.push(Violation::new(field::LANGUAGE, "preference.nothing"));
    }
    match violations.is_empty() {
        true => Ok((chosen, back.to_owned())),
        false => Err(FlowError::Invalid(violations)),
    }
}

/// Whether a browser that is sent there stays with us. `//elsewhere` and `/\elsewhere` do not.
fn is_ours(back: &str) -> bool {
    let mut bytes = back.bytes();
    let inside = bytes.next() == Some(b'/') && !matches!(bytes.next(), Some(b'/' | b'\\'));
    inside && back.len() <= BACK_MAX && back.bytes().all(|b| b.is_ascii_graphic() && b != b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wishing(ranges: &'static str) -> Option<&'static str> {
        let headers =
            HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, HeaderValue::from_static(ranges))]);
        accepted(&headers).map(Language::tag)
    }

    #[test]
    fn the_most_wanted_language_of_ours_is_spoken() {
        assert_eq!(wishing("fr, en;q=0.8, zh-TW;q=0.9"), Some("zh-Hant"));
        assert_eq!(wishing("en-GB,en;q=0.9,zh;q=0.9"), Some("en"));
        assert_eq!(wishing("zh-CN"), Some("zh-Hans"));
        assert_eq!(wishing("en;q=0, fr"), None);
        assert_eq!(wishing("en;q=much"), None);
        assert_eq!(wishing("*"), None);
    }

    #[test]
    fn a_choice_survives_its_cookie_and_unknown_words_are_left_out() {
        let chosen = Chosen {
            language: Some(Language::ZhHant),
            modes: Modes {
                elder: true,
                contrast: true,
                theme: Theme::Dark,
            },
        };
        assert_eq!(chosen.cookie(), "zh-Hant.elder.contrast.dark");
        assert_eq!(Chosen::of_cookie(&chosen.cookie()), chosen);
        assert_eq!(Chosen::of_cookie("").cookie(), "");
        assert_eq!(Chosen::of_cookie("fr.elder.purple").cookie(), "elder");
    }

    #[test]
    fn only_paths_of_this_site_can_be_gone_back_to() {
        for ours in ["/", "/due?from=2026-02-13&clock=reply", "/r/abc#x"] {
            assert!(is_ours(ours), "{ours}");
        }
        for foreign in [
            "",
            "//x.invalid",
            "/\\x.invalid",
            "https://x.invalid/",
            "x",
            "/a b",
            "/a\r\nb",
            "/\u{597d}",
        ] {
            assert!(!is_ours(foreign), "{foreign:?}");
        }
        assert!(!is_ours(&format!("/{}", "a".repeat(BACK_MAX))));
    }

    #[test]
    fn the_way_back_forgets_a_language_in_the_address() {
        let back = |text: &'static str| without_language(&Uri::from_static(text));
        assert_eq!(back("/due?lang=en"), "/due");
        assert_eq!(
            back("/?period=2026-10&lang=en&unit=a%26b"),
            "/?period=2026-10&unit=a%26b"
        );
    }
}
