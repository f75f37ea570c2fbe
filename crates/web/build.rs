//! Copies the built single-page app to where the binary embeds it from.
//!
//! `HAOCHAPING_DIST` names the folder; without it `dist/` of the workspace is taken.
//! A missing folder embeds nothing: every script-free page still works.

use std::{env, fs, io, path::Path};

fn main() -> io::Result<()> {
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    let manifest = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let dist = env::var("HAOCHAPING_DIST").unwrap_or_else(|_| format!("{manifest}/../../dist"));
    let target = Path::new(&out).join("dist");
    println!("cargo:rerun-if-env-changed=HAOCHAPING_DIST");
    println!("cargo:rerun-if-changed={dist}");
    if target.exists() {
        fs::remove_dir_all(&target)?;
    }
    fs::create_dir_all(&target)?;
    let dist = Path::new(&dist);
    if dist.is_dir() {
        copy(dist, &target)?;
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let path = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            fs::create_dir_all(&path)?;
            copy(&entry.path(), &path)?;
        } else {
            fs::copy(entry.path(), path)?;
        }
    }
    Ok(())
}
