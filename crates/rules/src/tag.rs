//! The tag catalogue: national codes; the first digit is the level.
//!
//! A rating stores code and catalogue version, never the text, so a disabled code of an
//! earlier version stays resolvable for good. Texts are in `locales/` under `tag.<code>`.

use crate::codes::codes;
use crate::level::Level;
use serde::{Deserialize, Serialize};

codes! {
    /// When the form shows a tag.
    pub enum Shown {
        /// One of the three shown with the level.
        Core = "core",
        /// Shown on demand.
        Extended = "extended",
    }
}

codes! {
    /// What a tag points at, for analysis.
    pub enum Owner {
        /// 材料.
        Material = "material",
        /// 时限.
        TimeLimit = "time_limit",
        /// 流程.
        Flow = "flow",
        /// 办事指南.
        Guide = "guide",
        /// 办理渠道.
        Channel = "channel",
        /// 人员.
        Person = "person",
        /// 审批条件.
        Approval = "approval",
        /// A tag of the levels 3 to 5.
        Praise = "praise",
        /// A disabled code whose text isn't held.
        Unknown = "unknown",
    }
}

/// One tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// National code, for example 510.
    pub code: u16,
    /// The only level it may be chosen with.
    pub level: Level,
    /// Core or on demand.
    pub shown: Shown,
    /// Disabled tags resolve but can't be chosen.
    pub enabled: bool,
    /// What it points at.
    pub owner: Owner,
}

/// A version of the catalogue, with the disabled codes of earlier versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalogue {
    /// The version a rating stores beside its codes.
    pub version: String,
    /// Every known tag.
    pub tags: Vec<Tag>,
}

impl Catalogue {
    /// Resolves a code, disabled ones included.
    #[must_use]
    pub fn get(&self, code: u16) -> Option<&Tag> {
        self.tags.iter().find(|tag| tag.code == code)
    }

    /// The tags that can be chosen with a level, core or extended.
    pub fn of(&self, level: Level, shown: Shown) -> impl Iterator<Item = &Tag> {
        self.tags
            .iter()
            .filter(move |tag| tag.enabled && tag.level == level && tag.shown == shown)
    }
}
