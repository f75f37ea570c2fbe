//! Which sessions are in use.

use crate::FlowError;
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};
use store::Session;

/// How long a session lasts without being used, in milliseconds (等保2.0 身份鉴别 b: 超时自动退出).
const IDLE_MS: i64 = 30 * 60_000;
/// How precisely its use is noted, in milliseconds.
const NOTED_MS: i64 = 60_000;

/// When each session was last used: noted here at each request, and in the store from time to time by a job,
/// since reading writes nothing.
#[derive(Debug, Default)]
pub struct InUse(Mutex<BTreeMap<Vec<u8>, (i64, i64)>>);

impl InUse {
    /// Notes a use.
    ///
    /// # Errors
    /// `Unauthenticated` where the session has rested for too long.
    pub(super) fn uses(&self, session: &Session, now: i64) -> Result<(), FlowError> {
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
    pub(super) fn to_note(&self, now: i64) -> Vec<(Vec<u8>, i64)> {
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
