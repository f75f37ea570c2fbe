//! Policy profiles as they stand today, and the continuation of a lapsed one.

use super::{FlowError, events::violation, staff::SignedIn};
use crate::app::App;
use contract::profile::{Ancestor, ContinuationCreate, ProfileRow, ProfileView, Stricter};
use rules::{
    can::{Action, On, can},
    date::{self, Date},
    profile::{Continuation, Profile, Raw, continuation_on, stricter_keys},
    rating::Violation,
};
use store::ProfileContinuation;

/// 号, with which a document number ends.
const NUMBER: char = '\u{53f7}';
/// The longest name of an issuing body before 〔year〕, in characters.
const ISSUER_MAX: usize = 20;

/// Every version of every profile.
pub fn list(app: &App) -> Vec<ProfileRow> {
    let today = app.clock().today();
    let row = |profile: &Profile| ProfileRow {
        id: profile.id.clone(),
        version: profile.version.clone(),
        jurisdiction: profile.jurisdiction.clone(),
        document: profile.document.clone(),
        force: profile.force,
        valid_from: profile.valid_from.map(date::iso),
        valid_to: profile.valid_to.map(date::iso),
        in_force: in_force(app, profile, today),
        governs: governs(app, profile, today),
    };
    app.policies().profiles.iter().map(row).collect()
}

/// One profile by `id` (its latest version) or `id/version`.
///
/// # Errors
/// `UnknownProfile` with those there are.
pub fn find<'a>(app: &'a App, name: &str) -> Result<&'a Profile, FlowError> {
    app.policies().profile(name).ok_or_else(|| unknown(app))
}

fn unknown(app: &App) -> FlowError {
    FlowError::UnknownProfile(
        app.policies()
            .ids()
            .into_iter()
            .map(str::to_owned)
            .collect(),
    )
}

/// One profile with everything around it.
///
/// # Errors
/// `UnknownProfile` with those there are.
pub fn view(app: &App, name: &str) -> Result<ProfileView, FlowError> {
    let profile = find(app, name)?;
    let today = app.clock().today();
    let chain = app.policies().ancestors(profile);
    let ancestor = |profile: &&Profile| Ancestor {
        id: profile.id.clone(),
        version: profile.version.clone(),
        jurisdiction: profile.jurisdiction.clone(),
        document: profile.document.clone(),
    };
    Ok(ProfileView {
        in_force: in_force(app, profile, today),
        governs: governs(app, profile, today),
        stricter: chain
            .first()
            .map(|parent| stricter(profile, parent))
            .unwrap_or_default(),
        chain: chain.iter().map(ancestor).collect(),
        continuations: of(app, profile),
        profile: profile.clone(),
    })
}

fn in_force(app: &App, profile: &Profile, day: Date) -> bool {
    profile.in_force(day) || continuation_on(profile, &app.continuations(), day).is_some()
}

fn governs(app: &App, profile: &Profile, day: Date) -> bool {
    app.profile_on(day)
        .is_some_and(|governing| governing == profile)
}

fn of(app: &App, profile: &Profile) -> Vec<Continuation> {
    let mine = |one: &&Continuation| one.profile == profile.id && one.version == profile.version;
    app.continuations().iter().filter(mine).cloned().collect()
}

fn stricter(profile: &Profile, parent: &Profile) -> Vec<Stricter> {
    let (mine, theirs) = (profile.parameters.entries(), parent.parameters.entries());
    let stated = |key: &str| -> Option<Raw> {
        let entry = theirs.iter().find(|entry| entry.key == key)?;
        entry.value.clone().filter(|_| entry.basis.is_stated())
    };
    let keys = stricter_keys(profile, parent);
    mine.into_iter()
        .filter(|entry| keys.contains(&entry.key))
        .map(|entry| Stricter {
            key: entry.key.to_owned(),
            parent_value: stated(entry.key),
            value: entry.value,
        })
        .collect()
}

/// Enters the document by which the region's lapsed or lapsing text goes on. It governs services
/// from today on and changes no day that is over. The same entry again is the same entry; whether
/// it is new comes with the answer.
///
/// # Errors
/// `Forbidden`, `UnknownProfile`, `Invalid` with every violation, `Conflict` when another was
/// entered in the meantime.
pub async fn continue_profile(
    app: &App,
    who: &SignedIn,
    id: &str,
    asked: &ContinuationCreate,
) -> Result<(Continuation, bool), FlowError> {
    can(&who.actor, On::Nothing, Action::ContinueProfile)?;
    let versions: Vec<&Profile> = app
        .policies()
        .profiles
        .iter()
        .filter(|one| one.id == id)
        .collect();
    if versions.is_empty() {
        return Err(unknown(app));
    }
    let profile = versions
        .into_iter()
        .filter(|one| one.valid_to.is_some())
        .max_by_key(|one| one.valid_to);
    let today = app.clock().today();
    let document_no = asked.document_no.trim();
    let valid_to = date::parse_iso(asked.valid_to.trim());
    let violations: Vec<Violation> = [
        (id != app.region().profile).then(|| violation("profile", "profile.other_region", &[])),
        profile
            .is_none()
            .then(|| violation("profile", "profile.has_no_end", &[])),
        document(document_no),
        new_end(asked, valid_to, profile.and_then(|one| one.valid_to), today),
    ]
    .into_iter()
    .flatten()
    .collect();
    let (true, Some(profile), Some(valid_to)) = (violations.is_empty(), profile, valid_to) else {
        return Err(FlowError::Invalid(violations));
    };
    let fresh = Continuation {
        profile: id.to_owned(),
        version: profile.version.clone(),
        document_no: document_no.to_owned(),
        recorded_on: today,
        valid_to,
    };
    // Read from the store: another server may have taken one.
    let entered = app.store().profile_continuations().await?;
    let last = entered.into_iter().rfind(|row| row.profile == id);
    let same = |row: &ProfileContinuation| {
        (&row.version, &row.document_no) == (&fresh.version, &fresh.document_no)
            && row.valid_to == date::iso(valid_to)
    };
    if let Some(recorded_on) = last
        .as_ref()
        .filter(|row| same(row))
        .and_then(|row| date::parse_iso(&row.recorded_on))
    {
        return Ok((
            Continuation {
                recorded_on,
                ..fresh
            },
            false,
        ));
    }
    let row = ProfileContinuation {
        profile: fresh.profile.clone(),
        seq: last.map_or(0, |row| row.seq) + 1,
        version: fresh.version.clone(),
        document_no: fresh.document_no.clone(),
        valid_to: date::iso(valid_to),
        recorded_on: date::iso(today),
        recorded_at: app.clock().now(),
        actor: who.id.clone(),
    };
    app.store().profile_continue(row).await?;
    app.reload_continuations().await?;
    tracing::info!(profile = id, "a continuation was entered");
    Ok((fresh, true))
}

/// A document number as the State's format of documents writes it (GB/T 9704—2012, 7.2.5): the
/// body's short name, the year in 〔〕, the number and 号. No other text goes into an append-only row.
fn document(number: &str) -> Option<Violation> {
    if number.is_empty() {
        return Some(violation("document_no", "document_no.missing", &[]));
    }
    let parts = number
        .split_once('〔')
        .and_then(|(issuer, rest)| {
            rest.split_once('〕')
                .map(|(year, rest)| (issuer, year, rest))
        })
        .and_then(|(issuer, year, rest)| rest.strip_suffix(NUMBER).map(|no| (issuer, year, no)));
    let digits = |text: &str, count: std::ops::RangeInclusive<usize>| {
        count.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
    };
    let well_formed = parts.is_some_and(|(issuer, year, no)| {
        (1..=ISSUER_MAX).contains(&issuer.chars().count())
            && issuer
                .chars()
                .all(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
            && digits(year, 4..=4)
            && digits(no, 1..=5)
            && !no.starts_with('0')
    });
    (!well_formed).then(|| violation("document_no", "document_no.malformed", &[]))
}

/// The new last day: a day, later than the old one, and not over.
fn new_end(
    asked: &ContinuationCreate,
    valid_to: Option<Date>,
    last: Option<Date>,
    today: Date,
) -> Option<Violation> {
    let of = |code: &str, params: &[(&str, String)]| Some(violation("valid_to", code, params));
    let Some(valid_to) = valid_to else {
        let missing = asked.valid_to.trim().is_empty();
        return of(
            if missing {
                "valid_to.missing"
            } else {
                "valid_to.malformed"
            },
            &[],
        );
    };
    if let Some(last) = last.filter(|last| valid_to <= *last) {
        return of("valid_to.not_later", &[("last", date::iso(last))]);
    }
    if valid_to < today {
        return of("valid_to.in_the_past", &[("today", date::iso(today))]);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_number_has_its_issuer_year_and_number_and_nothing_else() {
        for good in ["吉市政发〔2021〕15号", "国办发〔2019〕51号"] {
            assert_eq!(document(good), None, "{good}");
        }
        for bad in [
            "吉市政发[2021]15号",
            "吉市政发〔21〕15号",
            "吉市政发〔2021〕号",
            "吉市政发〔2021〕015号",
            "〔2021〕15号",
            "吉市政发〔2021〕15号,请知悉",
            "see 〔2021〕15号",
            "15号",
        ] {
            assert_eq!(
                document(bad).map(|found| found.code).as_deref(),
                Some("document_no.malformed"),
                "{bad}"
            );
        }
        assert_eq!(
            document("").map(|found| found.code).as_deref(),
            Some("document_no.missing")
        );
    }
}
