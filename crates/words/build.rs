//! Turns `locales/` into Rust: one constant per text, one lookup per family of codes, one table per
//! other language. A text that code asks for and the source lacks is then a compile error, and a
//! language that lacks a text, has one too many or other placeholders stops the build with a list.

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};
use std::path::{Path, PathBuf};
use std::{env, error::Error, fs};

/// The top-level object whose keys are looked up by code instead of by constant.
const CODES: &str = "codes";

/// The language that the code is written against; the others must have its keys and placeholders.
const SOURCE: &str = "zh-Hans";

/// The other languages, and the names of their tables.
const OTHERS: [(&str, &str); 2] = [("zh-Hant", "ZH_HANT"), ("en", "EN")];

#[path = "build/compare.rs"]
mod compare;

use compare::{like_the_source, pairs};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build/compare.rs");
    let tree = locale(SOURCE)?;
    let Node::Group(groups) = &tree else {
        return Err("the locale must be an object".into());
    };
    let texts = all_of(&tree);
    let mut out = String::new();
    write_keys(groups, &mut out)?;
    write_families(groups, &texts, &mut out)?;
    write_all(&texts, &mut out)?;
    for (language, table) in OTHERS {
        let theirs = all_of(&locale(language)?);
        let theirs = like_the_source(&texts, &theirs).map_err(|wrong| {
            format!(
                "locales/{language}.json differs from {SOURCE}.json:\n{}",
                wrong.join("\n")
            )
        })?;
        write_table(language, table, &theirs, &mut out)?;
    }
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("words.rs"), out)?;
    Ok(())
}

fn locale(language: &str) -> Result<Node, Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let file = root.join(format!("../../locales/{language}.json"));
    println!("cargo::rerun-if-changed={}", file.display());
    read(&file)
}

fn all_of(tree: &Node) -> Vec<(String, String)> {
    let mut texts = Vec::new();
    if let Node::Group(nodes) = tree {
        leaves("", nodes, &mut texts);
    }
    texts
}

fn read(file: &Path) -> Result<Node, Box<dyn Error>> {
    let text = fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?;
    Ok(serde_json::from_str(&text).map_err(|e| format!("{}: {e}", file.display()))?)
}

/// A text, or a group of named nodes in the order of the file.
enum Node {
    Text(String),
    Group(Vec<(String, Node)>),
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

/// Reads nodes by hand, because a map type would let a repeated key win in silence.
struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or an object")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Node, E> {
        if text.is_empty() {
            return Err(E::custom("an empty text"));
        }
        Ok(Node::Text(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut nodes: Vec<(String, Node)> = Vec::new();
        while let Some((key, node)) = map.next_entry::<String, Node>()? {
            if nodes.iter().any(|(known, _)| *known == key) {
                return Err(serde::de::Error::custom(format!("the key {key} twice")));
            }
            if key.is_empty()
                || !key
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
            {
                return Err(serde::de::Error::custom(format!(
                    "the key {key:?}: a-z, 0-9 and _ only"
                )));
            }
            nodes.push((key, node));
        }
        Ok(Node::Group(nodes))
    }
}

/// Every text below `nodes`, as (dotted path, text).
fn leaves(prefix: &str, nodes: &[(String, Node)], into: &mut Vec<(String, String)>) {
    for (key, node) in nodes {
        let path = if prefix.is_empty() {
            key.clone()
        } else {
            format!("{prefix}.{key}")
        };
        match node {
            Node::Text(text) => into.push((path, text.clone())),
            Node::Group(inner) => leaves(&path, inner, into),
        }
    }
}

/// Every group below `nodes`, as (dotted path, its content).
fn groups<'a>(
    prefix: &str,
    nodes: &'a [(String, Node)],
    into: &mut Vec<(String, &'a [(String, Node)])>,
) {
    for (key, node) in nodes {
        if let Node::Group(inner) = node {
            let path = if prefix.is_empty() {
                key.clone()
            } else {
                format!("{prefix}.{key}")
            };
            into.push((path.clone(), inner));
            groups(&path, inner, into);
        }
    }
}

/// `Key::RATE_TITLE` and its like. Constants instead of one big `match`, so that a program
/// links only the texts that it names.
fn write_keys(tree: &[(String, Node)], out: &mut String) -> Result<(), Box<dyn Error>> {
    let mut seen = BTreeSet::new();
    let mut at = 0;
    out.push_str("impl Key {\n");
    for (audience, node) in tree {
        let Node::Group(inner) = node else {
            return Err(format!("{audience}: a text outside of any audience").into());
        };
        let mut texts = Vec::new();
        leaves(audience, inner, &mut texts);
        if audience == CODES {
            at += texts.len();
            continue;
        }
        for (path, text) in texts {
            let name = path.replace('.', "_").to_uppercase();
            if !seen.insert(name.clone()) {
                return Err(format!("{path}: another key has the constant {name} too").into());
            }
            writeln!(
                out,
                "/// `{path}`: {text}\npub const {name}: Key = Key {{ at: {at}, text: {text:?} }};"
            )?;
            at += 1;
        }
    }
    out.push_str("}\n");
    Ok(())
}

/// `by_code` and one function for each family.
fn write_families(
    tree: &[(String, Node)],
    all: &[(String, String)],
    out: &mut String,
) -> Result<(), Box<dyn Error>> {
    let places: BTreeMap<&str, usize> = pairs(all)
        .enumerate()
        .map(|(at, (path, _))| (path, at))
        .collect();
    let mut families = Vec::new();
    if let Some((_, Node::Group(codes))) = tree.iter().find(|(key, _)| key == CODES) {
        groups("", codes, &mut families);
    }
    let mut table = String::new();
    for (path, _) in &families {
        let function = path.replace('.', "_");
        writeln!(table, "{path:?} => family::{function}(code),")?;
    }
    writeln!(
        out,
        "/// The text of a code, by its family.\n\
         ///\n\
         /// Inlined, so that with a literal family only that family's texts are linked.\n\
         #[inline(always)]\n\
         pub fn by_code(family: &str, code: &str) -> Option<&'static str> {{\n\
         match family {{\n{table}_ => None,\n}}\n}}\n\
         /// One lookup for each family of codes.\n\
         pub mod family {{"
    )?;
    for (path, nodes) in &families {
        let function = path.replace('.', "_");
        let mut texts = Vec::new();
        leaves("", nodes, &mut texts);
        writeln!(
            out,
            "/// Texts of `{path}`.\npub fn {function}(code: &str) -> Option<&'static str> {{\nSome(super::Key::said(match code {{"
        )?;
        for (code, text) in texts {
            let place = format!("{CODES}.{path}.{code}");
            let at = places.get(place.as_str()).ok_or(place.clone())?;
            writeln!(out, "{code:?} => ({at}, {text:?}),")?;
        }
        out.push_str("_ => return None,\n}))\n}\n");
    }
    out.push_str("}\n");
    Ok(())
}

/// Every text with its path, for tools and tests, and the shape that a table must have.
fn write_all(texts: &[(String, String)], out: &mut String) -> Result<(), Box<dyn Error>> {
    out.push_str(
        "/// Every text of the source with its dotted path.\npub const ALL: &[(&str, &str)] = &[\n",
    );
    for (path, text) in texts {
        writeln!(out, "({path:?}, {text:?}),")?;
    }
    out.push_str("];\n");
    // FNV-1a over the paths in order: a table of another build is told from ours.
    let shape = pairs(texts)
        .flat_map(|(path, _)| path.bytes().chain([b'\n']))
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    writeln!(
        out,
        "/// A fingerprint of the keys in their order. A table of texts belongs to these keys if its shape is this.\n\
         pub const SHAPE: &str = \"{shape:016x}\";"
    )?;
    Ok(())
}

fn write_table(
    language: &str,
    name: &str,
    texts: &[String],
    out: &mut String,
) -> Result<(), Box<dyn Error>> {
    writeln!(
        out,
        "/// The texts of {language}, in the order of [`ALL`].\n\
         #[cfg(feature = \"all\")]\npub static {name}: [&str; {}] = [",
        texts.len()
    )?;
    for text in texts {
        writeln!(out, "{text:?},")?;
    }
    out.push_str("];\n");
    Ok(())
}
