//! Who is kept from a ticket because they serve citizens: whoever served there, and whoever sits at a window until
//! the day is released.

use crate::can::{authority, handler, seated};
use crate::common::{assigned, opened, recorded, ticket};
use rules::can::{Action, Actor, Candidate, On, Reason, Role, Sight, can};
use rules::level::Level;
use rules::rating::Identity;
use rules::ticket::{Ticket, fold};

#[test]
fn whoever_served_there_neither_sees_the_ticket_nor_is_given_it() {
    let ticket = ticket(Identity::Stated, []);
    for who in ["rated", "beside"] {
        let actor = seated(who, "U1");
        for action in Action::WORK
            .into_iter()
            .chain([Action::ViewTicket, Action::RevealContact])
        {
            assert_eq!(
                can(&actor, On::Ticket(&ticket), action),
                Err(Reason::RatedPersonMayNot)
            );
        }
        let to = Candidate {
            id: who,
            role: Role::Handler,
            unit: "U1",
        };
        assert!(!to.is_own(&ticket));
        let giving = On::Giving {
            ticket: &ticket,
            to,
            unit_has_own: false,
        };
        assert_eq!(
            can(&authority(), giving, Action::Assign),
            Err(Reason::RatedPersonMayNot)
        );
        let events = [opened(Level::L1, Identity::Stated), assigned(who)];
        assert!(fold("U1", Some("rated"), &recorded(events)).is_err());
    }
}

#[test]
fn the_authority_is_never_kept_from_what_it_supervises() {
    let named = Ticket {
        rated_staff: Some("a1".to_owned()),
        ..ticket(Identity::Stated, [])
    };
    assert_eq!(
        can(&authority(), On::Ticket(&named), Action::ViewTicket),
        Ok(())
    );
}

/// Of a ticket of U1, before its day is released.
const SIGHT: Sight<'_> = Sight {
    unit: Some("U1"),
    is_handler: false,
    is_about: false,
    opening_released: false,
    news_released: false,
};

#[test]
fn whoever_sits_at_a_window_sees_a_ticket_once_its_day_is_released() {
    let sees = |actor: &Actor, sight: Sight<'_>| can(actor, On::Sight(&sight), Action::ViewTicket);
    let at_a_window = seated("s2", "U1");
    let early = Err(Reason::NotYetReleased);
    assert_eq!(sees(&at_a_window, SIGHT), early);
    assert_eq!(
        sees(&handler("h1"), SIGHT),
        Ok(()),
        "whoever sits at none at once"
    );
    let opened = Sight {
        opening_released: true,
        ..SIGHT
    };
    assert_eq!(sees(&at_a_window, opened), early, "changed since");
    assert_eq!(
        sees(
            &at_a_window,
            Sight {
                is_handler: true,
                ..opened
            }
        ),
        Ok(())
    );
    assert_eq!(
        sees(
            &at_a_window,
            Sight {
                is_handler: true,
                ..SIGHT
            }
        ),
        early
    );
    assert_eq!(
        sees(
            &at_a_window,
            Sight {
                news_released: true,
                ..opened
            }
        ),
        Ok(())
    );
    // Released or not, what is another unit's, or about oneself, or not there at all, is not seen.
    let told = Sight {
        opening_released: true,
        news_released: true,
        ..SIGHT
    };
    assert_eq!(sees(&seated("o1", "U2"), told), Err(Reason::OtherUnit));
    assert_eq!(
        sees(
            &handler("rated"),
            Sight {
                is_about: true,
                ..told
            }
        ),
        Err(Reason::RatedPersonMayNot)
    );
    for actor in [handler("h1"), at_a_window, authority()] {
        assert!(sees(&actor, Sight { unit: None, ..told }).is_err());
    }
}
