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
    let place = place();
    let (own, kept) = (folder.join("haochaping-early-ack"), folder.join("kept"));
    let was_there = place.exists();
    if was_there {
        fs::copy(&place, &kept)?;
    }
    build(&["--features", FEATURE])?;
    fs::copy(&place, &own)?;
    // The file has a second name among cargo's own; it must not be written through.
    fs::remove_file(&place)?;
    if was_there {
        fs::copy(&kept, &place)?;
    }
    Ok(own)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn place() -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR");
    target
        .map_or_else(|| root().join("target"), PathBuf::from)
        .join("release/haochaping")
}

fn build(features: &[&str]) -> Outcome<PathBuf> {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root()).args(["build", "--release"]);
    command.args(["--package", "server", "--bin", "haochaping"]);
    let status = command.args(features).status()?;
    promise(status.success(), || {
        format!("the server was not built: {status}")
    })?;
    Ok(place())
}
