//! The types a parameter's value can have.

use crate::codes::codes;
use crate::level::{LabelSet, Level};
use crate::ticket::ContactOutcome;
use serde::{Deserialize, Serialize};

codes! {
    /// What a term counts.
    pub enum Unit {
        /// 工作日.
        WorkingDays = "working_days",
        /// 自然日.
        NaturalDays = "natural_days",
        /// 月.
        Months = "months",
    }
}

/// A length of time as a regulation gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Term {
    /// How many.
    pub n: u32,
    /// Of what.
    pub unit: Unit,
    /// Move a last day that is off to the next working day? Never needed for working days.
    #[serde(default)]
    pub roll: bool,
}

impl Term {
    /// n 个工作日.
    #[must_use]
    pub const fn working_days(n: u32) -> Self {
        Term {
            n,
            unit: Unit::WorkingDays,
            roll: false,
        }
    }

    /// n 日, natural days.
    #[must_use]
    pub const fn natural_days(n: u32) -> Self {
        Term {
            n,
            unit: Unit::NaturalDays,
            roll: false,
        }
    }

    /// n 个月.
    #[must_use]
    pub const fn months(n: u32) -> Self {
        Term {
            n,
            unit: Unit::Months,
            roll: false,
        }
    }

    /// The same term, a last day off moved to the next working day.
    #[must_use]
    pub const fn rolled(self) -> Self {
        Term { roll: true, ..self }
    }
}

codes! {
    /// What is rated.
    pub enum Scope {
        /// 总体评价.
        Overall = "overall",
        /// 业务评价.
        Business = "business",
        /// 服务评价.
        Service = "service",
        /// 质量.
        Quality = "quality",
        /// 效率.
        Efficiency = "efficiency",
        /// 结果.
        Result = "result",
    }
}

codes! {
    /// Which figures a default record enters.
    pub enum CountedIn {
        /// Only the unrated rate (未评率).
        Unrated = "unrated",
        /// Also a separate figure named 含默认评价.
        WithDefaults = "with_defaults",
    }
}

codes! {
    /// What the handler of an anonymous rater's ticket learns of its time.
    pub enum Reveals {
        /// The day only.
        Day = "day",
        /// The minute.
        Time = "time",
    }
}

codes! {
    /// Who may ask for a review (申诉/复核).
    pub enum WhoMayAppeal {
        /// 工作人员.
        Staff = "staff",
        /// 机构.
        Unit = "unit",
        /// 平台.
        Platform = "platform",
    }
}

codes! {
    /// Who decides an appeal.
    pub enum AppealPath {
        /// The unit's opinion, then the authority's ruling.
        UnitThenAuthority = "unit_then_authority",
        /// The authority.
        Authority = "authority",
        /// The unit itself.
        Unit = "unit",
    }
}

codes! {
    /// How often a bulletin comes, most often first.
    pub enum Cadence {
        /// 每周.
        Weekly = "weekly",
        /// 每月.
        Monthly = "monthly",
        /// 每季度.
        Quarterly = "quarterly",
        /// 每年.
        Yearly = "yearly",
    }
}

codes! {
    /// A step against what stays bad.
    pub enum Escalation {
        /// 警示.
        Warning = "warning",
        /// 约谈.
        Talk = "talk",
        /// 通报.
        Bulletin = "bulletin",
        /// 限期整改.
        RectifyInTime = "rectify_in_time",
        /// 媒体曝光.
        Media = "media",
        /// 追责.
        Accountability = "accountability",
    }
}

codes! {
    /// The step from which on a rater may rate again (追评).
    pub enum FollowupFrom {
        /// 整改完成.
        Rectified = "rectified",
        /// 办结.
        Closed = "closed",
    }
}

codes! {
    /// A card of the electronic supervision (红黄牌), mildest first.
    pub enum Card {
        /// 黄牌.
        Yellow = "yellow",
        /// 红牌.
        Red = "red",
    }
}

codes! {
    /// What is investigated one by one (一事一调查).
    pub enum Investigated {
        /// Each card.
        Card = "card",
        /// Each bad rating.
        BadRating = "bad_rating",
    }
}

codes! {
    /// A way a rating arrives.
    pub enum Channel {
        /// 二维码.
        Plate = "plate",
        /// 评价器.
        Device = "device",
        /// 网上平台.
        Web = "web",
        /// 移动端.
        Mobile = "mobile",
        /// 自助端.
        Kiosk = "kiosk",
        /// 热线.
        Hotline = "hotline",
        /// 短信.
        Sms = "sms",
        /// 书面评价表格.
        Paper = "paper",
    }
}

codes! {
    /// Where it is known whether a unit works in the hall.
    pub enum InHallSource {
        /// From the unit's entry in the directory, at service time.
        Directory = "directory",
        /// From the service event.
        Event = "event",
    }
}

/// A value before its type is known: what a file can hold and what the page of a profile shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Raw {
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// A text or code.
    Text(String),
    /// Several of them.
    #[cfg_attr(feature = "openapi", schema(no_recursion))]
    List(Vec<Raw>),
    /// A length of time.
    Term(Term),
}

/// A value of another type than the parameter's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}")]
pub struct NotThisType {
    /// What it should be.
    pub expected: String,
}

/// A type a parameter can have.
pub trait Value: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// What was expected instead.
    fn read(raw: &Raw) -> Result<Self, NotThisType>;

    /// Its plain form.
    fn raw(&self) -> Raw;
}

fn expected<T>(what: impl Into<String>) -> Result<T, NotThisType> {
    Err(NotThisType {
        expected: what.into(),
    })
}

impl Value for bool {
    fn read(raw: &Raw) -> Result<Self, NotThisType> {
        match raw {
            Raw::Flag(flag) => Ok(*flag),
            _ => expected("true or false"),
        }
    }

    fn raw(&self) -> Raw {
        Raw::Flag(*self)
    }
}

impl Value for u32 {
    fn read(raw: &Raw) -> Result<Self, NotThisType> {
        match raw {
            Raw::Number(number) => {
                u32::try_from(*number).or_else(|_| expected("a whole number from 0"))
            }
            _ => expected("a whole number from 0"),
        }
    }

    fn raw(&self) -> Raw {
        Raw::Number(i64::from(*self))
    }
}

impl Value for String {
    fn read(raw: &Raw) -> Result<Self, NotThisType> {
        match raw {
            Raw::Text(text) if !text.trim().is_empty() => Ok(text.clone()),
            _ => expected("a text"),
        }
    }

    fn raw(&self) -> Raw {
        Raw::Text(self.clone())
    }
}

/// The longest term a file may give: ten years.
const TERM_MAX: u32 = 3650;

impl Value for Term {
    fn read(raw: &Raw) -> Result<Self, NotThisType> {
        match raw {
            Raw::Term(term) if (1..=TERM_MAX).contains(&term.n) => Ok(*term),
            _ => expected(format!(
                "a term of 1 to {TERM_MAX}, like {{ n = 15, unit = \"working_days\" }}"
            )),
        }
    }

    fn raw(&self) -> Raw {
        Raw::Term(*self)
    }
}

impl Value for Level {
    fn read(raw: &Raw) -> Result<Self, NotThisType> {
        match raw {
            Raw::Number(number) => {
                Level::try_from(*number).or_else(|_| expected("a level, 1 to 5"))
            }
            _ => expected("a level, 1 to 5"),
        }
    }

    fn raw(&self) -> Raw {
        Raw::Number(i64::from(*self))
    }
}

impl<T: Value> Value for Vec<T> {
    fn read(raw: &Raw) -> Result<Self, NotThisType> {
        match raw {
            Raw::List(list) => list.iter().map(T::read).collect(),
            _ => expected("a list"),
        }
    }

    fn raw(&self) -> Raw {
        Raw::List(self.iter().map(T::raw).collect())
    }
}

macro_rules! code_values {
    ($($name:ty),+) => { $(
        impl Value for $name {
            fn read(raw: &Raw) -> Result<Self, NotThisType> {
                let codes = || <$name>::ALL.iter().map(|code| code.code()).collect::<Vec<_>>().join(", ");
                match raw {
                    Raw::Text(text) => text.parse().or_else(|_| expected(format!("one of {}", codes()))),
                    _ => expected(format!("one of {}", codes())),
                }
            }

            fn raw(&self) -> Raw {
                Raw::Text(self.code().to_owned())
            }
        }
    )+ };
}

code_values!(
    LabelSet,
    Scope,
    CountedIn,
    Reveals,
    WhoMayAppeal,
    AppealPath,
    Cadence,
    Escalation,
    FollowupFrom,
    Card,
    Investigated,
    Channel,
    InHallSource,
    ContactOutcome
);
