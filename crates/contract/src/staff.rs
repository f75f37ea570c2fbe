//! Sessions, and the events that a connector pushes.

use rules::can::Role;
use serde::{Deserialize, Serialize};

/// `POST /api/v1/session`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// Staff name.
    pub login: String,
    /// Password.
    pub password: String,
}

/// The header in which a page says whom it takes itself to be signed in as: in another tab of the same browser
/// somebody else may have signed in meanwhile.
pub const SIGNED_IN_AS: &str = "x-signed-in-as";

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    /// Who it is; each request of a page says whom it takes itself to be signed in as.
    pub id: String,
    /// Display name.
    pub name: String,
    /// Role.
    pub role: Role,
    /// The unit's name; none for the authority.
    pub unit: Option<String>,
    /// An invented region: every page says 演示.
    pub demo: bool,
}

/// One service event (`domain.md` 4.3.2), pushed before it can be rated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EventCreate {
    /// Case number (办件编号).
    pub project_no: String,
    /// The n-th service of the case, from 1.
    pub service_no: i64,
    /// Item code.
    pub item: String,
    /// Window code.
    pub window: String,
    /// Staff id, where the business system knows it.
    #[serde(default)]
    pub staff: Option<String>,
    /// The day of the service, ISO.
    pub served_on: String,
}

/// `POST /api/v1/events`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EventsCreate {
    /// At most 500.
    pub events: Vec<EventCreate>,
}

/// What became of one pushed event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventAccepted {
    /// Case number.
    pub project_no: String,
    /// The n-th service.
    pub service_no: i64,
    /// The code of its rating link `/s/{code}`.
    pub code: String,
    /// Whether it was known before (the answer is the same).
    pub known: bool,
}

/// Answer to `POST /api/v1/events`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventsAccepted {
    /// In the order of the request.
    pub events: Vec<EventAccepted>,
}
