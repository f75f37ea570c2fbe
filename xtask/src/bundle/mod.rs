//! From the linked app to `dist/`: split it by audience, bind it to the browser, shrink it, name
//! it by its contents, and write the page and the list of files that the server reads.

mod page;
mod shrink;
mod split;
mod style;

use crate::place::Place;
use crate::report::{During, Result, say};
use crate::spa::{APP, For};
use crate::{echarts, node, stamp};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Raised when the steps below change in a way that the linked module does not show.
const RECIPE: &[u8] = b"3";

/// Everything the steps share.
struct Job<'a> {
    place: &'a Place,
    node: Option<node::Node>,
    /// The folder of the build that is under way; it becomes `dist/` when it is complete.
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

/// Makes `dist/` of the module that was linked last.
pub fn run(place: &Place, what_for: For) -> Result<()> {
    let release = what_for == For::Release;
    let module = linked_module(place, what_for)?;
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
    let staging = place.target("spa-staging");
    let job = Job {
        place,
        node,
        assets: staging.join("assets"),
        release,
        id: named.short(),
        staging,
    };

    emptied(&job.staging)?;
    std::fs::create_dir_all(&job.assets).during("making the folder assets")?;
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
    replace_dist(&job)?;
    say(format_args!("dist is complete, build {}", job.id));
    Ok(())
}

fn linked_module(place: &Place, what_for: For) -> Result<Vec<u8>> {
    let folder = what_for.profile().1;
    let linked = place.target(&format!("wasm32-unknown-unknown/{folder}/{APP}.wasm"));
    std::fs::read(&linked).during(format_args!(
        "reading {}, which `cargo xtask spa` links",
        linked.display()
    ))
}

/// An empty folder in the place of whatever was there.
fn emptied(folder: &Path) -> Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder).during(format_args!("emptying {}", folder.display()))?;
    }
    std::fs::create_dir_all(folder).during(format_args!("making {}", folder.display()))
}

/// The old `dist/` stays until the new one is complete. The folders may lie on different disks,
/// so files are copied.
fn replace_dist(job: &Job) -> Result<()> {
    let dist = job.place.at("dist");
    emptied(&dist)?;
    copy_tree(&job.staging, &dist)
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
    copy_tree(&job.place.at("public"), &job.staging)
}

fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    let mut files = Vec::new();
    stamp::collect(from, &mut files)?;
    for file in files {
        let to = to.join(file.strip_prefix(from).unwrap_or(&file));
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
