//! Items and the guides to them (办事指南).

use serde::{Deserialize, Serialize};

/// What somebody wants to know before coming.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guide {
    /// The item's code.
    pub item: String,
    /// What it is about.
    pub title: String,
    /// The unit that does it.
    pub unit: String,
    /// Who may apply.
    pub who: String,
    /// What to bring, one by one.
    pub materials: Vec<String>,
    /// What happens, in order.
    pub steps: Vec<String>,
    /// How long it takes.
    pub time_limit: String,
    /// What it costs.
    pub fee: String,
    /// Where to go.
    pub place: String,
}

/// The items of one unit, in the list of all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitItems {
    /// The unit's name.
    pub unit: String,
    /// Code and name of each item.
    pub items: Vec<(String, String)>,
}
