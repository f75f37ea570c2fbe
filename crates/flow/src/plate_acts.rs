//! Plates over time: taking one out of use, putting a new one in its place, and what each said.

use super::{FlowError, staff::SignedIn};
use crate::{
    app::{App, iso_day},
    plates, secrets,
};
use contract::place::{PlateRow, PlateVersion};
use rules::can::{Action, On, can};
use std::collections::BTreeMap;
use store::{Plate, PlateRevocation};

/// Takes a plate out of use. What was rated with it stays.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Conflict` when it was out of use already.
pub async fn revoke(app: &App, who: &SignedIn, code: &str) -> Result<(), FlowError> {
    can(&who.actor, On::Nothing, Action::ManagePlates)?;
    // From the store: another server may have made or revoked it.
    app.reload_plates().await?;
    app.plates().known(code).ok_or(FlowError::NotFound)?;
    app.store().plate_revoke(revocation(app, who, code)).await?;
    app.reload_plates().await?;
    tracing::info!("a plate was revoked");
    Ok(())
}

/// Puts a new plate, with new codes, in the place of one; the old one is out of use from then on. A
/// plate that was revoked can be replaced as long as its window has no other.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Conflict` when its window has another plate already.
pub async fn rotate(app: &App, who: &SignedIn, code: &str) -> Result<PlateRow, FlowError> {
    can(&who.actor, On::Nothing, Action::ManagePlates)?;
    app.reload_plates().await?;
    let held = app.plates();
    let old = held.known(code).ok_or(FlowError::NotFound)?;
    if held
        .at(&old.win)
        .is_some_and(|other| other.code != old.code)
    {
        return Err(FlowError::Conflict);
    }
    let last = held
        .all_at(&old.win)
        .map(|plate| plate.version)
        .max()
        .unwrap_or(0);
    let (code, short_code) = secrets::plate_codes()?;
    let fresh = Plate {
        code,
        short_code,
        win: old.win.clone(),
        version: last + 1,
        revoked: false,
    };
    let content = plates::content(
        app.directory(),
        &fresh,
        &iso_day(app.clock().now()),
        Some(&who.id),
    );
    let made = fresh.code.clone();
    app.store()
        .plate_rotate(fresh, content, revocation(app, who, &old.code))
        .await?;
    app.reload_plates().await?;
    tracing::info!("a plate was replaced");
    let held = app.plates();
    let plate = held.known(&made).ok_or(FlowError::Conflict)?;
    Ok(held.row(plate, app.directory()))
}

fn revocation(app: &App, who: &SignedIn, code: &str) -> PlateRevocation {
    let now = app.clock().now();
    PlateRevocation {
        plate: code.to_owned(),
        revoked_on: iso_day(now),
        revoked_at: now,
        revoked_by: who.id.clone(),
    }
}

/// May somebody print a plate? Of their own unit; the authority of all.
///
/// # Errors
/// `Forbidden` with the reason.
pub fn may_print(app: &App, who: &SignedIn, plate: &Plate) -> Result<(), FlowError> {
    let unit = app
        .directory()
        .window(&plate.win)
        .map(|window| &window.unit);
    let on = unit.map_or(On::Nothing, |unit| On::Unit(unit));
    Ok(can(&who.actor, on, Action::PrintPlates)?)
}

/// The plates that somebody may print, hall by hall.
pub fn printable(app: &App, who: &SignedIn) -> Vec<PlateRow> {
    let held = app.plates();
    let mut rows = held.rows(app.directory());
    rows.retain(|row| {
        let plate = held.known(&row.plate);
        plate.is_some_and(|plate| may_print(app, who, plate).is_ok())
    });
    rows
}

/// Every version of the plate at a plate's window, the first one first.
///
/// # Errors
/// `Forbidden`, `NotFound`.
pub async fn versions(
    app: &App,
    who: &SignedIn,
    code: &str,
) -> Result<Vec<PlateVersion>, FlowError> {
    let held = app.plates();
    let plate = held.known(code).ok_or(FlowError::NotFound)?;
    may_print(app, who, plate)?;
    let window = &plate.win;
    let revoked = app.store().plate_revocations().await?.into_iter();
    let revoked: BTreeMap<String, PlateRevocation> =
        revoked.map(|one| (one.plate.clone(), one)).collect();
    let version = |plate: &Plate| {
        let (content, end) = (held.content(&plate.code), revoked.get(&plate.code));
        PlateVersion {
            plate: plate.code.clone(),
            short: plate.short_code.clone(),
            version: plate.version,
            place: held.place(plate, app.directory()),
            made_on: content.and_then(|content| content.made_on.clone()),
            made_by: content.and_then(|content| content.made_by.clone()),
            revoked: plate.revoked,
            revoked_on: end.map(|end| end.revoked_on.clone()),
            revoked_by: end.map(|end| end.revoked_by.clone()),
        }
    };
    let mut versions: Vec<PlateVersion> = held.all_at(window).map(version).collect();
    versions.sort_by_key(|one| one.version);
    Ok(versions)
}
