//! The app: what every page shares, and the routes.

use crate::{
    console::{ConsoleRoute, Session},
    disclosure::{DueRoute, FiguresRoute},
    kit::{links, live, page::Navigation, panic, served},
    rate::{FollowPage, HandedOver, RatePage, ReceiptPage},
};
use leptos::{mount::mount_to, prelude::*};
use leptos_router::{
    Lazy,
    components::{FlatRoutes, Route, Router},
    hooks::use_location,
    path,
};

/// Starts the app on the page that the server sent.
pub fn start() {
    panic::install();
    live::install();
    links::install();
    // Without a main element there is no page of ours, and nothing to do.
    if let Some(host) = served::host() {
        mount_to(host, App).forget();
    }
}

#[component]
fn App() -> impl IntoView {
    let first = window().location().pathname().unwrap_or_default();
    provide_context(Navigation::from(&first));
    provide_context(HandedOver::default());
    provide_context(Session::default());
    view! {
        <Router>
            <FlatRoutes fallback=Elsewhere>
                <Route path=path!("/r/:plate") view=RatePage/>
                <Route path=path!("/s/:code") view=RatePage/>
                <Route path=path!("/receipt/:code") view=ReceiptPage/>
                <Route path=path!("/f/:code") view=FollowPage/>
                <Route path=path!("/") view={Lazy::<FiguresRoute>::new()}/>
                <Route path=path!("/due") view={Lazy::<DueRoute>::new()}/>
                <Route path=path!("/staff") view={Lazy::<ConsoleRoute>::new()}/>
                <Route path=path!("/staff/sign-in") view={Lazy::<ConsoleRoute>::new()}/>
                <Route path=path!("/staff/plates") view={Lazy::<ConsoleRoute>::new()}/>
                <Route path=path!("/staff/tickets/:number") view={Lazy::<ConsoleRoute>::new()}/>
            </FlatRoutes>
        </Router>
    }
}

/// A page that only the server has: the one it sent stays; any other is fetched from it.
#[component]
fn Elsewhere() -> impl IntoView {
    let location = use_location();
    let navigation = use_context::<Navigation>();
    let here = place(&location.pathname.get_untracked(), &location.search.get_untracked());
    let here = StoredValue::new(here);
    Effect::new(move |_| {
        let path = location.pathname.get();
        let to = place(&path, &location.search.get());
        if let Some(navigation) = &navigation {
            navigation.at(&path);
            if navigation.moved() || here.with_value(|here| *here != to) {
                links::leave(&to);
            }
        }
    });
}

fn place(path: &str, search: &str) -> String {
    if search.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{search}")
    }
}
