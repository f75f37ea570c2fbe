//! The ticket of a bad rating (差评工单): a fold over its events.
//!
//! 谁办理、谁负责 (国办发〔2019〕51号, 用好评价结果(一)): contact, verify, rectify or explain,
//! answer, revisit, close. State, clocks and permitted actions all come from the events.

mod clocks;
mod fold;

pub use clocks::{ClockState, Met, NoDue, clocks, due};
pub use fold::{FoldError, fold};

use crate::codes::codes;
use crate::date::{Date, serde_iso};
use crate::level::Level;
use crate::rating::Identity;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

codes! {
    /// How an attempt to contact the rater ended.
    pub enum ContactOutcome {
        /// The rater was reached.
        Reached = "reached",
        /// No answer.
        NoAnswer = "no_answer",
        /// 号码错误.
        WrongNumber = "wrong_number",
        /// 拒访.
        Refused = "refused",
    }
}

codes! {
    /// How a revisit (回访) ended.
    pub enum RevisitOutcome {
        /// The rater is satisfied with the rectification.
        Satisfied = "satisfied",
        /// The rater isn't.
        NotSatisfied = "not_satisfied",
        /// No answer.
        NoAnswer = "no_answer",
        /// 拒访.
        Refused = "refused",
    }
}

impl ContactOutcome {
    /// Was the rater spoken with? Who refused was not (domain 5.2: no success).
    #[must_use]
    pub const fn is_reached(self) -> bool {
        matches!(self, ContactOutcome::Reached)
    }
}

impl RevisitOutcome {
    /// Was the rater spoken with? Who refused was not (domain 5.2: no success).
    #[must_use]
    pub const fn is_reached(self) -> bool {
        matches!(
            self,
            RevisitOutcome::Satisfied | RevisitOutcome::NotSatisfied
        )
    }
}

codes! {
    /// How the problem was handled.
    pub enum HandledAs {
        /// 已整改.
        Rectified = "rectified",
        /// 已解释: no statutory basis for the demand.
        Explained = "explained",
    }
}

/// What happened to a ticket: codes and ids only, never text or contact data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TicketEvent {
    /// A bad rating was accepted.
    Opened {
        /// Its level, 1 or 2.
        level: Level,
        /// How the rater is known.
        identity: Identity,
        /// The profile in force at the moment of service.
        profile: String,
        /// Its version.
        profile_version: String,
        /// The day every clock starts from.
        #[serde(with = "serde_iso")]
        opened_on: Date,
        /// Staff who served there, by seat or as the event names them: they are kept from the ticket.
        /// Not noted by tickets that are older than this rule.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        served_by: Option<BTreeSet<String>>,
    },
    /// The rater changed the level within the edit window. The ticket stays, also where the new
    /// level is good: only who verifies can tell a mistake from a favour asked for.
    Amended {
        /// The level as it is now.
        level: Level,
    },
    /// The rater took the name back, or gave one, within the edit window. What can only be done with a
    /// rater who is known becomes a duty, or stops being one.
    Identified {
        /// How the rater is known now.
        identity: Identity,
    },
    /// A handler was named; again for a change of handler.
    Assigned {
        /// Staff id.
        handler: String,
    },
    /// An attempt to contact the rater.
    Contacted {
        /// How it ended.
        outcome: ContactOutcome,
    },
    /// 已整改.
    Rectified,
    /// 已解释.
    Explained,
    /// The rater was told what came of it.
    Answered,
    /// The rater was asked whether it is put right.
    Revisited {
        /// How it ended.
        outcome: RevisitOutcome,
    },
    /// 办结.
    Closed,
}

impl TicketEvent {
    /// The code of its kind, the same as in JSON.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            TicketEvent::Opened { .. } => "opened",
            TicketEvent::Amended { .. } => "amended",
            TicketEvent::Identified { .. } => "identified",
            TicketEvent::Assigned { .. } => "assigned",
            TicketEvent::Contacted { .. } => "contacted",
            TicketEvent::Rectified => "rectified",
            TicketEvent::Explained => "explained",
            TicketEvent::Answered => "answered",
            TicketEvent::Revisited { .. } => "revisited",
            TicketEvent::Closed => "closed",
        }
    }
}

impl TicketEvent {
    /// Did the rater do it, by a change of the rating? It answers to nothing that staff did, and what
    /// they were about to do stays right.
    #[must_use]
    pub const fn is_raters(&self) -> bool {
        match self {
            TicketEvent::Opened { .. }
            | TicketEvent::Amended { .. }
            | TicketEvent::Identified { .. } => true,
            TicketEvent::Assigned { .. }
            | TicketEvent::Contacted { .. }
            | TicketEvent::Rectified
            | TicketEvent::Explained
            | TicketEvent::Answered
            | TicketEvent::Revisited { .. }
            | TicketEvent::Closed => false,
        }
    }

    /// The code of how a talk with the rater ended; none where nobody was to talk.
    #[must_use]
    pub const fn talk(&self) -> Option<&'static str> {
        match self {
            TicketEvent::Contacted { outcome } => Some(outcome.code()),
            TicketEvent::Revisited { outcome } => Some(outcome.code()),
            _ => None,
        }
    }
}

/// An event as the store gives it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// Its place in the ticket's stream.
    pub seq: i64,
    /// The day it was recorded.
    #[serde(with = "serde_iso")]
    pub on: Date,
    /// Who did it: a staff id or `system`.
    pub actor: String,
    /// What happened.
    pub event: TicketEvent,
}

codes! {
    /// What a ticket waits for.
    pub enum State {
        /// 待分派.
        ToAssign = "to_assign",
        /// 待首次联系.
        ToContact = "to_contact",
        /// 核实中.
        Verifying = "verifying",
        /// 待反馈.
        ToAnswer = "to_answer",
        /// 待回访.
        ToRevisit = "to_revisit",
        /// 待办结.
        ToClose = "to_close",
        /// 已办结.
        Closed = "closed",
    }
}

/// A ticket as its events leave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// The handling unit.
    pub unit: String,
    /// What it waits for.
    pub state: State,
    /// The level of the rating as it is now; good where the rater has changed it since.
    pub level: Level,
    /// How the rater is known now.
    pub identity: Identity,
    /// The profile it runs under, bound at the moment of service.
    pub profile: String,
    /// Its version.
    pub profile_version: String,
    /// The day every clock starts from.
    #[serde(with = "serde_iso")]
    pub opened_on: Date,
    /// The day from which the rater could be contacted: of the opening, or later where an anonymous
    /// rater gave a name.
    #[serde(with = "serde_iso")]
    pub known_on: Date,
    /// The rater is known, or was at some time: who was called or asked before taking the name back was
    /// spoken with all the same.
    pub was_known: bool,
    /// Who handles it.
    pub handler: Option<String>,
    /// Whoever handles it is no longer there, so that somebody else has to be named. No event says so: it
    /// is for whoever knows the staff to set.
    pub handler_left: bool,
    /// Who was rated, where that is one person; never the handler.
    pub rated_staff: Option<String>,
    /// Staff who served where it was rated. Whoever sits there with the rated person, or in that
    /// person's place, could learn what this citizen pressed, and none of them is the handler.
    pub served_by: BTreeSet<String>,
    /// First attempt to contact.
    #[serde(with = "serde_iso::option")]
    pub contacted_on: Option<Date>,
    /// How the first attempt ended.
    pub first_contact: Option<ContactOutcome>,
    /// How many attempts.
    pub contact_attempts: u32,
    /// How the latest attempt ended.
    pub contact_outcome: Option<ContactOutcome>,
    /// The rater was first spoken with on, at a contact or a revisit.
    #[serde(with = "serde_iso::option")]
    pub reached_on: Option<Date>,
    /// Rectified or explained on.
    #[serde(with = "serde_iso::option")]
    pub handled_on: Option<Date>,
    /// Which of the two.
    pub handled_as: Option<HandledAs>,
    /// Answered on.
    #[serde(with = "serde_iso::option")]
    pub answered_on: Option<Date>,
    /// First revisit.
    #[serde(with = "serde_iso::option")]
    pub revisited_on: Option<Date>,
    /// How the latest revisit ended.
    pub revisit_outcome: Option<RevisitOutcome>,
    /// Closed on.
    #[serde(with = "serde_iso::option")]
    pub closed_on: Option<Date>,
    /// The seq of the last event folded; an append states the next one.
    pub last_seq: i64,
}

impl Ticket {
    /// Is this member of staff the rated person, or one of those who served there?
    #[must_use]
    pub fn is_about(&self, staff: &str) -> bool {
        self.rated_staff.as_deref() == Some(staff) || self.served_by.contains(staff)
    }

    /// Nobody can call back who left no contact (design: revisit duties cover real names only).
    #[must_use]
    pub const fn is_anonymous(&self) -> bool {
        !self.identity.is_real_name()
    }
}
