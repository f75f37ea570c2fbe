//! What staff do with a ticket.

use super::{Loaded, find, load, may_give, new_event, page, projection};
use crate::{FlowError, app::App, clock::day_of, rate, staff::SignedIn};
use contract::ticket::{TicketAct, TicketView};
use rules::{
    can::{Action, Actor, On, Reason, can},
    rating::{CHANGES_MAX, Violation},
    text,
    ticket::{self, Recorded, Ticket, TicketEvent},
};
use store::{StoreError, TicketAppend};

/// The longest text of a handler, in characters.
const TEXT_MAX: usize = 2_000;
/// Does something with a ticket.
///
/// # Errors
/// `Forbidden` with the reason, `Conflict` when somebody acted in the meantime, `Invalid`.
pub async fn act(
    app: &App,
    who: &SignedIn,
    number: &str,
    act: &TicketAct,
) -> Result<TicketView, FlowError> {
    let mut races = CHANGES_MAX;
    loop {
        let append = prepare(app, who, number, act).await?;
        match app.store().append_ticket("staff", append).await {
            // If it was the rater who came in between, the act is made again on what is there now.
            Err(StoreError::Conflict(_)) if races > 0 => races -= 1,
            appended => {
                appended?;
                break;
            }
        }
    }
    let row = app
        .store()
        .ticket_by_number(number)
        .await?
        .ok_or(FlowError::NotFound)?;
    page::page(app, who, &load(app, row).await?).await
}

/// Does something with each of several tickets, in one transaction: what a demo's staff do in an
/// evening.
///
/// # Errors
/// See `act`; nothing is stored then.
pub async fn act_on_all(
    app: &App,
    acts: Vec<(SignedIn, String, TicketAct)>,
) -> Result<(), FlowError> {
    let mut preparing = tokio::task::JoinSet::new();
    for (who, number, act) in acts {
        let app = app.clone();
        preparing.spawn(async move { prepare(&app, &who, &number, &act).await });
    }
    let mut appends = Vec::with_capacity(preparing.len());
    while let Some(prepared) = preparing.join_next().await {
        appends.push(prepared.map_err(|error| FlowError::Internal(error.to_string()))??);
    }
    Ok(app.store().append_tickets("staff", appends).await?)
}

/// Checks an act and makes what is to be appended.
async fn prepare(
    app: &App,
    who: &SignedIn,
    number: &str,
    act: &TicketAct,
) -> Result<TicketAppend, FlowError> {
    let loaded = find(app, who, number).await?;
    let seen = as_seen(&loaded, act.seq).ok_or(FlowError::Conflict)?;
    can(&who.actor, On::Ticket(&seen), act.action)?;
    let (event, text) = event_of(app, &who.actor, &seen, act).map_err(FlowError::Invalid)?;
    app.may_stamp()?;
    let now = app.clock().now();
    let recorded = Recorded {
        seq: loaded.ticket.last_seq + 1,
        on: day_of(now),
        actor: who.id.clone(),
        event,
    };
    let mut all = loaded.recorded.clone();
    all.push(recorded.clone());
    // What the rater changed meanwhile may have made it impossible: then it is to be looked at again.
    let after = ticket::fold(&loaded.row.unit, loaded.row.rated_staff.as_deref(), &all)
        .map_err(|_| FlowError::Conflict)?;
    let after = Ticket {
        handler_left: super::has_left(app, after.handler.as_deref()),
        ..after
    };
    let mut private = Vec::new();
    if let Some(text) = text {
        rate::hide(
            app,
            recorded.event.kind(),
            text.as_bytes(),
            now,
            &mut private,
        )?;
    }
    Ok(TicketAppend {
        expected_seq: loaded.ticket.last_seq,
        event: new_event(&recorded, now, private.pop())?,
        projection: projection(app, &loaded.row, &after)?,
    })
}

/// The ticket as whoever acts has seen it, up to an event; none where anybody but the rater has done
/// something since. What staff were about to do is not lost to a change of the rating.
fn as_seen(loaded: &Loaded, seq: i64) -> Option<Ticket> {
    let seen = usize::try_from(seq).ok().filter(|seen| *seen > 0)?;
    let (before, since) = loaded.recorded.split_at_checked(seen)?;
    if !since.iter().all(|recorded| recorded.event.is_raters()) {
        return None;
    }
    let row = &loaded.row;
    let mut ticket = ticket::fold(&row.unit, row.rated_staff.as_deref(), before).ok()?;
    ticket.served_by.clone_from(&loaded.ticket.served_by);
    ticket.handler_left = loaded.ticket.handler_left;
    Some(ticket)
}

type Written = (TicketEvent, Option<String>);

fn event_of(
    app: &App,
    actor: &Actor,
    ticket: &Ticket,
    act: &TicketAct,
) -> Result<Written, Vec<Violation>> {
    let one = |field: &str, code: &str| vec![Violation::new(field, code)];
    match act.action {
        Action::Assign => {
            let handler = act
                .handler
                .clone()
                .ok_or_else(|| one("handler", "handler.missing"))?;
            let person = app
                .directory()
                .person(&handler)
                .ok_or_else(|| one("handler", "handler.unknown"))?;
            match may_give(app, actor, ticket, person) {
                Ok(()) => Ok((TicketEvent::Assigned { handler }, None)),
                Err(
                    reason @ (Reason::UnitHasOwnStaff
                    | Reason::AuthorityDecides
                    | Reason::AlreadyHandles),
                ) => Err(one("handler", &format!("handler.{}", reason.code()))),
                Err(_) => Err(one("handler", "handler.unknown")),
            }
        }
        Action::Contact => {
            let outcome = act
                .contact
                .ok_or_else(|| one("contact", "outcome.missing"))?;
            Ok((TicketEvent::Contacted { outcome }, None))
        }
        Action::Revisit => {
            let outcome = act
                .revisit
                .ok_or_else(|| one("revisit", "outcome.missing"))?;
            Ok((TicketEvent::Revisited { outcome }, None))
        }
        Action::Rectify => text(act).map(|text| (TicketEvent::Rectified, Some(text))),
        Action::Explain => text(act).map(|text| (TicketEvent::Explained, Some(text))),
        Action::Answer => text(act).map(|text| (TicketEvent::Answered, Some(text))),
        Action::Close => Ok((TicketEvent::Closed, None)),
        _ => Err(one("action", "action.not_here")),
    }
}

fn text(act: &TicketAct) -> Result<String, Vec<Violation>> {
    let text = text::kept(&act.text);
    let length = text.chars().count();
    let control = text::has_control(&text);
    let violations: Vec<Violation> = [
        (length == 0).then(|| Violation::new("text", "text.missing")),
        (length > TEXT_MAX).then(|| {
            Violation::new("text", "text.too_long")
                .with("max", TEXT_MAX)
                .with("length", length)
        }),
        control.then(|| Violation::new("text", "text.control_character")),
    ]
    .into_iter()
    .flatten()
    .collect();
    if violations.is_empty() {
        Ok(text)
    } else {
        Err(violations)
    }
}
