//! Rating: what the page shows, what it sends, what comes back.

use crate::place::Place;
use rules::{
    level::{LabelSet, Level},
    profile::Scope,
    rating::SubjectKind,
    tag::Shown,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the rating page needs; the same for the server's HTML and for the SPA.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RatePage {
    /// The region's name.
    pub region: String,
    /// An invented region: every page says 演示.
    pub demo: bool,
    /// Where the citizen stands.
    pub place: Place,
    /// What is rated: a service event, or the window (`domain.md` 5.1, V).
    pub subject: SubjectKind,
    /// The day of the service, ISO, where a service event is rated.
    pub served_on: Option<String>,
    /// The words for the levels (`N-25`).
    pub labels: LabelSet,
    /// What may be rated besides the whole, if the region's text names anything (`J-11`, `D-01`).
    #[serde(default)]
    pub scopes: Vec<Scope>,
    /// Version of the tag catalogue.
    pub catalogue: String,
    /// The tags that may be chosen, all levels.
    pub tags: Vec<TagChoice>,
    /// The longest text, in characters.
    pub text_max: u32,
    /// Where the form posts to.
    pub action: String,
    /// Set when this service was rated already: then there is no form, only this.
    pub already_rated: bool,
}

/// A tag on the rating page; its text is `tag.<code>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TagChoice {
    /// National code (`domain.md` 4.2).
    pub code: u16,
    /// The level it belongs to.
    pub level: Level,
    /// Shown at once, or on demand.
    pub shown: Shown,
}

/// The field names of the rating form, in order. The script-free page and the SPA both use these.
pub mod field {
    /// Idempotency key, hidden.
    pub const KEY: &str = "key";
    /// The level, a radio group.
    pub const LEVEL: &str = "level";
    /// Tags of one level: the name of the checkboxes is this and the level (`tag1` … `tag5`),
    /// so that a tag ticked before a change of mind is not sent as one of another level.
    pub const TAG: &str = "tag";
    /// The level of a scope, a choice: the name is this and the scope's code (`scope-service`).
    pub const SCOPE: &str = "scope-";
    /// Free text.
    pub const TEXT: &str = "text";
    /// The wish to be named, a checkbox with the value `yes`.
    pub const STATED: &str = "stated";
    /// Name.
    pub const NAME: &str = "name";
    /// Phone.
    pub const PHONE: &str = "phone";
}

/// `POST /api/v1/ratings`. The key travels in the header `Idempotency-Key`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RatingCreate {
    /// The plate that was scanned; this or `service`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plate: Option<String>,
    /// The code of the service event; this or `plate`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// An integer from 1 to 5. Kept raw, so that a wrong type is one violation among the others.
    #[serde(default)]
    pub level: serde_json::Value,
    /// Levels from 1 to 5 of single scopes, by their codes: those of the rating page.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub scopes: BTreeMap<String, serde_json::Value>,
    /// Tag codes.
    #[serde(default)]
    pub tags: Vec<u16>,
    /// Free text.
    #[serde(default)]
    pub text: String,
    /// The rater wants to be named; otherwise name and phone must be empty.
    #[serde(default)]
    pub stated: bool,
    /// Name.
    #[serde(default)]
    pub name: String,
    /// Phone.
    #[serde(default)]
    pub phone: String,
}

/// The answer to a stored rating: 201, or 200 for a repeated request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Receipt {
    /// The receipt code, in groups; may be shown to anyone.
    pub code: String,
    /// The region's day of the rating, ISO.
    pub day: String,
    /// Where.
    pub place: Place,
    /// Whether the figures contain it already.
    pub released: bool,
}
