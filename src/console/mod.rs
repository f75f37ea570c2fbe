//! The console of staff: sign in, worklist, ticket, plates. One part of the split app.

mod act;
mod actions;
mod contact;
mod controls;
mod facts;
mod frame;
mod plates;
mod rows;
mod sign_in;
mod ticket;
mod timeline;
mod worklist;

use contract::{paths, staff::Me};
use leptos::prelude::*;
use leptos_router::{LazyRoute, hooks::use_location, lazy_route};

/// Who is signed in, as far as this tab knows. The server decides anew with every request.
#[derive(Clone, Copy, Default)]
pub struct Session(RwSignal<Option<Me>>);

impl Session {
    /// Who is signed in.
    pub fn me_now(self) -> Option<Me> {
        self.0.get_untracked()
    }

    /// Somebody has signed in.
    pub fn begin(self, me: Me) {
        self.0.set(Some(me));
    }

    /// Nobody is signed in any more.
    pub fn end(self) {
        self.0.set(None);
    }
}

/// The session of this tab.
fn session() -> Session {
    use_context().unwrap_or_default()
}

/// Every page of staff.
pub struct ConsoleRoute;

#[lazy_route]
impl LazyRoute for ConsoleRoute {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        match use_location().pathname.get_untracked().as_str() {
            paths::SIGN_IN => view! { <sign_in::SignInPage/> }.into_any(),
            paths::STAFF => view! { <frame::Guarded page=worklist::worklist/> }.into_any(),
            paths::STAFF_PLATES => view! { <frame::Guarded page=plates::plates/> }.into_any(),
            _ => view! { <frame::Guarded page=ticket::ticket/> }.into_any(),
        }
    }
}
