//! The plates of the region.

use super::{Error, get, post};
use contract::{
    paths,
    place::{PlateRow, PlateVersion},
};

/// Every plate that the signed-in person may print.
pub async fn list() -> Result<Vec<PlateRow>, Error> {
    get(paths::API_PLATES).await
}

/// Takes a plate out of use.
pub async fn revoke(plate: &str) -> Result<(), Error> {
    let nothing = serde_json::Map::new();
    let path = paths::fill(paths::API_PLATE_REVOKE, plate);
    let all: Result<Vec<PlateVersion>, Error> = post(&path, &nothing, None).await;
    all.map(drop)
}

/// Puts a new plate in the place of one.
pub async fn rotate(plate: &str) -> Result<PlateRow, Error> {
    let nothing = serde_json::Map::new();
    post(&paths::fill(paths::API_PLATE_ROTATE, plate), &nothing, None).await
}
