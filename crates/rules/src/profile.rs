//! Policy profiles (政策档案): the regulation of a jurisdiction as data.
//!
//! Every value says where it comes from: stated in a document (with article and words), ours
//! (with the reason), or none. A case runs under the version in force when it was served.

mod continuing;
mod governing;
mod parameters;
mod strict;
mod value;

pub use continuing::{AskedContinuation, continue_by};
pub use governing::{Continuation, Governing, ancestors, continuation_on, governing};
pub use parameters::{DIRECTIONS, Direction, Entry, ParameterReader, Parameters};
pub use strict::{Difference, Looser, differences, stricter_keys, stricter_than_parent};
pub use value::{
    AppealPath, Cadence, Card, Channel, CountedIn, Escalation, FollowupFrom, InHallSource,
    Investigated, NotThisType, Raw, Reveals, Scope, Term, Unit, Value, WhoMayAppeal,
};

use crate::codes::codes;
use crate::date::{Date, serde_iso};
use crate::level::{LabelSet, Level};
use serde::{Deserialize, Serialize};

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Basis {
    /// A document states it.
    Stated {
        /// The document's name or number.
        document: String,
        /// Where in it.
        article: String,
        /// Its words.
        words: String,
    },
    /// The document is silent; the value is ours and shown as ours.
    Ours {
        /// Why this value.
        why: String,
    },
    /// There is no value.
    None {
        /// Why not.
        why: String,
    },
}

impl Basis {
    /// Only a stated value binds the profiles below.
    #[must_use]
    pub const fn is_stated(&self) -> bool {
        matches!(self, Basis::Stated { .. })
    }
}

/// A parameter: its value, if there is one, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Param<T> {
    /// The value.
    pub value: Option<T>,
    /// Its basis.
    pub basis: Basis,
    /// What the words leave open and how it was read, or how they are defective in the text held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A parameter as the API describes it: the value's form depends on the parameter.
#[cfg(feature = "openapi")]
#[derive(utoipa::ToSchema)]
#[schema(as = Param)]
#[expect(dead_code, reason = "only its description is used")]
struct AnyParam {
    /// A flag, number, text, list or term; null where there is none.
    #[schema(value_type = Value)]
    value: (),
    /// Its basis.
    basis: Basis,
    /// What the words leave open and how it was read.
    note: Option<String>,
}

impl<T> Param<T> {
    /// A stated value.
    #[must_use]
    pub fn stated(value: T, document: &str, article: &str, words: &str) -> Self {
        let (document, article, words) =
            (document.to_owned(), article.to_owned(), words.to_owned());
        Param {
            value: Some(value),
            basis: Basis::Stated {
                document,
                article,
                words,
            },
            note: None,
        }
    }

    /// A value of ours.
    #[must_use]
    pub fn ours(value: T, why: &str) -> Self {
        Param {
            value: Some(value),
            basis: Basis::Ours {
                why: why.to_owned(),
            },
            note: None,
        }
    }

    /// No value.
    #[must_use]
    pub fn none(why: &str) -> Self {
        Param {
            value: None,
            basis: Basis::None {
                why: why.to_owned(),
            },
            note: None,
        }
    }
}

codes! {
    /// The clocks that a bad rating, or an unrated service, starts.
    pub enum Clock {
        /// First contact with the rater.
        Contact = "contact",
        /// Reply to the rater.
        Reply = "reply",
        /// Rectification.
        Rectify = "rectify",
        /// Rectification of what is complex and can't be solved at once.
        RectifyComplex = "rectify_complex",
        /// From service to the default record.
        DefaultRating = "default_rating",
    }
}

codes! {
    /// What gives a profile its force.
    pub enum Force {
        /// A document in force until it is replaced (文件).
        Document = "document",
        /// A document on trial, which lapses (试行文件).
        Trial = "trial",
        /// Only a newspaper report (报道): no document of the jurisdiction is held.
        Press = "press",
    }
}

/// The province above a jurisdiction, whose text may not be held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Province {
    /// Its name.
    pub jurisdiction: String,
    /// Its document.
    pub document: String,
    /// What not holding the text means, or that it is held.
    pub note: String,
}

/// One version of a jurisdiction's rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Profile {
    /// For example `dehong`.
    pub id: String,
    /// For example `2020`.
    pub version: String,
    /// The jurisdiction's name.
    pub jurisdiction: String,
    /// The document it is made from.
    pub document: String,
    /// What gives it its force.
    pub force: Force,
    /// Which text is held, and what is known to be wrong with it.
    pub held: String,
    /// The profile above, as `id/version`.
    pub parent: Option<String>,
    /// First day in force; `None` where the text held doesn't give it.
    #[serde(with = "serde_iso::option")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub valid_from: Option<Date>,
    /// Last day in force; `None` while open.
    #[serde(with = "serde_iso::option")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub valid_to: Option<Date>,
    /// Where the first and last day come from; a profile with neither needs none.
    pub validity: Option<Basis>,
    /// Is the province's own text held? False means: the province may be stricter than shown.
    pub province_held: bool,
    /// The province, for a jurisdiction below one.
    pub province: Option<Province>,
    /// Every parameter.
    pub parameters: Parameters,
}

/// Ratings a cell must gain before it is released, where a profile gives none.
pub const RELEASE_K: u64 = 5;

impl Profile {
    /// `id/version`, what a `parent` names.
    #[must_use]
    pub fn reference(&self) -> String {
        format!("{}/{}", self.id, self.version)
    }

    /// The term of a clock.
    #[must_use]
    pub fn clock(&self, clock: Clock) -> &Param<Term> {
        match clock {
            Clock::Contact => &self.parameters.first_contact,
            Clock::Reply => &self.parameters.reply,
            Clock::Rectify => &self.parameters.rectify_simple,
            Clock::RectifyComplex => &self.parameters.rectify_complex_max,
            Clock::DefaultRating => &self.parameters.default_rating_after,
        }
    }

    /// Is the version in force on this day?
    #[must_use]
    pub fn in_force(&self, day: Date) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_to.is_none_or(|to| day <= to)
    }

    /// Which words the five levels have.
    #[must_use]
    pub fn label_set(&self) -> LabelSet {
        self.parameters
            .label_set
            .value
            .unwrap_or(LabelSet::Satisfaction)
    }

    /// What may be rated besides the whole, in the order of the text (`J-11`, `D-01`).
    #[must_use]
    pub fn scopes(&self) -> Vec<Scope> {
        let named = self.parameters.scope_set.value.iter().flatten();
        named
            .copied()
            .filter(|scope| *scope != Scope::Overall)
            .collect()
    }

    /// How long a rating's text may be, in Unicode scalar values.
    #[must_use]
    pub fn text_max(&self) -> usize {
        self.parameters
            .text_max
            .value
            .and_then(|max| usize::try_from(max).ok())
            .unwrap_or(150)
    }

    /// How many ratings a cell must gain before it is released.
    #[must_use]
    pub fn k(&self) -> u64 {
        self.parameters.release_k.value.map_or(RELEASE_K, u64::from)
    }

    /// The levels that count as 好评: 3 to 5 unless the profile says otherwise, because 后两个
    /// 等级为差评.
    #[must_use]
    pub fn good_levels(&self) -> Vec<Level> {
        let default = || vec![Level::L3, Level::L4, Level::L5];
        self.parameters
            .good_levels
            .value
            .clone()
            .unwrap_or_else(default)
    }

    /// Ratings needed before anything is ranked.
    #[must_use]
    pub fn min_n(&self) -> u64 {
        self.parameters.min_n.value.map_or(30, u64::from)
    }
}
