//! What the rating page shows, what it sends, and the receipt.

use super::{Error, get, post};
use contract::{
    paths,
    rate::{RatePage, RatingCreate, Receipt},
};

/// What is rated: the window behind a plate, or one service event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Door {
    /// `/r/{plate}`
    Plate(String),
    /// `/s/{code}`
    Service(String),
}

/// What the rating page needs.
pub async fn page(door: &Door) -> Result<RatePage, Error> {
    let url = match door {
        Door::Plate(plate) => paths::fill(paths::API_RATE_PLATE, plate),
        Door::Service(code) => paths::fill(paths::API_RATE_SERVICE, code),
    };
    get(&url).await
}

/// Sends a rating. With the same key it is safe to send it again.
pub async fn create(rating: &RatingCreate, key: &str) -> Result<Receipt, Error> {
    post(paths::API_RATINGS, rating, Some(key)).await
}

/// A receipt by its code.
pub async fn receipt(code: &str) -> Result<Receipt, Error> {
    get(&paths::fill(paths::API_RECEIPT, code)).await
}
