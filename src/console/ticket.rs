//! One ticket: its facts, its clocks, what happened, and what can be done.

use super::{
    act::{Desk, Notice},
    actions::Actions,
    contact::ContactData,
    facts::Facts,
    frame::watch_for_the_end,
    session,
    timeline::Timeline,
};
use crate::{
    client::{self, Error},
    common::{clock::Clock, failed::FailedPart, loading::Loading},
    kit::{
        load::{Load, Loader},
        page::Heading,
    },
};
use contract::{ProblemKind, ticket::TicketView};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use words::Key;

/// The page.
pub fn ticket() -> AnyView {
    let params = use_params_map();
    let number = Memo::new(move |_| params.with(|params| params.get("number").unwrap_or_default()));
    let loader = Loader::new(move || {
        let number = number.get();
        async move { client::tickets::one(&number).await }
    });
    watch_for_the_end(loader);
    let desk = Desk::new(loader);
    provide_context(desk);
    let title = Signal::derive(move || {
        number.with(|number| Key::CONSOLE_TICKET_TITLE.fill(&[("number", number)]))
    });
    view! {
        <div class="stack">
            <p><a class="go" href=session().list()>{Key::CONSOLE_TICKET_BACK.text()}</a></p>
            <Heading text=title/>
            <Notice desk/>
            <Body loader/>
        </div>
    }
    .into_any()
}

#[component]
fn Body(loader: Loader<TicketView, Error>) -> impl IntoView {
    let state = move || match loader.get() {
        Load::Loading => Some(view! { <Loading/> }.into_any()),
        Load::Failed(error) => Some(unavailable(error, loader)),
        Load::Ready(_) => None,
    };
    // A ticket in another state is drawn anew as a whole, so that no typed text and no open form
    // of one action ends up in the form of another.
    let tickets = move || loader.ready().into_iter().collect::<Vec<_>>();
    view! {
        {state}
        <For each=tickets key=|ticket| (ticket.number.clone(), ticket.seq) let:ticket>
            <Sheet ticket/>
        </For>
    }
}

fn unavailable(error: Error, loader: Loader<TicketView, Error>) -> AnyView {
    if error.kind() == Some(ProblemKind::NotFound) {
        return view! { <p class="notice">{Key::CONSOLE_TICKET_NOT_FOUND.text()}</p> }.into_any();
    }
    view! { <FailedPart error retry=move || loader.reload()/> }.into_any()
}

#[component]
fn Sheet(ticket: TicketView) -> impl IntoView {
    let clocks = ticket
        .dues
        .clone()
        .into_iter()
        .map(|due| view! { <Clock due/> })
        .collect_view();
    view! {
        <div class="console">
            <div class="stack">
                <Facts ticket=ticket.clone()/>
                <Timeline entries=ticket.timeline.clone() labels=ticket.labels/>
            </div>
            <div class="stack">
                <Actions ticket=ticket.clone()/>
                <section class="stack clocks" aria-labelledby="clocks">
                    <h2 id="clocks">{Key::CONSOLE_TICKET_CLOCKS.text()}</h2>
                    {clocks}
                </section>
                <ContactData ticket=ticket.clone()/>
            </div>
        </div>
    }
}
