//! Turns `locales/zh-Hans.json` into Rust: one constant per text, one lookup per family of codes.
//! A text that code asks for and the file lacks is then a compile error, not a blank on a page.

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use std::collections::BTreeSet;
use std::fmt::{self, Write as _};
use std::path::{Path, PathBuf};
use std::{env, error::Error, fs};

/// The top-level object whose keys are looked up by code instead of by constant.
const CODES: &str = "codes";

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let file = root.join("../../locales/zh-Hans.json");
    println!("cargo::rerun-if-changed={}", file.display());
    println!("cargo::rerun-if-changed=build.rs");
    let tree = read(&file)?;
    let Node::Group(groups) = &tree else {
        return Err("the locale must be an object".into());
    };
    let mut out = String::new();
    write_keys(groups, &mut out)?;
    write_families(groups, &mut out)?;
    write_all(&tree, &mut out)?;
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("words.rs"), out)?;
    Ok(())
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
    out.push_str("impl Key {\n");
    for (audience, node) in tree {
        let Node::Group(inner) = node else {
            return Err(format!("{audience}: a text outside of any audience").into());
        };
        if audience == CODES {
            continue;
        }
        let mut texts = Vec::new();
        leaves(audience, inner, &mut texts);
        for (path, text) in texts {
            let name = path.replace('.', "_").to_uppercase();
            if !seen.insert(name.clone()) {
                return Err(format!("{path}: another key has the constant {name} too").into());
            }
            writeln!(
                out,
                "/// `{path}`: {text}\npub const {name}: Key = Key({text:?});"
            )?;
        }
    }
    out.push_str("}\n");
    Ok(())
}

/// `by_code` and one function for each family.
fn write_families(tree: &[(String, Node)], out: &mut String) -> Result<(), Box<dyn Error>> {
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
            "/// Texts of `{path}`.\npub fn {function}(code: &str) -> Option<&'static str> {{\nSome(match code {{"
        )?;
        for (code, text) in texts {
            writeln!(out, "{code:?} => {text:?},")?;
        }
        out.push_str("_ => return None,\n})\n}\n");
    }
    out.push_str("}\n");
    Ok(())
}

/// Every text with its path, for tools and tests.
fn write_all(tree: &Node, out: &mut String) -> Result<(), Box<dyn Error>> {
    let mut texts = Vec::new();
    if let Node::Group(nodes) = tree {
        leaves("", nodes, &mut texts);
    }
    out.push_str("/// Every text with its dotted path.\npub const ALL: &[(&str, &str)] = &[\n");
    for (path, text) in texts {
        writeln!(out, "({path:?}, {text:?}),")?;
    }
    out.push_str("];\n");
    Ok(())
}
