//! Language and display: controls on every page, which work without script.

use super::frame::{self, Place, Shell, Theme};
use contract::{paths, preferences::field};
use maud::{Markup, html};
use words::{Key, Language};

/// The id of the section in the footer that the header leads to.
const SECTION: &str = "settings";

/// On the first screen of every page: into and out of the elder mode, and the way to the rest.
pub fn entrance(shell: &Shell<'_>) -> Markup {
    html! {
        form.settings.quick.no-print method="post" action=(paths::PREFERENCES) {
            (back(shell))
            (toggle(field::ELDER, Key::SETTINGS_ELDER, shell.modes.elder))
            a href={"#" (SECTION)} { (Key::SETTINGS_OPEN.text()) }
        }
    }
}

/// Everything that can be chosen.
pub fn all(shell: &Shell<'_>) -> Markup {
    html! {
        form id=(SECTION) .settings.no-print method="post" action=(paths::PREFERENCES) tabindex="-1"
            aria-label=(Key::SETTINGS_TITLE.text()) {
            (back(shell))
            (group(Key::SETTINGS_LANGUAGE, &html! {
                @for language in Language::ALL { (choose(shell, language)) }
            }))
            (group(Key::SETTINGS_DISPLAY, &html! {
                (toggle(field::ELDER, Key::SETTINGS_ELDER, shell.modes.elder))
                (toggle(field::CONTRAST, Key::SETTINGS_CONTRAST, shell.modes.contrast))
            }))
            (group(Key::SETTINGS_THEME, &html! {
                @for one in Theme::ALL { (theme(shell, one)) }
            }))
            p.hint { (Key::SETTINGS_NOTE.text()) }
        }
    }
}

/// An address named a language that we do not speak. Goes out with 400.
pub fn unknown_language(links: &[(Language, String)], shell: &Shell<'_>) -> Markup {
    let main = html! {
        div.stack {
            h1 { (Key::SETTINGS_BAD_TITLE.text()) }
            p { (Key::SETTINGS_BAD_BODY.text()) }
            ul.plain {
                @for (language, address) in links {
                    li { a href=(address) hreflang=(language.tag()) lang=(language.tag()) { (language.name()) } }
                }
            }
        }
    };
    frame::page(
        Key::SETTINGS_BAD_TITLE.text(),
        Place::Elsewhere,
        shell,
        &main,
    )
}

fn back(shell: &Shell<'_>) -> Markup {
    html! { input type="hidden" name=(field::BACK) value=(shell.back); }
}

fn group(name: Key, buttons: &Markup) -> Markup {
    html! {
        fieldset.choices {
            legend { (name.text()) }
            (buttons)
        }
    }
}

fn choose(shell: &Shell<'_>, language: Language) -> Markup {
    let current = language == shell.language;
    html! {
        button.tool name=(field::LANGUAGE) value=(language.tag()) lang=(language.tag())
            aria-pressed=(current) { (language.name()) }
    }
}

/// A button that switches something on or off.
fn toggle(name: &str, text: Key, on: bool) -> Markup {
    let next = if on { field::OFF } else { field::ON };
    html! { button.tool name=(name) value=(next) aria-pressed=(on) { (text.text()) } }
}

fn theme(shell: &Shell<'_>, theme: Theme) -> Markup {
    let text = match theme {
        Theme::Auto => Key::SETTINGS_THEME_AUTO,
        Theme::Light => Key::SETTINGS_THEME_LIGHT,
        Theme::Dark => Key::SETTINGS_THEME_DARK,
    };
    html! {
        button.tool name=(field::THEME) value=(theme.code()) aria-pressed=(theme == shell.modes.theme) {
            (text.text())
        }
    }
}
