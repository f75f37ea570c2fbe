//! The frame of the console, which is an app.

use super::frame::{self, Place, Shell};
use maud::{Markup, html};
use words::Key;

/// The page that the console's app draws into. Without script it says why it stays empty.
pub fn spa_shell(title: &str, shell: &Shell<'_>) -> Markup {
    let main = html! {
        div #app {
            h1 { (title) }
            @if shell.assets.boot.is_some() {
                p.loading data-app-waiting="" { (Key::SHARED_LOADING.text()) }
                p.notice.notice--warning hidden data-app-failed="" { (Key::SHARED_CONSOLE_FAILED.text()) }
            }
        }
        noscript { p.notice.notice--warning { (Key::SHARED_NOSCRIPT.text()) } }
    };
    frame::page(title, Place::Staff, shell, &main)
}
