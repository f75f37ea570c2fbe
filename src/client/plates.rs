//! The plates of the region.

use super::{Error, get};
use contract::{paths, place::PlateRow};

/// Every plate that the signed-in person may print.
pub async fn list() -> Result<Vec<PlateRow>, Error> {
    get(paths::API_PLATES).await
}
