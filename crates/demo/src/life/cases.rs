//! What becomes of bad ratings: each has a fate from the start, and staff follow it evening by
//! evening through the same flow as at the console.

use super::{super::chance::Chance, shape, words};
use crate::DemoError;
use contract::ticket::TicketAct;
use flow::{
    FlowError,
    app::App,
    secrets::{self, Purpose},
    staff::{self, SignedIn},
    tickets,
};
use rules::{
    can::Action,
    date::Date,
    ticket::{ContactOutcome, RevisitOutcome},
};
use std::collections::{BTreeMap, VecDeque};

/// Up to where a ticket of a scene is taken; the others go as far as time allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Until {
    Nothing,
    Assigned,
    Contacted,
    Handled,
    Answered,
    Revisited,
    Closed,
}

/// A bad rating that was accepted, before anybody has looked at it.
pub(super) struct Opened {
    /// The code of its receipt, once it is stored.
    pub(super) code: String,
    pub(super) day: Date,
    pub(super) unit: String,
    pub(super) window: String,
    pub(super) rated: Option<String>,
    pub(super) stated: bool,
    pub(super) theme: usize,
    pub(super) until: Until,
    pub(super) dissatisfied: bool,
    pub(super) seed: u64,
}

enum Step {
    Assign,
    Contact(ContactOutcome),
    Handle { rectified: bool },
    Answer,
    Revisit(RevisitOutcome),
    Close,
}

/// A ticket on its way.
pub(super) struct Case {
    number: String,
    handler: String,
    theme: usize,
    disputed: bool,
    done: String,
    seq: i64,
    chance: Chance,
    steps: VecDeque<(Date, Step)>,
}

/// The tickets on their way, by the evening on which somebody works on them next.
#[derive(Default)]
pub(super) struct Desk {
    waiting: BTreeMap<Date, Vec<Case>>,
}

impl Desk {
    pub(super) fn put(&mut self, case: Case) {
        if let Some((day, _)) = case.steps.front() {
            self.waiting.entry(*day).or_default().push(case);
        }
    }

    /// An evening's work; gives how many steps were taken.
    pub(super) async fn work(&mut self, app: &App, day: Date) -> Result<usize, DemoError> {
        let later = day
            .next_day()
            .map(|next| self.waiting.split_off(&next))
            .unwrap_or_default();
        let mut due: Vec<Case> = std::mem::replace(&mut self.waiting, later)
            .into_values()
            .flatten()
            .collect();
        let mut taken = 0;
        while !due.is_empty() {
            let mut acts = Vec::with_capacity(due.len());
            for case in &mut due {
                if let Some((_, step)) = case.steps.pop_front() {
                    let (who, act) = act_of(case, &step);
                    acts.push((person(app, &who)?, case.number.clone(), act));
                    case.seq += 1;
                }
            }
            taken += acts.len();
            tickets::act_on_all(app, acts).await?;
            // Some tickets take another step the same evening, the others wait for their day.
            let (now, later): (Vec<Case>, Vec<Case>) = due
                .into_iter()
                .partition(|case| case.steps.front().is_some_and(|(on, _)| *on <= day));
            due = now;
            later.into_iter().for_each(|case| self.put(case));
        }
        Ok(taken)
    }
}

fn act_of(case: &mut Case, step: &Step) -> (String, TicketAct) {
    let mut act = TicketAct {
        action: Action::Assign,
        seq: case.seq,
        handler: None,
        contact: None,
        revisit: None,
        text: String::new(),
    };
    let (authority, handler) = ("p-zhou".to_owned(), case.handler.clone());
    let who = match step {
        Step::Assign => {
            act.handler = Some(case.handler.clone());
            authority
        }
        Step::Contact(outcome) => {
            act.action = Action::Contact;
            act.contact = Some(*outcome);
            handler
        }
        Step::Handle { rectified } => {
            act.action = if *rectified {
                Action::Rectify
            } else {
                Action::Explain
            };
            case.done = words::done(&mut case.chance, case.theme, *rectified);
            act.text.clone_from(&case.done);
            handler
        }
        Step::Answer => {
            act.action = Action::Answer;
            act.text = words::answer(&mut case.chance, &case.done);
            handler
        }
        Step::Revisit(outcome) => {
            act.action = Action::Revisit;
            act.revisit = Some(*outcome);
            authority
        }
        Step::Close => {
            act.action = Action::Close;
            if case.disputed { authority } else { handler }
        }
    };
    (who, act)
}

/// A member of staff as signed in.
pub(super) fn person(app: &App, id: &str) -> Result<SignedIn, FlowError> {
    let person = app.directory().person(id).ok_or(FlowError::NotFound)?;
    staff::signed_in(app.directory(), person)
}

/// The ticket that a rating opened, with its fate.
pub(super) async fn open(app: &App, opened: Opened) -> Result<Case, FlowError> {
    let hash = secrets::code_hash(Purpose::Receipt, &opened.code);
    let rating = app
        .store()
        .rating_by_code(&hash)
        .await?
        .ok_or(FlowError::NotFound)?;
    let ticket = app
        .store()
        .ticket_of_rating(&rating.unit, &rating.rating)
        .await?
        .ok_or(FlowError::NotFound)?;
    let mut chance = Chance::of(opened.seed, 9);
    let handler = handler(app, &opened, &mut chance).ok_or(FlowError::NotFound)?;
    let person = app.directory().person(&handler);
    let elsewhere = person.is_some_and(|person| person.unit != opened.unit);
    let seated = person.is_some_and(|person| app.directory().is_seated(person));
    let steps = fate(app, &opened, opened.day, elsewhere, seated, &mut chance);
    Ok(Case {
        number: ticket.number,
        disputed: steps
            .iter()
            .any(|(_, step)| matches!(step, Step::Revisit(RevisitOutcome::NotSatisfied))),

        handler,
        theme: opened.theme,
        done: String::new(),
        seq: 1,
        chance,
        steps,
    })
}

/// Who will handle it: mostly somebody without a window; of another unit where nobody may.
fn handler(app: &App, opened: &Opened, chance: &mut Chance) -> Option<String> {
    let rated = opened.rated.as_deref();
    let served = tickets::served_by(app.directory(), &opened.window, &opened.unit, rated);
    let may = |person: &&store::Staff| !served.contains(&person.id);
    let own: Vec<&store::Staff> = app.directory().staff_of(&opened.unit).filter(may).collect();
    let free: Vec<&store::Staff> = own
        .iter()
        .copied()
        .filter(|person| person.win.is_none())
        .collect();
    let elsewhere = || -> Vec<&store::Staff> {
        let handlers = app
            .directory()
            .staff()
            .filter(|person| person.role == "handler" && person.win.is_none());
        handlers.filter(may).collect()
    };
    let from = match (free.is_empty(), own.is_empty()) {
        (false, _) if chance.percent(80) || own.len() == free.len() => free,
        (_, false) => own,
        _ => elsewhere(),
    };
    from.get(chance.below(from.len()))
        .map(|person| person.id.clone())
}

/// How long each step takes, in working days: a unit that is short of hands takes longer, and one
/// ticket in twenty of any unit is forgotten for weeks.
fn fate(
    app: &App,
    opened: &Opened,
    day: Date,
    elsewhere: bool,
    seated: bool,
    chance: &mut Chance,
) -> VecDeque<(Date, Step)> {
    let slow = shape::is_slow(&opened.unit) || chance.percent(5);
    let calendar = &app.policies().calendar;
    let mut at = day;
    let mut steps = VecDeque::new();
    let mut push = |chance: &mut Chance, least: u32, most: u32, step: Step| {
        let days = least + u32::try_from(chance.below((most - least + 1) as usize)).unwrap_or(0);
        at = shape::working_days_after(calendar, at, days);
        steps.push_back((at, step));
    };
    let scene = opened.until != Until::Closed;
    let until = |step: Until| (opened.until as u8) >= (step as u8);
    if until(Until::Assigned) {
        let most = if elsewhere {
            4
        } else if slow {
            3
        } else {
            1
        };
        push(chance, 0, if scene { 0 } else { most }, Step::Assign);
    }
    if until(Until::Contacted) && opened.stated {
        let outcome = [
            ContactOutcome::Reached,
            ContactOutcome::NoAnswer,
            ContactOutcome::WrongNumber,
            ContactOutcome::Refused,
        ][chance.weighted(&[86, 9, 3, 2])];
        // Whoever sits at a window sees it on the day after.
        push(
            chance,
            u32::from(seated),
            if slow && !scene { 3 } else { 1 },
            Step::Contact(outcome),
        );
    }
    if until(Until::Handled) {
        let (least, most) = match (slow, scene) {
            (_, true) => (1, 2),
            (true, _) => (6, 20),
            (false, _) => (1, 8),
        };
        push(
            chance,
            least,
            most,
            Step::Handle {
                rectified: chance_of(opened.seed, 78),
            },
        );
    }
    if until(Until::Answered) {
        push(chance, 0, 2, Step::Answer);
    }
    if until(Until::Revisited) && opened.stated {
        let outcome = [
            RevisitOutcome::Satisfied,
            RevisitOutcome::NoAnswer,
            RevisitOutcome::NotSatisfied,
            RevisitOutcome::Refused,
        ][chance.weighted(&[76, 12, 9, 3])];
        let outcome = if opened.dissatisfied {
            RevisitOutcome::NotSatisfied
        } else {
            outcome
        };
        push(chance, 1, 3, Step::Revisit(outcome));
    }
    if until(Until::Closed) {
        push(chance, 0, 2, Step::Close);
    }
    steps
}

fn chance_of(seed: u64, percent: u64) -> bool {
    Chance::of(seed, 11).percent(percent)
}
