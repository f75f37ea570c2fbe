//! Every quotation is looked up in the text that is held.

use crate::*;
use rules::profile::Basis;

/// Each document that is quoted, and the text of it that is held.
const SOURCES: [(&str, &str); 5] = [
    (
        "国办发〔2019〕51号",
        include_str!("../data/sources/national.txt"),
    ),
    (
        "德宏州政务服务“好差评”方案",
        include_str!("../data/sources/dehong.txt"),
    ),
    (
        "青岛市建立政务服务“好差评”制度实施方案",
        include_str!("../data/sources/qingdao.txt"),
    ),
    (
        "吉林市政务服务“好差评”工作细则（试行）",
        include_str!("../data/sources/jilin.txt"),
    ),
    (
        "湖南推进政务服务标准化的署名文章",
        include_str!("../data/sources/leiyang.txt"),
    ),
];

/// A text without its line breaks, stray spaces, and the pinyin that copying left in it: 業(yè).
fn bare(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, from)) = rest.split_once('(') {
        out.push_str(before);
        match from.split_once(')') {
            Some((inside, after))
                if !inside.is_empty()
                    && inside.chars().all(|c| c.is_alphabetic() && c < '\u{300}') =>
            {
                rest = after;
            }
            _ => {
                out.push('(');
                rest = from;
            }
        }
    }
    out.push_str(rest);
    out.retain(|c| !c.is_whitespace());
    out
}

fn held(document: &str) -> String {
    let found = SOURCES.iter().find(|(name, _)| *name == document);
    bare(found.unwrap_or_else(|| panic!("{document} isn't held")).1)
}

/// The parts of a quotation that aren't in the text; `……` stands for what is left out.
fn not_in<'a>(text: &str, words: &'a str) -> Vec<&'a str> {
    let missing = |part: &&str| !text.contains(&bare(part));
    words.split("……").filter(missing).collect()
}

/// `domain.md` 3.2, 4: what a profile has to hold; `unit` of the default stands in its term.
const HELD: &str = "default_rating.enabled default_rating.level default_rating.after \
    default_rating.counted_in supplement_window followup_rating.max followup_rating.after label_set \
    scope_set tag_catalogue_version bad_requires_reason text_max anonymous.allowed \
    anonymous.reveals first_contact reply rectify_simple rectify_complex_max \
    extension.needs_approval extension.max_times callback.target callback.attempts \
    callback.outcomes appeal.who appeal.in_hall_path appeal.out_of_hall_path appeal.file_within \
    appeal.decide_within appeal.mark_text bulletin.cadence bulletin.cut_off bulletin.min_n \
    bulletin.good_levels bulletin.include_default sampling_ratio escalation_ladder rank_bottom.n \
    rank_bottom.consecutive calendar_id channels paper_entry sms hotline in_hall_flag.source";

#[test]
fn every_profile_holds_every_parameter_there_is() {
    for profile in &policies().profiles {
        let entries = profile.parameters.entries();
        for key in HELD.split_whitespace() {
            let found = entries.iter().any(|entry| entry.key == key);
            assert!(found, "{} lacks {key}", profile.id);
        }
    }
}

#[test]
fn every_quotation_is_found_word_for_word_in_the_text_that_is_held() {
    let mut quoted = 0;
    for profile in &policies().profiles {
        let stated = |basis: &Basis, key: &str| {
            let Basis::Stated {
                document, words, ..
            } = basis
            else {
                return 0;
            };
            let missing = not_in(&held(document), words);
            assert_eq!(missing, [""; 0], "{} {key}", profile.id);
            1
        };
        for entry in profile.parameters.entries() {
            quoted += stated(entry.basis, entry.key);
        }
        quoted += profile
            .validity
            .iter()
            .map(|basis| stated(basis, "validity"))
            .sum::<i32>();
    }
    assert!(quoted > 60, "{quoted}");
    // The look-up itself can fail.
    let dehong = held("德宏州政务服务“好差评”方案");
    assert_eq!(
        not_in(&dehong, "默认为“基本满意”……默认为“满意”"),
        ["默认为“满意”"]
    );
}

#[test]
fn what_a_reason_or_note_quotes_is_in_the_profiles_own_text_or_the_national_one() {
    for profile in &policies().profiles {
        let texts = held(&profile.document) + &held("国办发〔2019〕51号");
        for entry in profile.parameters.entries() {
            let why = match entry.basis {
                Basis::Stated { .. } => "",
                Basis::Ours { why } | Basis::None { why } => why,
            };
            let both = format!("{why}{}", entry.note.unwrap_or_default());
            let quotes = both.split('「').skip(1);
            for quote in quotes.filter_map(|from| from.split('」').next()) {
                let missing = not_in(&texts, quote);
                assert_eq!(missing, [""; 0], "{} {}", profile.id, entry.key);
            }
        }
    }
}
