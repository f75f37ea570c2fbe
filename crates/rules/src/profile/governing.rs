//! Which profile a service runs under: validity, lapses and continuations.
//!
//! A case is bound to the version in force at the moment of its service (`domain.md` 7, case 39),
//! so nothing here may ever change for a day that is over.

use super::Profile;
use crate::date::{Date, serde_iso};
use serde::{Deserialize, Serialize};

/// A document that prolongs a lapsed text, as an administrator entered it. None is shipped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Continuation {
    /// The profile's id.
    pub profile: String,
    /// Its version.
    pub version: String,
    /// The number of the document that prolongs it.
    pub document_no: String,
    /// The day on which it was entered. It governs from this day on and never before.
    #[serde(with = "serde_iso")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub recorded_on: Date,
    /// The new last day.
    #[serde(with = "serde_iso")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub valid_to: Date,
}

/// What a service on a day runs under, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Governing<'p, 'c> {
    /// The profile.
    pub profile: &'p Profile,
    /// The jurisdiction's own text, where it has lapsed and the profile is an ancestor's.
    pub lapsed: Option<&'p Profile>,
    /// The document by which a lapsed text still governs.
    pub continued: Option<&'c Continuation>,
}

/// The profile that governs a service of the jurisdiction `id` on `day`: its own version in force;
/// else its lapsed version while a continuation holds; else the nearest ancestor in force, so that
/// a lapse (吉林市工作细则第二十八条: 试行期限1年) never leaves no rule (case 40). `None` only for
/// a jurisdiction that is unknown.
///
/// `continuations` are in the order in which they were entered; of those entered up to `day` the
/// last one counts, so that a wrong entry is put right by a further one and no past day changes.
#[must_use]
pub fn governing<'p, 'c>(
    profiles: &'p [Profile],
    continuations: &'c [Continuation],
    id: &str,
    day: Date,
) -> Option<Governing<'p, 'c>> {
    let own = || profiles.iter().rev().filter(|profile| profile.id == id);
    let latest = own().next()?;
    if let Some(profile) = own().find(|profile| profile.in_force(day)) {
        return Some(Governing {
            profile,
            lapsed: None,
            continued: None,
        });
    }
    let lapsed = own()
        .filter(|profile| profile.valid_to.is_some_and(|last| last < day))
        .max_by_key(|profile| profile.valid_to);
    let continued = lapsed.and_then(|profile| continuation_on(profile, continuations, day));
    if let Some((profile, continued)) = lapsed.zip(continued) {
        return Some(Governing {
            profile,
            lapsed: None,
            continued: Some(continued),
        });
    }
    let chain = ancestors(latest, profiles);
    let above = chain.iter().find(|profile| profile.in_force(day));
    let profile = above.or(chain.last()).copied().unwrap_or(latest);
    Some(Governing {
        profile,
        lapsed,
        continued: None,
    })
}

/// The document by which a version still holds on a day after its last one: of those entered up to
/// that day the last, if the day isn't past its end.
#[must_use]
pub fn continuation_on<'a>(
    profile: &Profile,
    continuations: &'a [Continuation],
    day: Date,
) -> Option<&'a Continuation> {
    profile.valid_to.filter(|last| *last < day)?;
    continuations
        .iter()
        .rev()
        .find(|one| {
            one.profile == profile.id && one.version == profile.version && one.recorded_on <= day
        })
        .filter(|last| day <= last.valid_to)
}

/// The profiles above one, nearest first. A circle in the files ends the chain.
#[must_use]
pub fn ancestors<'a>(profile: &Profile, all: &'a [Profile]) -> Vec<&'a Profile> {
    let mut chain: Vec<&Profile> = Vec::new();
    let mut name = profile.parent.as_deref();
    while let Some(parent) = name.and_then(|name| all.iter().find(|p| p.reference() == name)) {
        if parent.reference() == profile.reference()
            || chain.iter().any(|p| p.reference() == parent.reference())
        {
            break;
        }
        chain.push(parent);
        name = parent.parent.as_deref();
    }
    chain
}
