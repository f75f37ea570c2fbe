//! The five levels (国办发〔2019〕51号, 畅通评价渠道(一)) and the two label sets it allows.

use crate::codes::codes;
use serde::{Deserialize, Serialize};

/// One of the five levels; 1 and 2 are bad ratings (差评). Travels as the integer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub enum Level {
    /// 很差 / 非常不满意.
    L1 = 1,
    /// 差 / 不满意.
    L2 = 2,
    /// 一般 / 基本满意.
    L3 = 3,
    /// 好 / 满意.
    L4 = 4,
    /// 很好 / 非常满意.
    L5 = 5,
}

impl Level {
    /// Every level from the best down, the order of the regulation's list.
    pub const ALL: [Level; 5] = [Level::L5, Level::L4, Level::L3, Level::L2, Level::L1];

    /// The number, 1 to 5.
    #[must_use]
    pub const fn get(self) -> u8 {
        self as u8
    }

    /// The place of this level in arrays of five counts: level − 1.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize - 1
    }

    /// 后两个等级为差评 (国办发〔2019〕51号, 畅通评价渠道(一)).
    #[must_use]
    pub const fn is_bad(self) -> bool {
        matches!(self, Level::L1 | Level::L2)
    }
}

/// A number that isn't one of the five levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("level {0} is not one of 1 to 5")]
pub struct NotALevel(pub i64);

impl TryFrom<i64> for Level {
    type Error = NotALevel;

    fn try_from(number: i64) -> Result<Self, NotALevel> {
        Level::ALL
            .into_iter()
            .find(|level| i64::from(level.get()) == number)
            .ok_or(NotALevel(number))
    }
}

impl From<Level> for i64 {
    fn from(level: Level) -> i64 {
        i64::from(level.get())
    }
}

codes! {
    /// The two label sets a jurisdiction may choose from (国办发〔2019〕51号, 畅通评价渠道(一)).
    pub enum LabelSet {
        /// 非常满意、满意、基本满意、不满意、非常不满意.
        Satisfaction = "satisfaction",
        /// 很好、好、一般、差、很差.
        Goodness = "goodness",
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Level {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::Integer)
            .minimum(Some(1))
            .maximum(Some(5))
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Level {}
