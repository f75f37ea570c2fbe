//! Script-free HTML pages: pure functions from what is shown to markup.
//!
//! A page knows no database, no clock and no request. The citizen's pages carry their style
//! within them, so that one round trip shows them; they work where scripts are off or blocked.

mod catalogue;
mod css;
mod csv;
mod due;
mod figures;
mod find;
mod follow;
mod frame;
mod items;
mod parts;
mod plate;
mod problem;
mod profile_value;
mod profiles;
mod rate;
mod receipt;
#[cfg(test)]
pub(crate) mod samples;
mod say;
mod settings;
mod staff;
#[cfg(test)]
mod tests;
mod tour;

pub use catalogue::catalogue;
pub use css::{citizen_css, citizen_css_hash, site_css, site_css_hash, site_css_name};
pub use csv::figures as csv;
pub use due::{DueForm, due_form};
pub use figures::figures;
pub use find::{find, not_found_follow, not_found_plate, revoked_plate};
pub use follow::{follow, follow_code};
pub use frame::{Assets, Lapse, Modes, Shell, Theme};
pub use items::{item, items};
pub use plate::{Sheet, hall_sheets, plate_sheet};
pub use problem::{not_founded, problem};
pub use profiles::{Comparison, profile, profile_compare, profile_list, profile_missing};
pub use rate::{FormState, Notice, rate};
pub use receipt::{Offer, receipt};
pub use settings::unknown_language;
pub use staff::spa_shell;
pub use tour::{TourLinks, tour};
