//! Signing in, sessions, connectors.

pub mod audit;
pub mod device;
pub mod in_use;
mod password;
mod tries;
mod turns;

pub use password::hash_password;
pub use tries::From;
pub use turns::Turns;

use super::FlowError;
use crate::{app::App, directory::Directory, secrets};
use audit::{Kind, audit};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use contract::staff::Me;
use device::{is_known, new_device};
use password::verify;
use rules::can::{Actor, Role};
use store::{Session, Staff};
use tries::{keys, still_waits, succeeded, tried};
use turns::turn;

/// How long a session lasts, in milliseconds: a working day.
pub const SESSION_MS: i64 = 10 * 3_600_000;

/// A member of staff whose session is valid.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// For `rules::can`.
    pub actor: Actor,
    /// Id.
    pub id: String,
    /// Display name.
    pub name: String,
    /// Role.
    pub role: Role,
    /// Unit code; `*` for the authority.
    pub unit: String,
}

/// What a page shows of oneself.
pub fn me(app: &App, who: &SignedIn) -> Me {
    Me {
        id: who.id.clone(),
        name: who.name.clone(),
        role: who.role,
        unit: app
            .directory()
            .unit(&who.unit)
            .map(|unit| unit.name.clone()),
        demo: app.region().demo,
    }
}

/// A session that was opened.
pub struct Opened {
    /// The cookie's token.
    pub token: String,
    /// The cookie by which this device is known from now on.
    pub device: String,
    /// Who came in.
    pub who: SignedIn,
}

/// Checks name and password and opens a session.
///
/// A try counts as a failure before the password is looked at, so that many at once are not more
/// tries than one after the other.
///
/// # Errors
/// `Unauthenticated` for a wrong name or password, `TooMany` while there is a wait, `Unavailable` while too
/// many others sign in.
pub async fn sign_in(
    app: &App,
    login: &str,
    password: &str,
    from: &From,
) -> Result<Opened, FlowError> {
    let login: String = login.trim().chars().take(64).collect();
    let named = app.store().staff_by_login(&login).await?;
    let id = named.as_ref().map(|person| person.id.clone());
    let person = named.filter(|person| person.left_on.is_none());
    let device = from.device.as_deref();
    let known = device.filter(|device| is_known(app, person.as_ref(), device));
    let keys = keys(&login, from, known);
    for (counted, key) in &keys {
        let before = app.store().throttle(key).await?.unwrap_or_default();
        still_waits(app, *counted, before.locked_until)?;
    }
    let _turn = turn(app, from, known.map(|_| login.as_str())).await?;
    let mut locks = false;
    for (counted, key) in &keys {
        locks |= tried(app, *counted, key).await?;
    }
    let hash = person.as_ref().map(|person| person.password_hash.clone());
    let right = verify(hash, password.to_owned()).await?;
    let Some(person) = person.filter(|_| right) else {
        audit(app, Kind::Failed, id.as_deref(), &from.network, None).await?;
        if locks {
            audit(app, Kind::Locked, id.as_deref(), &from.network, None).await?;
        }
        return Err(FlowError::Unauthenticated);
    };
    for (counted, key) in &keys {
        succeeded(app, *counted, key).await?;
    }
    audit(app, Kind::SignedIn, Some(&person.id), &from.network, None).await?;
    let device = match known {
        Some(device) => device.to_owned(),
        None => new_device(app, &person.id)?,
    };
    Ok(Opened {
        token: new_session(app, &person.id).await?,
        device,
        who: signed_in(app.directory(), &person)?,
    })
}

/// Opens a session; gives its token, which is kept nowhere.
async fn new_session(app: &App, staff: &str) -> Result<String, FlowError> {
    let now = app.clock().now();
    let token = URL_SAFE_NO_PAD.encode(secrets::random::<32>()?);
    let session = Session {
        token_hash: token_hash(&token),
        staff: staff.to_owned(),
        created_at: now,
        expires_at: now + SESSION_MS,
        used_at: now,
    };
    app.store().session_put(session).await?;
    Ok(token)
}

/// Whose session a token is.
///
/// # Errors
/// `Unauthenticated` for an unknown or expired one.
pub async fn of_token(app: &App, token: &str) -> Result<SignedIn, FlowError> {
    let session = app
        .store()
        .session(&token_hash(token), app.clock().now())
        .await?;
    let session = session.ok_or(FlowError::Unauthenticated)?;
    app.sessions_in_use().uses(&session, app.clock().now())?;
    let person = app.store().staff_by_id(&session.staff).await?;
    let person = person.filter(|person| person.left_on.is_none());
    signed_in(app.directory(), &person.ok_or(FlowError::Unauthenticated)?)
}

/// Ends a session.
///
/// # Errors
/// When the store does not answer.
pub async fn sign_out(app: &App, token: &str, network: &str) -> Result<(), FlowError> {
    if let Ok(who) = of_token(app, token).await {
        audit(app, Kind::SignedOut, Some(&who.id), network, None).await?;
    }
    Ok(app.store().session_delete(&token_hash(token)).await?)
}

/// Ends every session of whoever is signed in, on all devices.
///
/// # Errors
/// When the store does not answer.
pub async fn sign_out_everywhere(
    app: &App,
    who: &SignedIn,
    network: &str,
) -> Result<(), FlowError> {
    audit(app, Kind::AllSignedOut, Some(&who.id), network, None).await?;
    Ok(app.store().end_sessions(&who.id).await?)
}

/// Notes in the store which sessions were used.
///
/// # Errors
/// When the store does not answer.
pub async fn note_use(app: &App) -> Result<(), store::StoreError> {
    for (token, at) in app.sessions_in_use().to_note(app.clock().now()) {
        app.store().session_used(&token, at).await?;
    }
    Ok(())
}

/// The connector that a key belongs to.
///
/// # Errors
/// `Unauthenticated` for an unknown key.
pub async fn connector(app: &App, key: &str) -> Result<Actor, FlowError> {
    let found = app.store().connector_by_key(&token_hash(key)).await?;
    let found = found.ok_or(FlowError::Unauthenticated)?;
    Ok(Actor::Connector { unit: found.unit })
}

/// What the store keeps of a token or key.
pub fn token_hash(token: &str) -> Vec<u8> {
    secrets::digest(&[b"token", token.as_bytes()]).to_vec()
}

/// A member of staff as an actor.
///
/// # Errors
/// `Internal` for a role that nobody has.
pub fn signed_in(directory: &Directory, person: &Staff) -> Result<SignedIn, FlowError> {
    let role: Role = person
        .role
        .parse()
        .map_err(|_| FlowError::Internal(format!("unknown role {}", person.role)))?;
    Ok(SignedIn {
        actor: Actor::Staff {
            id: person.id.clone(),
            role,
            unit: person.unit.clone(),
            seated: directory.is_seated(person),
        },
        id: person.id.clone(),
        name: person.name.clone(),
        role,
        unit: person.unit.clone(),
    })
}
