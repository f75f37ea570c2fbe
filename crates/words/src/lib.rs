//! The texts of 好差评, typed, generated from `locales/`.
//!
//! Fixed texts are constants of [`Key`]: a key that the source locale lacks does not compile, and a
//! language that differs from the source in its keys stops the build.
//! Texts of codes (levels, tags, states, reasons …) are found with [`by_code`].
//! Texts hold placeholders in braces, filled by [`fill`].
//!
//! Which language is spoken is decided outside: the server speaks for the length of a request
//! ([`speaking`]), the app learns one language before it draws anything ([`learn`]).

mod language;
mod say;

#[cfg(test)]
#[path = "../build/compare.rs"]
mod compare;

#[cfg(feature = "all")]
pub use language::table;
pub use language::{Language, learn, speaking, spoken};
pub use say::{date, month, number};

/// A text of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its place in the tables of the other languages.
    at: u16,
    /// The text of the source.
    text: &'static str,
}

impl Key {
    /// The text itself, in the language that is spoken.
    pub fn text(self) -> &'static str {
        language::other(self.at).unwrap_or(self.text)
    }

    /// The text with its placeholders filled.
    pub fn fill(self, values: &[(&str, &str)]) -> String {
        fill(self.text(), values)
    }

    fn said((at, text): (u16, &'static str)) -> &'static str {
        Self { at, text }.text()
    }
}

include!(concat!(env!("OUT_DIR"), "/words.rs"));

/// Fills the placeholders of a text: `{n}` becomes the value named `n`.
///
/// Values are taken as they are: a brace in a value is never a placeholder. A placeholder without
/// a value stays visible, which a test or a reader notices, instead of vanishing.
pub fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let (before, from_open) = rest.split_at(open);
        out.push_str(before);
        let found = from_open.find('}').and_then(|close| {
            let name = &from_open[1..close];
            let value = values.iter().find(|(known, _)| *known == name)?.1;
            Some((value, close + 1))
        });
        match found {
            Some((value, end)) => {
                out.push_str(value);
                rest = &from_open[end..];
            }
            None => {
                out.push('{');
                rest = &from_open[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placeholder_is_filled_and_a_value_is_not_read_again() {
        assert_eq!(fill("{a}和{b}", &[("a", "{b}"), ("b", "乙")]), "{b}和乙");
    }

    #[test]
    fn a_placeholder_without_a_value_and_a_lone_brace_stay_visible() {
        assert_eq!(fill("共{n}条{", &[]), "共{n}条{");
    }

    #[test]
    fn a_code_is_found_in_its_family_and_in_no_other() {
        assert_eq!(by_code("tag", "510"), Some("一窗受理一次办结"));
        assert_eq!(by_code("level.satisfaction", "5"), Some("非常满意"));
        assert_eq!(by_code("level.goodness", "1"), Some("很差"));
        assert_eq!(
            by_code("violation", "level.missing"),
            Some("请选择满意程度。")
        );
        assert_eq!(by_code("tag", "5"), None);
        assert_eq!(by_code("nothing", "510"), None);
    }

    #[test]
    fn every_text_uses_balanced_placeholders_and_full_width_punctuation() {
        for (path, text) in ALL {
            assert_eq!(
                text.matches('{').count(),
                text.matches('}').count(),
                "{path}"
            );
            let plain = fill(text, &[]);
            assert!(!plain.contains([',', ';', '?', '!']), "{path}: {plain}");
        }
    }

    #[test]
    fn both_label_sets_name_five_levels_with_five_different_words() {
        for set in ["level.satisfaction", "level.goodness"] {
            let mut words: Vec<_> = ["1", "2", "3", "4", "5"]
                .iter()
                .filter_map(|level| by_code(set, level))
                .collect();
            words.sort_unstable();
            words.dedup();
            assert_eq!(words.len(), 5, "{set}");
        }
    }
}
