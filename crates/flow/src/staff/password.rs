//! Passwords, as they are kept and compared.

use crate::{FlowError, secrets};
use argon2::{
    Argon2, PasswordHash, PasswordVerifier,
    password_hash::{PasswordHasher, SaltString},
};

/// Argon2id over a password, in PHC form.
///
/// # Errors
/// When the system gives no randomness.
pub fn hash_password(password: &str) -> Result<String, FlowError> {
    let salt = SaltString::encode_b64(&secrets::random::<16>()?)
        .map_err(|error| FlowError::Internal(error.to_string()))?;
    Argon2::default()
        .hash_password(password.as_bytes(), &salt)
        .map(|hash| hash.to_string())
        .map_err(|error| FlowError::Internal(error.to_string()))
}

/// Takes as long for an unknown name as for a wrong password.
pub(super) async fn verify(hash: Option<String>, password: String) -> Result<bool, FlowError> {
    let work = move || -> Result<bool, FlowError> {
        let Some(hash) = hash else {
            hash_password(&password)?;
            return Ok(false);
        };
        let parsed =
            PasswordHash::new(&hash).map_err(|error| FlowError::Internal(error.to_string()))?;
        Ok(Argon2::default()
            .verify_password(password.as_bytes(), &parsed)
            .is_ok())
    };
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| FlowError::Internal(error.to_string()))?
}
