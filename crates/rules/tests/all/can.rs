//! Who may do what, over every actor, action and ticket.

use crate::common::{assigned, ticket};
use crate::ticket::any_run;
use proptest::prelude::*;
use rules::can::{Action, Actor, Candidate, On, Reason, Role, can};
use rules::rating::Identity;
use rules::ticket::{ContactOutcome, Recorded, RevisitOutcome, State, Ticket, TicketEvent, fold};

pub fn staff(id: &str, role: Role, unit: &str) -> Actor {
    Actor::Staff {
        id: id.to_owned(),
        role,
        unit: unit.to_owned(),
        seated: false,
    }
}

pub fn seated(id: &str, unit: &str) -> Actor {
    Actor::Staff {
        id: id.to_owned(),
        role: Role::Handler,
        unit: unit.to_owned(),
        seated: true,
    }
}

pub fn handler(id: &str) -> Actor {
    staff(id, Role::Handler, "U1")
}

pub fn authority() -> Actor {
    staff("a1", Role::Authority, "*")
}

pub fn everyone() -> Vec<Actor> {
    vec![
        Actor::Anyone,
        Actor::Connector {
            unit: "U1".to_owned(),
        },
        Actor::System,
        handler("h1"),
        handler("h2"),
        handler("rated"),
        seated("beside", "U1"),
        staff("o1", Role::Handler, "U2"),
        authority(),
    ]
}

const REACHED: TicketEvent = TicketEvent::Contacted {
    outcome: ContactOutcome::Reached,
};

fn answered(outcome: Option<RevisitOutcome>) -> Ticket {
    let run = [
        assigned("h1"),
        REACHED,
        TicketEvent::Rectified,
        TicketEvent::Answered,
    ];
    let revisit = outcome.map(|outcome| TicketEvent::Revisited { outcome });
    ticket(Identity::Stated, run.into_iter().chain(revisit))
}

/// The actions of an actor on a ticket that are allowed.
fn allowed(actor: &Actor, ticket: &Ticket) -> Vec<Action> {
    Action::ALL
        .iter()
        .copied()
        .filter(|action| can(actor, On::Ticket(ticket), *action).is_ok())
        .collect()
}

// clause: N-06, N-58, J-03, J-26
#[test]
fn anyone_may_rate_and_follow_and_nothing_can_stand_against_it() {
    let ticket = ticket(Identity::Stated, []);
    for actor in everyone()
        .into_iter()
        .filter(|actor| *actor != Actor::System)
    {
        for on in [On::Nothing, On::Unit("U9"), On::Ticket(&ticket)] {
            assert_eq!(can(&actor, on, Action::Rate), Ok(()));
            assert_eq!(can(&actor, on, Action::Follow), Ok(()));
        }
    }
}

#[test]
fn whoever_is_not_signed_in_is_asked_to_sign_in_for_all_else() {
    for action in Action::ALL
        .iter()
        .filter(|action| !matches!(action, Action::Rate | Action::Follow))
    {
        assert_eq!(
            can(&Actor::Anyone, On::Nothing, *action),
            Err(Reason::SignInFirst)
        );
    }
}

#[test]
fn a_connector_pushes_events_of_its_own_unit_and_nothing_else() {
    let connector = Actor::Connector {
        unit: "U1".to_owned(),
    };
    assert_eq!(can(&connector, On::Unit("U1"), Action::PushEvents), Ok(()));
    assert_eq!(
        can(&connector, On::Unit("U2"), Action::PushEvents),
        Err(Reason::OtherUnit)
    );
    assert_eq!(
        can(&connector, On::Nothing, Action::ListTickets),
        Err(Reason::RoleMayNot)
    );
}

// clause: N-42
#[test]
fn a_handler_sees_the_own_unit_and_the_authority_sees_all() {
    let ticket = ticket(Identity::Stated, []);
    assert_eq!(
        can(
            &staff("o1", Role::Handler, "U2"),
            On::Ticket(&ticket),
            Action::ViewTicket
        ),
        Err(Reason::OtherUnit)
    );
    assert_eq!(
        can(&handler("h1"), On::Unit("U2"), Action::ListTickets),
        Err(Reason::OtherUnit)
    );
    for action in [Action::ListTickets, Action::PrintPlates] {
        assert_eq!(can(&authority(), On::Unit("U2"), action), Ok(()));
    }
    assert_eq!(
        can(&authority(), On::Ticket(&ticket), Action::ViewTicket),
        Ok(())
    );
}

// clause: N-11, N-35, J-05b, D-14
#[test]
fn at_every_step_exactly_the_right_people_have_exactly_the_right_actions() {
    use Action::{
        Answer, Assign, Close, Contact, Explain, Follow, Rate, Rectify, RevealContact, Revisit,
        ViewTicket,
    };
    let run = [
        assigned("h1"),
        REACHED,
        TicketEvent::Rectified,
        TicketEvent::Answered,
    ];
    let at = |n: usize| ticket(Identity::Stated, run[..n].to_vec());
    let with = |more: &[Action]| [&[Rate, Follow, ViewTicket], more].concat();
    assert_eq!(allowed(&handler("h1"), &at(0)), with(&[Assign]));
    assert_eq!(
        allowed(&handler("h1"), &at(1)),
        with(&[RevealContact, Assign, Contact])
    );
    assert_eq!(allowed(&handler("h2"), &at(1)), with(&[Assign]));
    assert_eq!(
        allowed(&handler("h1"), &at(2)),
        with(&[RevealContact, Assign, Rectify, Explain])
    );
    assert_eq!(
        allowed(&authority(), &at(2)),
        with(&[RevealContact, Assign])
    );
    assert_eq!(
        allowed(&handler("h1"), &at(3)),
        with(&[RevealContact, Answer])
    );
    assert_eq!(allowed(&handler("h1"), &at(4)), with(&[RevealContact]));
    assert_eq!(allowed(&handler("h2"), &at(4)), with(&[Revisit]));
    assert_eq!(
        allowed(&authority(), &at(4)),
        with(&[RevealContact, Revisit])
    );
    let revisited = answered(Some(RevisitOutcome::Satisfied));
    assert_eq!(allowed(&handler("h2"), &revisited), with(&[Close]));
    assert_eq!(
        allowed(&authority(), &revisited),
        with(&[RevealContact, Close])
    );
}

// clause: N-60, J-26
#[test]
fn the_rated_person_may_touch_nothing_of_the_own_bad_rating() {
    let ticket = answered(None);
    for action in Action::ALL
        .iter()
        .filter(|action| !matches!(action, Action::Rate | Action::Follow))
    {
        assert_eq!(
            can(&handler("rated"), On::Ticket(&ticket), *action),
            Err(Reason::RatedPersonMayNot)
        );
        let promoted = staff("rated", Role::Authority, "*");
        assert_eq!(
            can(&promoted, On::Ticket(&ticket), *action),
            Err(Reason::RatedPersonMayNot)
        );
    }
}

#[test]
fn each_step_that_is_too_early_says_what_it_waits_for() {
    let run = [
        assigned("h1"),
        REACHED,
        TicketEvent::Rectified,
        TicketEvent::Answered,
    ];
    let reason = |n: usize, action| {
        can(
            &handler("h1"),
            On::Ticket(&ticket(Identity::Stated, run[..n].to_vec())),
            action,
        )
    };
    assert_eq!(reason(0, Action::Contact), Err(Reason::NotYetAssigned));
    assert_eq!(reason(1, Action::Rectify), Err(Reason::NotYetContacted));
    assert_eq!(reason(2, Action::Answer), Err(Reason::NotYetHandled));
    assert_eq!(reason(3, Action::Close), Err(Reason::NotYetAnswered));
    assert_eq!(reason(4, Action::Close), Err(Reason::NotYetRevisited));
    assert_eq!(reason(3, Action::Rectify), Err(Reason::AlreadyDone));
    assert_eq!(reason(2, Action::Contact), Err(Reason::AlreadyDone));
}

// clause: JP-12
#[test]
fn who_put_it_right_does_not_ask_whether_it_is_put_right() {
    assert_eq!(
        can(&handler("h1"), On::Ticket(&answered(None)), Action::Revisit),
        Err(Reason::RoleMayNot)
    );
}

// clause: H-07
#[test]
fn case_62_a_rater_who_is_not_satisfied_can_only_be_closed_by_the_authority() {
    let disputed = answered(Some(RevisitOutcome::NotSatisfied));
    assert_eq!(
        can(&handler("h1"), On::Ticket(&disputed), Action::Close),
        Err(Reason::RoleMayNot)
    );
    assert_eq!(
        can(&authority(), On::Ticket(&disputed), Action::Close),
        Ok(())
    );
}

#[test]
fn case_30_an_anonymous_rater_has_nobody_to_call_and_no_data_to_reveal() {
    let ticket = ticket(Identity::Anonymous, [assigned("h1")]);
    for action in [Action::Contact, Action::RevealContact, Action::Revisit] {
        assert_eq!(
            can(&handler("h1"), On::Ticket(&ticket), action),
            Err(Reason::AnonymousRater)
        );
    }
}

#[test]
fn a_closed_ticket_can_only_be_looked_at() {
    let run = [
        assigned("h1"),
        TicketEvent::Explained,
        TicketEvent::Answered,
        TicketEvent::Closed,
    ];
    let closed = ticket(Identity::Anonymous, run);
    for actor in [handler("h1"), authority()] {
        assert_eq!(
            allowed(&actor, &closed),
            [Action::Rate, Action::Follow, Action::ViewTicket]
        );
    }
    assert_eq!(
        can(&handler("h1"), On::Ticket(&closed), Action::Assign),
        Err(Reason::Closed)
    );
}

#[test]
fn only_the_job_and_the_authority_release_a_day() {
    let may: Vec<bool> = everyone()
        .iter()
        .map(|actor| can(actor, On::Nothing, Action::ReleaseDay).is_ok())
        .collect();
    assert_eq!(
        may,
        [false, false, true, false, false, false, false, false, true]
    );
}

fn may_give(
    actor: &Actor,
    ticket: &Ticket,
    to: (&str, Role, &str),
    unit_has_own: bool,
) -> Result<(), Reason> {
    let (id, role, unit) = to;
    let on = On::Giving {
        ticket,
        to: Candidate { id, role, unit },
        unit_has_own,
    };
    can(actor, on, Action::Assign)
}

#[test]
fn a_ticket_is_not_given_to_whoever_handles_it_already() {
    let given = ticket(Identity::Stated, [assigned("h1")]);
    for actor in [handler("h1"), handler("h2"), authority()] {
        let to = |id| may_give(&actor, &given, (id, Role::Handler, "U1"), true);
        assert_eq!(to("h1"), Err(Reason::AlreadyHandles));
        assert_eq!(to("h2"), Ok(()));
    }
}

// clause: H-07
#[test]
fn a_ticket_leaves_its_unit_only_where_nobody_there_may_handle_it_and_by_the_authority_alone() {
    let ticket = ticket(Identity::Stated, []);
    let (own, other) = (("h2", Role::Handler, "U1"), ("o1", Role::Handler, "U2"));
    for actor in [handler("h1"), authority()] {
        assert_eq!(may_give(&actor, &ticket, own, true), Ok(()));
        assert_eq!(
            may_give(&actor, &ticket, other, true),
            Err(Reason::UnitHasOwnStaff)
        );
        let rated = ("rated", Role::Handler, "U1");
        assert_eq!(
            may_give(&actor, &ticket, rated, false),
            Err(Reason::RatedPersonMayNot)
        );
        let chief = ("a1", Role::Authority, "*");
        assert_eq!(
            may_give(&actor, &ticket, chief, false),
            Err(Reason::RoleMayNot)
        );
    }
    assert_eq!(may_give(&authority(), &ticket, other, false), Ok(()));
    assert_eq!(
        may_give(&handler("h1"), &ticket, other, false),
        Err(Reason::AuthorityDecides)
    );
    for (actor, reason) in [
        (staff("o1", Role::Handler, "U2"), Reason::OtherUnit),
        (handler("rated"), Reason::RatedPersonMayNot),
        (Actor::Anyone, Reason::SignInFirst),
        (Actor::System, Reason::RoleMayNot),
    ] {
        assert_eq!(may_give(&actor, &ticket, other, false), Err(reason));
    }
}

#[test]
fn whoever_was_given_a_ticket_of_another_unit_works_it_but_hands_it_to_nobody() {
    let given = ticket(Identity::Stated, [assigned("o1")]);
    let from_elsewhere = staff("o1", Role::Handler, "U2");
    assert_eq!(
        allowed(&from_elsewhere, &given),
        [
            Action::Rate,
            Action::Follow,
            Action::ViewTicket,
            Action::RevealContact,
            Action::Contact
        ]
    );
    assert_eq!(
        can(&from_elsewhere, On::Ticket(&given), Action::Assign),
        Err(Reason::OtherUnit)
    );
    assert_eq!(
        can(
            &staff("o2", Role::Handler, "U2"),
            On::Ticket(&given),
            Action::ViewTicket
        ),
        Err(Reason::OtherUnit)
    );
}

// clause: J-28
#[test]
fn only_the_authority_enters_the_document_that_prolongs_a_lapsed_profile() {
    only_the_authority_may(Action::ContinueProfile);
}

#[test]
fn only_the_authority_takes_a_plate_out_of_use_or_replaces_it() {
    only_the_authority_may(Action::ManagePlates);
    let ticket = ticket(Identity::Stated, []);
    for on in [On::Unit("U1"), On::Ticket(&ticket)] {
        for actor in everyone() {
            assert!(can(&actor, on, Action::ManagePlates).is_err(), "{actor:?}");
        }
    }
}

#[test]
fn only_the_authority_sees_and_rules_on_what_came_above_a_limit() {
    only_the_authority_may(Action::ListHeld);
    only_the_authority_may(Action::RuleHeld);
}

#[test]
fn only_the_authority_reads_who_came_in_and_who_looked_at_what() {
    only_the_authority_may(Action::ReadAudit);
}

fn only_the_authority_may(action: Action) {
    let may: Vec<bool> = everyone()
        .iter()
        .map(|actor| can(actor, On::Nothing, action).is_ok())
        .collect();
    let authority: Vec<bool> = everyone()
        .iter()
        .map(|actor| {
            matches!(
                actor,
                Actor::Staff {
                    role: Role::Authority,
                    ..
                }
            )
        })
        .collect();
    assert_eq!(may, authority);
    assert!(may.contains(&true));
}

/// The event an action appends.
fn event_of(action: Action) -> Option<TicketEvent> {
    match action {
        Action::Assign => Some(assigned("h2")),
        Action::Contact => Some(REACHED),
        Action::Rectify => Some(TicketEvent::Rectified),
        Action::Explain => Some(TicketEvent::Explained),
        Action::Answer => Some(TicketEvent::Answered),
        Action::Revisit => Some(TicketEvent::Revisited {
            outcome: RevisitOutcome::Satisfied,
        }),
        Action::Close => Some(TicketEvent::Closed),
        _ => None,
    }
}

proptest! {
    #[test]
    fn whatever_is_allowed_can_be_appended((_, events) in any_run()) {
        let ticket = fold("U1", Some("rated"), &events).unwrap();
        for actor in everyone() {
            for action in allowed(&actor, &ticket) {
                let Some(event) = event_of(action) else { continue };
                let next = Recorded { seq: ticket.last_seq + 1, event, ..events[0].clone() };
                let all: Vec<_> = events.iter().cloned().chain([next]).collect();
                prop_assert!(fold("U1", Some("rated"), &all).is_ok(), "{action} in {}", ticket.state);
            }
        }
    }

    #[test]
    fn an_open_ticket_can_always_be_moved_on_by_someone((_, events) in any_run()) {
        let ticket = fold("U1", Some("rated"), &events).unwrap();
        if ticket.state == State::Closed {
            return Ok(());
        }
        let someone = everyone().iter().any(|actor| allowed(actor, &ticket).iter().any(|a| event_of(*a).is_some()));
        prop_assert!(someone);
    }

    #[test]
    fn every_question_has_an_answer((_, events) in any_run()) {
        let ticket = fold("U1", Some("rated"), &events).unwrap();
        for actor in everyone() {
            for action in Action::ALL {
                for on in [On::Nothing, On::Unit("U1"), On::Ticket(&ticket)] {
                    let _ = can(&actor, on, *action);
                }
            }
        }
    }
}
