//! What a visitor has to download, measured on the built `dist/`. Ignored by default because
//! it needs that build; `cargo xtask test web` makes it and then runs these.

#![allow(clippy::expect_used, reason = "a broken build is a failed test")]

use serde_json::Value;
use std::path::{Path, PathBuf};

/// Budgets in bytes after brotli 11.
const MAIN_PART: u64 = 130_000;
const CHART_LIBRARY: u64 = 160_000;
/// What routing to a lazy page may leave of it in the main part, in bytes of code.
const ROUTE_GLUE: u64 = 4_096;

fn dist() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../dist")
}

fn text(name: &str) -> String {
    let path = dist().join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| {
        panic!("{}: {error}; build it with cargo xtask spa", path.display())
    })
}

fn assets() -> Value {
    serde_json::from_str(&text("assets.json")).expect("assets.json is JSON")
}

fn strings(value: &Value) -> Vec<String> {
    let list = value.as_array().expect("a list of addresses");
    list.iter()
        .map(|item| item.as_str().expect("an address").to_owned())
        .collect()
}

fn packed(address: &str) -> u64 {
    let path = dist().join(format!("{}.br", address.trim_start_matches('/')));
    path.metadata()
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        .len()
}

#[test]
#[ignore = "needs a built dist/: cargo xtask test web"]
fn the_main_part_of_the_app_is_at_most_130_kb() {
    let assets = assets();
    let mut files = strings(&assets["main"]);
    files.push(assets["boot"].as_str().expect("an address").to_owned());
    let sizes: Vec<(String, u64)> = files
        .into_iter()
        .map(|file| (file.clone(), packed(&file)))
        .collect();
    let sum: u64 = sizes.iter().map(|(_, size)| size).sum();
    println!("main part: {sum} bytes of {MAIN_PART}");
    assert!(sum <= MAIN_PART, "{sum} bytes: {sizes:#?}");
}

#[test]
#[ignore = "needs a built dist/: cargo xtask test web"]
fn the_chart_library_is_cut_down_to_at_most_160_kb() {
    let assets = assets();
    assert_eq!(assets["echarts_from"], "npm", "the whole library was taken");
    let size = packed(assets["echarts"].as_str().expect("an address"));
    println!("ECharts: {size} bytes of {CHART_LIBRARY}");
    assert!(size <= CHART_LIBRARY, "{size} bytes");
}

#[test]
#[ignore = "needs a built dist/: cargo xtask test web"]
fn the_part_a_citizen_loads_has_no_code_of_console_disclosure_or_charts() {
    let assets = assets();
    let foreign = assets["foreign_bytes_in_main"]
        .as_object()
        .expect("sizes by audience");
    assert_eq!(foreign.len(), 3);
    for (audience, size) in foreign {
        let size = size.as_u64().expect("a size");
        println!("{audience}: {size} bytes in the main part");
        assert!(
            size <= ROUTE_GLUE,
            "{size} bytes of {audience} are in the main part"
        );
    }
}

#[test]
#[ignore = "needs a built dist/: cargo xtask test web"]
fn the_page_names_neither_a_lazy_part_nor_the_chart_library() {
    let assets = assets();
    let page = text("index.html");
    let mut lazy: Vec<String> = assets["chunks"]
        .as_object()
        .expect("parts by route")
        .values()
        .flat_map(strings)
        .collect();
    assert!(!lazy.is_empty(), "the app was not split");
    lazy.push(assets["echarts"].as_str().expect("an address").to_owned());
    let main = strings(&assets["main"]);
    for file in lazy {
        assert!(packed(&file) > 0);
        assert!(!page.contains(&file), "index.html loads {file}");
        assert!(!main.contains(&file), "the main part has {file}");
    }
}

#[test]
#[ignore = "needs a built dist/: cargo xtask test web"]
fn the_page_has_no_inline_script_or_style() {
    let page = text("index.html");
    for piece in page.split("<script").skip(1) {
        let (tag, rest) = piece.split_once('>').expect("a closed tag");
        assert!(
            tag.contains(" src=\"/assets/"),
            "a script without a file: {tag}"
        );
        assert!(rest.starts_with("</script>"), "a script with a body");
    }
    assert!(!page.contains("<style") && !page.contains(" style=\""));
}

#[test]
#[ignore = "needs a built dist/: cargo xtask test web"]
fn the_build_is_a_release_that_wasm_opt_has_seen() {
    let assets = assets();
    assert_eq!(assets["release"], true);
    assert_eq!(assets["wasm_opt"], true);
}

#[test]
#[ignore = "needs a built dist/: cargo xtask test web"]
fn every_file_of_the_app_has_a_brotli_and_a_gzip_copy() {
    let folder = dist().join("assets");
    let names: Vec<String> = std::fs::read_dir(&folder)
        .expect("the app is built")
        .map(|entry| {
            let name = entry.expect("an entry").file_name();
            name.to_string_lossy().into_owned()
        })
        .collect();
    let plain: Vec<&String> = names
        .iter()
        .filter(|name| !name.ends_with(".br") && !name.ends_with(".gz"))
        .collect();
    assert!(plain.len() > 5, "{names:?}");
    for name in plain {
        for end in ["br", "gz"] {
            let copy = format!("{name}.{end}");
            assert!(names.contains(&copy), "{copy} is missing");
        }
    }
}
