//! `policies/tags/<version>.toml`: one file per version; exactly one version is enabled.

use super::fault::{Fault, What};
use super::file::File;
use rules::level::Level;
use rules::tag::{Catalogue, Owner, Shown, Tag};

pub(super) struct Version {
    path: String,
    version: String,
    enabled: bool,
    tags: Vec<Tag>,
}

pub(super) fn read(file: &mut File) -> Version {
    let version = file.text("version");
    if file.path != format!("tags/{version}.toml") {
        file.fault("version", What::NotThePath);
    }
    let enabled = file.flag("enabled");
    let tags = (0..file.count("tags"))
        .filter_map(|at| tag(file, &format!("tags[{at}]"), enabled))
        .collect();
    Version {
        path: file.path.clone(),
        version,
        enabled,
        tags,
    }
}

fn tag(file: &mut File, key: &str, enabled: bool) -> Option<Tag> {
    let code_key = format!("{key}.code");
    let number = file.number(&code_key);
    // The first digit of the national code is the level.
    let level = Level::try_from(number / 100).ok();
    let shown: Option<Shown> = code(file, &format!("{key}.shown"), "core or extended");
    let owner: Option<Owner> = code(file, &format!("{key}.owner"), "an owner code");
    let Some((code, level)) = u16::try_from(number).ok().zip(level) else {
        file.fault(&code_key, What::Type("a code from 100 to 599".to_owned()));
        return None;
    };
    Some(Tag {
        code,
        level,
        shown: shown?,
        enabled,
        owner: owner?,
    })
}

fn code<T: std::str::FromStr>(file: &mut File, key: &str, expected: &str) -> Option<T> {
    let parsed = file.text(key).parse().ok();
    if parsed.is_none() {
        file.fault(key, What::Type(expected.to_owned()));
    }
    parsed
}

/// One catalogue: the enabled version's name, every version's codes.
pub(super) fn catalogue(versions: Vec<Version>, faults: &mut Vec<Fault>) -> Catalogue {
    let enabled: Vec<&Version> = versions.iter().filter(|version| version.enabled).collect();
    let mut refuse = |file: &str, key: &str, what| {
        let (file, key) = (file.to_owned(), key.to_owned());
        faults.push(Fault {
            file,
            line: 1,
            key,
            what,
        });
    };
    let version = match enabled.as_slice() {
        [one] => one.version.clone(),
        [] => {
            refuse("tags", "enabled", What::NoFile);
            String::new()
        }
        [_, second, ..] => {
            refuse(
                &second.path,
                "enabled",
                What::Type("one enabled version".to_owned()),
            );
            String::new()
        }
    };
    let mut tags: Vec<Tag> = Vec::new();
    for version in &versions {
        for tag in &version.tags {
            if tags.iter().any(|known| known.code == tag.code) {
                refuse(
                    &version.path,
                    &format!("tags {}", tag.code),
                    What::Type("each code once".to_owned()),
                );
            }
            tags.push(tag.clone());
        }
    }
    tags.sort_by_key(|tag| tag.code);
    Catalogue { version, tags }
}
