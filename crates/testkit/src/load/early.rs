//! A build that acknowledges early, made only to see that the soak catches it.

use super::{Outcome, promise};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The cargo feature of `server` that answers before anything is stored.
pub const FEATURE: &str = "unsafe-early-ack-for-soak";

/// The release binary: the one named by `HAOCHAPING_BIN`, or one that is built now.
///
/// # Errors
/// When it cannot be built.
pub fn honest() -> Outcome<PathBuf> {
    match env::var_os("HAOCHAPING_BIN") {
        Some(path) => Ok(path.into()),
        None => build(&[]),
    }
}

/// Builds the release binary with [`FEATURE`] and takes it to `folder`. What was in its place
/// is put back at once, so that nobody ever starts the wrong one.
///
/// # Errors
/// When it cannot be built.
pub fn dishonest(folder: &Path) -> Outcome<PathBuf> {
    let (own, kept) = (
        folder.join("haochaping-early-ack"),
        folder.join("haochaping"),
    );
    fs::copy(build(&[])?, &kept)?;
    let built = build(&["--features", FEATURE])?;
    fs::copy(&built, &own)?;
    // The file has a second name among cargo's own; it must not be written through.
    fs::remove_file(&built)?;
    fs::copy(&kept, &built)?;
    Ok(own)
}

fn build(features: &[&str]) -> Outcome<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(&root).args([
        "build",
        "--release",
        "--package",
        "server",
        "--bin",
        "haochaping",
    ]);
    command.args(features);
    let status = command.status()?;
    promise(status.success(), || {
        format!("the server was not built: {status}")
    })?;
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    Ok(target.join("release/haochaping"))
}
