//! Contact data: revealed on purpose, recorded, and gone when the page is left.

use crate::{
    client,
    common::failed,
    kit::{field::Busy, load::send},
};
use contract::ticket::{Contact, TicketView};
use leptos::prelude::*;
use rules::can::Action;
use words::{Key, family};

/// The contact data of a ticket, behind a button.
#[component]
pub fn ContactData(
    /// The ticket.
    ticket: TicketView,
) -> impl IntoView {
    let blocked = ticket
        .actions
        .iter()
        .find(|view| view.action == Action::RevealContact)
        .and_then(|view| view.reason);
    let body = match blocked {
        Some(reason) => {
            let why = crate::common::say::of(family::reason, reason.code());
            view! { <p class="soft">{why}</p> }.into_any()
        }
        None => view! { <Reveal number=ticket.number/> }.into_any(),
    };
    view! {
        <section class="card stack" aria-labelledby="contact-data">
            <h2 id="contact-data">{Key::CONSOLE_TICKET_CONTACT_TITLE.text()}</h2>
            {body}
        </section>
    }
}

#[component]
fn Reveal(number: String) -> impl IntoView {
    let shown = RwSignal::new(None::<Contact>);
    let error = RwSignal::new(None::<String>);
    let busy = Busy::new();
    let reveal = move |_| {
        if !busy.begin() {
            return;
        }
        let number = number.clone();
        send(async move {
            match client::tickets::contact(&number).await {
                Ok(contact) => drop(shown.try_set(Some(contact))),
                Err(why) => drop(error.try_set(Some(failed::sentence(&why)))),
            }
            busy.end();
        });
    };
    view! {
        <p class="hint" id="reveal-note">{Key::CONSOLE_TICKET_CONTACT_REVEAL_NOTE.text()}</p>
        <p>
            <button type="button" class="button button--secondary" aria-describedby="reveal-note"
                aria-disabled=move || busy.attribute() on:click=reveal>
                {Key::CONSOLE_TICKET_CONTACT_REVEAL.text()}
            </button>
        </p>
        <div role="status">
            {move || shown.get().map(details)}
            {move || error.get().map(|text| view! { <p class="error">{text}</p> })}
        </div>
    }
}

fn details(contact: Contact) -> impl IntoView {
    if contact.name.is_none() && contact.phone.is_none() {
        return view! { <p>{Key::CONSOLE_TICKET_CONTACT_NONE.text()}</p> }.into_any();
    }
    let or_dash =
        |value: Option<String>| value.unwrap_or_else(|| Key::SHARED_DASH.text().to_owned());
    view! {
        <dl class="facts">
            <dt>{Key::CONSOLE_TICKET_CONTACT_NAME.text()}</dt>
            <dd>{or_dash(contact.name)}</dd>
            <dt>{Key::CONSOLE_TICKET_CONTACT_PHONE.text()}</dt>
            <dd class="num">{or_dash(contact.phone)}</dd>
        </dl>
    }
    .into_any()
}
