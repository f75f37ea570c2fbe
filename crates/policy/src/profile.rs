//! `policies/<jurisdiction>/<version>.toml`.

use super::fault::What;
use super::file::{File, Leaf};
use rules::profile::{
    Basis, Force, Param, ParameterReader, Parameters, Profile, Province, Raw, Term, Value,
};

pub(super) fn read(file: &mut File) -> Profile {
    let (id, version) = (file.text("id"), file.text("version"));
    if file.path != format!("{id}/{version}.toml") {
        file.fault("id", What::NotThePath);
    }
    let valid_from = file
        .has("valid_from")
        .then(|| file.date("valid_from"))
        .flatten();
    let valid_to = file
        .has("valid_to")
        .then(|| file.date("valid_to"))
        .flatten();
    if valid_from.zip(valid_to).is_some_and(|(from, to)| to < from) {
        file.fault(
            "valid_to",
            What::Type("a day not before valid_from".to_owned()),
        );
    }
    let force = force(file, valid_to.is_some());
    let validity = validity(file, valid_from.is_some() || valid_to.is_some());
    let (province, province_held) = province(file);
    Profile {
        id,
        version,
        jurisdiction: file.text("jurisdiction"),
        document: file.text("document"),
        force,
        held: file.text("held"),
        parent: file.optional_text("parent"),
        valid_from,
        valid_to,
        validity,
        province_held,
        province,
        parameters: Parameters::read(file),
    }
}

/// A text on trial has a last day; without it the trial would never end.
fn force(file: &mut File, ends: bool) -> Force {
    match file.text("force").parse() {
        Ok(Force::Trial) if !ends => {
            file.fault("valid_to", What::Missing);
            Force::Trial
        }
        Ok(force) => force,
        Err(_) => {
            let codes: Vec<&str> = Force::ALL.iter().map(|force| force.code()).collect();
            file.fault("force", What::Type(format!("one of {}", codes.join(", "))));
            Force::Document
        }
    }
}

/// The first and last day are cited like every value, and there is nothing to cite without them.
fn validity(file: &mut File, dated: bool) -> Option<Basis> {
    match (dated, file.has("validity")) {
        (true, _) => basis(file, "validity"),
        (false, true) => {
            file.fault("validity", What::Type("valid_from or valid_to".to_owned()));
            None
        }
        (false, false) => None,
    }
}

/// A profile without a province above it misses no province's text.
fn province(file: &mut File) -> (Option<Province>, bool) {
    if !file.has("province") {
        return (None, true);
    }
    let province = Province {
        jurisdiction: file.text("province.jurisdiction"),
        document: file.text("province.document"),
        note: file.text("province.note"),
    };
    (Some(province), file.flag("province.held"))
}

impl ParameterReader for File {
    fn parameter<T: Value>(&mut self, key: &'static str) -> Param<T> {
        let nothing = || Basis::None { why: String::new() };
        if !self.has(key) {
            self.fault(key, What::Missing);
            return Param {
                value: None,
                basis: nothing(),
                note: None,
            };
        }
        let basis = basis(self, key).unwrap_or_else(nothing);
        let value_key = format!("{key}.value");
        let raw = raw(self, &value_key);
        let is_none = matches!(basis, Basis::None { .. });
        let value = match raw.map(|raw| T::read(&raw)) {
            Some(Ok(value)) => Some(value),
            Some(Err(wrong)) => {
                self.fault(&value_key, What::Type(wrong.expected));
                None
            }
            None => {
                if !is_none {
                    self.fault(&value_key, What::Missing);
                }
                None
            }
        };
        if is_none && value.is_some() && self.has(&format!("{key}.none")) {
            self.fault(&value_key, What::ValueOfNone);
        }
        let note = self.optional_text(&format!("{key}.note"));
        Param { value, basis, note }
    }
}

/// Exactly one of stated, ours, none, with everything it needs.
fn basis(file: &mut File, key: &str) -> Option<Basis> {
    let given: Vec<&str> = ["stated", "ours", "none"]
        .into_iter()
        .filter(|kind| file.has(&format!("{key}.{kind}")))
        .collect();
    let kind = match given.as_slice() {
        [] => {
            file.fault(key, What::NoBasis);
            return None;
        }
        [kind] => *kind,
        _ => {
            file.fault(key, What::TwoBases);
            return None;
        }
    };
    let mut part = |name: &'static str| cited(file, key, kind, name);
    Some(match kind {
        "stated" => Basis::Stated {
            document: part("document"),
            article: part("article"),
            words: part("words"),
        },
        "ours" => Basis::Ours { why: part("why") },
        _ => Basis::None { why: part("why") },
    })
}

fn cited(file: &mut File, key: &str, kind: &str, part: &'static str) -> String {
    let full = format!("{key}.{kind}.{part}");
    match file.take(&full) {
        Some(Leaf::Text(text)) if !text.trim().is_empty() => text,
        _ => {
            file.fault(&full, What::MissingCitation(part));
            String::new()
        }
    }
}

fn raw(file: &mut File, key: &str) -> Option<Raw> {
    if file.has(&format!("{key}.n")) || file.has(&format!("{key}.unit")) {
        return term(file, key).map(Raw::Term);
    }
    file.take(key).map(|leaf| plain(file, key, leaf))
}

fn plain(file: &mut File, key: &str, leaf: Leaf) -> Raw {
    match leaf {
        Leaf::Flag(flag) => Raw::Flag(flag),
        Leaf::Number(number) => Raw::Number(number),
        Leaf::Text(text) => Raw::Text(text),
        Leaf::List(list) => Raw::List(
            list.into_iter()
                .map(|leaf| plain(file, key, leaf))
                .collect(),
        ),
        Leaf::Other => {
            file.fault(
                key,
                What::Type("a flag, whole number, text, list or term".to_owned()),
            );
            Raw::List(Vec::new())
        }
    }
}

fn term(file: &mut File, key: &str) -> Option<Term> {
    let (n_key, unit_key, roll_key) = (
        format!("{key}.n"),
        format!("{key}.unit"),
        format!("{key}.roll"),
    );
    let n = u32::try_from(file.number(&n_key)).ok();
    let unit = file.text(&unit_key);
    let roll = file.has(&roll_key) && file.flag(&roll_key);
    match (n, unit.parse()) {
        (Some(n), Ok(unit)) => Some(Term { n, unit, roll }),
        (_, Err(_)) => {
            file.fault(
                &unit_key,
                What::Type("working_days, natural_days or months".to_owned()),
            );
            None
        }
        (None, _) => {
            file.fault(&n_key, What::Type("a whole number from 1".to_owned()));
            None
        }
    }
}
