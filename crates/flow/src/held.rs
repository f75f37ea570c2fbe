//! Ratings under verification (核验中): the authority sees what came together, without levels, and rules on it.

use super::{FlowError, staff::SignedIn};
use crate::{app::App, secrets};
use contract::held::{HeldGroup, HeldOutcome, HeldRuled, HeldRuling};
use rules::{
    can::{Action, On, can},
    date,
};
use store::Ruling;

/// As many groups are listed: those ruled on make room for others.
const GROUPS_MAX: i64 = 500;

/// The groups that wait for a ruling, the newest first.
///
/// # Errors
/// `Forbidden` for all but the authority.
pub async fn list(app: &App, who: &SignedIn) -> Result<Vec<HeldGroup>, FlowError> {
    can(&who.actor, On::Nothing, Action::ListHeld)?;
    let groups = app.store().held_groups(GROUPS_MAX).await?;
    Ok(groups.into_iter().map(|group| shown(app, group)).collect())
}

fn shown(app: &App, group: store::HeldGroup) -> HeldGroup {
    let source = word(&group);
    HeldGroup {
        place: app.directory().place(&group.win, None),
        day: group.day,
        unit: group.unit,
        win: group.win,
        source,
        ratings: u64::try_from(group.n).unwrap_or(0),
    }
}

/// Rules on a group; tells how many ratings that were.
///
/// # Errors
/// `Forbidden` for all but the authority, `Malformed`, `NotFound` where nothing waits in the group.
pub async fn rule(app: &App, who: &SignedIn, asked: &HeldRuling) -> Result<HeldRuled, FlowError> {
    can(&who.actor, On::Nothing, Action::RuleHeld)?;
    date::parse_iso(&asked.day).ok_or(FlowError::Malformed("day"))?;
    let of = |group: &store::HeldGroup| {
        (&group.day, &group.unit, &group.win) == (&asked.day, &asked.unit, &asked.win)
            && word(group) == asked.source
    };
    let groups = app.store().held_groups(GROUPS_MAX).await?;
    let group = groups.into_iter().find(of).ok_or(FlowError::NotFound)?;
    let ruling = Ruling {
        group,
        released: match asked.outcome {
            HeldOutcome::Released => true,
            HeldOutcome::Excluded => false,
        },
        actor: who.id.clone(),
        at: app.clock().now(),
    };
    match app.store().held_rule(&ruling).await? {
        0 => Err(FlowError::NotFound),
        n => Ok(HeldRuled {
            ratings: u64::try_from(n).unwrap_or(0),
        }),
    }
}

/// What a group's source is called. It is another word at each window: whoever sends something of their own from a
/// network would learn its name there, and then whose ratings are ruled on elsewhere.
fn word(group: &store::HeldGroup) -> String {
    let of = [
        group.day.as_bytes(),
        group.unit.as_bytes(),
        group.win.as_bytes(),
    ];
    secrets::hex(&secrets::digest(&[&of.concat(), &group.source])[..8])
}
