//! Where a rating comes from: enough to see what came together, not to find a person (decision 0022).
//!
//! The rows keep digests of network and device under a key that belongs to one day and is destroyed after its
//! retention. What comes above a limit is held (`shares`), and everything else about it is the same.

use super::{FlowError, shares::Shares};
use crate::{
    app::App,
    secrets::{self, keyed_digest},
};
use rules::rating::SubjectKind;
use store::NewRating;

/// Who sends, as far as a request tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// The network: an IPv4 address, or the first 56 bits of another. None where there is no connection.
    pub network: Option<Vec<u8>>,
    /// The phone: what our cookie holds.
    pub device: Option<[u8; 12]>,
}

impl Source {
    /// The key under which what somebody sends is known: where a phone has our cookie, of that phone only. A form's
    /// key stands in its page; whoever has read it there, and sends it from elsewhere, has a key of their own. They
    /// learn nothing of what was sent under it, and change nothing.
    pub fn own_key(&self, key: &str) -> String {
        let Some(device) = &self.device else {
            return key.to_owned();
        };
        let own = secrets::digest(&[b"key of a device", key.as_bytes(), device]);
        secrets::hex(&own[..16])
    }
}

/// What the row of a rating keeps of where it came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Came {
    network: Option<[u8; 8]>,
    device: Option<[u8; 8]>,
    shares: Option<Shares>,
}

impl Came {
    /// Notes it on a rating; gives what it takes of the limits. Where no network is known there is nobody to limit.
    pub fn write(self, rating: &mut NewRating) -> Option<Shares> {
        rating.came_network = self.network.map(Vec::from);
        rating.came_device = self.device.map(Vec::from);
        self.shares
    }
}

/// Digests a source. Its part of the limits is taken by the lane, and only for what is new.
///
/// # Errors
/// When the store does not answer.
pub async fn came(
    app: &App,
    source: &Source,
    kind: SubjectKind,
    unit: &str,
    subject: &str,
) -> Result<Came, FlowError> {
    let Some(network) = &source.network else {
        return Ok(Came::default());
    };
    let now = app.clock().now();
    let sources = app.sources();
    let key = sources.key(app.store(), app.secrets(), now).await?;
    let digest = |what: &[u8], of: &[u8]| short(keyed_digest(&key, &[what, &[0], of]));
    let network = digest(b"network", network);
    let device = source.device.map(|device| digest(b"device", &device));
    Ok(Came {
        network: Some(network),
        device,
        shares: Some(Shares::of(network, device, kind, unit, subject)),
    })
}

fn short(digest: [u8; 32]) -> [u8; 8] {
    std::array::from_fn(|at| digest[at])
}
