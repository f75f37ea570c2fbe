//! `haochaping due`: when a duty is due under a profile, with every day counted or skipped.

use policy::Policies;
pub use rules::date::parse_iso;
use rules::date::{Date, iso, serde_iso};
use rules::deadline::{self, Step};
use rules::profile::{Basis, Clock, Continuation, continuation_on};
use serde::{Deserialize, Serialize};

/// The answer, as `--json` prints it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueAnswer {
    /// The due day; `None` where the profile gives no term.
    #[serde(with = "serde_iso::option")]
    pub due: Option<Date>,
    /// 暂定: it depends on a day the calendar doesn't know yet.
    pub provisional: bool,
    /// Was the profile in force on the day asked for? It is computed with it all the same.
    pub in_force: bool,
    /// Every day counted or skipped.
    pub steps: Vec<Step>,
    /// Where the term comes from.
    pub cite: Basis,
    /// What the words leave open, and how they were read.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<String>,
    /// Why there is no due day.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
}

impl DueAnswer {
    /// The same answer as the API gives it.
    #[must_use]
    pub fn on_the_wire(self) -> contract::figures::DueAnswer {
        contract::figures::DueAnswer {
            due: self.due.map(iso),
            provisional: self.provisional,
            in_force: self.in_force,
            steps: self.steps,
            cite: self.cite,
            note: self.note,
            reason: self.reason,
        }
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DueError {
    /// No such profile.
    #[error("no profile `{asked}`; there are {}", known.join(", "))]
    UnknownProfile {
        /// What was asked for.
        asked: String,
        /// The ids there are.
        known: Vec<String>,
    },
    /// The due day is outside the representable dates.
    #[error("the due day is beyond the last date there is")]
    OutOfRange,
}

/// Computes with the named profile (`id` or `id/version`) and no other, in force or not. Where
/// there is no folder there are no `continuations`.
///
/// # Errors
/// When there is no such profile or the due day can't be written down.
pub fn due(
    policies: &Policies,
    continuations: &[Continuation],
    profile: &str,
    clock: Clock,
    from: Date,
) -> Result<DueAnswer, DueError> {
    let unknown = || DueError::UnknownProfile {
        asked: profile.to_owned(),
        known: policies.ids().into_iter().map(str::to_owned).collect(),
    };
    let profile = policies.profile(profile).ok_or_else(unknown)?;
    let param = profile.clock(clock);
    let in_force =
        profile.in_force(from) || continuation_on(profile, continuations, from).is_some();
    let (cite, note) = (param.basis.clone(), param.note.clone());
    let Some(term) = param.value else {
        let reason = match &cite {
            Basis::None { why } | Basis::Ours { why } => why.clone(),
            Basis::Stated { words, .. } => words.clone(),
        };
        let (steps, reason) = (Vec::new(), Some(reason));
        return Ok(DueAnswer {
            due: None,
            provisional: false,
            in_force,
            steps,
            cite,
            note,
            reason,
        });
    };
    let due = deadline::due(term, &policies.calendar, from).ok_or(DueError::OutOfRange)?;
    let deadline::Due {
        due,
        provisional,
        steps,
    } = due;
    Ok(DueAnswer {
        due: Some(due),
        provisional,
        in_force,
        steps,
        cite,
        note,
        reason: None,
    })
}
