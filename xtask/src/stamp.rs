//! Fingerprints of bytes and of source trees: enough to name a file and to see a change.
//! Nothing here is meant to withstand an attacker.

use crate::report::{During, Result};
use std::path::{Path, PathBuf};

/// FNV-1a with 128 bits: the same on every machine and with every compiler.
pub struct Fingerprint(u128);

impl Fingerprint {
    /// The empty fingerprint.
    pub fn new() -> Self {
        Self(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d)
    }

    /// Takes in bytes, with their length so that two pieces cannot trade bytes.
    pub fn add(&mut self, bytes: &[u8]) {
        for byte in (bytes.len() as u64).to_le_bytes().iter().chain(bytes) {
            self.0 ^= u128::from(*byte);
            self.0 = self
                .0
                .wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
        }
    }

    /// Sixteen hexadecimal digits.
    pub fn short(&self) -> String {
        let folded = (self.0 >> 64) as u64 ^ self.0 as u64;
        format!("{folded:016x}")
    }
}

/// The fingerprint of some bytes.
pub fn of(bytes: &[u8]) -> String {
    let mut fingerprint = Fingerprint::new();
    fingerprint.add(bytes);
    fingerprint.short()
}

/// The fingerprint of files and folders below `root`, names and contents.
pub fn of_tree(root: &Path, paths: &[&str]) -> Result<String> {
    let mut files = Vec::new();
    for path in paths {
        collect(&root.join(path), &mut files)?;
    }
    files.sort();
    let mut fingerprint = Fingerprint::new();
    for file in files {
        let name = file.strip_prefix(root).unwrap_or(&file);
        fingerprint.add(name.to_string_lossy().as_bytes());
        fingerprint.add(&std::fs::read(&file).during(format_args!("reading {}", file.display()))?);
    }
    Ok(fingerprint.short())
}

/// Every file at or below a path; a path that does not exist has none.
pub fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_file() {
        files.push(path.to_owned());
    }
    if path.is_dir() {
        for entry in std::fs::read_dir(path).during(format_args!("listing {}", path.display()))? {
            let entry = entry.during(format_args!("listing {}", path.display()))?;
            collect(&entry.path(), files)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_bytes_have_the_same_fingerprint_and_others_another() {
        assert_eq!(of(b"rating"), of(b"rating"));
        assert_ne!(of(b"rating"), of(b"ratinh"));
        assert_eq!(of(b"").len(), 16);
    }

    #[test]
    fn moving_a_byte_from_one_piece_to_the_next_is_a_change() {
        let mut left = Fingerprint::new();
        left.add(b"ab");
        left.add(b"c");
        let mut right = Fingerprint::new();
        right.add(b"a");
        right.add(b"bc");
        assert_ne!(left.short(), right.short());
    }
}
