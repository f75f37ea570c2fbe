//! What Trunk calls when it has linked the app: split it by audience, shrink it, name it by
//! its contents, and write the page and the list of files that the server reads.

mod page;
mod shrink;
mod split;
mod style;

use crate::place::Place;
use crate::report::{During, Failure, Result, say};
use crate::{echarts, node, stamp, tools};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Raised when the steps below change in a way that the linked module does not show.
const RECIPE: &[u8] = b"2";

/// The binary of the app, as its package names it.
const APP: &str = "haochaping-app";

/// Everything the steps share.
struct Job<'a> {
    place: &'a Place,
    node: Option<node::Node>,
    /// Trunk's folder of the build that is under way.
    staging: PathBuf,
    /// Where hashed files go; the server lets browsers keep them for ever.
    assets: PathBuf,
    release: bool,
    /// Names this build: a fingerprint of the linked module and of what is done to it.
    id: String,
}

/// The files of one build, as the server's pages need them.
#[derive(Default)]
struct Built {
    boot: String,
    css: Vec<String>,
    echarts: String,
    echarts_from: String,
    main: Vec<String>,
    chunks: BTreeMap<String, Vec<String>>,
    /// Bytes of code in the main part by the audience whose folder they come from.
    foreign: BTreeMap<String, usize>,
}

/// Runs the hook in the environment Trunk gives it.
pub fn run(place: &Place) -> Result<()> {
    let staging = std::env::var_os("TRUNK_STAGING_DIR")
        .map(PathBuf::from)
        .ok_or_else(|| {
            Failure::new(
                "spa-post-build is Trunk's hook; type `cargo xtask spa` or `trunk build --release`",
            )
        })?;
    let release = std::env::var("TRUNK_PROFILE").is_ok_and(|profile| profile == "release");
    let linked = linked_module(place, release)?;
    let module = std::fs::read(&linked).during(format_args!("reading {}", linked.display()))?;
    let node = if release {
        node::ready(place)?
    } else {
        node::find(place)
    };
    let node = node.filter(|_| place.at("node_modules/.bin/esbuild").exists());
    if release && node.is_none() {
        say("no Node of version 20 or later: wasm-opt is skipped, the app stays larger");
    }
    let mut named = stamp::Fingerprint::new();
    named.add(RECIPE);
    named.add(&[u8::from(release), u8::from(node.is_some())]);
    named.add(&module);
    let assets = staging.join("assets");
    let job = Job {
        place,
        node,
        assets,
        release,
        id: named.short(),
        staging,
    };

    clear_trunks_own(&job)?;
    let mut built = Built::default();
    split::run(&job, &module, &mut built)?;
    style::run(&job, &mut built)?;
    chart_library(&job, &mut built)?;
    shrink::run(&job)?;
    page::boot(&job, &mut built)?;
    page::index(&job, &built)?;
    page::assets(&job, &built)?;
    copy_public(&job)?;
    if release {
        shrink::compress(&job)?;
    }
    say(format_args!("dist is complete, build {}", job.id));
    Ok(())
}

fn linked_module(place: &Place, release: bool) -> Result<PathBuf> {
    let profile = if release { "spa" } else { "debug" };
    let linked = place.target(&format!("wasm32-unknown-unknown/{profile}/{APP}.wasm"));
    if linked.is_file() {
        return Ok(linked);
    }
    Err(Failure::new(format!(
        "{} is missing; did Trunk build another profile?",
        linked.display()
    )))
}

/// Removes what Trunk made of the module that was not split.
fn clear_trunks_own(job: &Job) -> Result<()> {
    let listing = || format!("listing {}", job.staging.display());
    for entry in std::fs::read_dir(&job.staging).during(listing())? {
        let path = entry.during(listing())?.path();
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        let name = name.unwrap_or_default();
        if path.is_dir() && name == "snippets" {
            std::fs::remove_dir_all(&path).during("removing Trunk's snippets")?;
        } else if path.is_file() && (name.ends_with(".js") || name.ends_with(".wasm")) {
            std::fs::remove_file(&path).during("removing Trunk's module")?;
        }
    }
    std::fs::create_dir_all(&job.assets).during("making the folder assets")
}

fn chart_library(job: &Job, built: &mut Built) -> Result<()> {
    let library = echarts::ready(job.place, job.node.as_ref())?;
    let bytes =
        std::fs::read(&library.file).during(format_args!("reading {}", library.file.display()))?;
    built.echarts = put(job, "echarts", "js", &bytes)?;
    built.echarts_from = library.from.into();
    Ok(())
}

fn copy_public(job: &Job) -> Result<()> {
    let from = job.place.at("public");
    let mut files = Vec::new();
    stamp::collect(&from, &mut files)?;
    for file in files {
        let to = job.staging.join(file.strip_prefix(&from).unwrap_or(&file));
        if let Some(folder) = to.parent() {
            std::fs::create_dir_all(folder).during(format_args!("making {}", folder.display()))?;
        }
        std::fs::copy(&file, &to).during(format_args!("copying {}", file.display()))?;
    }
    Ok(())
}

/// Writes a file under a name with its fingerprint, and gives its address.
fn put(job: &Job, stem: &str, extension: &str, bytes: &[u8]) -> Result<String> {
    let name = format!("{stem}-{}.{extension}", stamp::of(bytes));
    write(&job.assets.join(&name), bytes)?;
    Ok(address(&name))
}

/// The address of a file in the folder `assets`.
fn address(name: &str) -> String {
    format!("/assets/{name}")
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    std::fs::write(path, bytes).during(format_args!("writing {}", path.display()))
}

/// The wasm-bindgen command that matches the library.
fn wasm_bindgen(job: &Job) -> Result<std::process::Command> {
    Ok(job.place.command(tools::wasm_bindgen(job.place)?))
}
