//! What the store keeps of a rating: append-only rows with codes and hashes, and sealed rows beside them.

use super::target::Target;
use crate::{
    FlowError,
    app::App,
    clock::{DAY_MS, Millis},
    secrets::{self, Purpose},
};
use rules::rating::{CHANGES_MAX, Draft, Kind};
use store::{NewCode, NewRating, Private};

/// How long private texts are kept (`domain.md` 4.10), unless the rater wants them gone earlier.
const PRIVATE_MS: i64 = 2 * 365 * DAY_MS;

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

pub(super) fn new_rating(
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
pub(crate) struct Hidden {
    pub(crate) id: [u8; 16],
    pub(crate) hash: [u8; 32],
}

/// Seals a text, adds its row, and gives what append-only rows may hold of it.
pub(crate) fn hide(
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

pub(super) fn body_hash(target: &Target<'_>, draft: &Draft) -> [u8; 32] {
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
