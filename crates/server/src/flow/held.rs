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
    HeldGroup {
        place: app.directory().place(&group.win, None),
        day: group.day,
        unit: group.unit,
        win: group.win,
        source: secrets::hex(&group.source),
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
    let source = source(&asked.source).ok_or(FlowError::Malformed("source"))?;
    let ruling = Ruling {
        group: store::HeldGroup {
            day: asked.day.clone(),
            unit: asked.unit.clone(),
            win: asked.win.clone(),
            source,
            ..store::HeldGroup::default()
        },
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

/// A network's digest, or the id of a rating of which none is known.
fn source(text: &str) -> Option<Vec<u8>> {
    let digest = secrets::unhex::<8>(text).map(Vec::from);
    digest.or_else(|| secrets::unhex::<16>(text).map(Vec::from))
}
