//! Signing in, sessions, connectors.

use super::FlowError;
use crate::{app::App, secrets};
use argon2::{
    Argon2, PasswordHash, PasswordVerifier,
    password_hash::{PasswordHasher, SaltString},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use contract::staff::Me;
use rules::can::{Actor, Role};
use std::time::Duration;
use store::{Session, Staff, Throttle};
use tokio::sync::Semaphore;

/// How long a session lasts, in milliseconds: a working day.
pub const SESSION_MS: i64 = 10 * 3_600_000;
/// Wrong passwords until a name is locked (等保2.0 身份鉴别 b).
const FAILURES_MAX: i64 = 5;
/// How long it is locked, in milliseconds.
pub const LOCK_MS: i64 = 15 * 60_000;
/// How long somebody waits for their password to be looked at, while others are.
const PATIENCE: Duration = Duration::from_secs(10);

/// Passwords that are looked at, at most two at a time: each takes 19 MiB for a moment, on purpose, and
/// whoever sends many at once shall wait rather than take the memory of the server.
static LOOKED_AT: Semaphore = Semaphore::const_new(2);

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
        name: who.name.clone(),
        role: who.role,
        unit: app
            .directory()
            .unit(&who.unit)
            .map(|unit| unit.name.clone()),
        demo: app.region().demo,
    }
}

/// Checks name and password and opens a session; gives the cookie's token.
///
/// A try counts as a failure before the password is looked at, so that many at once are not more
/// tries than one after the other.
///
/// # Errors
/// `Unauthenticated` for a wrong name or password, `TooMany` while the name is locked, `Unavailable`
/// while too many others sign in.
pub async fn sign_in(
    app: &App,
    login: &str,
    password: &str,
) -> Result<(String, SignedIn), FlowError> {
    let login: String = login.trim().chars().take(64).collect();
    let now = app.clock().now();
    let locked = |throttle: &Throttle| {
        let left = u64::try_from((throttle.locked_until - now) / 1000 + 1).unwrap_or(60);
        FlowError::TooMany(left)
    };
    let before = app.store().throttle(&login).await?;
    if let Some(throttle) = before.filter(|before| before.locked_until > now) {
        return Err(locked(&throttle));
    }
    let Ok(Ok(_turn)) = tokio::time::timeout(PATIENCE, LOOKED_AT.acquire()).await else {
        return Err(FlowError::Unavailable("too many sign in".into()));
    };
    let store = app.store();
    let tried = store
        .throttle_tried(&login, FAILURES_MAX, now, LOCK_MS)
        .await?;
    if tried.failures > FAILURES_MAX {
        return Err(locked(&tried));
    }
    let person = app.store().staff_by_login(&login).await?;
    let person = person.filter(|person| person.left_on.is_none());
    let hash = person.as_ref().map(|person| person.password_hash.clone());
    if !verify(hash, password.to_owned()).await? {
        return Err(FlowError::Unauthenticated);
    }
    let person = person.ok_or(FlowError::Unauthenticated)?;
    app.store().throttle_clear(&login).await?;
    let token = URL_SAFE_NO_PAD.encode(secrets::random::<32>()?);
    let session = Session {
        token_hash: token_hash(&token),
        staff: person.id.clone(),
        created_at: now,
        expires_at: now + SESSION_MS,
    };
    app.store().session_put(session).await?;
    Ok((token, signed_in(&person)?))
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
    let person = app.store().staff_by_id(&session.staff).await?;
    let person = person.filter(|person| person.left_on.is_none());
    signed_in(&person.ok_or(FlowError::Unauthenticated)?)
}

/// Ends a session.
///
/// # Errors
/// When the store does not answer.
pub async fn sign_out(app: &App, token: &str) -> Result<(), FlowError> {
    Ok(app.store().session_delete(&token_hash(token)).await?)
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
pub(crate) fn signed_in(person: &Staff) -> Result<SignedIn, FlowError> {
    let role: Role = person
        .role
        .parse()
        .map_err(|_| FlowError::Internal(format!("unknown role {}", person.role)))?;
    Ok(SignedIn {
        actor: Actor::Staff {
            id: person.id.clone(),
            role,
            unit: person.unit.clone(),
            seated: person.win.is_some(),
        },
        id: person.id.clone(),
        name: person.name.clone(),
        role,
        unit: person.unit.clone(),
    })
}

/// Argon2id over a password, in PHC form.
///
/// # Errors
/// When the system gives no randomness.
pub fn hash_password(password: &str) -> Result<String, FlowError> {
    let salt = SaltString::encode_b64(&secrets::random::<16>()?)
        .map_err(|error| FlowError::Internal(error.to_string()))?;
    Argon2::default()
        .hash_password(password.as_bytes(), &salt)
        .map(|hash| hash.to_string())
        .map_err(|error| FlowError::Internal(error.to_string()))
}

/// Takes as long for an unknown name as for a wrong password.
async fn verify(hash: Option<String>, password: String) -> Result<bool, FlowError> {
    let work = move || -> Result<bool, FlowError> {
        let Some(hash) = hash else {
            hash_password(&password)?;
            return Ok(false);
        };
        let parsed =
            PasswordHash::new(&hash).map_err(|error| FlowError::Internal(error.to_string()))?;
        Ok(Argon2::default()
            .verify_password(password.as_bytes(), &parsed)
            .is_ok())
    };
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| FlowError::Internal(error.to_string()))?
}
