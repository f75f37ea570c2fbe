//! Sessions of staff.

use super::{Error, delete, get, post_only};
use contract::{
    paths,
    staff::{Me, SignIn},
};
use std::cell::RefCell;

thread_local! {
    static BELIEVED: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Whom this page takes itself to be signed in as; every request says so, since in another tab somebody else
/// may have signed in meanwhile.
pub fn believed() -> Option<String> {
    BELIEVED.with_borrow(Clone::clone)
}

/// Who is signed in.
pub async fn me() -> Result<Me, Error> {
    let me: Me = get(paths::API_SESSION).await?;
    BELIEVED.set(Some(me.id.clone()));
    Ok(me)
}

/// Signs in; the session is in a cookie that scripts cannot read.
pub async fn sign_in(with: &SignIn) -> Result<Me, Error> {
    BELIEVED.set(None);
    post_only(paths::API_SESSION, with).await?;
    me().await
}

/// Signs out.
pub async fn sign_out() -> Result<(), Error> {
    let left = delete(paths::API_SESSION).await;
    BELIEVED.set(None);
    left
}

/// Signs out on every device.
pub async fn sign_out_everywhere() -> Result<(), Error> {
    delete(paths::API_SESSIONS).await?;
    BELIEVED.set(None);
    Ok(())
}
