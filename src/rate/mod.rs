//! The citizen's pages: rating, receipt, follow-up. Adopting the form that the server sent is in the
//! app's main part; drawing a page, which happens after sending at the earliest, is in a part of its
//! own that is fetched when the citizen begins to fill in the form.

mod adopt;
mod faults;
mod follow;
mod form;
mod markup;
mod page;
mod receipt;

pub use page::{follow_page, rate_page, receipt_page};
pub use receipt::HandedOver;
