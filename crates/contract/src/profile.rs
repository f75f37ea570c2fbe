//! Policy profiles: the list, one of them with everything it says, and continuations.

use rules::{
    date,
    profile::{Continuation, Force, Profile, Raw},
};
use serde::{Deserialize, Serialize};

/// A profile in the list of `GET /api/v1/profiles`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProfileRow {
    /// Its id, for example `dehong`.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Whose rules they are.
    pub jurisdiction: String,
    /// The document it is made from.
    pub document: String,
    /// What gives it its force.
    pub force: Force,
    /// First day in force, ISO, where the text gives it.
    pub valid_from: Option<String>,
    /// Last day in force, ISO, where there is one.
    pub valid_to: Option<String>,
    /// In force today, by itself or by a continuation.
    pub in_force: bool,
    /// A service in this region today runs under it.
    pub governs: bool,
    /// The region's own, in force or not: the one that may be continued here.
    pub of_region: bool,
}

impl ProfileRow {
    /// A profile's row, with what the day and the region make of it.
    pub fn of(profile: &Profile, in_force: bool, governs: bool, of_region: bool) -> Self {
        Self {
            id: profile.id.clone(),
            version: profile.version.clone(),
            jurisdiction: profile.jurisdiction.clone(),
            document: profile.document.clone(),
            force: profile.force,
            valid_from: profile.valid_from.map(date::iso),
            valid_to: profile.valid_to.map(date::iso),
            in_force,
            governs,
            of_region,
        }
    }
}

/// A profile above another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ancestor {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Whose rules they are.
    pub jurisdiction: String,
    /// The document it is made from.
    pub document: String,
}

/// Where a profile asks more than its parent states.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Stricter {
    /// The parameter.
    pub key: String,
    /// Its value.
    pub value: Option<Raw>,
    /// What the parent states; none where it states nothing.
    pub parent_value: Option<Raw>,
}

/// `GET /api/v1/profiles/{id}`: the profile, and how it stands today.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProfileView {
    /// The profile with every parameter.
    #[serde(flatten)]
    pub profile: Profile,
    /// In force today, by itself or by a continuation.
    pub in_force: bool,
    /// A service in this region today runs under it.
    pub governs: bool,
    /// The profiles above it, nearest first.
    pub chain: Vec<Ancestor>,
    /// Where it asks more than its parent states.
    pub stricter: Vec<Stricter>,
    /// The documents that prolong it, as the authority entered them, oldest first.
    pub continuations: Vec<Continuation>,
}

/// `POST /api/v1/profiles/{id}/continuations`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ContinuationCreate {
    /// The number of the document that prolongs the profile, such as 某市政发〔2021〕15号.
    #[serde(default)]
    pub document_no: String,
    /// The new last day, ISO.
    #[serde(default)]
    pub valid_to: String,
}
