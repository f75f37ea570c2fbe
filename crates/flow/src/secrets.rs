//! Keys, codes and the private table's seal.
//!
//! The key file lies outside the database (`design.md` 3, point 3), so that a copy of the
//! database alone shows no one's name or words.

use aes_gcm::{
    Aes256Gcm, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

/// What a code is for; it is part of what is signed, so one never serves as another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// May be shown to anyone.
    Receipt,
    /// Secret of the rater.
    Follow,
    /// The rating link of one service event.
    Service,
    /// A device from which somebody has signed in.
    StaffDevice,
    /// The network that somebody comes from.
    Network,
    /// Says which keys a database was sealed with; nobody is given it.
    Mark,
    /// The cookie that tells one phone of a hall from another for a day.
    Device,
    /// The key under which a day's ratings say where they came from.
    Source,
}

impl Purpose {
    /// The word that is signed and stored.
    pub fn word(self) -> &'static str {
        match self {
            Self::Receipt => "receipt",
            Self::Follow => "follow",
            Self::Service => "service",
            Self::Device => "device",
            Self::StaffDevice => "device of staff",
            Self::Network => "network",
            Self::Mark => "mark",
            Self::Source => "source",
        }
    }
}

/// Something with the keys went wrong.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The key file cannot be read or written.
    #[error("the key file {path} cannot be used: {source}")]
    File {
        /// Where.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// The key file is missing.
    #[error(
        "{0} is missing; put it back from the backup (docs/DEPLOY.md, 5). Nothing was created: with new keys nobody could read the names and phone numbers that there are, and codes that were given out would be worth nothing"
    )]
    Gone(String),
    /// Others on this machine can read the keys.
    #[error(
        "others on this machine can read {0}; close it with `chmod 600 {0}`, and find out who had a reason to open it"
    )]
    OpenToOthers(String),
    /// The key file is not one of ours.
    #[error(
        "the key file {0} is damaged; restore it from the backup, the private data cannot be read without it"
    )]
    Damaged(String),
    /// The key file holds other keys than those that it was opened with.
    #[error(
        "the key file {0} holds other keys than those that are in use; put the right one back before the next start"
    )]
    Changed(String),
    /// A row of the private table does not open with this key.
    #[error("a private row does not open with the key {0}")]
    Sealed(String),
    /// The system gave no randomness.
    #[error("the system gave no randomness")]
    Random,
}

#[derive(Serialize, Deserialize)]
struct KeyFile {
    key_id: String,
    codes: String,
    private: String,
}

/// Where a folder keeps its keys.
pub const KEY_FILE: &str = "keys.json";

/// The server's keys.
#[derive(Clone)]
pub struct Secrets {
    folder: PathBuf,
    key_id: String,
    codes: [u8; 32],
    private: Aes256Gcm,
    /// Of the file's text, to know it again.
    text: [u8; 32],
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Secrets")
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

impl Secrets {
    /// Makes the keys of a folder that is being founded, in a file that only its owner can read.
    ///
    /// # Errors
    /// When there are keys already, or the file cannot be written.
    pub fn create(folder: &Path) -> Result<(), SecretError> {
        let path = folder.join(KEY_FILE);
        let file = |source| SecretError::File {
            path: path.display().to_string(),
            source,
        };
        let fresh = KeyFile {
            key_id: hex(&random::<4>()?),
            codes: hex(&random::<32>()?),
            private: hex(&random::<32>()?),
        };
        let text = serde_json::to_string(&fresh).map_err(|e| file(io::Error::other(e)))?;
        let mut out = OpenOptions::new()
            .create_new(true)
            .write(true)
            .mode(0o600)
            .open(&path)
            .map_err(file)?;
        out.write_all(text.as_bytes())
            .and_then(|()| out.sync_all())
            .map_err(file)
    }

    /// Opens the folder's key file. It is never made here: what other keys have sealed could not be read
    /// with new ones.
    ///
    /// # Errors
    /// When the file is missing, can be read by others, or cannot be used.
    pub fn open(folder: &Path) -> Result<Self, SecretError> {
        let path = folder.join(KEY_FILE);
        let file = |source| SecretError::File {
            path: path.display().to_string(),
            source,
        };
        let held = match fs::metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(SecretError::Gone(path.display().to_string()));
            }
            held => held.map_err(file)?,
        };
        if held.permissions().mode() & 0o077 != 0 {
            return Err(SecretError::OpenToOthers(path.display().to_string()));
        }
        let damaged = || SecretError::Damaged(path.display().to_string());
        let text = fs::read_to_string(&path).map_err(file)?;
        let read: KeyFile = serde_json::from_str(&text).map_err(|_| damaged())?;
        let codes = unhex32(&read.codes).ok_or_else(damaged)?;
        let private = unhex32(&read.private).ok_or_else(damaged)?;
        Ok(Self {
            folder: folder.to_owned(),
            key_id: read.key_id,
            codes,
            private: Aes256Gcm::new(&private.into()),
            text: digest(&[text.as_bytes()]),
        })
    }

    /// Whether the folder still holds these keys. A server that runs has them; after the next start nobody could
    /// read what it seals until then.
    ///
    /// # Errors
    /// When the file cannot be used any more, or holds others.
    pub fn are_held(&self) -> Result<(), SecretError> {
        let held = Self::open(&self.folder)?;
        if held.text == self.text {
            return Ok(());
        }
        let path = self.folder.join(KEY_FILE);
        Err(SecretError::Changed(path.display().to_string()))
    }

    /// The id of the key that `seal` uses.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// What a database remembers of the keys that seal it: it tells them apart, and nothing about them.
    pub fn mark(&self) -> String {
        hex(&self.mac(Purpose::Mark, self.key_id.as_bytes())[..16])
    }

    /// A code for an id: 80 bits of HMAC-SHA-256 in Crockford groups, the same every time.
    pub fn code(&self, purpose: Purpose, id: &[u8]) -> String {
        grouped(&self.mac(purpose, id)[..10])
    }

    fn mac(&self, purpose: Purpose, id: &[u8]) -> [u8; 32] {
        keyed_digest(&self.codes, &[purpose.word().as_bytes(), &[0], id])
    }

    /// The key of a day for digests of sources: neither the key file nor the database has it alone.
    pub fn source_key(&self, day_key: &[u8]) -> [u8; 32] {
        self.mac(Purpose::Source, day_key)
    }

    /// Seals a private text for one row.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn seal(&self, id: &[u8], kind: &str, text: &[u8]) -> Result<Vec<u8>, SecretError> {
        let nonce = random::<12>()?;
        let aad = [id, kind.as_bytes()].concat();
        let payload = Payload {
            msg: text,
            aad: &aad,
        };
        let sealed = self
            .private
            .encrypt(Nonce::from_slice(&nonce), payload)
            .map_err(|_| SecretError::Sealed(self.key_id.clone()))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens a sealed text; it opens only in the row that it was sealed for.
    ///
    /// # Errors
    /// When it was sealed with another key, or for another row.
    pub fn open_sealed(
        &self,
        id: &[u8],
        kind: &str,
        sealed: &[u8],
    ) -> Result<Vec<u8>, SecretError> {
        let closed = || SecretError::Sealed(self.key_id.clone());
        if sealed.len() < 12 {
            return Err(closed());
        }
        let aad = [id, kind.as_bytes()].concat();
        let payload = Payload {
            msg: &sealed[12..],
            aad: &aad,
        };
        self.private
            .decrypt(Nonce::from_slice(&sealed[..12]), payload)
            .map_err(|_| closed())
    }
}

/// Randomness from the system.
///
/// # Errors
/// When it gives none.
#[expect(
    clippy::disallowed_methods,
    reason = "the one edge that reads the system's randomness"
)]
pub fn random<const N: usize>() -> Result<[u8; N], SecretError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| SecretError::Random)?;
    Ok(bytes)
}

/// A new id: UUIDv7 of an instant, in milliseconds since 1970, and of randomness.
///
/// # Errors
/// When the system gives none.
pub fn id_at(now: i64) -> Result<[u8; 16], SecretError> {
    let millis = u64::try_from(now).unwrap_or(0);
    let uuid = uuid::Builder::from_unix_timestamp_millis(millis, &random::<10>()?);
    Ok(*uuid.as_uuid().as_bytes())
}

/// The codes of a new plate: 80 bits for its address, 30 bits for whoever types.
///
/// # Errors
/// When the system gives no randomness.
pub fn plate_codes() -> Result<(String, String), SecretError> {
    let short = crockford(&random::<4>()?);
    Ok((
        crockford(&random::<10>()?).to_lowercase(),
        short[..6].to_owned(),
    ))
}

/// The number of a ticket: nine digits, which can be read over the telephone, without any order. A number
/// that counts tells whoever sees two of them how many bad ratings there were between
/// (`docs/decisions/0006`).
///
/// # Errors
/// When the system gives no randomness.
pub fn ticket_number() -> Result<String, SecretError> {
    let n = u64::from_be_bytes(random::<8>()?) % 1_000_000_000;
    let [high, middle, low] = [n / 1_000_000, n / 1_000 % 1_000, n % 1_000];
    Ok(format!("G{high:03}-{middle:03}-{low:03}"))
}

/// HMAC-SHA-256 of the parts, one after another.
pub fn keyed_digest(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // An HMAC takes a key of any length; 32 bytes are always accepted.
    let Ok(mut mac) = <Hmac<Sha256> as Mac>::new_from_slice(key) else {
        return [0; 32];
    };
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

/// SHA-256 over the parts, each preceded by its length.
pub fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// What the store keeps of a code: its hash, of the code as a person may have typed it.
pub fn code_hash(purpose: Purpose, typed: &str) -> [u8; 32] {
    digest(&[purpose.word().as_bytes(), normal(typed).as_bytes()])
}

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A code without its hyphens, in capitals, with the letters that look like digits read as those.
pub fn normal(typed: &str) -> String {
    typed
        .chars()
        .filter(|c| c.is_ascii_alphanumeric())
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .take(64)
        .collect()
}

/// A typed code as it was given, in groups of four; `None` for what cannot be one of eighty bits.
pub fn long_code(typed: &str) -> Option<String> {
    let code = normal(typed);
    let whole = code.len() == 16 && code.bytes().all(|byte| ALPHABET.contains(&byte));
    whole.then(|| in_fours(&code))
}

/// Somebody meant one of the long codes, if with a letter too many or too few, and not the short
/// one of a plate.
pub fn is_like_long_code(typed: &str) -> bool {
    (14..=18).contains(&normal(typed).len())
}

/// Bytes in Crockford's base 32, five bytes to eight characters.
pub fn crockford(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(5) {
        let value = chunk
            .iter()
            .fold(0u64, |value, byte| value << 8 | u64::from(*byte));
        let chars = chunk.len() * 8 / 5;
        let spare = chunk.len() * 8 % 5;
        for at in (0..chars).rev() {
            let index = (value >> (at * 5 + spare)) & 31;
            text.push(char::from(ALPHABET[index as usize]));
        }
    }
    text
}

fn grouped(bytes: &[u8]) -> String {
    in_fours(&crockford(bytes))
}

/// The text is of ASCII.
fn in_fours(text: &str) -> String {
    let groups: Vec<&str> = (0..text.len())
        .step_by(4)
        .map(|at| &text[at..(at + 4).min(text.len())])
        .collect();
    groups.join("-")
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex32(text: &str) -> Option<[u8; 32]> {
    unhex(text)
}

/// Bytes of their hexadecimal; `None` for any other text.
pub fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != 2 * N || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let bytes: Option<Vec<u8>> = (0..N)
        .map(|at| u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).ok())
        .collect();
    bytes?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets() -> Secrets {
        let folder =
            std::env::temp_dir().join(format!("secrets-{}", hex(&random::<8>().expect("random"))));
        fs::create_dir_all(&folder).expect("a folder");
        Secrets::create(&folder).expect("new keys");
        Secrets::open(&folder).expect("keys")
    }

    #[test]
    fn a_code_has_eighty_bits_in_four_groups_and_is_the_same_again() {
        let secrets = secrets();
        let code = secrets.code(Purpose::Receipt, b"one");
        assert_eq!(code.len(), 19);
        assert_eq!(code, secrets.code(Purpose::Receipt, b"one"));
        assert_ne!(code, secrets.code(Purpose::Follow, b"one"));
    }

    #[test]
    fn a_code_typed_in_small_letters_without_hyphens_is_the_same_code() {
        assert_eq!(
            code_hash(Purpose::Receipt, "abcd-ef10"),
            code_hash(Purpose::Receipt, "ABCDEFIO")
        );
    }

    #[test]
    fn a_typed_code_comes_back_as_it_was_given() {
        let given = secrets().code(Purpose::Follow, b"one");
        let bare = given.replace('-', "");
        let small = given.to_lowercase().replace('-', " ");
        let looks = given.replace('0', "o").replace('1', "l");
        for typed in [given.clone(), bare, small, looks, format!(" {given}\n")] {
            assert_eq!(long_code(&typed).as_ref(), Some(&given), "{typed}");
        }
        for typed in [
            "",
            "K7P42M",
            "7QX4-M2KD-9FWA-31P",
            "7QX4-M2KD-9FWA-31PU",
            "七",
        ] {
            assert_eq!(long_code(typed), None, "{typed}");
        }
        assert!(is_like_long_code("7QX4-M2KD-9FWA-31P") && !is_like_long_code("K7P4-2M"));
    }

    #[test]
    fn a_private_text_opens_only_in_its_own_row() {
        let secrets = secrets();
        let sealed = secrets
            .seal(b"row-1", "text", "太慢".as_bytes())
            .expect("sealed");
        assert_eq!(
            secrets
                .open_sealed(b"row-1", "text", &sealed)
                .expect("open"),
            "太慢".as_bytes()
        );
        assert!(secrets.open_sealed(b"row-2", "text", &sealed).is_err());
        assert!(secrets.open_sealed(b"row-1", "contact", &sealed).is_err());
    }
}
