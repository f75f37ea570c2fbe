//! What a ticket is about.

use crate::common::{place, say};
use contract::ticket::TicketView;
use leptos::prelude::*;
use rules::{level::Level, profile::Scope};
use words::{Key, family};

/// The facts of a ticket.
#[component]
pub fn Facts(
    /// The ticket.
    ticket: TicketView,
) -> impl IntoView {
    let item = ticket.place.item.clone().map(|item| {
        view! { <dt>{Key::PLACE_ITEM.text()}</dt><dd>{item}</dd> }
    });
    view! {
        <section class="card stack" aria-labelledby="facts">
            <h2 id="facts">{Key::CONSOLE_TICKET_FACTS.text()}</h2>
            <dl class="facts">
                <dt>{Key::CONSOLE_TICKET_STATE.text()}</dt>
                <dd><span class="badge calm">{say::of(family::state, ticket.state.code())}</span></dd>
                <dt>{Key::CONSOLE_TICKET_LEVEL.text()}</dt>
                <dd>{say::level(ticket.labels, ticket.level)}</dd>
                {scopes(&ticket)}
                <dt>{Key::CONSOLE_TICKET_TAGS.text()}</dt>
                <dd>{tags(&ticket.tags)}</dd>
                <dt>{Key::CONSOLE_TICKET_TEXT.text()}</dt>
                <dd class="quote">
                    {ticket.text.clone().unwrap_or_else(|| Key::CONSOLE_TICKET_NO_TEXT.text().to_owned())}
                </dd>
                <dt>{Key::CONSOLE_TICKET_IDENTITY.text()}</dt>
                <dd>{say::of(family::identity, ticket.identity.code())}</dd>
                <dt>{Key::CONSOLE_TICKET_PLACE.text()}</dt>
                <dd>{place::line(&ticket.place)}</dd>
                <dt>{Key::PLACE_UNIT.text()}</dt>
                <dd>{ticket.place.unit.clone()}</dd>
                {item}
                <dt>{Key::CONSOLE_TICKET_OPENED.text()}</dt>
                <dd>{say::day(&ticket.opened_on)}</dd>
                <dt>{Key::CONSOLE_TICKET_HANDLER.text()}</dt>
                <dd>{handler(&ticket)}</dd>
            </dl>
            {day_only(&ticket)}
        </section>
    }
}

fn handler(ticket: &TicketView) -> String {
    ticket.handler.as_ref().map_or_else(
        || Key::CONSOLE_WORKLIST_NO_HANDLER.text().to_owned(),
        |handler| handler.name.clone(),
    )
}

fn day_only(ticket: &TicketView) -> Option<impl IntoView + use<>> {
    let anonymous = !ticket.identity.is_real_name();
    anonymous.then(|| view! { <p class="hint">{Key::CONSOLE_TICKET_DAY_ONLY.text()}</p> })
}

/// What was rated besides the whole, where anything was.
fn scopes(ticket: &TicketView) -> Vec<impl IntoView + use<>> {
    let labels = ticket.labels;
    let one = |(scope, level): (&Scope, &Level)| {
        view! {
            <dt>{say::of(family::scope, scope.code())}</dt>
            <dd>{say::level(labels, *level)}</dd>
        }
    };
    ticket.scopes.iter().map(one).collect()
}

/// The chosen tags in one line; a disabled code of an earlier catalogue has its words, too.
fn tags(codes: &[u16]) -> String {
    if codes.is_empty() {
        return Key::CONSOLE_TICKET_NO_TAGS.text().to_owned();
    }
    let texts: Vec<&str> = codes
        .iter()
        .map(|code| say::of(family::tag, &code.to_string()))
        .collect();
    texts.join(Key::SHARED_LIST_SEP.text())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_told_in_words_and_their_absence_too() {
        assert!(tags(&[108, 115]).contains(Key::SHARED_LIST_SEP.text()));
        assert_eq!(tags(&[]), Key::CONSOLE_TICKET_NO_TAGS.text());
    }
}
