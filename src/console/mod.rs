//! The console of staff: sign in, worklist, ticket, plates, profiles. One part of the split app.

mod act;
mod actions;
mod contact;
mod controls;
mod facts;
mod frame;
mod outcome;
mod plates;
mod profiles;
mod replace;
mod rows;
mod sign_in;
mod ticket;
mod timeline;
mod worklist;

use crate::{
    common::say,
    kit::{
        page::Heading,
        part::{Missing, Opening},
    },
};
use contract::{ProblemKind, paths, staff::Me};
use leptos::{prelude::*, wasm_split::wasm_split};
use leptos_router::hooks::use_location;
use rules::can::{Action, Actor, On, can};
use words::{Key, family};

/// Who is signed in, as far as this tab knows, and which list they were reading. The server decides
/// anew with every request.
#[derive(Clone, Copy, Default)]
pub struct Session {
    me: RwSignal<Option<Me>>,
    list: RwSignal<Option<String>>,
}

impl Session {
    /// Who is signed in.
    pub fn me_now(self) -> Option<Me> {
        self.me.get_untracked()
    }

    /// Somebody has signed in.
    pub fn begin(self, me: Me) {
        self.me.set(Some(me));
    }

    /// Nobody is signed in any more.
    pub fn end(self) {
        self.me.set(None);
        self.list.set(None);
    }

    /// A worklist is read, with its filter in its address.
    fn reads(self, list: String) {
        self.list.set(Some(list));
    }

    /// The way back to the worklist as it was read last; the whole one where none was.
    fn list(self) -> String {
        let list = self.list.get_untracked();
        list.unwrap_or_else(|| paths::STAFF.to_owned())
    }
}

/// The session of this tab.
fn session() -> Session {
    use_context().unwrap_or_default()
}

/// May whoever is signed in do this, as far as it depends on the role? The server decides anew.
fn may(action: Action) -> bool {
    session().me_now().is_some_and(|me| {
        let actor = Actor::Staff {
            id: String::new(),
            role: me.role,
            unit: String::new(),
            seated: false,
        };
        can(&actor, On::Nothing, action).is_ok()
    })
}

/// Every page of staff.
pub fn console_page() -> Opening {
    Box::pin(draw_console())
}

#[wasm_split(console, wasm_split_path = ::leptos::wasm_split, fallible)]
fn draw_console() -> Result<AnyView, Missing> {
    let path = use_location().pathname.get_untracked();
    Ok(match path.as_str() {
        paths::SIGN_IN => view! { <sign_in::SignInPage/> }.into_any(),
        paths::STAFF => view! { <frame::Guarded page=worklist::worklist/> }.into_any(),
        paths::STAFF_PLATES => view! { <frame::Guarded page=plates::plates/> }.into_any(),
        paths::STAFF_PROFILES => view! { <frame::Guarded page=profiles::profiles/> }.into_any(),
        ticket if ticket.starts_with("/staff/tickets/") => {
            view! { <frame::Guarded page=ticket::ticket/> }.into_any()
        }
        _ => nothing_here(),
    })
}

fn nothing_here() -> AnyView {
    let links = [
        (paths::STAFF, Key::CONSOLE_NAV_WORKLIST),
        (paths::HOME, Key::SHARED_HOME),
        (paths::FIND, Key::FIND_TITLE),
    ]
    .map(|(to, text)| view! { <li><a href=to>{text.text()}</a></li> });
    let code = say::problem_code(ProblemKind::NotFound);
    view! {
        <div class="stack">
            <Heading text=say::of(family::problem, code)/>
            <p>{say::of(family::problem_help, code)}</p>
            <ul class="plain">{links}</ul>
        </div>
    }
    .into_any()
}
