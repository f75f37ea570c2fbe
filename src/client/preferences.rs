//! Language and display, and the texts of a language.

use super::{Error, decode, send_form};
use contract::paths;
use serde::Deserialize;

/// Stores one choice in this browser's cookie.
pub async fn store(name: &str, value: &str) -> Result<(), Error> {
    // Names and values are our own words: nothing in them needs escaping.
    send_form(paths::PREFERENCES, format!("{name}={value}")).await
}

/// The texts of a language, and the shape by which they are told from those of another build.
#[derive(Deserialize)]
pub struct Texts {
    /// Belongs to `words::SHAPE`.
    pub shape: String,
    /// In the order of the keys.
    pub texts: Vec<String>,
}

/// Fetches the texts of a language.
pub async fn texts(address: &str) -> Result<Texts, Error> {
    decode(&super::send(super::Call::get(address)).await?)
}
