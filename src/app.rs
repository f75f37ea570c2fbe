//! The app: what every page shares, and the routes.

use crate::{
    client,
    console::{Session, console_page},
    disclosure,
    kit::{
        dom, draft, links, live,
        load::send,
        modes,
        page::{self, Navigation},
        panic,
        part::Page,
        served,
    },
    rate::{self, HandedOver},
};
use contract::paths;
use leptos::{mount::mount_to, prelude::*};
use leptos_router::{
    components::{FlatRoutes, Route, Router},
    hooks::use_location,
    path,
};
use words::Language;

/// Starts the app on the page that the server sent. A page that is only the server's (a problem, the
/// window search, a plate's sheet) is left alone.
pub fn start() {
    panic::install();
    live::install();
    modes::install();
    // The texts come first: what is drawn keeps the language in which it was drawn.
    let root = document().document_element();
    match root.and_then(|root| root.get_attribute("data-words")) {
        Some(address) => send(async move {
            learn(&address).await;
            open();
        }),
        None => open(),
    }
}

/// Shows the page in the app, if it has one for it.
fn open() {
    let path = window().location().pathname().unwrap_or_default();
    let routed = routed(&path);
    if !routed(&path) {
        return;
    }
    links::install(routed);
    if let Some(host) = served::host() {
        mount_to(host, App).forget();
        draft::restore();
        draft::keep_when_left();
    }
}

/// Learns the page's language. Without its texts the app speaks that of the source, and says so.
async fn learn(address: &str) {
    let root = document().document_element();
    let language = root
        .and_then(|root| root.get_attribute("lang"))
        .and_then(|tag| Language::of_tag(&tag));
    let learnt = match (language, client::preferences::texts(address).await) {
        (Some(language), Ok(read)) => words::learn(language, &read.shape, read.texts),
        _ => false,
    };
    if learnt {
        return;
    }
    if let Some(notice) = dom::by_id("words-missing") {
        dom::toggle(&notice, "hidden", false);
    }
    if let Some(main) = dom::by_id("main") {
        served::speak_source(&main);
    }
}

/// Which pages this document can show. A citizen's page carries only its own style, and the others
/// are without it; so a visit stays among pages of its kind, and the server sends those of the other.
fn routed(path: &str) -> links::Routed {
    let citizen = served::is_narrow().unwrap_or_else(|| citizens(path));
    if citizen { citizens } else { others }
}

fn citizens(path: &str) -> bool {
    ["/r/", "/s/", "/receipt/", "/f/"]
        .iter()
        .any(|start| path.starts_with(start))
}

fn others(path: &str) -> bool {
    [paths::HOME, paths::DUE, paths::STAFF].contains(&path) || path.starts_with("/staff/")
}

#[component]
fn App() -> impl IntoView {
    let first = window().location().pathname().unwrap_or_default();
    provide_context(Navigation::from(&first, &document().title()));
    provide_context(HandedOver::default());
    provide_context(Session::default());
    view! {
        <Router>
            <FlatRoutes fallback=Elsewhere>
                <Route path=path!("/r/:plate") view=Page(rate::rate_page)/>
                <Route path=path!("/s/:code") view=Page(rate::rate_page)/>
                <Route path=path!("/receipt/:code") view=Page(rate::receipt_page)/>
                <Route path=path!("/f/:code") view=Page(rate::follow_page)/>
                <Route path=path!("/") view=Page(disclosure::figures_page)/>
                <Route path=path!("/due") view=Page(disclosure::due_page)/>
                <Route path=path!("/staff/tickets/:number") view=Page(console_page)/>
                <Route path=path!("/staff/sign-in") view=Page(console_page)/>
                <Route path=path!("/staff/plates") view=Page(console_page)/>
                <Route path=path!("/staff") view=Page(console_page)/>
                <Route path=path!("/staff/*any") view=Page(console_page)/>
            </FlatRoutes>
        </Router>
    }
}

/// A page that only the server has.
#[component]
fn Elsewhere() -> impl IntoView {
    let location = use_location();
    if page::moved() {
        let query = location.search.get_untracked();
        let mark = if query.is_empty() { "" } else { "?" };
        let path = location.pathname.get_untracked();
        links::leave(&format!("{path}{mark}{query}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_of_one_kind_only_and_those_of_the_server_of_none() {
        for path in ["/r/x", "/s/x", "/receipt/x", "/f/x"] {
            assert!(citizens(path) && !others(path), "{path}");
        }
        for path in ["/", "/due", "/staff", "/staff/tickets/G1", "/staff/sign-in"] {
            assert!(others(path) && !citizens(path), "{path}");
        }
        for path in [
            "/find",
            "/plates/x",
            "/follow",
            "/profiles",
            "/profiles/jilin",
            "/profiles/compare",
            "/healthz",
        ] {
            assert!(!others(path) && !citizens(path), "{path}");
        }
    }
}
