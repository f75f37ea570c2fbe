//! Every URL of the product: the templates that the router knows, and functions that fill them.

/// Public figures.
pub const HOME: &str = "/";
/// The figures of a page as a table for a spreadsheet.
pub const FIGURES_CSV: &str = "/figures.csv";
/// The deadline calculator for everyone.
pub const DUE: &str = "/due";
/// The page behind a window's plate.
pub const PLATE: &str = "/r/{plate}";
/// The page behind the link of one service event.
pub const SERVICE: &str = "/s/{code}";
/// What became of a rating; the code is secret.
pub const FOLLOW: &str = "/f/{code}";
/// Asks for the follow-up code; proof is the form's own idempotency key.
pub const FOLLOW_ASK: &str = "/follow";
/// A receipt; may be shown to anyone.
pub const RECEIPT: &str = "/receipt/{code}";
/// Finds a window by its typed short code, or a rating by its follow-up code (`?code=`), or lists the
/// halls.
pub const FIND: &str = "/find";
/// Every item, unit by unit.
pub const ITEMS: &str = "/items";
/// An item's guide.
pub const ITEM: &str = "/items/{code}";
/// A walk through a demo.
pub const TOUR: &str = "/tour";
/// A plate's printable sheet.
pub const PLATE_SHEET: &str = "/plates/{plate}";
/// The printable sheets of all plates of a hall.
pub const HALL_SHEETS: &str = "/plates/hall/{hall}";
/// The policy profiles, for reading.
pub const PROFILES: &str = "/profiles";
/// One policy profile with its citations.
pub const PROFILE: &str = "/profiles/{id}";
/// Two policy profiles side by side (`?a=&b=`).
pub const PROFILES_COMPARE: &str = "/profiles/compare";
/// Stores language and display in a cookie, by POST.
pub const PREFERENCES: &str = "/preferences";
/// Every widget in every state; a demo folder only.
pub const CATALOGUE: &str = "/catalogue";
/// Staff: the worklist.
pub const STAFF: &str = "/staff";
/// Staff: sign in.
pub const SIGN_IN: &str = "/staff/sign-in";
/// Staff: one ticket.
pub const STAFF_TICKET: &str = "/staff/tickets/{number}";
/// Staff: the plates of the region.
pub const STAFF_PLATES: &str = "/staff/plates";
/// The policy profiles, for staff.
pub const STAFF_PROFILES: &str = "/staff/profiles";

/// The API's description, OpenAPI 3.1.
pub const API_OPENAPI: &str = "/api/v1/openapi.json";
/// A connector pushes service events.
pub const API_EVENTS: &str = "/api/v1/events";
/// Accepts ratings.
pub const API_RATINGS: &str = "/api/v1/ratings";
/// What the rating page of a plate shows.
pub const API_RATE_PLATE: &str = "/api/v1/rate/plates/{plate}";
/// What the rating page of a service event shows.
pub const API_RATE_SERVICE: &str = "/api/v1/rate/services/{code}";
/// The halls, for those whose plate is unknown.
pub const API_HALLS: &str = "/api/v1/halls";
/// A receipt.
pub const API_RECEIPT: &str = "/api/v1/receipts/{code}";
/// Asks for the follow-up code.
pub const API_FOLLOW_ASK: &str = "/api/v1/follow";
/// What became of a rating.
pub const API_FOLLOW: &str = "/api/v1/follow/{code}";
/// Sign in, who am I, sign out.
pub const API_SESSION: &str = "/api/v1/session";
/// Every session of whoever is signed in.
pub const API_SESSIONS: &str = "/api/v1/sessions";
/// The worklist.
pub const API_TICKETS: &str = "/api/v1/tickets";
/// One ticket.
pub const API_TICKET: &str = "/api/v1/tickets/{number}";
/// Does something with a ticket.
pub const API_TICKET_ACTIONS: &str = "/api/v1/tickets/{number}/actions";
/// Reveals the contact data of a ticket; a POST, since it is recorded.
pub const API_TICKET_CONTACT: &str = "/api/v1/tickets/{number}/contact";
/// Ratings that came above a limit and wait for a ruling.
pub const API_HELD: &str = "/api/v1/held";
/// Rules on some of them.
pub const API_HELD_RULINGS: &str = "/api/v1/held/rulings";
/// The plates of the region.
pub const API_PLATES: &str = "/api/v1/plates";
/// Every version of the plate at a plate's window.
pub const API_PLATE_VERSIONS: &str = "/api/v1/plates/{plate}/versions";
/// Takes a plate out of use.
pub const API_PLATE_REVOKE: &str = "/api/v1/plates/{plate}/revoke";
/// Puts a new plate in the place of one.
pub const API_PLATE_ROTATE: &str = "/api/v1/plates/{plate}/rotate";
/// Released figures.
pub const API_FIGURES: &str = "/api/v1/figures";
/// Today's number of ratings in the region, without levels.
pub const API_TODAY: &str = "/api/v1/today";
/// A policy profile.
pub const API_PROFILE: &str = "/api/v1/profiles/{id}";
/// The profiles there are.
pub const API_PROFILES: &str = "/api/v1/profiles";
/// Enters the document that prolongs a lapsed profile.
pub const API_CONTINUATIONS: &str = "/api/v1/profiles/{id}/continuations";
/// The working-day calendar.
pub const API_CALENDAR: &str = "/api/v1/calendar";
/// A deadline, computed by the server.
pub const API_DUE: &str = "/api/v1/due";

/// Fills the one placeholder of a template. The value is an identifier of ours
/// (letters, digits and hyphens), so nothing needs escaping.
pub fn fill(template: &str, value: &str) -> String {
    match (template.find('{'), template.find('}')) {
        (Some(open), Some(close)) if open < close => {
            format!("{}{value}{}", &template[..open], &template[close + 1..])
        }
        _ => template.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_filled_in_its_middle() {
        assert_eq!(
            fill(API_TICKET_ACTIONS, "G20261031-0007"),
            "/api/v1/tickets/G20261031-0007/actions"
        );
        assert_eq!(fill(HOME, "x"), "/");
    }
}
