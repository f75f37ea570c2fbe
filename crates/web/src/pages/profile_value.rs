//! What a parameter of a profile says, in the words of those who apply it.

use super::say;
use rules::{
    level::{LabelSet, Level},
    profile::{Raw, Term},
};
use words::Key;

/// The name of a parameter.
pub fn name(key: &str) -> String {
    say::code("parameter", &key.replace('.', "_"))
}

/// Where a value's codes have their words.
fn family(key: &str) -> Option<&'static str> {
    Some(match key {
        "default_rating.counted_in" => "counted_in",
        "followup_rating.after" => "followup_from",
        "label_set" => "label_words",
        "scope_set" => "scope",
        "anonymous.reveals" => "reveals",
        "callback.outcomes" => "contact_outcome",
        "appeal.who" => "who_may_appeal",
        "appeal.in_hall_path" | "appeal.out_of_hall_path" => "appeal_path",
        "bulletin.cadence" => "cadence",
        "escalation_ladder" => "escalation",
        "cards" => "card",
        "investigation.of" => "investigated",
        "calendar_id" => "calendar",
        "channels" => "channel",
        "in_hall_flag.source" => "in_hall_source",
        _ => return None,
    })
}

/// What a number counts.
fn counted(key: &str) -> Option<Key> {
    Some(match key {
        "callback.target"
        | "callback.rectified_target"
        | "investigation.target"
        | "sampling_ratio" => Key::PROFILE_VALUE_PERCENT,
        "text_max" => Key::PROFILE_VALUE_CHARS,
        "callback.attempts" | "extension.max_times" | "followup_rating.max" => {
            Key::PROFILE_VALUE_TIMES
        }
        "bulletin.min_n" | "release_k" => Key::PROFILE_VALUE_ROWS,
        _ => return None,
    })
}

/// A value in words. `labels` are those of the profile.
pub fn value(key: &str, raw: &Raw, labels: LabelSet) -> String {
    match raw {
        Raw::Flag(true) => Key::SHARED_YES.text().to_owned(),
        Raw::Flag(false) => Key::SHARED_NO.text().to_owned(),
        Raw::Number(n) => number(key, *n, labels),
        Raw::Text(text) if key == "tag_catalogue_version" => {
            Key::PROFILE_VALUE_VERSION.fill(&[("n", text)])
        }
        Raw::Text(text) => {
            family(key).map_or_else(|| text.clone(), |family| say::code(family, text))
        }
        Raw::List(list) => {
            let words: Vec<String> = list.iter().map(|one| value(key, one, labels)).collect();
            words.join(Key::SHARED_LIST_SEP.text())
        }
        Raw::Term(of) => term(*of),
    }
}

fn number(key: &str, n: i64, labels: LabelSet) -> String {
    if ["default_rating.level", "bulletin.good_levels"].contains(&key) {
        return Level::try_from(n)
            .map_or_else(|_| n.to_string(), |level| say::level(labels, level));
    }
    let digits = n.to_string();
    counted(key).map_or_else(|| digits.clone(), |text| text.fill(&[("n", &digits)]))
}

fn term(term: Term) -> String {
    let unit = say::code("term_unit", term.unit.code());
    let roll = if term.roll {
        Key::PROFILE_TERM_ROLL.text()
    } else {
        ""
    };
    let said = Key::DUE_TERM.fill(&[("n", &term.n.to_string()), ("unit", &unit)]);
    format!("{said}{roll}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy::Policies;

    #[test]
    fn every_parameter_and_every_code_of_every_profile_has_words() {
        let policies = Policies::embedded().expect("policies");
        for profile in &policies.profiles {
            for entry in profile.parameters.entries() {
                let named = name(entry.key);
                assert_ne!(named, entry.key.replace('.', "_"), "{}", entry.key);
                let Some(raw) = &entry.value else { continue };
                let told = value(entry.key, raw, profile.label_set());
                let latin = told.chars().any(|c| c.is_ascii_lowercase());
                assert!(!latin, "{} {}: {told}", profile.id, entry.key);
            }
        }
    }

    #[test]
    fn terms_levels_and_shares_are_written_as_people_say_them() {
        let say = |key, raw: &Raw| value(key, raw, LabelSet::Satisfaction);
        assert_eq!(
            say("reply", &Raw::Term(Term::working_days(10))),
            "10个工作日"
        );
        assert_eq!(
            say("rectify_complex_max", &Raw::Term(Term::months(6).rolled())),
            "6个月，末日遇休息日顺延"
        );
        assert_eq!(say("default_rating.level", &Raw::Number(3)), "基本满意");
        assert_eq!(say("callback.target", &Raw::Number(100)), "100%");
        assert_eq!(say("hotline", &Raw::Flag(true)), "是");
    }
}
