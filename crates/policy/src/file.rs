//! A TOML file as a flat map from dotted key to value and line; what nobody took is unknown.

use super::fault::{Fault, What};
use rules::date::{Date, parse_iso};
use std::collections::BTreeMap;
use std::ops::Range;
use toml_edit::{Document, Item, Table, Value};

/// A value without structure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leaf {
    /// `true` or `false`.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// A text.
    Text(String),
    /// Several, one after the other.
    List(Vec<Leaf>),
    /// Something no key takes, for example 1.5.
    Other,
}

/// One file while it is read.
pub struct File {
    /// Where it is, below `policies/`, or as it was given.
    pub path: String,
    /// What was found wrong so far.
    pub faults: Vec<Fault>,
    leaves: BTreeMap<String, (Leaf, usize)>,
    /// Line of every key, tables included; kept when a leaf is taken.
    lines: BTreeMap<String, usize>,
}

impl File {
    /// Reads a text as TOML.
    ///
    /// # Errors
    /// The first fault of its syntax, with its line.
    pub fn parse(path: &str, text: &str) -> Result<File, Fault> {
        let document = Document::parse(text).map_err(|error| Fault {
            file: path.to_owned(),
            line: line(text, error.span()).unwrap_or(1),
            key: String::new(),
            what: What::Syntax(error.message().to_owned()),
        })?;
        let mut flat = Flat {
            text,
            leaves: BTreeMap::new(),
            lines: BTreeMap::new(),
        };
        flat.table("", document.as_table(), 1);
        let Flat { leaves, lines, .. } = flat;
        Ok(File {
            path: path.to_owned(),
            faults: Vec::new(),
            leaves,
            lines,
        })
    }

    /// Notes a fault at the line of the key, or of the nearest table that should hold it.
    pub fn fault(&mut self, key: &str, what: What) {
        let mut at = key;
        let line = loop {
            if let Some(line) = self.lines.get(at) {
                break *line;
            }
            match at.rsplit_once('.') {
                Some((parent, _)) => at = parent,
                None => break 1,
            }
        };
        self.faults.push(Fault {
            file: self.path.clone(),
            line,
            key: key.to_owned(),
            what,
        });
    }

    /// Takes a value out; what is left at the end is unknown.
    pub fn take(&mut self, key: &str) -> Option<Leaf> {
        self.leaves.remove(key).map(|(leaf, _)| leaf)
    }

    /// Does the file say anything at or below this key?
    pub fn has(&self, key: &str) -> bool {
        let below = format!("{key}.");
        self.lines.contains_key(key) || self.lines.keys().any(|k| k.starts_with(&below))
    }

    /// A text that must be there.
    pub fn text(&mut self, key: &str) -> String {
        match self.take(key) {
            Some(Leaf::Text(text)) if !text.trim().is_empty() => return text,
            Some(_) => self.fault(key, What::Type("a text".to_owned())),
            None => self.fault(key, What::Missing),
        }
        String::new()
    }

    /// A text that may be missing.
    pub fn optional_text(&mut self, key: &str) -> Option<String> {
        self.has(key).then(|| self.text(key))
    }

    /// A list of texts that may be missing.
    pub fn texts(&mut self, key: &str) -> Vec<String> {
        let list = match self.take(key) {
            Some(Leaf::List(list)) => list,
            Some(_) => {
                self.fault(key, What::Type("a list of texts".to_owned()));
                return Vec::new();
            }
            None => return Vec::new(),
        };
        let mut texts = Vec::with_capacity(list.len());
        for leaf in list {
            match leaf {
                Leaf::Text(text) if !text.trim().is_empty() => texts.push(text),
                _ => self.fault(key, What::Type("a list of texts".to_owned())),
            }
        }
        texts
    }

    /// A flag that must be there.
    pub fn flag(&mut self, key: &str) -> bool {
        match self.take(key) {
            Some(Leaf::Flag(flag)) => return flag,
            Some(_) => self.fault(key, What::Type("true or false".to_owned())),
            None => self.fault(key, What::Missing),
        }
        false
    }

    /// A number that must be there.
    pub fn number(&mut self, key: &str) -> i64 {
        match self.take(key) {
            Some(Leaf::Number(number)) => return number,
            Some(_) => self.fault(key, What::Type("a whole number".to_owned())),
            None => self.fault(key, What::Missing),
        }
        0
    }

    /// A date that must be there.
    pub fn date(&mut self, key: &str) -> Option<Date> {
        let text = self.text(key);
        let date = parse_iso(&text);
        if date.is_none() && !text.is_empty() {
            self.fault(key, What::Type("a date like 2026-02-13".to_owned()));
        }
        date
    }

    /// How many tables a list of tables has.
    pub fn count(&self, key: &str) -> usize {
        (0..)
            .take_while(|at| self.lines.contains_key(&format!("{key}[{at}]")))
            .count()
    }

    /// Every key nobody took is a fault.
    pub fn refuse_unknown_keys(&mut self) {
        let left: Vec<String> = std::mem::take(&mut self.leaves).into_keys().collect();
        for key in left {
            self.fault(&key, What::UnknownKey);
        }
    }
}

struct Flat<'a> {
    text: &'a str,
    leaves: BTreeMap<String, (Leaf, usize)>,
    lines: BTreeMap<String, usize>,
}

impl Flat<'_> {
    fn table(&mut self, path: &str, table: &Table, line_before: usize) {
        for (name, item) in table {
            let span = table
                .key(name)
                .and_then(toml_edit::Key::span)
                .or_else(|| item.span());
            let line = line(self.text, span).unwrap_or(line_before);
            self.item(&join(path, name), item, line);
        }
        self.note_empty(path, table.is_empty(), line_before);
    }

    fn item(&mut self, path: &str, item: &Item, at: usize) {
        self.lines.insert(path.to_owned(), at);
        match item {
            Item::Table(table) => self.table(path, table, at),
            Item::ArrayOfTables(tables) => {
                for (index, table) in tables.iter().enumerate() {
                    let line = line(self.text, table.span()).unwrap_or(at);
                    let path = format!("{path}[{index}]");
                    self.lines.insert(path.clone(), line);
                    self.table(&path, table, line);
                }
            }
            Item::Value(value) => self.value(path, value, at),
            Item::None => {}
        }
    }

    fn value(&mut self, path: &str, value: &Value, at: usize) {
        match value {
            Value::InlineTable(table) => {
                for (name, value) in table {
                    let line = line(self.text, value.span()).unwrap_or(at);
                    let path = join(path, name);
                    self.lines.insert(path.clone(), line);
                    self.value(&path, value, line);
                }
                self.note_empty(path, table.is_empty(), at);
            }
            Value::Array(array) if array.iter().any(Value::is_inline_table) => {
                for (index, value) in array.iter().enumerate() {
                    let line = line(self.text, value.span()).unwrap_or(at);
                    let path = format!("{path}[{index}]");
                    self.lines.insert(path.clone(), line);
                    self.value(&path, value, line);
                }
            }
            plain => {
                self.leaves.insert(path.to_owned(), (leaf(plain), at));
            }
        }
    }

    /// An empty table has no key that could be unknown, so it stands for itself.
    fn note_empty(&mut self, path: &str, empty: bool, at: usize) {
        if empty && !path.is_empty() {
            self.leaves.insert(path.to_owned(), (Leaf::Other, at));
        }
    }
}

fn leaf(value: &Value) -> Leaf {
    match value {
        Value::Boolean(flag) => Leaf::Flag(*flag.value()),
        Value::Integer(number) => Leaf::Number(*number.value()),
        Value::String(text) => Leaf::Text(text.value().clone()),
        Value::Datetime(date) => Leaf::Text(date.value().to_string()),
        Value::Array(array) => Leaf::List(array.iter().map(leaf).collect()),
        Value::Float(_) | Value::InlineTable(_) => Leaf::Other,
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

fn line(text: &str, span: Option<Range<usize>>) -> Option<usize> {
    let before = text.as_bytes().get(..span?.start)?;
    Some(before.iter().filter(|byte| **byte == b'\n').count() + 1)
}
