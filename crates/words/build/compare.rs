//! Whether a language has the keys and the placeholders of the source. Used by the build, and by a
//! test that shows what the build refuses.

use std::collections::{BTreeMap, BTreeSet};

/// The texts of a language in the order of the source, or everything in which it differs.
pub fn like_the_source(
    source: &[(String, String)],
    theirs: &[(String, String)],
) -> Result<Vec<String>, Vec<String>> {
    let known: BTreeMap<&str, &str> = pairs(theirs).collect();
    let wanted: BTreeSet<&str> = pairs(source).map(|(path, _)| path).collect();
    let mut wrong: Vec<String> = pairs(theirs)
        .filter(|(path, _)| !wanted.contains(path))
        .map(|(path, _)| format!("{path} is one too many"))
        .collect();
    let mut texts = Vec::new();
    for (path, text) in pairs(source) {
        let Some(own) = known.get(path) else {
            wrong.push(format!("{path} is missing"));
            continue;
        };
        let (here, there) = (placeholders(text), placeholders(own));
        if here != there {
            wrong.push(format!(
                "{path} has the placeholders {there:?} instead of {here:?}"
            ));
        }
        texts.push((*own).to_owned());
    }
    match wrong.is_empty() {
        true => Ok(texts),
        false => Err(wrong),
    }
}

/// Texts with their paths, borrowed.
pub fn pairs(texts: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    texts
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
}

/// The names in braces. A language may say one twice, and in its own order.
fn placeholders(text: &str) -> BTreeSet<&str> {
    text.split('{')
        .skip(1)
        .filter_map(|rest| Some(rest.split_once('}')?.0))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(all: &[(&str, &str)]) -> Vec<(String, String)> {
        all.iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
            .collect()
    }

    #[test]
    fn a_language_is_put_into_the_order_of_the_source() {
        let source = texts(&[("a", "{n}条"), ("b", "好")]);
        let theirs = texts(&[("b", "good"), ("a", "{n} rows of {n}")]);
        assert_eq!(
            like_the_source(&source, &theirs),
            Ok(vec!["{n} rows of {n}".to_owned(), "good".to_owned()])
        );
    }

    #[test]
    fn a_missing_key_an_extra_one_and_another_placeholder_are_all_told_at_once() {
        let source = texts(&[("a", "{n}条"), ("b", "好")]);
        let theirs = texts(&[("a", "{m} rows"), ("c", "more")]);
        let wrong = like_the_source(&source, &theirs).expect_err("three faults");
        assert_eq!(wrong.len(), 3, "{wrong:?}");
        assert!(wrong.iter().any(|line| line == "c is one too many"));
        assert!(wrong.iter().any(|line| line == "b is missing"));
        assert!(
            wrong
                .iter()
                .any(|line| line.contains("{\"m\"} instead of {\"n\"}"))
        );
    }
}
