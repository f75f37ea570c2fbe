//! Tickets of bad ratings.

use super::{Error, get, post, with_query};
use contract::{
    paths,
    ticket::{Contact, TicketAct, TicketView, Worklist},
};

/// Which tickets the worklist shows; it is the query of the page, too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// A state's code; empty for every open one.
    pub state: String,
    /// Only those handled by the signed-in person.
    pub mine: bool,
}

/// A page of the worklist; `after` is the `next` of the page before.
pub async fn list(filter: &Filter, after: &str) -> Result<Worklist, Error> {
    let mine = if filter.mine { "1" } else { "" };
    let query = [
        ("state", filter.state.as_str()),
        ("mine", mine),
        ("after", after),
    ];
    get(&with_query(paths::API_TICKETS, &query)).await
}

/// One ticket.
pub async fn one(number: &str) -> Result<TicketView, Error> {
    get(&paths::fill(paths::API_TICKET, number)).await
}

/// Does something with a ticket, and brings it back as it is then.
pub async fn act(number: &str, act: &TicketAct) -> Result<TicketView, Error> {
    post(&paths::fill(paths::API_TICKET_ACTIONS, number), act, None).await
}

/// Reveals the contact data of a ticket; that is recorded.
pub async fn contact(number: &str) -> Result<Contact, Error> {
    let nothing = serde_json::Map::new();
    post(
        &paths::fill(paths::API_TICKET_CONTACT, number),
        &nothing,
        None,
    )
    .await
}
