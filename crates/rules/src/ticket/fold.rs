//! Events to ticket, refusing every order the rules don't allow.

use super::{HandledAs, Recorded, State, Ticket, TicketEvent};
use crate::date::Date;
use crate::rating::Identity;

/// A stream of events that no permitted run of actions can have written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FoldError {
    /// There are no events.
    #[error("the ticket has no events")]
    Empty,
    /// The stream doesn't begin with `opened`.
    #[error("the ticket begins with `{0}`, not `opened`")]
    NotOpened(&'static str),
    /// Only a bad rating opens a ticket.
    #[error("a rating of level {0} opens no ticket")]
    NotBad(u8),
    /// An event is missing or doubled.
    #[error("event {found} follows where {expected} should")]
    Gap {
        /// The seq that should come.
        expected: i64,
        /// The seq that came.
        found: i64,
    },
    /// The event can't happen in this state.
    #[error("event {seq}, `{event}`, can't happen in state `{state}`")]
    NotNow {
        /// Its seq.
        seq: i64,
        /// Its kind.
        event: &'static str,
        /// The state it met.
        state: State,
    },
    /// The rated person, or somebody who served there, was made the handler.
    #[error("event {seq} makes somebody who served there the handler")]
    RatedPersonHandles {
        /// Its seq.
        seq: i64,
    },
}

/// Folds a ticket's events, in order, into what it is now.
///
/// # Errors
/// When the stream is empty, has a gap, or holds an event its state doesn't allow.
pub fn fold(
    unit: &str,
    rated_staff: Option<&str>,
    events: &[Recorded],
) -> Result<Ticket, FoldError> {
    let (first, rest) = events.split_first().ok_or(FoldError::Empty)?;
    rest.iter().try_fold(open(unit, rated_staff, first)?, apply)
}

fn open(unit: &str, rated_staff: Option<&str>, first: &Recorded) -> Result<Ticket, FoldError> {
    let TicketEvent::Opened {
        level,
        identity,
        profile,
        profile_version,
        opened_on,
        served_by,
    } = &first.event
    else {
        return Err(FoldError::NotOpened(first.event.kind()));
    };
    if !level.is_bad() {
        return Err(FoldError::NotBad(level.get()));
    }
    Ok(Ticket {
        unit: unit.to_owned(),
        state: State::ToAssign,
        level: *level,
        identity: *identity,
        profile: profile.clone(),
        profile_version: profile_version.clone(),
        opened_on: *opened_on,
        known_on: *opened_on,
        was_known: identity.is_real_name(),
        handler: None,
        handler_left: false,
        rated_staff: rated_staff.map(str::to_owned),
        served_by: served_by.clone().unwrap_or_default(),
        contacted_on: None,
        first_contact: None,
        contact_attempts: 0,
        contact_outcome: None,
        reached_on: None,
        handled_on: None,
        handled_as: None,
        answered_on: None,
        revisited_on: None,
        revisit_outcome: None,
        closed_on: None,
        last_seq: first.seq,
    })
}

fn apply(mut ticket: Ticket, recorded: &Recorded) -> Result<Ticket, FoldError> {
    let Recorded { seq, on, event, .. } = recorded;
    let expected = ticket.last_seq.saturating_add(1);
    if *seq != expected {
        return Err(FoldError::Gap {
            expected,
            found: *seq,
        });
    }
    let not_now = FoldError::NotNow {
        seq: *seq,
        event: event.kind(),
        state: ticket.state,
    };
    let Some(next) = next_state(&ticket, event) else {
        return Err(not_now);
    };
    match event {
        TicketEvent::Opened { .. } => return Err(not_now),
        TicketEvent::Amended { level } => ticket.level = *level,
        TicketEvent::Identified { identity } => {
            if ticket.is_anonymous() && identity.is_real_name() {
                ticket.known_on = *on;
            }
            ticket.identity = *identity;
            ticket.was_known |= identity.is_real_name();
        }
        TicketEvent::Assigned { handler } => {
            if ticket.is_about(handler) {
                return Err(FoldError::RatedPersonHandles { seq: *seq });
            }
            ticket.handler = Some(handler.clone());
        }
        TicketEvent::Contacted { outcome } => {
            ticket.contacted_on = ticket.contacted_on.or(Some(*on));
            ticket.first_contact = ticket.first_contact.or(Some(*outcome));
            ticket.contact_attempts = ticket.contact_attempts.saturating_add(1);
            ticket.contact_outcome = Some(*outcome);
            note_reached(&mut ticket, outcome.is_reached(), *on);
        }
        TicketEvent::Rectified => {
            (ticket.handled_on, ticket.handled_as) = (Some(*on), Some(HandledAs::Rectified))
        }
        TicketEvent::Explained => {
            (ticket.handled_on, ticket.handled_as) = (Some(*on), Some(HandledAs::Explained))
        }
        TicketEvent::Answered => ticket.answered_on = Some(*on),
        TicketEvent::Revisited { outcome } => {
            ticket.revisited_on = ticket.revisited_on.or(Some(*on));
            ticket.revisit_outcome = Some(*outcome);
            note_reached(&mut ticket, outcome.is_reached(), *on);
        }
        TicketEvent::Closed => ticket.closed_on = Some(*on),
    }
    ticket.state = next;
    ticket.last_seq = *seq;
    Ok(ticket)
}

fn note_reached(ticket: &mut Ticket, reached: bool, on: Date) {
    if reached {
        ticket.reached_on = ticket.reached_on.or(Some(on));
    }
}

/// The state after an event, or `None` where it can't happen. [`crate::can`] asks the same.
pub(crate) fn next_state(ticket: &Ticket, event: &TicketEvent) -> Option<State> {
    let anonymous = ticket.is_anonymous();
    match (event, ticket.state) {
        (TicketEvent::Amended { .. }, state) => Some(state),
        (TicketEvent::Identified { identity }, _) => Some(ticket.state_known_as(*identity)),
        (TicketEvent::Assigned { .. }, State::ToAssign) if anonymous => Some(State::Verifying),
        (TicketEvent::Assigned { .. }, State::ToAssign) => Some(State::ToContact),
        // Later, where the handler is no longer there.
        (
            TicketEvent::Assigned { .. },
            state @ (State::ToContact
            | State::Verifying
            | State::ToAnswer
            | State::ToRevisit
            | State::ToClose),
        ) => Some(state),
        (TicketEvent::Contacted { .. }, _) if anonymous && !ticket.was_known => None,
        (TicketEvent::Contacted { .. }, State::ToContact) => Some(State::Verifying),
        // Who wasn't reached may be tried again while the matter is verified.
        (TicketEvent::Contacted { .. }, State::Verifying) if !ticket.contact_settled() => {
            Some(State::Verifying)
        }
        (TicketEvent::Rectified | TicketEvent::Explained, State::Verifying) => {
            Some(State::ToAnswer)
        }
        (TicketEvent::Answered, State::ToAnswer) if anonymous => Some(State::ToClose),
        (TicketEvent::Answered, State::ToAnswer) => Some(State::ToRevisit),
        (TicketEvent::Revisited { .. }, State::ToRevisit) => Some(State::ToClose),
        (TicketEvent::Revisited { .. }, State::ToClose) if !ticket.revisit_settled() => {
            Some(State::ToClose)
        }
        // The rater was asked, and took the name back before it was noted.
        (TicketEvent::Revisited { .. }, State::ToClose)
            if anonymous && ticket.was_known && ticket.revisited_on.is_none() =>
        {
            Some(State::ToClose)
        }
        (TicketEvent::Closed, State::ToClose) => Some(State::Closed),
        _ => None,
    }
}

impl Ticket {
    /// Where it stands when the rater is known like this: nobody waits for a talk with a person who is
    /// not known, and one who is now known is still to be talked with. A closed one stays closed.
    fn state_known_as(&self, identity: Identity) -> State {
        match (identity.is_real_name(), self.state) {
            (false, State::ToContact) => State::Verifying,
            (false, State::ToRevisit) => State::ToClose,
            (true, State::Verifying) if self.contacted_on.is_none() => State::ToContact,
            (true, State::ToClose) if self.revisited_on.is_none() => State::ToRevisit,
            (_, state) => state,
        }
    }

    /// Another attempt to contact would only disturb the rater.
    pub(crate) fn contact_settled(&self) -> bool {
        use super::ContactOutcome::{Reached, Refused};
        matches!(self.contact_outcome, Some(Reached | Refused))
    }

    /// Another revisit would only disturb the rater, or there is nobody to ask.
    pub(crate) fn revisit_settled(&self) -> bool {
        self.is_anonymous()
            || self
                .revisit_outcome
                .is_some_and(|o| o != super::RevisitOutcome::NoAnswer)
    }
}
