//! Whose folder it is.

use serde::{Deserialize, Serialize};

/// What a folder says of its region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Region {
    /// The region's name.
    pub name: String,
    /// The policy profile's id.
    pub profile: String,
    /// An invented region: every page says 演示.
    pub demo: bool,
}
