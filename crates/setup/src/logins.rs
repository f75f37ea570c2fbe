//! First passwords: random for each person, shown once, kept as Argon2id only.

use flow::{FlowError, secrets, staff};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use store::Staff;
use tokio::sync::Semaphore;

/// Hashes at a time: each takes 19 MiB and all of a core.
const HASHING: usize = 2;

/// A member of staff with the password made for this folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// Staff name.
    pub login: String,
    /// Password, random for each person and folder.
    pub password: String,
    /// Display name.
    pub name: String,
    /// `handler` or `authority`.
    pub role: String,
    /// Unit code; `*` for the authority.
    pub unit: String,
}

/// Gives everybody a password; hashing two hundred is most of what setting up takes.
///
/// # Errors
/// When the system gives no randomness.
pub async fn passwords(people: Vec<Staff>) -> Result<(Vec<Staff>, Vec<Login>), FlowError> {
    let turns = Arc::new(Semaphore::new(HASHING));
    let mut hashing = Vec::with_capacity(people.len());
    for person in people {
        let password = secrets::crockford(&secrets::random::<10>()?).to_lowercase();
        let login = Login {
            login: person.login.clone(),
            password: password.clone(),
            name: person.name.clone(),
            role: person.role.clone(),
            unit: person.unit.clone(),
        };
        let turns = Arc::clone(&turns);
        let hash = tokio::spawn(async move {
            let _turn = turns.acquire().await;
            tokio::task::spawn_blocking(move || staff::hash_password(&password)).await
        });
        hashing.push((person, login, hash));
    }
    let (mut people, mut logins) = (Vec::new(), Vec::new());
    for (person, login, hash) in hashing {
        let failed = |error: tokio::task::JoinError| FlowError::Internal(error.to_string());
        let hash = hash.await.map_err(failed)?.map_err(failed)?;
        people.push(Staff {
            password_hash: hash?,
            ..person
        });
        logins.push(login);
    }
    Ok((people, logins))
}
