//! Signing in, sessions, connectors.

use super::FlowError;
use crate::{
    app::{App, iso_day},
    clock::time_of_day,
    secrets::{self, Purpose},
};
use argon2::{
    Argon2, PasswordHash, PasswordVerifier,
    password_hash::{PasswordHasher, SaltString},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use contract::staff::Me;
use rules::{
    can::{Action, Actor, On, Role, can},
    sign_in::{self, Counted},
};
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use store::{Audited, Session, Staff};
use tokio::sync::{Semaphore, SemaphorePermit};

/// How long a session lasts, in milliseconds: a working day.
pub const SESSION_MS: i64 = 10 * 3_600_000;
/// How long it lasts without being used, in milliseconds (等保2.0 身份鉴别 b: 超时自动退出).
const IDLE_MS: i64 = 30 * 60_000;
/// How precisely its use is noted, in milliseconds.
const NOTED_MS: i64 = 60_000;
/// How long a device is known, in seconds.
pub const DEVICE_SECONDS: i64 = 90 * 86_400;
/// How long somebody waits for their password to be looked at, while others are.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many of one network may wait for that; the next are sent away at once.
const WAITING_MAX: usize = 2;

/// Passwords that are looked at, two at a time: each takes 19 MiB for a moment, on purpose, and whoever sends
/// many at once shall wait rather than take the memory of the server. One of the two turns is for devices
/// that are known, whatever strangers do.
static OF_KNOWN: Semaphore = Semaphore::const_new(1);
static OF_STRANGERS: Semaphore = Semaphore::const_new(1);
/// How many wait, by network.
static WAITING: Mutex<BTreeMap<String, usize>> = Mutex::new(BTreeMap::new());

/// What an auditor asks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Somebody came in.
    SignedIn,
    /// A wrong password, or a name that nobody has.
    Failed,
    /// So many of them that there is a wait now.
    Locked,
    /// Somebody left.
    SignedOut,
    /// Somebody left on every device.
    AllSignedOut,
    /// Contact data were looked at.
    Revealed,
}

impl Kind {
    fn code(self) -> &'static str {
        match self {
            Self::SignedIn => "signed_in",
            Self::Failed => "failed",
            Self::Locked => "locked",
            Self::SignedOut => "signed_out",
            Self::AllSignedOut => "all_signed_out",
            Self::Revealed => REVEALED,
        }
    }
}

/// The code of a reveal, which the citizen's page looks for.
pub(super) const REVEALED: &str = "revealed";

/// Writes down what an auditor asks about.
pub(super) async fn audit(
    app: &App,
    kind: Kind,
    staff: Option<&str>,
    network: &str,
    ticket: Option<(&str, &[u8; 16])>,
) -> Result<(), FlowError> {
    let now = app.clock().now();
    let audited = Audited {
        id: app.new_id()?,
        at: now,
        day: iso_day(now),
        kind: kind.code().to_owned(),
        staff: staff.map(str::to_owned),
        network: network.to_owned(),
        unit: ticket.map(|(unit, _)| unit.to_owned()).unwrap_or_default(),
        ticket: ticket.map(|(_, id)| *id),
    };
    Ok(app.store().audit(audited).await?)
}

/// Where somebody tries from.
#[derive(Clone, Debug, Default)]
pub struct From {
    /// A keyed digest of the network; empty where it is not known.
    pub network: String,
    /// The device's own cookie, as the browser sent it.
    pub device: Option<String>,
}

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
    let person = app.store().staff_by_login(&login).await?;
    let person = person.filter(|person| person.left_on.is_none());
    let device = from.device.as_deref().filter(|_| person.is_some());
    let known = device.filter(|device| is_known(app, person.as_ref(), device));
    let keys = keys(&login, from, known);
    for (counted, key) in &keys {
        let before = app.store().throttle(key).await?.unwrap_or_default();
        still_waits(app, *counted, before.locked_until)?;
    }
    let _turn = turn(app, from, known.is_some()).await?;
    let mut locks = false;
    for (counted, key) in &keys {
        locks |= tried(app, *counted, key).await?;
    }
    let hash = person.as_ref().map(|person| person.password_hash.clone());
    let right = verify(hash, password.to_owned()).await?;
    let Some(person) = person.filter(|_| right) else {
        let staff = app.store().staff_by_login(&login).await?;
        let staff = staff.map(|person| person.id);
        audit(app, Kind::Failed, staff.as_deref(), &from.network, None).await?;
        if locks {
            audit(app, Kind::Locked, staff.as_deref(), &from.network, None).await?;
        }
        return Err(FlowError::Unauthenticated);
    };
    for (counted, key) in &keys {
        succeeded(app, *counted, key).await?;
    }
    let who = signed_in(&person)?;
    audit(app, Kind::SignedIn, Some(&who.id), &from.network, None).await?;
    let now = app.clock().now();
    let token = URL_SAFE_NO_PAD.encode(secrets::random::<32>()?);
    let session = Session {
        token_hash: token_hash(&token),
        staff: person.id.clone(),
        created_at: now,
        expires_at: now + SESSION_MS,
        used_at: now,
    };
    app.store().session_put(session).await?;
    let device = match known {
        Some(device) => device.to_owned(),
        None => new_device(app, &person.id)?,
    };
    Ok(Opened { token, device, who })
}

/// The names under which a try is counted.
fn keys(login: &str, from: &From, known: Option<&str>) -> Vec<(Counted, String)> {
    let network = &from.network;
    let counted = Counted::of_try(known.is_some()).iter().copied();
    // Without a network there is nothing to count by it.
    let by_network =
        |counted: &Counted| matches!(counted, Counted::Network | Counted::NameAtNetwork);
    let counted = counted.filter(|counted| !by_network(counted) || !network.is_empty());
    let key = |counted: Counted| match counted {
        Counted::Device => format!("device:{}:{login}", known.unwrap_or_default()),
        Counted::Network => format!("network:{network}"),
        Counted::NameAtNetwork => format!("at:{network}:{login}"),
        Counted::Name => format!("name:{login}"),
    };
    counted.map(|counted| (counted, key(counted))).collect()
}

fn wait(app: &App, left_ms: i64) -> FlowError {
    FlowError::TooMany {
        seconds: u64::try_from(left_ms / 1000 + 1).unwrap_or(60),
        until: time_of_day(app.clock().now() + left_ms + 59_999),
    }
}

fn still_waits(app: &App, counted: Counted, locked_until: i64) -> Result<(), FlowError> {
    match sign_in::waits(locked_until, app.clock().now(), counted.limit()) {
        Some(left) => Err(wait(app, left)),
        None => Ok(()),
    }
}

/// Counts a try, and sends it away where it is one too many; says whether it is the last that is not.
async fn tried(app: &App, counted: Counted, key: &str) -> Result<bool, FlowError> {
    let (limit, now) = (counted.limit(), app.clock().now());
    let store = app.store();
    let tried = store
        .throttle_tried(key, limit.tries, now, limit.wait_ms)
        .await?;
    if tried.failures > limit.tries {
        still_waits(app, counted, tried.locked_until)?;
    }
    Ok(tried.failures == limit.tries)
}

/// A try that was none: a person's count begins anew, and a network, where others may go on trying, is given
/// this one back.
async fn succeeded(app: &App, counted: Counted, key: &str) -> Result<(), FlowError> {
    let store = app.store();
    match counted {
        Counted::Device | Counted::NameAtNetwork | Counted::Name => {
            store.throttle_clear(key).await?
        }
        Counted::Network => {
            let tries = counted.limit().tries;
            store.throttle_back(key, tries, app.clock().now()).await?;
        }
    }
    Ok(())
}

/// A turn to have a password looked at, and a place in the queue of one's network meanwhile.
async fn turn(app: &App, from: &From, known: bool) -> Result<SemaphorePermit<'static>, FlowError> {
    let turns = match known {
        true => &OF_KNOWN,
        false => &OF_STRANGERS,
    };
    let _place = Place::take(app, &from.network, known)?;
    match tokio::time::timeout(PATIENCE, turns.acquire()).await {
        Ok(Ok(turn)) => Ok(turn),
        _ => Err(FlowError::Unavailable("too many sign in".into())),
    }
}

/// A place in the queue; given back when dropped.
struct Place(Option<String>);

impl Place {
    fn take(app: &App, network: &str, known: bool) -> Result<Self, FlowError> {
        // Whoever is known has a queue of their own, and what is of no network cannot be counted.
        if known || network.is_empty() {
            return Ok(Self(None));
        }
        let mut waiting = WAITING.lock().unwrap_or_else(PoisonError::into_inner);
        let mine = waiting.entry(network.to_owned()).or_default();
        if *mine >= WAITING_MAX {
            return Err(wait(app, 1_000));
        }
        *mine += 1;
        Ok(Self(Some(network.to_owned())))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(network) = &self.0 else { return };
        let mut waiting = WAITING.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(mine) = waiting.get_mut(network) {
            *mine -= 1;
            if *mine == 0 {
                waiting.remove(network);
            }
        }
    }
}

/// A device's cookie: whose it is, something of its own, and our mark under both.
fn new_device(app: &App, staff: &str) -> Result<String, FlowError> {
    let own = secrets::hex(&secrets::random::<12>()?);
    let mark = app
        .secrets()
        .code(Purpose::StaffDevice, format!("{staff}.{own}").as_bytes());
    Ok(format!("{own}.{}", secrets::normal(&mark)))
}

fn is_known(app: &App, person: Option<&Staff>, device: &str) -> bool {
    let (Some(person), Some((own, mark))) = (person, device.split_once('.')) else {
        return false;
    };
    let ours = app.secrets().code(
        Purpose::StaffDevice,
        format!("{}.{own}", person.id).as_bytes(),
    );
    secrets::normal(&ours) == mark
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
    signed_in(&person.ok_or(FlowError::Unauthenticated)?)
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

/// What an auditor asks about, from an instant to another.
///
/// # Errors
/// `Forbidden` for anybody but the authority, until there is an auditor's role.
pub async fn audited(
    app: &App,
    who: &SignedIn,
    from: i64,
    to: i64,
) -> Result<Vec<Audited>, FlowError> {
    can(&who.actor, On::Nothing, Action::ReadAudit)?;
    Ok(app.store().audited(from, to, AUDIT_PAGE).await?)
}

/// As many lines of the audit as are read at once.
const AUDIT_PAGE: i64 = 1_000;

/// When each session was last used: noted here at each request, and in the store from time to time by a job,
/// since reading writes nothing.
#[derive(Debug, Default)]
pub struct InUse(Mutex<BTreeMap<Vec<u8>, (i64, i64)>>);

impl InUse {
    /// Notes a use.
    ///
    /// # Errors
    /// `Unauthenticated` where the session has rested for too long.
    fn uses(&self, session: &Session, now: i64) -> Result<(), FlowError> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = (session.used_at, session.used_at);
        let (used, _) = all.entry(session.token_hash.clone()).or_insert(fresh);
        if now - (*used).max(session.used_at) > IDLE_MS {
            all.remove(&session.token_hash);
            return Err(FlowError::Unauthenticated);
        }
        *used = (*used).max(now);
        Ok(())
    }

    /// Those whose use is to be noted in the store, with the instant; what has rested is forgotten here.
    fn to_note(&self, now: i64) -> Vec<(Vec<u8>, i64)> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, (used, _)| now - *used <= IDLE_MS);
        let due = all
            .iter_mut()
            .filter(|(_, (used, noted))| *used - *noted >= NOTED_MS);
        due.map(|(token, (used, noted))| {
            *noted = *used;
            (token.clone(), *used)
        })
        .collect()
    }
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
