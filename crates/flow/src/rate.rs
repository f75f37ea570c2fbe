//! Rating: from what a person sent to a durable event, and the receipt for it.
//!
//! Good and bad take the same path and the same queue (`domain.md` 4.7).

use super::{
    FlowError,
    lane::LaneError,
    shares::Shares,
    source::{self, Came, Source},
};
use crate::{
    app::{App, iso_day},
    clock::{DAY_MS, Millis},
    secrets::{self, Purpose},
};
use contract::{
    paths,
    place::Place,
    rate::{RatePage, Receipt, TagChoice},
};
use rules::{
    profile::Profile,
    rating::{self, CHANGES_MAX, Draft, Input, Kind, Subject, SubjectKind, Violation},
};
use store::{IngestOutcome, NewCode, NewRating, Private};

/// How long the form may send a changed rating under its key (`domain.md` 8), and no longer than its month lasts:
/// figures are told by the month, and what a month was told with is not taken back in the next one.
pub(super) const EDIT_WINDOW_MS: i64 = DAY_MS;
/// How long private texts are kept (`domain.md` 4.10), unless the rater wants them gone earlier.
const PRIVATE_MS: i64 = 2 * 365 * DAY_MS;

/// Through which door a citizen came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// The plate at a window.
    Plate(String),
    /// The link of one service event.
    Service(String),
}

impl Entry {
    /// The code in the address.
    pub fn typed(&self) -> &str {
        match self {
            Self::Plate(code) | Self::Service(code) => code,
        }
    }
}

/// How a rating arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// The script-free form.
    Form,
    /// The JSON API.
    Api,
}

impl Channel {
    fn code(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Api => "api",
        }
    }
}

/// A stored rating.
#[derive(Clone, Debug)]
pub struct Sent {
    /// For the citizen.
    pub receipt: Receipt,
    /// Whether this request stored it, or an earlier one.
    pub created: bool,
}

/// What an entry leads to: what is rated, where, and under which profile.
struct Target<'a> {
    subject: Subject,
    unit: String,
    hall: String,
    win: String,
    item: Option<String>,
    staff: Option<String>,
    served_on: Option<String>,
    profile: &'a Profile,
    /// The plate that led here is out of use: nothing new is taken through it.
    revoked: bool,
}

async fn resolve<'a>(app: &'a App, entry: &Entry) -> Result<Target<'a>, FlowError> {
    match entry {
        Entry::Plate(code) => window_of(app, code),
        Entry::Service(code) => {
            let hash = secrets::code_hash(Purpose::Service, code);
            let event = app
                .store()
                .event_by_code(&hash)
                .await?
                .ok_or(FlowError::NotFound)?;
            let profile = app
                .profile(&event.profile, &event.profile_version)
                .ok_or_else(|| FlowError::Internal("an event names an unknown profile".into()))?;
            Ok(Target {
                subject: Subject::Event {
                    project_no: event.project_no,
                    service_no: event.service_no,
                },
                unit: event.unit,
                hall: event.hall,
                win: event.win,
                item: Some(event.item),
                staff: event.staff,
                served_on: Some(event.served_on),
                profile,
                revoked: false,
            })
        }
    }
}

fn window_of<'a>(app: &'a App, code: &str) -> Result<Target<'a>, FlowError> {
    let directory = app.directory();
    let plates = app.plates();
    let plate = plates.known(code).ok_or(FlowError::NotFound)?;
    let window = directory.window(&plate.win).ok_or(FlowError::NotFound)?;
    let profile = app
        .profile_on(app.clock().today())
        .ok_or_else(|| FlowError::Internal("no profile is in force".into()))?;
    Ok(Target {
        subject: Subject::Window {
            window: window.code.clone(),
        },
        unit: window.unit.clone(),
        hall: window.hall.clone(),
        win: window.code.clone(),
        item: window.item.clone(),
        staff: directory.sole_person_at(&window.code).map(str::to_owned),
        served_on: None,
        profile,
        revoked: plate.revoked,
    })
}

/// What the rating page shows.
///
/// # Errors
/// `NotFound` for an unknown code, `PlateRevoked` for a plate that is out of use.
pub async fn page(app: &App, entry: &Entry) -> Result<RatePage, FlowError> {
    let target = resolve(app, entry).await?;
    if target.revoked {
        return Err(FlowError::PlateRevoked);
    }
    let taken = match target.subject.kind() {
        SubjectKind::Event => app
            .store()
            .slot(&target.unit, &target.subject.key())
            .await?
            .is_some(),
        _ => false,
    };
    Ok(view(app, entry, &target, taken))
}

/// The same without asking the store, for the form that says that nothing could be stored.
///
/// # Errors
/// `NotFound` where the place is known to the store only, `PlateRevoked` as `page`.
pub fn place_only(app: &App, entry: &Entry) -> Result<RatePage, FlowError> {
    match entry {
        Entry::Plate(code) => match window_of(app, code)? {
            target if target.revoked => Err(FlowError::PlateRevoked),
            target => Ok(view(app, entry, &target, false)),
        },
        Entry::Service(_) => Err(FlowError::NotFound),
    }
}

fn view(app: &App, entry: &Entry, target: &Target<'_>, already_rated: bool) -> RatePage {
    let catalogue = &app.policies().catalogue;
    let tags = catalogue
        .tags
        .iter()
        .filter(|tag| tag.enabled)
        .map(|tag| TagChoice {
            code: tag.code,
            level: tag.level,
            shown: tag.shown,
        });
    RatePage {
        region: app.region().name.clone(),
        demo: app.region().demo,
        place: place(app, target),
        subject: target.subject.kind(),
        served_on: target.served_on.clone(),
        labels: target.profile.label_set(),
        scopes: target.profile.scopes(),
        catalogue: catalogue.version.clone(),
        tags: tags.collect(),
        text_max: u32::try_from(target.profile.text_max()).unwrap_or(150),
        action: match entry {
            Entry::Plate(code) => paths::fill(paths::PLATE, code),
            Entry::Service(code) => paths::fill(paths::SERVICE, code),
        },
        already_rated,
    }
}

fn place(app: &App, target: &Target<'_>) -> Place {
    app.directory().place(&target.win, target.item.as_deref())
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

async fn receipt_of(app: &App, unit: &str, rating: &[u8; 16]) -> Result<Receipt, FlowError> {
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
pub(super) async fn is_released(app: &App, day: &str) -> Result<bool, FlowError> {
    let doors = app.store().doors(day, day).await?;
    Ok(doors.iter().any(|door| door.state == "sealed"))
}

fn is_key(key: &str) -> bool {
    (16..=64).contains(&key.len())
        && key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn new_rating(
    app: &App,
    target: &Target<'_>,
    draft: &Draft,
    key: &str,
    channel: Channel,
    amend_of: Option<[u8; 16]>,
) -> Result<NewRating, FlowError> {
    let now = app.clock().now();
    let id = match amend_of {
        Some(id) => id,
        None => app.new_id()?,
    };
    let mut private = Vec::new();
    let text = match &draft.text {
        Some(text) => Some(hide(app, "text", text.as_bytes(), now, &mut private)?),
        None => None,
    };
    let contact = match contact_json(draft) {
        Some(json) => Some(hide(app, "contact", json.as_bytes(), now, &mut private)?),
        None => None,
    };
    Ok(NewRating {
        unit: target.unit.clone(),
        idempotency_key: key.to_owned(),
        body_hash: body_hash(target, draft).to_vec(),
        amend_of,
        versions_max: CHANGES_MAX + 1,
        rating: id,
        kind: Kind::Active.code().to_owned(),
        subject_kind: target.subject.kind().code().to_owned(),
        subject_key: target.subject.key(),
        level: i64::from(draft.level.get()),
        scopes: scopes_json(draft),
        tags: tags_json(&draft.tags),
        catalogue: app.policies().catalogue.version.clone(),
        identity: draft.identity.code().to_owned(),
        hall: target.hall.clone(),
        win: target.win.clone(),
        item: target.item.clone().unwrap_or_default(),
        staff: target.staff.clone(),
        profile: target.profile.id.clone(),
        profile_version: target.profile.version.clone(),
        accepted_at: now,
        channel: channel.code().to_owned(),
        text_hash: text.as_ref().map(|hidden| hidden.hash.to_vec()),
        contact_hash: contact.as_ref().map(|hidden| hidden.hash.to_vec()),
        private_text: text.map(|hidden| hidden.id),
        private_contact: contact.map(|hidden| hidden.id),
        private,
        came_network: None,
        came_device: None,
        held: false,
        codes: vec![new_code(
            Purpose::Receipt,
            &app.secrets().code(Purpose::Receipt, &id),
        )],
    })
}

/// A code as the store keeps it: its hash, and what it is for.
pub fn new_code(purpose: Purpose, code: &str) -> NewCode {
    NewCode {
        hash: secrets::code_hash(purpose, code).to_vec(),
        purpose: purpose.word().to_owned(),
    }
}

/// A private text on its way to the private table.
pub(super) struct Hidden {
    pub(super) id: [u8; 16],
    pub(super) hash: [u8; 32],
}

/// Seals a text, adds its row, and gives what append-only rows may hold of it.
pub(super) fn hide(
    app: &App,
    kind: &str,
    text: &[u8],
    now: Millis,
    rows: &mut Vec<Private>,
) -> Result<Hidden, FlowError> {
    let id = app.new_id()?;
    let salt = secrets::random::<16>()?;
    rows.push(Private {
        id,
        kind: kind.to_owned(),
        ciphertext: app.secrets().seal(&id, kind, text)?,
        key_id: app.secrets().key_id().to_owned(),
        salt: salt.to_vec(),
        delete_after: now + PRIVATE_MS,
    });
    Ok(Hidden {
        id,
        hash: secrets::digest(&[&salt, text]),
    })
}

fn contact_json(draft: &Draft) -> Option<String> {
    if draft.name.is_none() && draft.phone.is_none() {
        return None;
    }
    Some(serde_json::json!({ "name": draft.name, "phone": draft.phone }).to_string())
}

fn tags_json(tags: &[u16]) -> String {
    serde_json::Value::from(tags).to_string()
}

/// The scopes as they are stored; empty where none was rated.
fn scopes_json(draft: &Draft) -> String {
    match draft.scopes.is_empty() {
        true => String::new(),
        false => serde_json::json!(draft.scopes).to_string(),
    }
}

fn body_hash(target: &Target<'_>, draft: &Draft) -> [u8; 32] {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    secrets::digest(&[
        target.subject.key().as_bytes(),
        &[draft.level.get()],
        // Without scopes the hash is that of the time before there were any.
        (tags_json(&draft.tags) + &scopes_json(draft)).as_bytes(),
        text(&draft.text).as_bytes(),
        draft.identity.code().as_bytes(),
        text(&draft.name).as_bytes(),
        text(&draft.phone).as_bytes(),
    ])
}
