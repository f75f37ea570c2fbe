//! What surrounds every page.

use super::{css, say, settings};
use contract::paths;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use rules::{date, profile::Profile};
use words::{Key, Language};

/// The region's own text has lapsed, and what governs instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lapse<'a> {
    /// The region's profile whose last day is over.
    pub lapsed: &'a Profile,
    /// The profile above it that governs now.
    pub governs: &'a Profile,
}

impl Lapse<'_> {
    /// A text with the lapsed document, its last day and the document that governs.
    pub(super) fn fill(&self, key: Key) -> String {
        let last = self.lapsed.valid_to.map(date::iso).unwrap_or_default();
        key.fill(&[
            ("document", &self.lapsed.document),
            ("date", &say::day(&last)),
            ("national", &self.governs.document),
        ])
    }
}

/// Addresses of the files that a page links to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assets {
    /// The script that starts the app; pages work without it.
    pub boot: Option<String>,
    /// The style sheet of the pages that are not a citizen's; without it the style is in the page.
    pub css: Option<String>,
    /// Names the build of the app.
    pub build: Option<String>,
    /// The texts that the app fetches for a language that is not the source.
    pub words: Vec<(Language, String)>,
}

/// Which colours a person wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Those of the system.
    #[default]
    Auto,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// Every theme.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Light, Self::Dark];

    /// Its code in forms, cookie and style.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// How a person wants pages to look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Modes {
    /// 长辈模式: large, one column, large targets.
    pub elder: bool,
    /// High contrast.
    pub contrast: bool,
    /// Light or dark.
    pub theme: Theme,
}

/// What a page needs to know of its surroundings.
#[derive(Clone, Debug)]
pub struct Shell<'a> {
    /// Language of the texts.
    pub language: Language,
    /// How the page looks.
    pub modes: Modes,
    /// An invented region: the page says 演示.
    pub demo: bool,
    /// The region's name.
    pub region: &'a str,
    /// The region's own text has lapsed: every page says so.
    pub lapse: Option<Lapse<'a>>,
    /// Where the files are.
    pub assets: &'a Assets,
    /// A citizen's page: style within, navigation below.
    pub citizen: bool,
    /// Where the browser goes after language or display were changed: path and query. Empty on a
    /// page from which they cannot be changed.
    pub back: String,
}

impl Shell<'_> {
    fn settings(&self) -> bool {
        !self.back.is_empty()
    }

    /// The same surroundings for a page that was sent to but is read elsewhere.
    pub fn back_to(&self, path: String) -> Self {
        Self {
            back: path,
            ..self.clone()
        }
    }
}

/// The entry of the navigation that a page belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Public figures.
    Figures,
    /// The calculator.
    Due,
    /// Staff.
    Staff,
    /// None of them.
    Elsewhere,
}

/// A whole page. `main` holds the one `h1`.
pub fn page(title: &str, place: Place, shell: &Shell<'_>, main: &Markup) -> Markup {
    let class = if shell.citizen { "wrap narrow" } else { "wrap" };
    html! {
        (DOCTYPE)
        html lang=(shell.language.tag()) data-elder=[shell.modes.elder.then_some("")]
            data-contrast=[shell.modes.contrast.then_some("")] data-theme=[theme(shell.modes)]
            data-words=[words_of(shell)] {
            (head(title, shell))
            body {
                a.skip href="#main" { (Key::SHARED_SKIP.text()) }
                (header(place, shell))
                @if words_of(shell).is_some() {
                    div.wrap.narrow[shell.citizen] {
                        p #words-missing .notice.notice--warning role="status" hidden { (Key::SHARED_WORDS_MISSING.text()) }
                    }
                }
                main #main tabindex="-1" class=(class) { (main) }
                (footer(place, shell))
            }
        }
    }
}

/// The system's own choice needs no mark.
fn theme(modes: Modes) -> Option<&'static str> {
    (modes.theme != Theme::Auto).then(|| modes.theme.code())
}

/// Where the app finds the texts of this page's language, if it does not carry them.
fn words_of<'a>(shell: &'a Shell<'_>) -> Option<&'a str> {
    shell.assets.boot.as_ref()?;
    let known = shell.assets.words.iter();
    known
        .filter(|(language, _)| *language == shell.language)
        .map(|(_, address)| address.as_str())
        .next()
}

fn head(title: &str, shell: &Shell<'_>) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            title {
                (title) " - " (Key::SHARED_PRODUCT_FULL.text())
                @if shell.demo { (say::aside(Key::SHARED_DEMO.text())) }
            }
            meta name="color-scheme" content=(scheme(shell.modes));
            link rel="icon" href="/icon.svg" type="image/svg+xml";
            (style(shell))
            @if let Some(boot) = &shell.assets.boot {
                script type="module" src=(boot) {}
            }
        }
    }
}

/// What the browser itself paints: form controls, scroll bars, the page before its style.
fn scheme(modes: Modes) -> &'static str {
    match modes.theme {
        Theme::Auto => "light dark",
        Theme::Light => "light",
        Theme::Dark => "dark",
    }
}

fn style(shell: &Shell<'_>) -> Markup {
    html! {
        @if shell.citizen {
            style { (PreEscaped(css::citizen_css())) }
        } @else if let Some(css) = &shell.assets.css {
            link rel="stylesheet" href=(css);
        } @else {
            style { (PreEscaped(css::site_css())) }
        }
    }
}

fn header(place: Place, shell: &Shell<'_>) -> Markup {
    html! {
        header {
            div.site {
                div.wrap.narrow[shell.citizen] {
                    a.brand href=(paths::HOME) { b { (Key::SHARED_PRODUCT_FULL.text()) } " " span { (shell.region) } }
                    @if shell.settings() { (settings::entrance(shell)) }
                }
            }
            @if !shell.citizen { div.places { div.wrap { (nav(place)) } } }
            (demo(shell))
            @if let Some(lapse) = shell.lapse.filter(|_| !shell.citizen) { (lapsed(&lapse)) }
        }
    }
}

/// The banner of a lapsed text. A citizen's page says it in a line at its end, below what they came
/// for.
fn lapsed(lapse: &Lapse<'_>) -> Markup {
    html! {
        div.demo.lapse role="region" aria-label=(Key::PROFILE_TITLE.text()) {
            p.wrap {
                span.mark { (Key::SHARED_LAPSE_MARK.text()) }
                (lapse.fill(Key::SHARED_LAPSE)) " "
                a href=(paths::fill(paths::PROFILE, &lapse.lapsed.id)) rel="external" { (Key::SHARED_LAPSE_LINK.text()) }
            }
        }
    }
}

fn demo(shell: &Shell<'_>) -> Markup {
    let note = if shell.citizen {
        Key::SHARED_DEMO_SHORT
    } else {
        Key::SHARED_DEMO_NOTE
    };
    html! {
        @if shell.demo {
            div.demo { p.wrap.narrow[shell.citizen] { span.mark { (Key::SHARED_DEMO.text()) } (note.text()) " "
                    a href=(paths::TOUR) { (Key::TOUR_LINK.text()) }
                } }
        }
    }
}

fn nav(place: Place) -> Markup {
    let entries = [
        (Place::Figures, paths::HOME, Key::SHARED_NAV_FIGURES),
        (Place::Due, paths::DUE, Key::SHARED_NAV_DUE),
        (Place::Staff, paths::STAFF, Key::SHARED_NAV_STAFF),
    ];
    html! {
        nav aria-label=(Key::SHARED_NAV_LABEL.text()) {
            ul {
                @for (entry, href, text) in entries {
                    li { a href=(href) aria-current=[(entry == place).then_some("page")] { (text.text()) } }
                }
            }
        }
    }
}

fn footer(place: Place, shell: &Shell<'_>) -> Markup {
    html! {
        footer.foot {
            div.wrap.narrow[shell.citizen] {
                @if shell.citizen { (nav(place)) }
                @if shell.settings() { (settings::all(shell)) }
                @if let Some(lapse) = shell.lapse.filter(|_| shell.citizen) {
                    p { (lapse.fill(Key::SHARED_LAPSE_SHORT)) }
                }
                p { (Key::SHARED_FOOTER_PRINCIPLE.text()) }
                p { (Key::SHARED_FOOTER_PRIVACY.text()) }
                @if !shell.citizen {
                    p { a.go href=(paths::PROFILES) rel="external" { (Key::SHARED_FOOTER_PROFILES.text()) } }
                }
            }
        }
    }
}
