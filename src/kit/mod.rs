//! Widgets and helpers that know nothing of the domain.

pub mod dom;
pub mod draft;
pub mod field;
pub mod links;
pub mod live;
pub mod load;
pub mod modes;
pub mod near;
pub mod page;
pub mod panic;
pub mod part;
pub mod served;
pub mod speak;
pub mod stale;
pub mod summary;
pub mod url;
