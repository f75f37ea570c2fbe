//! Node and the npm tools of `package.json`: welcome everywhere, needed for `test` and `dist`.

use crate::place::Place;
use crate::report::{During, Result, say};
use crate::sh;
use crate::stamp;
use std::path::PathBuf;
use std::process::Command;

/// The oldest Node that the tools of `package.json` run on.
pub const OLDEST: u32 = 20;

/// A Node that is new enough, with its installed tools.
pub struct Node {
    folder: PathBuf,
}

impl Node {
    /// A tool of `node_modules`, by its name; its script finds this very Node.
    pub fn tool(&self, place: &Place, name: &str) -> Command {
        let mut command = place.command(place.at("node_modules/.bin").join(name));
        let mut folders = vec![self.folder.clone()];
        if let Some(inherited) = std::env::var_os("PATH") {
            folders.extend(std::env::split_paths(&inherited));
        }
        if let Ok(path) = std::env::join_paths(folders) {
            command.env("PATH", path);
        }
        command
    }
}

/// A Node of at least [`OLDEST`], wherever it is.
pub fn find(place: &Place) -> Option<Node> {
    place.every("node").into_iter().find_map(|program| {
        let said = sh::capture(Command::new(&program).arg("--version")).ok()?;
        let major: u32 = said
            .trim()
            .strip_prefix('v')?
            .split('.')
            .next()?
            .parse()
            .ok()?;
        (major >= OLDEST).then_some(Node {
            folder: program.parent()?.to_owned(),
        })
    })
}

/// Node with the tools of `package-lock.json` in place; `None` when there is no Node or no npm.
pub fn ready(place: &Place) -> Result<Option<Node>> {
    let Some(node) = find(place) else {
        return Ok(None);
    };
    let lock = std::fs::read(place.at("package-lock.json")).during("reading package-lock.json")?;
    let wanted = stamp::of(&lock);
    let mark = place.at("node_modules/.haochaping-stamp");
    if std::fs::read_to_string(&mark).is_ok_and(|found| found == wanted) {
        return Ok(Some(node));
    }
    let Some(npm) = place.which("npm") else {
        say("Node is here but npm is not; going on as if there were no Node");
        return Ok(None);
    };
    sh::run(
        "installing the npm tools (esbuild, ECharts, binaryen, axe-core)",
        place
            .command(npm)
            .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]),
    )?;
    std::fs::write(&mark, wanted).during("marking node_modules as complete")?;
    Ok(Some(node))
}
