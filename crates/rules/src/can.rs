//! The one permission function: who may do what to what, and if not, why not.
//!
//! The server enforces it, the API lists its answers, the console shows exactly those.

use crate::codes::codes;
use crate::ticket::{RevisitOutcome, State, Ticket};
use serde::{Deserialize, Serialize};

codes! {
    /// The roles of staff.
    pub enum Role {
        /// Works the tickets of a unit (经办).
        Handler = "handler",
        /// 政务服务管理机构.
        Authority = "authority",
    }
}

impl Role {
    /// Does somebody of this role serve at windows, and can be rated there?
    #[must_use]
    pub const fn serves(self) -> bool {
        match self {
            Role::Handler => true,
            Role::Authority => false,
        }
    }
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Actor {
    /// Not signed in: a citizen, the public.
    Anyone,
    /// A business system or device with a key.
    Connector {
        /// The unit whose events it may push.
        unit: String,
    },
    /// A person signed in.
    Staff {
        /// Staff id.
        id: String,
        /// Role.
        role: Role,
        /// Unit code; `*` for the authority.
        unit: String,
        /// Sits at a window, of whatever unit.
        seated: bool,
    },
    /// A job of the server.
    System,
}

codes! {
    /// What can be asked for.
    pub enum Action {
        /// 评价.
        Rate = "rate",
        /// Follow a bad rating by its code.
        Follow = "follow",
        /// Push service events.
        PushEvents = "push_events",
        /// See the worklist.
        ListTickets = "list_tickets",
        /// See a ticket.
        ViewTicket = "view_ticket",
        /// See the rater's contact data.
        RevealContact = "reveal_contact",
        /// Name the handler.
        Assign = "assign",
        /// Record an attempt to contact.
        Contact = "contact",
        /// Record that it was put right.
        Rectify = "rectify",
        /// Record that it was explained.
        Explain = "explain",
        /// Answer the rater.
        Answer = "answer",
        /// 回访.
        Revisit = "revisit",
        /// 办结.
        Close = "close",
        /// Print plates.
        PrintPlates = "print_plates",
        /// Take a plate out of use, or put a new one in its place.
        ManagePlates = "manage_plates",
        /// Release a day's figures.
        ReleaseDay = "release_day",
        /// Enter the document that prolongs a lapsed profile.
        ContinueProfile = "continue_profile",
        /// Read who came in and who looked at what.
        ReadAudit = "read_audit",
        /// See which ratings came above a limit (核验中), without their levels.
        ListHeld = "list_held",
        /// Release or exclude them.
        RuleHeld = "rule_held",
    }
}

impl Action {
    /// What is done with a ticket, in the order of the work.
    pub const WORK: [Action; 7] = [
        Action::Assign,
        Action::Contact,
        Action::Rectify,
        Action::Explain,
        Action::Answer,
        Action::Revisit,
        Action::Close,
    ];
}

/// What it is asked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On<'a> {
    /// Nothing in particular.
    Nothing,
    /// A unit, by code.
    Unit(&'a str),
    /// A ticket, as far as it can be told from a number that somebody asks for.
    Sight(&'a Sight<'a>),
    /// A ticket.
    Ticket(&'a Ticket),
    /// A ticket, and the person to whom it would be given.
    Giving {
        /// The ticket.
        ticket: &'a Ticket,
        /// Who would handle it.
        to: Candidate<'a>,
        /// Has the ticket's unit somebody of its own who may handle it?
        unit_has_own: bool,
    },
}

/// What decides whether somebody sees a ticket. It is little, it is asked before anything else of the
/// ticket is read, and a number that nothing has is answered on the same way: what is hidden takes as
/// long as what is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sight<'a> {
    /// The ticket's unit; none where the number has no ticket.
    pub unit: Option<&'a str>,
    /// Is the one who asks in charge of it?
    pub is_handler: bool,
    /// Is it about the one who asks: did they serve where the rating was given?
    pub is_about: bool,
    /// Has the day been released on which it was opened?
    pub opening_released: bool,
    /// And the last day on which the rater changed anything?
    pub news_released: bool,
}

/// Somebody who might handle a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate<'a> {
    /// Staff id.
    pub id: &'a str,
    /// Role.
    pub role: Role,
    /// Unit code.
    pub unit: &'a str,
}

impl Candidate<'_> {
    /// Is this one of those of the ticket's own unit who may handle it?
    #[must_use]
    pub fn is_own(&self, ticket: &Ticket) -> bool {
        self.role == Role::Handler && self.unit == ticket.unit && !ticket.is_about(self.id)
    }
}

codes! {
    /// Why not.
    pub enum Reason {
        /// Sign in first.
        SignInFirst = "sign_in_first",
        /// It belongs to another unit.
        OtherUnit = "other_unit",
        /// This role may not, or this person's part in it forbids it.
        RoleMayNot = "role_may_not",
        /// The rated person, and whoever served there, may not touch the rating.
        RatedPersonMayNot = "rated_person_may_not",
        /// The day has not been released, and this person sits at a window.
        NotYetReleased = "not_yet_released",
        /// Someone else handles it.
        NotTheHandler = "not_the_handler",
        /// Nobody handles it yet.
        NotYetAssigned = "not_yet_assigned",
        /// The rater hasn't been contacted.
        NotYetContacted = "not_yet_contacted",
        /// Neither rectified nor explained.
        NotYetHandled = "not_yet_handled",
        /// The rater hasn't been answered.
        NotYetAnswered = "not_yet_answered",
        /// The rater hasn't been revisited.
        NotYetRevisited = "not_yet_revisited",
        /// This person handles it already.
        AlreadyHandles = "already_handles",
        /// It has been done.
        AlreadyDone = "already_done",
        /// The ticket is closed.
        Closed = "closed",
        /// The rater is anonymous.
        AnonymousRater = "anonymous_rater",
        /// The ticket's unit has somebody of its own who may handle it.
        UnitHasOwnStaff = "unit_has_own_staff",
        /// Giving a ticket to another unit is the authority's to decide.
        AuthorityDecides = "authority_decides",
        /// A page of another site sent it.
        OtherSite = "other_site",
    }
}

/// May the actor do it? What isn't listed as allowed is refused.
///
/// # Errors
/// The first reason against, lasting ones (role, unit, person) before passing ones (state).
pub fn can(actor: &Actor, on: On<'_>, action: Action) -> Result<(), Reason> {
    match (actor, action) {
        // 每个办事企业和群众都能自愿自主真实评价: no reason can stand against these two.
        (
            Actor::Anyone | Actor::Connector { .. } | Actor::Staff { .. },
            Action::Rate | Action::Follow,
        ) => Ok(()),
        (Actor::Anyone, _) => Err(Reason::SignInFirst),
        (Actor::Connector { unit }, Action::PushEvents) => connector(unit, on),
        (Actor::System, Action::PushEvents | Action::ReleaseDay) => Ok(()),
        (
            Actor::Staff {
                id,
                role,
                unit,
                seated,
            },
            _,
        ) => Person {
            id,
            role: *role,
            unit,
            seated: *seated,
        }
        .may(on, action),
        (Actor::Connector { .. } | Actor::System, _) => Err(Reason::RoleMayNot),
    }
}

fn connector(own: &str, on: On<'_>) -> Result<(), Reason> {
    match on {
        On::Unit(unit) if unit == own => Ok(()),
        On::Nothing => Ok(()),
        On::Unit(_) => Err(Reason::OtherUnit),
        On::Sight(_) | On::Ticket(_) | On::Giving { .. } => Err(Reason::RoleMayNot),
    }
}

struct Person<'a> {
    id: &'a str,
    role: Role,
    unit: &'a str,
    seated: bool,
}

impl Person<'_> {
    fn is_authority(&self) -> bool {
        self.role == Role::Authority
    }

    fn may(&self, on: On<'_>, action: Action) -> Result<(), Reason> {
        match (action, on) {
            (Action::ListTickets | Action::PrintPlates, On::Nothing) => Ok(()),
            (Action::ListTickets | Action::PrintPlates, On::Unit(unit)) => self.of(unit),
            (
                Action::ReleaseDay
                | Action::ContinueProfile
                | Action::ManagePlates
                | Action::ReadAudit
                | Action::ListHeld
                | Action::RuleHeld,
                On::Nothing,
            ) if self.is_authority() => Ok(()),
            (Action::ViewTicket, On::Sight(sight)) => self.see(sight),
            (_, On::Ticket(ticket)) => self.on_ticket(ticket, action),
            (
                Action::Assign,
                On::Giving {
                    ticket,
                    to,
                    unit_has_own,
                },
            ) => self.give(ticket, to, unit_has_own),
            _ => Err(Reason::RoleMayNot),
        }
    }

    fn of(&self, unit: &str) -> Result<(), Reason> {
        if self.is_authority() || self.unit == unit {
            Ok(())
        } else {
            Err(Reason::OtherUnit)
        }
    }

    /// 谁办理、谁负责: a ticket stays in its unit as long as somebody there may handle it. Where
    /// nobody may, since the one member of staff is the rated person, the authority names
    /// somebody of another unit: a bad rating is never left to nobody (国办发〔2019〕51号,
    /// 用好评价结果(一)).
    fn give(&self, ticket: &Ticket, to: Candidate<'_>, unit_has_own: bool) -> Result<(), Reason> {
        self.on_ticket(ticket, Action::Assign)?;
        if ticket.is_about(to.id) {
            return Err(Reason::RatedPersonMayNot);
        }
        if ticket.handler.as_deref() == Some(to.id) {
            return Err(Reason::AlreadyHandles);
        }
        match to.role {
            Role::Authority => Err(Reason::RoleMayNot),
            Role::Handler if to.is_own(ticket) => Ok(()),
            Role::Handler if unit_has_own => Err(Reason::UnitHasOwnStaff),
            Role::Handler if !self.is_authority() => Err(Reason::AuthorityDecides),
            Role::Handler => Ok(()),
        }
    }

    /// The authority supervises whatever a business system says of who served: if it were named as the one
    /// who was rated, it would be blind to the ticket of the clerk who was. Somebody who did serve there
    /// and has joined the authority since is kept from it all the same.
    fn is_kept_from(&self, ticket: &Ticket) -> bool {
        match self.is_authority() {
            true => ticket.served_by.contains(self.id),
            false => ticket.is_about(self.id),
        }
    }

    /// A ticket that appears while the citizen is still in the hall says what was pressed at the next
    /// window. Whoever sits at one sees it once its day is released, like everybody; so do they see
    /// what the rater changed later, unless they are in charge of it.
    fn see(&self, sight: &Sight<'_>) -> Result<(), Reason> {
        let unit = sight.unit.ok_or(Reason::OtherUnit)?;
        if !sight.is_handler {
            self.of(unit)?;
        }
        if sight.is_about {
            return Err(Reason::RatedPersonMayNot);
        }
        let released = sight.news_released || sight.is_handler && sight.opening_released;
        if self.seated && !released {
            return Err(Reason::NotYetReleased);
        }
        Ok(())
    }

    fn on_ticket(&self, ticket: &Ticket, action: Action) -> Result<(), Reason> {
        // Whoever was given it from another unit works it like one of the unit's own.
        let given = action != Action::Assign && ticket.handler.as_deref() == Some(self.id);
        if !given {
            self.of(&ticket.unit)?;
        }
        if self.is_kept_from(ticket) {
            return Err(Reason::RatedPersonMayNot);
        }
        match action {
            Action::ViewTicket => Ok(()),
            Action::RevealContact => self.reveal(ticket),
            Action::Assign => assign(ticket),
            Action::Contact | Action::Rectify | Action::Explain | Action::Answer => {
                self.handle(ticket, action)
            }
            Action::Revisit => self.revisit(ticket),
            Action::Close => self.close(ticket),
            _ => Err(Reason::RoleMayNot),
        }
    }

    /// Contact data are for who must call, while there is something to call about
    /// (国办发〔2019〕51号, 完善保障措施(二)).
    fn reveal(&self, ticket: &Ticket) -> Result<(), Reason> {
        not_closed(ticket)?;
        real_name(ticket)?;
        if self.is_authority() {
            Ok(())
        } else {
            self.is_handler_of(ticket)
        }
    }

    /// 谁办理、谁负责: the handling is the unit's, by the person named for it.
    fn handle(&self, ticket: &Ticket, action: Action) -> Result<(), Reason> {
        if self.is_authority() {
            return Err(Reason::RoleMayNot);
        }
        not_closed(ticket)?;
        if action == Action::Contact {
            real_name(ticket)?;
        }
        match (action, ticket.state) {
            (_, State::ToAssign) => Err(Reason::NotYetAssigned),
            (Action::Contact, State::ToContact) => self.is_handler_of(ticket),
            (Action::Contact, State::Verifying) if !ticket.contact_settled() => {
                self.is_handler_of(ticket)
            }
            (Action::Rectify | Action::Explain, State::Verifying) => self.is_handler_of(ticket),
            (Action::Answer, State::ToAnswer) => self.is_handler_of(ticket),
            (Action::Rectify | Action::Explain | Action::Answer, State::ToContact) => {
                Err(Reason::NotYetContacted)
            }
            (Action::Answer, State::Verifying) => Err(Reason::NotYetHandled),
            _ => Err(Reason::AlreadyDone),
        }
    }

    fn is_handler_of(&self, ticket: &Ticket) -> Result<(), Reason> {
        match ticket.handler.as_deref() {
            Some(handler) if handler == self.id => Ok(()),
            Some(_) => Err(Reason::NotTheHandler),
            None => Err(Reason::NotYetAssigned),
        }
    }

    /// Who put it right doesn't ask whether it is put right.
    fn revisit(&self, ticket: &Ticket) -> Result<(), Reason> {
        not_closed(ticket)?;
        real_name(ticket)?;
        if ticket.handler.as_deref() == Some(self.id) {
            return Err(Reason::RoleMayNot);
        }
        match ticket.state {
            State::ToRevisit => Ok(()),
            State::ToClose if !ticket.revisit_settled() => Ok(()),
            State::ToClose | State::Closed => Err(Reason::AlreadyDone),
            early => Err(waits_for(early)),
        }
    }

    /// A rater who isn't satisfied is the authority's to judge (case 62, fake closure).
    fn close(&self, ticket: &Ticket) -> Result<(), Reason> {
        not_closed(ticket)?;
        if ticket.state != State::ToClose {
            return Err(waits_for(ticket.state));
        }
        let disputed = ticket.revisit_outcome == Some(RevisitOutcome::NotSatisfied);
        if disputed && !self.is_authority() {
            Err(Reason::RoleMayNot)
        } else {
            Ok(())
        }
    }
}

/// The authority, or a handler of the unit who takes it or hands it on; until it is handled, or where whoever
/// handled it has left with something still to be done.
fn assign(ticket: &Ticket) -> Result<(), Reason> {
    not_closed(ticket)?;
    match ticket.state {
        State::ToAssign | State::ToContact | State::Verifying => Ok(()),
        State::ToAnswer | State::ToRevisit | State::ToClose if ticket.handler_left => Ok(()),
        State::ToAnswer | State::ToRevisit | State::ToClose | State::Closed => {
            Err(Reason::AlreadyDone)
        }
    }
}

fn not_closed(ticket: &Ticket) -> Result<(), Reason> {
    if ticket.state == State::Closed {
        Err(Reason::Closed)
    } else {
        Ok(())
    }
}

fn real_name(ticket: &Ticket) -> Result<(), Reason> {
    if ticket.is_anonymous() {
        Err(Reason::AnonymousRater)
    } else {
        Ok(())
    }
}

fn waits_for(state: State) -> Reason {
    match state {
        State::ToAssign => Reason::NotYetAssigned,
        State::ToContact => Reason::NotYetContacted,
        State::Verifying => Reason::NotYetHandled,
        State::ToAnswer => Reason::NotYetAnswered,
        State::ToRevisit => Reason::NotYetRevisited,
        State::ToClose => Reason::AlreadyDone,
        State::Closed => Reason::Closed,
    }
}
