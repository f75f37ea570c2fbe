//! Policy profiles as they stand today, and the continuation of a lapsed one.

use super::{FlowError, staff::SignedIn};
use crate::app::App;
use contract::profile::{Ancestor, ContinuationCreate, ProfileRow, ProfileView, Stricter};
use rules::{
    can::{Action, On, can},
    date::{self, Date},
    profile::{
        AskedContinuation, Continuation, Profile, Raw, continuation_on, continue_by, stricter_keys,
    },
};
use store::ProfileContinuation;

/// Every version of every profile.
pub fn list(app: &App) -> Vec<ProfileRow> {
    let today = app.clock().today();
    let row = |profile: &Profile| {
        let (in_force, governs) = (in_force(app, profile, today), governs(app, profile, today));
        let of_region = profile.id == app.region().profile;
        ProfileRow::of(profile, in_force, governs, of_region)
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
    let asked = AskedContinuation {
        document_no: &asked.document_no,
        valid_to: &asked.valid_to,
    };
    let of_the_region = id == app.region().profile;
    let fresh = continue_by(profile, of_the_region, &asked, today).map_err(FlowError::Invalid)?;
    // Read from the store: another server may have taken one.
    let entered = app.store().profile_continuations().await?;
    let last = entered.into_iter().rfind(|row| row.profile == id);
    let same = |row: &ProfileContinuation| {
        (&row.version, &row.document_no) == (&fresh.version, &fresh.document_no)
            && row.valid_to == date::iso(fresh.valid_to)
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
        valid_to: date::iso(fresh.valid_to),
        recorded_on: date::iso(today),
        recorded_at: app.clock().now(),
        actor: who.id.clone(),
    };
    app.store().profile_continue(row).await?;
    app.reload_continuations().await?;
    tracing::info!(profile = id, "a continuation was entered");
    Ok((fresh, true))
}
