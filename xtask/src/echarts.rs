//! The chart library: cut down to what we draw where there is Node, else the whole one that
//! the crate `charming` ships.

use crate::node::Node;
use crate::place::Place;
use crate::report::{During, Failure, Result, say};
use crate::{sh, stamp};
use std::path::PathBuf;

/// The file the browser loads as the global `echarts`, and where it came from.
pub struct ECharts {
    /// The built or found file.
    pub file: PathBuf,
    /// `npm` for the cut-down build, `charming` for the whole library.
    pub from: &'static str,
}

/// Gives the chart library, building it when its sources have changed.
pub fn ready(place: &Place, node: Option<&Node>) -> Result<ECharts> {
    match node {
        Some(node) => cut_down(place, node),
        None => {
            say(
                "no Node of version 20 or later: taking the whole ECharts that charming ships (6 times as large)",
            );
            whole(place)
        }
    }
}

fn cut_down(place: &Place, node: &Node) -> Result<ECharts> {
    let entry = "xtask/echarts/entry.js";
    let wanted = stamp::of_tree(&place.root, &[entry, "package-lock.json"])?;
    let file = place.at(".tools").join(format!("echarts-{wanted}.js"));
    if !file.is_file() {
        let mut command = node.tool(place, "esbuild");
        command
            .arg(entry)
            .args([
                "--bundle",
                "--minify",
                "--format=iife",
                "--global-name=echarts",
            ])
            .args([
                "--target=es2018",
                "--legal-comments=none",
                "--log-level=warning",
            ])
            .arg("--define:process.env.NODE_ENV=\"production\"")
            .arg("--banner:js=/*! Apache ECharts, Apache-2.0, cut down by esbuild */")
            .arg(format!("--outfile={}", file.display()));
        sh::run("cutting ECharts down to our charts", &mut command)?;
    }
    Ok(ECharts { file, from: "npm" })
}

fn whole(place: &Place) -> Result<ECharts> {
    let mut command = place.cargo();
    command.args(["metadata", "--format-version", "1", "--locked"]);
    let metadata: serde_json::Value =
        serde_json::from_str(&sh::capture(&mut command)?).during("reading cargo metadata")?;
    let manifest = metadata["packages"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|package| package["name"] == "charming")
        .and_then(|package| package["manifest_path"].as_str())
        .ok_or_else(|| Failure::new("cargo metadata names no crate charming"))?;
    let assets = PathBuf::from(manifest).with_file_name("src").join("asset");
    let mut files = Vec::new();
    stamp::collect(&assets, &mut files)?;
    let is_library = |file: &PathBuf| {
        let name = file
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        name.is_some_and(|name| name.starts_with("echarts-") && name.ends_with(".min.js"))
    };
    let file = files.into_iter().find(is_library).ok_or_else(|| {
        Failure::new("the crate charming ships no echarts-*.min.js; install Node 20 or later")
    })?;
    Ok(ECharts {
        file,
        from: "charming",
    })
}
