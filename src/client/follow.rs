//! Following a rating by its secret code.

use super::{Error, get, post};
use contract::{
    follow::{FollowAsk, FollowCode, FollowPage},
    paths,
};

/// Asks for the secret code.
pub async fn ask(ask: &FollowAsk) -> Result<FollowCode, Error> {
    post(paths::API_FOLLOW_ASK, ask, None).await
}

/// What became of the rating.
pub async fn page(code: &str) -> Result<FollowPage, Error> {
    get(&paths::fill(paths::API_FOLLOW, code)).await
}
