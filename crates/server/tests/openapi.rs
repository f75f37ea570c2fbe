//! The API's description: a change of it is a change that a reviewer sees.

use std::{fs, path::Path};
use web::http::openapi::description;

const SNAPSHOT: &str = "docs/openapi.json";

#[test]
fn the_description_is_the_one_that_was_reviewed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(SNAPSHOT);
    let fresh = description().to_pretty_json().expect("json") + "\n";
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        fs::write(&path, &fresh).expect("written");
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == fresh,
        "{SNAPSHOT} differs from the handlers; look at the difference after `UPDATE_SNAPSHOTS=1 cargo test -p server --test openapi`"
    );
}

#[test]
fn every_address_of_the_api_is_described() {
    let paths = include_str!("../../contract/src/paths.rs");
    let wanted = paths
        .lines()
        .filter(|line| line.starts_with("pub const API_"))
        .filter_map(|line| line.split('"').nth(1));
    let described = description().paths.paths;
    let mut count = 0;
    for path in wanted.filter(|path| *path != contract::paths::API_OPENAPI) {
        assert!(described.contains_key(path), "{path} is not described");
        count += 1;
    }
    assert_eq!(
        count,
        described.len(),
        "something is described that has no constant"
    );
}

#[test]
fn it_is_openapi_3_1() {
    let json = description().to_json().expect("json");
    assert!(json.contains("\"openapi\":\"3.1.0\""));
}
