//! The clocks of a ticket. The stored due date is a cache of what is computed here.

use super::{State, Ticket};
use crate::calendar::Calendar;
use crate::date::{Date, serde_iso};
use crate::deadline::{self, Due};
use crate::profile::{Clock, Profile};
use serde::{Deserialize, Serialize};

/// Code: the rater is anonymous, so nobody can be contacted.
pub const NOT_POSSIBLE_ANONYMOUS: &str = "anonymous_rater";
/// Code: the profile gives no term; its parameter says why.
pub const NO_TERM: &str = "no_term";

/// One clock of a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockState {
    /// Which.
    pub clock: Clock,
    /// When the duty is due, and why then.
    pub due: Option<Due>,
    /// When it was met.
    #[serde(with = "serde_iso::option")]
    pub done_on: Option<Date>,
    /// Where there is no due date: a code.
    pub reason_none: Option<String>,
}

impl ClockState {
    /// Does the duty still wait, with a date?
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.done_on.is_none() && self.due.is_some()
    }

    /// Was it met by its due day? `None` while open or without a due date.
    #[must_use]
    pub fn in_time(&self) -> Option<bool> {
        Some(self.done_on? <= self.due.as_ref()?.due)
    }
}

/// The clocks every bad rating starts, from the day it was accepted; that of the contact from the
/// day on which there was somebody to contact.
#[must_use]
pub fn clocks(ticket: &Ticket, profile: &Profile, calendar: &Calendar) -> Vec<ClockState> {
    let state = |clock: Clock, from: Date, done_on: Option<Date>| {
        let impossible = clock == Clock::Contact && ticket.is_anonymous();
        let term = profile.clock(clock).value.filter(|_| !impossible);
        let due = term.and_then(|term| deadline::due(term, calendar, from));
        let reason = if impossible {
            NOT_POSSIBLE_ANONYMOUS
        } else {
            NO_TERM
        };
        let reason_none = due.is_none().then(|| reason.to_owned());
        ClockState {
            clock,
            due,
            done_on,
            reason_none,
        }
    };
    vec![
        state(Clock::Contact, ticket.known_on, ticket.contacted_on),
        state(Clock::Reply, ticket.opened_on, ticket.answered_on),
        state(Clock::Rectify, ticket.opened_on, ticket.handled_on),
    ]
}

/// The earliest due day of the clocks still open; a worklist sorts by it.
#[must_use]
pub fn due(ticket: &Ticket, profile: &Profile, calendar: &Calendar) -> Option<Date> {
    if ticket.state == State::Closed {
        return None;
    }
    let clocks = clocks(ticket, profile, calendar);
    clocks
        .into_iter()
        .filter(ClockState::is_open)
        .filter_map(|clock| clock.due)
        .map(|due| due.due)
        .min()
}
