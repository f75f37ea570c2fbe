//! The receipt of a stored rating: the same for every level.

use crate::{
    FlowError,
    app::{App, iso_day},
    secrets::{self, Purpose},
};
use contract::rate::Receipt;

/// A receipt, looked up by its code.
///
/// # Errors
/// `NotFound` for an unknown code.
pub async fn receipt(app: &App, code: &str) -> Result<Receipt, FlowError> {
    let hash = secrets::code_hash(Purpose::Receipt, code);
    let found = app
        .store()
        .rating_by_code(&hash)
        .await?
        .ok_or(FlowError::NotFound)?;
    if found.purpose != Purpose::Receipt.word() {
        return Err(FlowError::NotFound);
    }
    receipt_of(app, &found.unit, &found.rating).await
}

pub(super) async fn receipt_of(
    app: &App,
    unit: &str,
    rating: &[u8; 16],
) -> Result<Receipt, FlowError> {
    let events = app.store().rating_events(unit, rating).await?;
    let event = events.first().ok_or(FlowError::NotFound)?;
    let item = Some(event.item.as_str()).filter(|item| !item.is_empty());
    Ok(Receipt {
        code: app.secrets().code(Purpose::Receipt, rating),
        day: iso_day(event.accepted_at),
        place: app
            .directory()
            .place_at(&event.win, item, event.accepted_at),
        released: counts(app, events.last().unwrap_or(event)).await?
            && is_released(app, &event.day).await?,
    })
}

/// Whether a rating is one of those that are told: not while it is held.
async fn counts(app: &App, event: &store::RatingEvent) -> Result<bool, FlowError> {
    if event.held == 0 {
        return Ok(true);
    }
    let outcome = app.store().held_outcome(&event.unit, &event.rating).await?;
    Ok(outcome.as_deref() == Some("released"))
}

/// Whether the figures of a day are public.
pub(crate) async fn is_released(app: &App, day: &str) -> Result<bool, FlowError> {
    let doors = app.store().doors(day, day).await?;
    Ok(doors.iter().any(|door| door.state == "sealed"))
}
