//! Sessions of staff.

use super::{Error, delete, get, post_only};
use contract::{
    paths,
    staff::{Me, SignIn},
};

/// Who is signed in.
pub async fn me() -> Result<Me, Error> {
    get(paths::API_SESSION).await
}

/// Signs in; the session is in a cookie that scripts cannot read.
pub async fn sign_in(with: &SignIn) -> Result<Me, Error> {
    post_only(paths::API_SESSION, with).await?;
    me().await
}

/// Signs out.
pub async fn sign_out() -> Result<(), Error> {
    delete(paths::API_SESSION).await
}
