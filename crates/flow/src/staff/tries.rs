//! How often somebody has tried to sign in, and how long there is to wait (`rules::sign_in`).

use crate::{FlowError, app::App, clock::time_of_day};
use rules::sign_in::{self, Counted};

/// Where somebody tries from.
#[derive(Clone, Debug, Default)]
pub struct From {
    /// A keyed digest of the network; empty where it is not known.
    pub network: String,
    /// The device's own cookie, as the browser sent it.
    pub device: Option<String>,
}

/// The names under which a try is counted.
pub(super) fn keys(login: &str, from: &From, known: Option<&str>) -> Vec<(Counted, String)> {
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

pub(super) fn wait(app: &App, left_ms: i64) -> FlowError {
    FlowError::TooMany {
        seconds: u64::try_from(left_ms / 1000 + 1).unwrap_or(60),
        until: time_of_day(app.clock().now() + left_ms + 59_999),
    }
}

pub(super) fn still_waits(app: &App, counted: Counted, locked_until: i64) -> Result<(), FlowError> {
    match sign_in::waits(locked_until, app.clock().now(), counted.allowance()) {
        Some(left) => Err(wait(app, left)),
        None => Ok(()),
    }
}

/// Counts a try, and sends it away where it is one too many; says whether it is the last that is not.
pub(super) async fn tried(app: &App, counted: Counted, key: &str) -> Result<bool, FlowError> {
    let (limit, now) = (counted.allowance(), app.clock().now());
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
pub(super) async fn succeeded(app: &App, counted: Counted, key: &str) -> Result<(), FlowError> {
    let store = app.store();
    match counted {
        Counted::Device | Counted::NameAtNetwork | Counted::Name => {
            store.throttle_clear(key).await?
        }
        Counted::Network => {
            let tries = counted.allowance().tries;
            store.throttle_back(key, tries, app.clock().now()).await?;
        }
    }
    Ok(())
}
