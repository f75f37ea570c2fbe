//! Rating: from what a person sent to a durable event, and the receipt for it.
//!
//! Good and bad take the same path and the same queue (`domain.md` 4.7).

mod page;
mod receipt;
mod row;
mod target;

pub use page::{page, place_only};
pub(crate) use receipt::is_released;
pub use receipt::receipt;
pub(crate) use row::hide;
pub use row::{Channel, new_code};
pub use target::Entry;

use super::{
    FlowError,
    lane::LaneError,
    shares::Shares,
    source::{self, Came, Source},
};
use crate::{
    app::{App, iso_day},
    clock::DAY_MS,
    secrets::Purpose,
};
use contract::rate::Receipt;
use receipt::receipt_of;
use row::{body_hash, new_rating};
use rules::rating::{self, Draft, Input, Violation};
use store::{IngestOutcome, NewRating};
use target::{Target, place, resolve};

/// How long the form may send a changed rating under its key (`domain.md` 8), and no longer than its month lasts:
/// figures are told by the month, and what a month was told with is not taken back in the next one.
pub(super) const EDIT_WINDOW_MS: i64 = DAY_MS;

/// A stored rating.
#[derive(Clone, Debug)]
pub struct Sent {
    /// For the citizen.
    pub receipt: Receipt,
    /// Whether this request stored it, or an earlier one.
    pub created: bool,
}

/// Stores a rating and gives its receipt; the same key and body give the same receipt again.
///
/// # Errors
/// `Invalid` with every violation, `KeyReused`, `AlreadyRated`, `PlateRevoked`, `Unavailable`; nothing is
/// stored then.
pub async fn submit(
    app: &App,
    entry: &Entry,
    input: &Input,
    key: &str,
    channel: Channel,
    source: &Source,
) -> Result<Sent, FlowError> {
    let target = resolve(app, entry).await?;
    let key = &match is_key(key) {
        true => source.own_key(key),
        false => key.to_owned(),
    };
    if target.revoked {
        return acknowledged(app, &target, input, key).await;
    }
    let mut prepared = prepared(app, target, input, key, channel)?;
    let Target { subject, unit, .. } = &prepared.target;
    prepared.came = source::came(app, source, subject.kind(), unit, &subject.key()).await?;
    prepared.store(app).await
}

/// A rating that was checked, and only has to be stored.
pub struct Prepared<'a> {
    target: Target<'a>,
    draft: Draft,
    channel: Channel,
    rating: NewRating,
    came: Came,
}

/// The first half of `submit`, for a plate or service that is in use. The demo prepares the
/// ratings of an hour, then stores them together: batches are as large as the lane takes.
///
/// # Errors
/// As `submit`.
pub async fn prepare<'a>(
    app: &'a App,
    entry: &Entry,
    input: &Input,
    key: &str,
    channel: Channel,
) -> Result<Prepared<'a>, FlowError> {
    let target = resolve(app, entry).await?;
    if target.revoked {
        return Err(FlowError::PlateRevoked);
    }
    prepared(app, target, input, key, channel)
}

fn prepared<'a>(
    app: &App,
    target: Target<'a>,
    input: &Input,
    key: &str,
    channel: Channel,
) -> Result<Prepared<'a>, FlowError> {
    if !is_key(key) {
        return Err(FlowError::Malformed("idempotency-key"));
    }
    let draft = checked(app, &target, input).map_err(FlowError::Invalid)?;
    let rating = new_rating(app, &target, &draft, key, channel, None)?;
    Ok(Prepared {
        target,
        draft,
        channel,
        rating,
        came: Came::default(),
    })
}

fn checked(app: &App, target: &Target<'_>, input: &Input) -> Result<Draft, Vec<Violation>> {
    let profile = target.profile;
    rating::check(
        input,
        &app.policies().catalogue,
        &profile.scopes(),
        profile.text_max(),
    )
}

impl Prepared<'_> {
    /// The second half of `submit`.
    ///
    /// # Errors
    /// As `submit`.
    pub async fn store(self, app: &App) -> Result<Sent, FlowError> {
        let Self {
            target,
            draft,
            channel,
            mut rating,
            came,
        } = self;
        let (id, key) = (rating.rating, rating.idempotency_key.clone());
        let shares = came.clone().write(&mut rating);
        match queue(app, rating, shares).await? {
            IngestOutcome::KeyReused if channel == Channel::Form => {
                amend(app, &target, &draft, &key, came).await
            }
            outcome => settled(app, &target, id, outcome).await,
        }
    }
}

/// Through a plate that is out of use nothing is taken any more; what was acknowledged before keeps
/// its receipt, also for a retry whose first answer got lost.
async fn acknowledged(
    app: &App,
    target: &Target<'_>,
    input: &Input,
    key: &str,
) -> Result<Sent, FlowError> {
    let (true, Ok(draft)) = (is_key(key), checked(app, target, input)) else {
        return Err(FlowError::PlateRevoked);
    };
    let hash = body_hash(target, &draft);
    let known = app.store().submission(&target.unit, key).await?;
    let same = known
        .filter(|known| known.body_hash == hash)
        .ok_or(FlowError::PlateRevoked)?;
    Ok(Sent {
        receipt: receipt_of(app, &target.unit, &same.rating).await?,
        created: false,
    })
}

/// A person who went back and sent another choice within the edit window means the new one.
async fn amend(
    app: &App,
    target: &Target<'_>,
    draft: &Draft,
    key: &str,
    came: Came,
) -> Result<Sent, FlowError> {
    let known = app
        .store()
        .submission(&target.unit, key)
        .await?
        .ok_or(FlowError::KeyReused)?;
    let first = app
        .store()
        .rating_events(&target.unit, &known.rating)
        .await?;
    let same_subject = first
        .first()
        .is_some_and(|event| event.subject_key == target.subject.key());
    let in_window = app.clock().now() - known.accepted_at <= EDIT_WINDOW_MS;
    if !same_subject || !in_window || known.body_hash == body_hash(target, draft) {
        return Err(FlowError::KeyReused);
    }
    let mut rating = new_rating(app, target, draft, key, Channel::Form, Some(known.rating))?;
    // A change is held where the rating is, and takes nothing of the limits.
    came.write(&mut rating);
    let outcome = queue(app, rating, None).await?;
    settled(app, target, known.rating, outcome).await
}

async fn settled(
    app: &App,
    target: &Target<'_>,
    id: [u8; 16],
    outcome: IngestOutcome,
) -> Result<Sent, FlowError> {
    match outcome {
        IngestOutcome::Accepted { .. } => Ok(Sent {
            receipt: Receipt {
                code: app.secrets().code(Purpose::Receipt, &id),
                day: iso_day(app.clock().now()),
                place: place(app, target),
                released: false,
            },
            created: true,
        }),
        IngestOutcome::SameAgain { rating, .. } => Ok(Sent {
            receipt: receipt_of(app, &target.unit, &rating).await?,
            created: false,
        }),
        IngestOutcome::KeyReused | IngestOutcome::MonthOver => Err(FlowError::KeyReused),
        IngestOutcome::ChangedTooOften => Err(FlowError::ChangedTooOften),
        IngestOutcome::AlreadyRated { .. } => Err(FlowError::AlreadyRated),
        IngestOutcome::Refused(why) => Err(FlowError::Internal(why)),
    }
}

async fn queue(
    app: &App,
    rating: NewRating,
    shares: Option<Shares>,
) -> Result<IngestOutcome, FlowError> {
    app.may_stamp()?;
    app.lane()
        .submit(rating, shares)
        .await
        .map_err(|error| match error {
            LaneError::Store(error) => error.into(),
            other => FlowError::Unavailable(other.to_string()),
        })
}

fn is_key(key: &str) -> bool {
    (16..=64).contains(&key.len())
        && key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}
