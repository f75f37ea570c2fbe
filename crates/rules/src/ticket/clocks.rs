//! The clocks of a ticket. The stored due date is a cache of what is computed here.

use super::{ContactOutcome, HandledAs, State, Ticket};
use crate::calendar::Calendar;
use crate::codes::codes;
use crate::date::{Date, serde_iso};
use crate::deadline::{self, Due};
use crate::profile::{Clock, Profile};
use serde::{Deserialize, Serialize};

codes! {
    /// Why a clock has no due date.
    pub enum NoDue {
        /// The rater is anonymous, so nobody can be contacted.
        AnonymousRater = "anonymous_rater",
        /// The profile gives no term; its parameter says why.
        NoTerm = "no_term",
    }
}

codes! {
    /// What met the duty of a clock. An attempt to contact meets it whatever came of it, and so does an
    /// explanation: who reads that it was met reads how.
    pub enum Met {
        /// The rater was contacted and reached.
        Reached = "reached",
        /// The rater was called; nobody answered.
        NoAnswer = "no_answer",
        /// The rater was called; the number was wrong.
        WrongNumber = "wrong_number",
        /// The rater was called and did not want to talk.
        Refused = "refused",
        /// 已答复.
        Answered = "answered",
        /// 已整改.
        Rectified = "rectified",
        /// 已解释说明.
        Explained = "explained",
    }
}

impl From<ContactOutcome> for Met {
    fn from(outcome: ContactOutcome) -> Self {
        match outcome {
            ContactOutcome::Reached => Met::Reached,
            ContactOutcome::NoAnswer => Met::NoAnswer,
            ContactOutcome::WrongNumber => Met::WrongNumber,
            ContactOutcome::Refused => Met::Refused,
        }
    }
}

impl From<HandledAs> for Met {
    fn from(handled: HandledAs) -> Self {
        match handled {
            HandledAs::Rectified => Met::Rectified,
            HandledAs::Explained => Met::Explained,
        }
    }
}

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
    /// How it was met.
    pub done_as: Option<Met>,
    /// Why there is no due date, where there is none.
    pub reason_none: Option<NoDue>,
}

impl ClockState {
    /// Does the duty still wait, with a date?
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.done_on.is_none() && self.due.is_some()
    }

    /// Has its due day passed while the duty still waits? In a closed ticket nothing waits.
    #[must_use]
    pub fn is_overdue(&self, ticket: &Ticket, today: Date) -> bool {
        let passed = self.due.as_ref().is_some_and(|due| due.due < today);
        ticket.state != State::Closed && self.is_open() && passed
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
            NoDue::AnonymousRater
        } else {
            NoDue::NoTerm
        };
        let reason_none = due.is_none().then_some(reason);
        ClockState {
            clock,
            due,
            done_on,
            done_as: met(ticket, clock),
            reason_none,
        }
    };
    vec![
        state(Clock::Contact, ticket.known_on, ticket.contacted_on),
        state(Clock::Reply, ticket.opened_on, ticket.answered_on),
        state(Clock::Rectify, ticket.opened_on, ticket.handled_on),
    ]
}

/// How the duty of a clock was met; of the contact, how the first attempt ended.
fn met(ticket: &Ticket, clock: Clock) -> Option<Met> {
    match clock {
        Clock::Contact => ticket.first_contact.map(Met::from),
        Clock::Reply => ticket.answered_on.map(|_| Met::Answered),
        Clock::Rectify | Clock::RectifyComplex => ticket.handled_as.map(Met::from),
        Clock::DefaultRating => None,
    }
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
