//! What is rated, by whom, and whether what was sent may become a rating.

mod check;

pub use check::check;

use crate::codes::codes;
use crate::level::Level;
use crate::profile::Scope;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How often a citizen may send a rating anew under its key within the edit window. Who was mistaken
/// needs one or two; without an end each change is an entry in the ticket, and the figures follow whoever
/// sends last. Later there are the ways that leave a reason: a word added, a withdrawal.
pub const CHANGES_MAX: i64 = 3;

codes! {
    /// The kinds of subject; a plate rating without a case is of its window or hall and is
    /// never summed with service events.
    pub enum SubjectKind {
        /// 办件服务.
        Event = "event",
        /// 窗口.
        Window = "window",
        /// 大厅.
        Hall = "hall",
        /// 咨询.
        Consultation = "consultation",
        /// 事项.
        Item = "item",
        /// 平台.
        Platform = "platform",
    }
}

/// What a rating is of (国办发〔2019〕51号, 总体要求(二): every item, agency and platform).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Subject {
    /// One service of one case: 一次一评.
    Event {
        /// 办件编号.
        project_no: String,
        /// The n-th service of the case.
        service_no: i64,
    },
    /// A window, by its plate.
    Window {
        /// Window code.
        window: String,
    },
    /// A hall.
    Hall {
        /// Hall code.
        hall: String,
    },
    /// A consultation in a hall that led to no case.
    Consultation {
        /// Hall code.
        hall: String,
    },
    /// An item of the catalogue.
    Item {
        /// Item code.
        item: String,
    },
    /// A platform.
    Platform {
        /// Platform code.
        platform: String,
    },
}

impl Subject {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> SubjectKind {
        match self {
            Subject::Event { .. } => SubjectKind::Event,
            Subject::Window { .. } => SubjectKind::Window,
            Subject::Hall { .. } => SubjectKind::Hall,
            Subject::Consultation { .. } => SubjectKind::Consultation,
            Subject::Item { .. } => SubjectKind::Item,
            Subject::Platform { .. } => SubjectKind::Platform,
        }
    }

    /// A stable text that tells subjects apart, for example `event:P001:1`.
    #[must_use]
    pub fn key(&self) -> String {
        let kind = self.kind();
        match self {
            Subject::Event {
                project_no,
                service_no,
            } => format!("{kind}:{project_no}:{service_no}"),
            Subject::Window { window } => format!("{kind}:{window}"),
            Subject::Hall { hall } | Subject::Consultation { hall } => format!("{kind}:{hall}"),
            Subject::Item { item } => format!("{kind}:{item}"),
            Subject::Platform { platform } => format!("{kind}:{platform}"),
        }
    }
}

codes! {
    /// Where a rating comes from; only `active` ones were given by a person here.
    pub enum Kind {
        /// Given by the user.
        Active = "active",
        /// Written by our rule because nobody rated (默认评价).
        Default = "default",
        /// Written by an upper system's rule.
        ExternalDefault = "external_default",
        /// Mirrored from an upper system.
        Mirror = "mirror",
    }
}

codes! {
    /// How the rater is known (国办发〔2019〕51号, 完善保障措施(二): real-name encouraged).
    pub enum Identity {
        /// Not known, and not to be asked for.
        Anonymous = "anonymous",
        /// A name or phone was given.
        Stated = "stated",
        /// The phone was confirmed.
        PhoneConfirmed = "phone_confirmed",
        /// Known through the platform's sign-in.
        Platform = "platform",
    }
}

impl Identity {
    /// The duties for 实名差评 cover all but anonymous raters.
    #[must_use]
    pub const fn is_real_name(self) -> bool {
        !matches!(self, Identity::Anonymous)
    }
}

/// The level as it arrived, before anyone believed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RawLevel {
    /// Nothing was chosen.
    Missing,
    /// Something that isn't an integer, `"5"` in JSON included.
    NotANumber,
    /// An integer, in range or not.
    Number(i64),
}

/// What a form or an API call carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// The level as it arrived.
    pub level: RawLevel,
    /// Levels of single scopes as they arrived, by the scope's code.
    pub scopes: Vec<(String, RawLevel)>,
    /// Tag codes as they arrived.
    pub tags: Vec<String>,
    /// Free text.
    pub text: String,
    /// The rater chose to be reachable; otherwise name and phone are dropped unread.
    pub stated: bool,
    /// Name.
    pub name: String,
    /// Phone.
    pub phone: String,
}

impl Input {
    /// What arrives from somebody who presses one face and nothing else.
    #[must_use]
    pub fn of_level(level: i64) -> Self {
        Self {
            level: RawLevel::Number(level),
            scopes: Vec::new(),
            tags: Vec::new(),
            text: String::new(),
            stated: false,
            name: String::new(),
            phone: String::new(),
        }
    }
}

/// A rating that may be stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The level.
    pub level: Level,
    /// Levels of the scopes that were rated besides the whole; most raters leave them out.
    pub scopes: BTreeMap<Scope, Level>,
    /// Chosen tags, each once, in the order of their codes.
    pub tags: Vec<u16>,
    /// The text, trimmed, with `\n` line ends; `None` when empty.
    pub text: Option<String>,
    /// `Anonymous` or `Stated`.
    pub identity: Identity,
    /// Name, if stated and given.
    pub name: Option<String>,
    /// Phone, if stated and given: digits, perhaps after a `+`.
    pub phone: Option<String>,
}

/// One reason why the input can't be stored. Codes only; the text is in `locales/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Violation {
    /// The field of [`Input`] it is about.
    pub field: String,
    /// For example `text.too_long`.
    pub code: String,
    /// What the text of the code fills in.
    #[serde(default)]
    pub params: BTreeMap<String, String>,
}

impl Violation {
    /// A violation without parameters.
    #[must_use]
    pub fn new(field: &str, code: &str) -> Self {
        Violation {
            field: field.to_owned(),
            code: code.to_owned(),
            params: BTreeMap::new(),
        }
    }

    /// Adds a parameter.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.params.insert(name.to_owned(), value.to_string());
        self
    }
}
