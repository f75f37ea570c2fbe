//! The dependency policy without cargo-deny: every package under a licence of `deny.toml`,
//! and every package from the registry.

use crate::place::Place;
use crate::report::{During, Failure, Result, say};
use crate::sh;

/// Checks every package of the lock file.
pub fn check(place: &Place) -> Result<()> {
    let policy = std::fs::read_to_string(place.at("deny.toml")).during("reading deny.toml")?;
    let allowed = allowed(&policy);
    let mut command = place.cargo();
    command.args(["metadata", "--format-version", "1", "--locked"]);
    let metadata: serde_json::Value =
        serde_json::from_str(&sh::capture(&mut command)?).during("reading cargo metadata")?;
    let packages = metadata["packages"].as_array().cloned().unwrap_or_default();
    let mut wrong = Vec::new();
    for package in &packages {
        let text = |key: &str| package[key].as_str().unwrap_or_default();
        let licence = text("license");
        if !permits(licence, &allowed) {
            wrong.push(format!(
                "{} {}: licence {licence:?}",
                text("name"),
                text("version")
            ));
        }
        if !package["source"].is_null() && !text("source").starts_with("registry+") {
            wrong.push(format!(
                "{} {}: not from the registry",
                text("name"),
                text("version")
            ));
        }
    }
    if wrong.is_empty() {
        say(format_args!(
            "{} packages, every licence allowed",
            packages.len()
        ));
        return Ok(());
    }
    Err(Failure::new(format!(
        "against deny.toml:\n{}",
        wrong.join("\n")
    )))
}

/// The strings of the list `allow` under `[licenses]`.
fn allowed(policy: &str) -> Vec<&str> {
    let section = policy.split("[licenses]").nth(1).unwrap_or_default();
    let list = section.split("allow = [").nth(1).unwrap_or_default();
    let list = list.split(']').next().unwrap_or_default();
    list.split('"').skip(1).step_by(2).collect()
}

/// Whether a licence expression can be met with the allowed ones.
fn permits(expression: &str, allowed: &[&str]) -> bool {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Reader {
        words: &words,
        allowed,
    };
    !words.is_empty() && reader.either() && reader.words.is_empty()
}

struct Reader<'a> {
    words: &'a [&'a str],
    allowed: &'a [&'a str],
}

impl Reader<'_> {
    fn take(&mut self, word: &str) -> bool {
        let is_next = self.words.first() == Some(&word);
        if is_next {
            self.words = &self.words[1..];
        }
        is_next
    }

    fn either(&mut self) -> bool {
        let mut met = self.both();
        while self.take("OR") {
            // Both sides have to be read, whatever the first one says.
            met |= self.both();
        }
        met
    }

    fn both(&mut self) -> bool {
        let mut met = self.one();
        while self.take("AND") {
            met &= self.one();
        }
        met
    }

    fn one(&mut self) -> bool {
        if self.take("(") {
            let met = self.either();
            return self.take(")") && met;
        }
        let Some((licence, rest)) = self.words.split_first() else {
            return false;
        };
        self.words = rest;
        if self.take("WITH") {
            let exception = self.words.first().copied().unwrap_or_default();
            self.words = self.words.get(1..).unwrap_or_default();
            let whole = format!("{licence} WITH {exception}");
            return self.allowed.contains(&whole.as_str()) || self.allowed.contains(licence);
        }
        self.allowed.contains(licence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALLOWED: &[&str] = &["MIT", "Apache-2.0", "Unicode-3.0"];

    #[test]
    fn one_allowed_side_of_a_choice_is_enough() {
        assert!(permits("GPL-3.0 OR MIT", ALLOWED));
        assert!(permits("MIT/Apache-2.0", ALLOWED));
        assert!(permits(
            "Apache-2.0 WITH LLVM-exception OR GPL-2.0",
            ALLOWED
        ));
    }

    #[test]
    fn every_side_of_a_conjunction_has_to_be_allowed() {
        assert!(permits("(MIT OR GPL-3.0) AND Unicode-3.0", ALLOWED));
        assert!(!permits("MIT AND GPL-3.0", ALLOWED));
        assert!(!permits("", ALLOWED));
    }

    #[test]
    fn the_allowed_licences_are_read_from_the_policy() {
        let policy = "[licenses]\nallow = [\n  \"MIT\",\n  \"Zlib\",\n]\n[bans]\n";
        assert_eq!(allowed(policy), ["MIT", "Zlib"]);
    }
}
