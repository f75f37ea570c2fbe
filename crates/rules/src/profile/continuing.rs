//! What may prolong a lapsed text (吉林市细则第二十八条; case 40).

use super::{Continuation, Profile};
use crate::date::{self, Date};
use crate::rating::Violation;

/// 号, with which a document number ends.
const NUMBER: char = '\u{53f7}';
/// The longest name of an issuing body before 〔year〕, in characters.
const ISSUER_MAX: usize = 20;

/// What somebody entered, as it was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskedContinuation<'a> {
    /// The number of the document that prolongs the text.
    pub document_no: &'a str,
    /// The new last day, ISO.
    pub valid_to: &'a str,
}

/// The continuation of a text that was entered on a day, from that day on.
///
/// `profile` is the version with an end, if the jurisdiction has one; `of_the_region` says whether
/// it is the region's own.
///
/// # Errors
/// Every violation at once.
pub fn continue_by(
    profile: Option<&Profile>,
    of_the_region: bool,
    asked: &AskedContinuation<'_>,
    today: Date,
) -> Result<Continuation, Vec<Violation>> {
    let document_no = asked.document_no.trim();
    let ends = profile.and_then(|one| one.valid_to);
    let new_end = new_end(asked.valid_to.trim(), ends, today);
    let found = [
        (!of_the_region).then(|| Violation::new("profile", "profile.other_region")),
        ends.is_none()
            .then(|| Violation::new("profile", "profile.has_no_end")),
        document(document_no),
        new_end.clone().err(),
    ];
    let violations: Vec<Violation> = found.into_iter().flatten().collect();
    match (violations.is_empty(), profile, new_end) {
        (true, Some(profile), Ok(valid_to)) => Ok(Continuation {
            profile: profile.id.clone(),
            version: profile.version.clone(),
            document_no: document_no.to_owned(),
            recorded_on: today,
            valid_to,
        }),
        _ => Err(violations),
    }
}

/// A document number as the State's format of documents writes it (GB/T 9704—2012, 7.2.5): the
/// body's short name, the year in 〔〕, the number and 号. No other text goes into an append-only row.
fn document(number: &str) -> Option<Violation> {
    if number.is_empty() {
        return Some(Violation::new("document_no", "document_no.missing"));
    }
    let parts = number
        .split_once('〔')
        .and_then(|(issuer, rest)| {
            rest.split_once('〕')
                .map(|(year, rest)| (issuer, year, rest))
        })
        .and_then(|(issuer, year, rest)| rest.strip_suffix(NUMBER).map(|no| (issuer, year, no)));
    let digits = |text: &str, count: std::ops::RangeInclusive<usize>| {
        count.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
    };
    let well_formed = parts.is_some_and(|(issuer, year, no)| {
        (1..=ISSUER_MAX).contains(&issuer.chars().count())
            && issuer
                .chars()
                .all(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
            && digits(year, 4..=4)
            && digits(no, 1..=5)
            && !no.starts_with('0')
    });
    (!well_formed).then(|| Violation::new("document_no", "document_no.malformed"))
}

/// The new last day: a day, later than the old one, and not over.
fn new_end(typed: &str, last: Option<Date>, today: Date) -> Result<Date, Violation> {
    let wrong = |code: &str| Violation::new("valid_to", code);
    if typed.is_empty() {
        return Err(wrong("valid_to.missing"));
    }
    let valid_to = date::parse_iso(typed).ok_or_else(|| wrong("valid_to.malformed"))?;
    if let Some(last) = last.filter(|last| valid_to <= *last) {
        return Err(wrong("valid_to.not_later").with("last", date::iso(last)));
    }
    if valid_to < today {
        return Err(wrong("valid_to.in_the_past").with("today", date::iso(today)));
    }
    Ok(valid_to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_number_has_its_issuer_year_and_number_and_nothing_else() {
        for good in ["吉市政发〔2021〕15号", "国办发〔2019〕51号"] {
            assert_eq!(document(good), None, "{good}");
        }
        for bad in [
            "吉市政发[2021]15号",
            "吉市政发〔21〕15号",
            "吉市政发〔2021〕号",
            "吉市政发〔2021〕015号",
            "〔2021〕15号",
            "吉市政发〔2021〕15号,请知悉",
            "see 〔2021〕15号",
            "15号",
        ] {
            assert_eq!(
                document(bad).map(|found| found.code).as_deref(),
                Some("document_no.malformed"),
                "{bad}"
            );
        }
        assert_eq!(
            document("").map(|found| found.code).as_deref(),
            Some("document_no.missing")
        );
    }
}
