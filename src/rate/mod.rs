//! The citizen's pages: rating, receipt, follow-up. Part of the app's main part.

mod adopt;
mod faults;
mod follow;
mod form;
mod markup;
mod page;
mod receipt;

pub use follow::FollowPage;
pub use page::RatePage;
pub use receipt::{HandedOver, ReceiptPage};
