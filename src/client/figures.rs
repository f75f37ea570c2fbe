//! Released figures, and today's number.

use super::{Error, get, with_query};
use contract::{
    figures::{Figures, Today},
    paths,
};

/// The figures of a period and, where one is chosen, of a place.
pub async fn read(period: &str, place: &str) -> Result<Figures, Error> {
    let query = [("period", period), ("place", place)];
    get(&with_query(paths::API_FIGURES, &query)).await
}

/// Today's number of ratings in the region.
pub async fn today() -> Result<Today, Error> {
    get(paths::API_TODAY).await
}
