//! A ticket is a fold over its events.

use crate::common::{assigned, blank, calendar, day, opened, recorded, ticket};
use proptest::prelude::*;
use rules::level::Level;
use rules::profile::{Clock, Param, Profile, Term};
use rules::rating::Identity;
use rules::ticket::{
    ClockState, ContactOutcome, FoldError, HandledAs, Met, NoDue, Recorded, RevisitOutcome, State,
    Ticket, TicketEvent, clocks, due, fold,
};

const REACHED: TicketEvent = TicketEvent::Contacted {
    outcome: ContactOutcome::Reached,
};
const SATISFIED: TicketEvent = TicketEvent::Revisited {
    outcome: RevisitOutcome::Satisfied,
};

fn dehong() -> Profile {
    let mut profile = blank("dehong");
    profile.parameters.first_contact = Param::ours(Term::working_days(1), "测试");
    profile.parameters.rectify_simple =
        Param::stated(Term::working_days(15), "方案", "整改", "15个工作日");
    profile
}

// clause: N-08, N-34, Q-16
#[test]
fn a_bad_rating_of_a_named_rater_goes_from_assignment_to_closing() {
    let run = [
        assigned("h1"),
        REACHED,
        TicketEvent::Rectified,
        TicketEvent::Answered,
        SATISFIED,
        TicketEvent::Closed,
    ];
    let states = [
        State::ToAssign,
        State::ToContact,
        State::Verifying,
        State::ToAnswer,
        State::ToRevisit,
        State::ToClose,
        State::Closed,
    ];
    for (done, state) in states.into_iter().enumerate() {
        assert_eq!(ticket(Identity::Stated, run[..done].to_vec()).state, state);
    }
    let closed = ticket(Identity::Stated, run);
    assert_eq!(closed.handled_as, Some(HandledAs::Rectified));
    assert_eq!(closed.closed_on, Some(day("2026-02-19")));
}

// clause: D-16
#[test]
fn case_30_an_anonymous_rater_is_answered_but_neither_contacted_nor_revisited() {
    let run = [
        assigned("h1"),
        TicketEvent::Rectified,
        TicketEvent::Answered,
    ];
    let states = [
        State::ToAssign,
        State::Verifying,
        State::ToAnswer,
        State::ToClose,
    ];
    for (done, state) in states.into_iter().enumerate() {
        assert_eq!(
            ticket(Identity::Anonymous, run[..done].to_vec()).state,
            state
        );
    }
    let contacted = recorded([
        opened(Level::L1, Identity::Anonymous),
        assigned("h1"),
        REACHED,
    ]);
    assert!(matches!(
        fold("U1", None, &contacted),
        Err(FoldError::NotNow { seq: 3, .. })
    ));
}

// clause: N-38, Q-19, J-19e
#[test]
fn what_has_no_statutory_basis_is_explained_and_told_apart_from_rectified() {
    let explained = ticket(
        Identity::Stated,
        [assigned("h1"), REACHED, TicketEvent::Explained],
    );
    assert_eq!(
        (explained.state, explained.handled_as),
        (State::ToAnswer, Some(HandledAs::Explained))
    );
}

#[test]
fn case_31_who_was_not_reached_may_be_tried_again_and_who_refused_may_not() {
    let missed = TicketEvent::Contacted {
        outcome: ContactOutcome::NoAnswer,
    };
    let twice = ticket(Identity::Stated, [assigned("h1"), missed.clone(), REACHED]);
    assert_eq!(
        (twice.contact_attempts, twice.contacted_on),
        (2, Some(day("2026-02-15")))
    );
    let refused = TicketEvent::Contacted {
        outcome: ContactOutcome::Refused,
    };
    let again = recorded([
        opened(Level::L2, Identity::Stated),
        assigned("h1"),
        refused,
        missed,
    ]);
    assert!(matches!(
        fold("U1", None, &again),
        Err(FoldError::NotNow { seq: 4, .. })
    ));
}

#[test]
fn a_rater_is_reached_on_the_day_somebody_first_spoke_with_them_at_a_contact_or_a_revisit() {
    let missed = || TicketEvent::Contacted {
        outcome: ContactOutcome::NoAnswer,
    };
    let revisited = |outcome| TicketEvent::Revisited { outcome };
    let worked = [TicketEvent::Rectified, TicketEvent::Answered];
    let reached_on = |contact: TicketEvent, revisit: RevisitOutcome| {
        let run = [assigned("h1"), contact].into_iter().chain(worked.clone());
        ticket(Identity::Stated, run.chain([revisited(revisit)])).reached_on
    };
    assert_eq!(
        reached_on(REACHED, RevisitOutcome::Satisfied),
        Some(day("2026-02-15"))
    );
    let late = reached_on(missed(), RevisitOutcome::NotSatisfied);
    assert_eq!(late, Some(day("2026-02-18")));
    for nobody in [RevisitOutcome::NoAnswer, RevisitOutcome::Refused] {
        assert_eq!(reached_on(missed(), nobody), None);
    }
}

#[test]
fn case_61_a_ticket_that_changes_hands_keeps_its_clocks() {
    let once = ticket(Identity::Stated, [assigned("h1")]);
    let twice = ticket(Identity::Stated, [assigned("h1"), assigned("h2")]);
    assert_eq!(twice.handler.as_deref(), Some("h2"));
    assert_eq!(
        clocks(&once, &dehong(), &calendar()),
        clocks(&twice, &dehong(), &calendar())
    );
}

#[test]
fn the_rated_person_is_never_made_the_handler() {
    let events = recorded([opened(Level::L1, Identity::Stated), assigned("rated")]);
    assert_eq!(
        fold("U1", Some("rated"), &events),
        Err(FoldError::RatedPersonHandles { seq: 2 })
    );
}

#[test]
fn a_broken_stream_is_refused_and_said_where() {
    assert_eq!(fold("U1", None, &[]), Err(FoldError::Empty));
    assert_eq!(
        fold("U1", None, &recorded([TicketEvent::Closed])),
        Err(FoldError::NotOpened("closed"))
    );
    let good = recorded([opened(Level::L3, Identity::Stated)]);
    assert_eq!(fold("U1", None, &good), Err(FoldError::NotBad(3)));
    let mut gap = recorded([opened(Level::L1, Identity::Stated), assigned("h1")]);
    gap[1].seq = 5;
    assert_eq!(
        fold("U1", None, &gap),
        Err(FoldError::Gap {
            expected: 2,
            found: 5
        })
    );
    gap[1].seq = 1;
    assert!(matches!(fold("U1", None, &gap), Err(FoldError::Gap { .. })));
}

// clause: D-13
#[test]
fn the_clocks_run_from_the_day_of_the_rating_and_the_earliest_open_one_sorts_the_worklist() {
    let new = ticket(Identity::Stated, []);
    assert_eq!(due(&new, &dehong(), &calendar()), Some(day("2026-02-14")));
    let contacted = ticket(Identity::Stated, [assigned("h1"), REACHED]);
    assert_eq!(
        due(&contacted, &dehong(), &calendar()),
        Some(day("2026-03-12"))
    );
    let states = clocks(&contacted, &dehong(), &calendar());
    let rectify = states
        .iter()
        .find(|state| state.clock == Clock::Rectify)
        .unwrap();
    assert_eq!((rectify.is_open(), rectify.in_time()), (true, None));
    let contact = states
        .iter()
        .find(|state| state.clock == Clock::Contact)
        .unwrap();
    assert_eq!(contact.in_time(), Some(false));
}

fn clock_of(ticket: &Ticket, clock: Clock) -> ClockState {
    clocks(ticket, &dehong(), &calendar())
        .into_iter()
        .find(|state| state.clock == clock)
        .unwrap()
}

#[test]
fn a_clock_says_how_it_was_met_and_an_explanation_is_not_a_rectification() {
    let called = |outcome| TicketEvent::Contacted { outcome };
    for (outcome, met) in [
        (ContactOutcome::Reached, Met::Reached),
        (ContactOutcome::NoAnswer, Met::NoAnswer),
        (ContactOutcome::WrongNumber, Met::WrongNumber),
        (ContactOutcome::Refused, Met::Refused),
    ] {
        let found = ticket(Identity::Stated, [assigned("h1"), called(outcome)]);
        assert_eq!(clock_of(&found, Clock::Contact).done_as, Some(met));
        assert_eq!(clock_of(&found, Clock::Rectify).done_as, None);
    }
    for (event, met) in [
        (TicketEvent::Rectified, Met::Rectified),
        (TicketEvent::Explained, Met::Explained),
    ] {
        let run = [assigned("h1"), REACHED, event, TicketEvent::Answered];
        let found = ticket(Identity::Stated, run);
        assert_eq!(clock_of(&found, Clock::Rectify).done_as, Some(met));
        assert_eq!(clock_of(&found, Clock::Reply).done_as, Some(Met::Answered));
    }
}

#[test]
fn the_day_of_the_first_call_stands_with_what_came_of_that_call() {
    let missed = TicketEvent::Contacted {
        outcome: ContactOutcome::NoAnswer,
    };
    let found = ticket(Identity::Stated, [assigned("h1"), missed, REACHED]);
    let contact = clock_of(&found, Clock::Contact);
    assert_eq!(contact.done_on, Some(day("2026-02-15")));
    assert_eq!(contact.done_as, Some(Met::NoAnswer));
}

#[test]
fn a_clock_is_overdue_from_the_day_after_its_due_day_until_it_is_met() {
    let new = ticket(Identity::Stated, []);
    let contact = clock_of(&new, Clock::Contact);
    assert!(!contact.is_overdue(&new, day("2026-02-14")));
    assert!(contact.is_overdue(&new, day("2026-02-15")));
    let called = ticket(Identity::Stated, [assigned("h1"), REACHED]);
    assert!(!clock_of(&called, Clock::Contact).is_overdue(&called, day("2026-12-31")));
    let reply = clock_of(&new, Clock::Reply);
    assert!(!reply.is_overdue(&new, day("2026-12-31")), "it has no term");
}

#[test]
fn nothing_is_overdue_in_a_closed_ticket() {
    let run = [
        assigned("h1"),
        TicketEvent::Explained,
        TicketEvent::Answered,
        TicketEvent::Closed,
        known_as(Identity::Stated),
    ];
    let closed = ticket(Identity::Anonymous, run);
    let contact = clock_of(&closed, Clock::Contact);
    assert!(!contact.is_overdue(&closed, day("2026-12-31")));
}

#[test]
fn a_clock_without_a_date_says_why() {
    let reason = |identity, clock| {
        let states = clocks(&ticket(identity, []), &dehong(), &calendar());
        states
            .into_iter()
            .find(|state| state.clock == clock)
            .unwrap()
            .reason_none
    };
    assert_eq!(reason(Identity::Stated, Clock::Reply), Some(NoDue::NoTerm));
    assert_eq!(
        reason(Identity::Anonymous, Clock::Contact),
        Some(NoDue::AnonymousRater)
    );
    assert_eq!(reason(Identity::Stated, Clock::Contact), None);
}

#[test]
fn a_changed_rating_leaves_the_ticket_where_it_is_and_says_its_level() {
    let amended = |level| TicketEvent::Amended { level };
    let worse = [assigned("h1"), amended(Level::L1)];
    let better = [assigned("h1"), REACHED, amended(Level::L5)];
    for (run, level, state) in [
        (worse.to_vec(), Level::L1, State::ToContact),
        (better.to_vec(), Level::L5, State::Verifying),
    ] {
        let events = recorded([vec![opened(Level::L2, Identity::Stated)], run].concat());
        let found = fold("U1", None, &events).unwrap();
        assert_eq!((found.level, found.state), (level, state));
        assert_eq!(
            found.handled_on, None,
            "nothing is handled by a change of mind"
        );
    }
    let run = [
        assigned("h1"),
        TicketEvent::Explained,
        TicketEvent::Answered,
        TicketEvent::Closed,
        amended(Level::L4),
    ];
    let closed = ticket(Identity::Anonymous, run);
    assert_eq!((closed.state, closed.level), (State::Closed, Level::L4));
}

fn known_as(identity: Identity) -> TicketEvent {
    TicketEvent::Identified { identity }
}

#[test]
fn a_rater_who_takes_the_name_back_is_neither_contacted_nor_revisited_any_more() {
    let hidden = known_as(Identity::Anonymous);
    let before = [
        vec![],
        vec![assigned("h1")],
        vec![assigned("h1"), REACHED],
        vec![
            assigned("h1"),
            REACHED,
            TicketEvent::Rectified,
            TicketEvent::Answered,
        ],
    ];
    let after = [
        State::ToAssign,
        State::Verifying,
        State::Verifying,
        State::ToClose,
    ];
    for (mut run, state) in before.into_iter().zip(after) {
        run.push(hidden.clone());
        let found = ticket(Identity::Stated, run);
        assert_eq!((found.identity, found.state), (Identity::Anonymous, state));
        let contact = &clocks(&found, &dehong(), &calendar())[0];
        assert_eq!(contact.reason_none, Some(NoDue::AnonymousRater));
    }
    let called = [
        opened(Level::L2, Identity::Stated),
        assigned("h1"),
        hidden,
        REACHED,
    ];
    // Who was called before it is noted was spoken with all the same: the note is not lost.
    let found = fold("U1", None, &recorded(called.clone())).unwrap();
    assert_eq!((found.state, found.contact_attempts), (State::Verifying, 1));
    let never_known = [
        opened(Level::L2, Identity::Anonymous),
        assigned("h1"),
        REACHED,
    ];
    assert!(matches!(
        fold("U1", None, &recorded(never_known)),
        Err(FoldError::NotNow { seq: 3, .. })
    ));
    let asked = [
        TicketEvent::Rectified,
        TicketEvent::Answered,
        known_as(Identity::Anonymous),
        SATISFIED,
    ];
    let run = [assigned("h1"), REACHED].into_iter().chain(asked);
    assert_eq!(ticket(Identity::Stated, run).state, State::ToClose);
}

#[test]
fn a_rater_who_gives_a_name_is_contacted_and_revisited_and_the_term_runs_from_then() {
    let named = known_as(Identity::Stated);
    let run = [assigned("h1"), named.clone()];
    let found = ticket(Identity::Anonymous, run);
    assert_eq!(found.state, State::ToContact);
    assert_eq!(
        (found.opened_on, found.known_on),
        (day("2026-02-13"), day("2026-02-15"))
    );
    let [contact, _, rectify] = &clocks(&found, &dehong(), &calendar())[..] else {
        panic!("three clocks");
    };
    let in_force = clocks(&ticket(Identity::Stated, []), &dehong(), &calendar());
    let due_on = |state: &ClockState| state.due.as_ref().map(|due| due.due);
    assert!(due_on(contact) > due_on(&in_force[0]), "{contact:?}");
    assert_eq!(rectify.due, in_force[2].due);
    let answered = [
        assigned("h1"),
        TicketEvent::Explained,
        TicketEvent::Answered,
        named.clone(),
    ];
    assert_eq!(
        ticket(Identity::Anonymous, answered.clone()).state,
        State::ToRevisit
    );
    // A closed ticket stays closed.
    let mut closed = answered[..3].to_vec();
    closed.extend([TicketEvent::Closed, named.clone()]);
    assert_eq!(ticket(Identity::Anonymous, closed).state, State::Closed);
    // Another way of being known starts nothing anew.
    let confirmed = ticket(
        Identity::Stated,
        [assigned("h1"), known_as(Identity::PhoneConfirmed)],
    );
    assert_eq!(confirmed.known_on, confirmed.opened_on);
}

#[test]
fn a_closed_ticket_is_due_no_more() {
    let run = [
        assigned("h1"),
        TicketEvent::Explained,
        TicketEvent::Answered,
        TicketEvent::Closed,
    ];
    assert_eq!(
        due(&ticket(Identity::Anonymous, run), &dehong(), &calendar()),
        None
    );
}

#[test]
fn events_travel_as_codes_and_ids_only() {
    let text = serde_json::to_string(&recorded([opened(Level::L1, Identity::Stated)])).unwrap();
    assert_eq!(
        text,
        r#"[{"seq":1,"on":"2026-02-13","actor":"s1","event":{"kind":"opened","level":1,"identity":"stated","profile":"dehong","profile_version":"2020","opened_on":"2026-02-13","served_by":["beside","rated"]}}]"#
    );
}

#[test]
fn a_ticket_from_before_the_rule_that_notes_who_served_is_read_as_it_was() {
    let text = r#"{"kind":"opened","level":1,"identity":"stated","profile":"dehong","profile_version":"2020","opened_on":"2026-02-13"}"#;
    let event: TicketEvent = serde_json::from_str(text).unwrap();
    assert!(matches!(
        event,
        TicketEvent::Opened {
            served_by: None,
            ..
        }
    ));
    assert_eq!(serde_json::to_string(&event).unwrap(), text);
}

fn any_event() -> impl Strategy<Value = TicketEvent> {
    let contact = prop::sample::select(ContactOutcome::ALL);
    let revisit = prop::sample::select(RevisitOutcome::ALL);
    prop_oneof![
        prop::sample::select(&Level::ALL).prop_map(|level| TicketEvent::Amended { level }),
        prop::sample::select(Identity::ALL).prop_map(known_as),
        prop_oneof![Just("h1"), Just("h2"), Just("rated")].prop_map(assigned),
        contact.prop_map(|outcome| TicketEvent::Contacted { outcome }),
        Just(TicketEvent::Rectified),
        Just(TicketEvent::Explained),
        Just(TicketEvent::Answered),
        revisit.prop_map(|outcome| TicketEvent::Revisited { outcome }),
        Just(TicketEvent::Closed),
    ]
}

/// Appends what can be appended and leaves out the rest, as a server does.
pub fn any_run() -> impl Strategy<Value = (Identity, Vec<Recorded>)> {
    let identity = prop::sample::select(Identity::ALL);
    (identity, prop::collection::vec(any_event(), 0..40)).prop_map(|(identity, wanted)| {
        let mut kept = vec![opened(Level::L2, identity)];
        for event in wanted {
            kept.push(event);
            if fold("U1", Some("rated"), &recorded(kept.clone())).is_err() {
                kept.pop();
            }
        }
        (identity, recorded(kept))
    })
}

proptest! {
    #[test]
    fn a_fold_never_panics_whatever_the_stream(events in prop::collection::vec((any::<i64>(), any_event()), 0..12)) {
        let recorded: Vec<_> = events
            .into_iter()
            .map(|(seq, event)| Recorded { seq, on: day("2026-01-01"), actor: String::new(), event })
            .collect();
        prop_assert!(fold("U1", Some("rated"), &recorded).is_err());
    }

    // clause: N-07, N-40, Q-21, Q-22, D-16, J-19f
    #[test]
    fn every_permitted_run_keeps_its_promises((_, events) in any_run()) {
        let ticket = fold("U1", Some("rated"), &events).unwrap();
        prop_assert_eq!(ticket.last_seq, i64::try_from(events.len()).unwrap());
        prop_assert_ne!(ticket.handler.as_deref(), Some("rated"));
        prop_assert_eq!(ticket.state == State::Closed, ticket.closed_on.is_some());
        prop_assert_eq!(ticket.handled_on.is_some(), ticket.handled_as.is_some());
        if ticket.state == State::Closed {
            prop_assert!(ticket.handled_on.is_some() && ticket.answered_on.is_some());
            let closed_at = events.iter().position(|one| one.event == TicketEvent::Closed).unwrap();
            let at_closing = fold("U1", Some("rated"), &events[..closed_at]).unwrap();
            prop_assert!(ticket.revisited_on.is_some() || at_closing.is_anonymous());
        }
        // Folding the stream in two parts is folding it once: a projection can be rebuilt.
        prop_assert_eq!(fold("U1", Some("rated"), &events), Ok(ticket));
    }
}
