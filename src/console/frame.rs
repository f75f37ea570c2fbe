//! What stands around every page of the console, and who may see it.

use super::session;
use crate::{
    client::{self, Error},
    common::{
        failed::{self, FailedPage},
        loading::Loading,
        say,
    },
    kit::{
        load::{Load, Loader, send},
        url,
    },
};
use contract::{paths, staff::Me};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};
use words::{Key, family};

/// A page for those who are signed in; others are asked to sign in and brought back.
#[component]
pub fn Guarded(
    /// The page.
    page: fn() -> AnyView,
) -> impl IntoView {
    let session = session();
    let loader = Loader::new(move || {
        let known = session.me_now();
        async move {
            match known {
                Some(me) => Ok(me),
                None => client::session::me().await,
            }
        }
    });
    let ask = ask_to_sign_in();
    Effect::new(move |_| match loader.get() {
        Load::Ready(me) => session.begin(me),
        Load::Failed(error) if error.signed_out() => ask(),
        Load::Failed(_) | Load::Loading => {}
    });
    move || match loader.get() {
        Load::Ready(me) => view! { <Frame me page/> }.into_any(),
        Load::Failed(error) if !error.signed_out() => {
            view! { <FailedPage error retry=move || loader.reload()/> }.into_any()
        }
        Load::Failed(_) | Load::Loading => view! { <Loading/> }.into_any(),
    }
}

/// Leads to the sign-in page and remembers the way back.
pub fn ask_to_sign_in() -> impl Fn() + Clone + 'static {
    let navigate = use_navigate();
    let location = use_location();
    let session = session();
    move || {
        session.end();
        let back = location.pathname.get_untracked();
        let to = format!("{}?next={}", paths::SIGN_IN, url::encode(&back));
        let replace = NavigateOptions {
            replace: true,
            ..NavigateOptions::default()
        };
        navigate(&to, replace);
    }
}

/// Ends the session when an answer says that it has ended.
pub fn watch_for_the_end<T: Clone>(loader: Loader<T, Error>) {
    let ask = ask_to_sign_in();
    Effect::new(move |_| {
        if let Load::Failed(error) = loader.get()
            && error.signed_out()
        {
            ask();
        }
    });
}

#[component]
fn Frame(me: Me, page: fn() -> AnyView) -> impl IntoView {
    view! {
        <div class="stack">
            <div class="bar no-print">
                <nav aria-label=Key::CONSOLE_NAV_LABEL.text()>
                    <ul>
                        <NavLink to=paths::STAFF text=Key::CONSOLE_NAV_WORKLIST/>
                        <NavLink to=paths::STAFF_PLATES text=Key::CONSOLE_NAV_PLATES/>
                        <NavLink to=paths::STAFF_PROFILES text=Key::PROFILE_TITLE/>
                    </ul>
                </nav>
                <Account me/>
            </div>
            {page()}
        </div>
    }
}

#[component]
fn NavLink(to: &'static str, text: Key) -> impl IntoView {
    let path = use_location().pathname;
    let current = move || (path.get() == to).then_some("page");
    view! { <li><a href=to aria-current=current>{text.text()}</a></li> }
}

#[component]
fn Account(me: Me) -> impl IntoView {
    let session = session();
    let navigate = use_navigate();
    let leave = move || {
        session.end();
        let to = format!("{}?out=1", paths::SIGN_IN);
        navigate(&to, NavigateOptions::default());
    };
    let (here, everywhere) = (leave.clone(), leave);
    let sign_out = move |_| {
        let leave = here.clone();
        send(async move {
            // Offline, the cookie stays; the tab forgets who it was all the same.
            drop(client::session::sign_out().await);
            leave();
        });
    };
    let refused = RwSignal::new(None);
    let sign_out_everywhere = move |_| {
        let leave = everywhere.clone();
        send(async move {
            // Whoever lost a phone must not believe that it is shut out when it is not.
            match client::session::sign_out_everywhere().await {
                Ok(()) => leave(),
                Err(error) if error.signed_out() => leave(),
                Err(error) => refused.set(Some(error)),
            }
        });
    };
    view! {
        <p class="small">
            {who(&me)}
            " "
            <button type="button" class="button button--secondary" on:click=sign_out>
                {Key::CONSOLE_SIGN_OUT.text()}
            </button>
            " "
            <button type="button" class="button button--secondary" on:click=sign_out_everywhere>
                {Key::CONSOLE_SIGN_OUT_EVERYWHERE.text()}
            </button>
            <span role="alert" class="error">{move || refused.get().map(|error| failed::sentence(&error))}</span>
        </p>
    }
}

/// Name, role and unit of the signed-in person.
fn who(me: &Me) -> String {
    let name = Key::CONSOLE_SIGNED_IN_AS.fill(&[("name", &me.name)]);
    let role = say::of(family::role, me.role.code());
    match &me.unit {
        Some(unit) => say::noted(&name, &format!("{unit} {role}")),
        None => say::noted(&name, role),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rules::can::Role;

    #[test]
    fn the_account_names_the_unit_where_there_is_one() {
        let mut me = Me {
            id: "p-duan".to_owned(),
            name: "王芳".to_owned(),
            role: Role::Handler,
            unit: Some("公安局".to_owned()),
            demo: true,
        };
        assert!(who(&me).contains("公安局"));
        me.unit = None;
        assert!(who(&me).contains("王芳"));
    }
}
