//! From what was sent to what may be stored, with every violation at once.

use super::{Draft, Identity, Input, RawLevel, Violation};
use crate::level::Level;
use crate::profile::Scope;
use crate::tag::Catalogue;
use crate::text;
use std::collections::{BTreeMap, BTreeSet};

/// More tags than this can't come from our form: a level never has more than eight.
const TAGS_MAX: usize = 20;
/// More than there are scopes.
const SCOPES_MAX: usize = 20;
/// Long enough for any personal or company name.
const NAME_MAX: usize = 60;
/// ITU-T E.164 allows fifteen digits; five is the shortest public service number in use.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 5..=15;

/// Checks an input against the catalogue in force and the scopes that the profile names.
///
/// The same path for every level: a bad rating needs nothing that a good one doesn't
/// (国办发〔2019〕51号, 完善保障措施(二): raters may not be hindered).
/// Length counts Unicode scalar values after line ends are normalised and the ends trimmed.
///
/// # Errors
/// Every violation at once, in the order of the form.
pub fn check(
    input: &Input,
    catalogue: &Catalogue,
    scopes: &[Scope],
    text_max: usize,
) -> Result<Draft, Vec<Violation>> {
    let mut violations = Vec::new();
    let level = level(input.level, &mut violations);
    let tags = tags(&input.tags, level, catalogue, &mut violations);
    let scopes = self::scopes(&input.scopes, scopes, &mut violations);
    let text = text(&input.text, text_max, &mut violations);
    let contact = Contact::read(input, &mut violations);
    match level {
        Some(level) if violations.is_empty() => Ok(Draft {
            level,
            scopes,
            tags,
            text,
            identity: if input.stated {
                Identity::Stated
            } else {
                Identity::Anonymous
            },
            name: contact.name,
            phone: contact.phone,
        }),
        _ => Err(violations),
    }
}

fn level(raw: RawLevel, violations: &mut Vec<Violation>) -> Option<Level> {
    let violation = match raw {
        RawLevel::Missing => Violation::new("level", "level.missing"),
        RawLevel::NotANumber => Violation::new("level", "level.not_a_number"),
        RawLevel::Number(number) => match Level::try_from(number) {
            Ok(level) => return Some(level),
            Err(_) => Violation::new("level", "level.out_of_range").with("level", number),
        },
    };
    violations.push(violation);
    None
}

/// Each scope on its own (吉林市细则第十一条, 德宏州方案二: 评价范围), and none has to be rated.
fn scopes(
    sent: &[(String, RawLevel)],
    known: &[Scope],
    violations: &mut Vec<Violation>,
) -> BTreeMap<Scope, Level> {
    let mut rated = BTreeMap::new();
    // Among so many distinct ones some are unknown, so that nothing passes for being late.
    for (code, raw) in sent.iter().take(SCOPES_MAX) {
        let Some(scope) = known.iter().find(|scope| scope.code() == code) else {
            // An echo of what was sent, never longer than a code could be.
            let echo: String = code.chars().take(12).collect();
            violations.push(Violation::new("scopes", "scope.unknown").with("scope", echo));
            continue;
        };
        let level = match raw {
            RawLevel::Missing => continue,
            RawLevel::NotANumber => None,
            RawLevel::Number(number) => Level::try_from(*number).ok(),
        };
        match level {
            Some(level) => drop(rated.insert(*scope, level)),
            None => violations.push(Violation::new(&format!("scope-{scope}"), "scope.level")),
        }
    }
    rated
}

fn tags(
    sent: &[String],
    level: Option<Level>,
    catalogue: &Catalogue,
    violations: &mut Vec<Violation>,
) -> Vec<u16> {
    let distinct: BTreeSet<&str> = sent
        .iter()
        .map(|tag| tag.trim())
        .filter(|tag| !tag.is_empty())
        .collect();
    if distinct.len() > TAGS_MAX {
        violations.push(Violation::new("tags", "tag.too_many").with("max", TAGS_MAX));
    }
    let mut codes = Vec::new();
    for tag in distinct.into_iter().take(TAGS_MAX) {
        match one_tag(tag, level, catalogue) {
            Ok(code) => codes.push(code),
            Err(violation) => violations.push(violation),
        }
    }
    codes.sort_unstable();
    codes
}

fn one_tag(sent: &str, level: Option<Level>, catalogue: &Catalogue) -> Result<u16, Violation> {
    // An echo of what was sent, never longer than a code could be.
    let echo: String = sent.chars().take(12).collect();
    let refuse = |code| Err(Violation::new("tags", code).with("tag", &echo));
    let canonical = sent
        .parse::<u16>()
        .ok()
        .filter(|code| code.to_string() == sent);
    let Some(tag) = canonical.and_then(|code| catalogue.get(code)) else {
        return refuse("tag.unknown");
    };
    if level.is_some_and(|level| level != tag.level) {
        return refuse("tag.of_another_level");
    }
    if !tag.enabled {
        return refuse("tag.disabled");
    }
    Ok(tag.code)
}

fn text(sent: &str, max: usize, violations: &mut Vec<Violation>) -> Option<String> {
    let text = text::kept(sent);
    let length = text.chars().count();
    if length > max {
        violations.push(
            Violation::new("text", "text.too_long")
                .with("max", max)
                .with("length", length),
        );
    }
    if text::has_control(&text) {
        violations.push(Violation::new("text", "text.control_character"));
    }
    (!text.is_empty()).then_some(text)
}

#[derive(Default)]
struct Contact {
    name: Option<String>,
    phone: Option<String>,
}

impl Contact {
    fn read(input: &Input, violations: &mut Vec<Violation>) -> Contact {
        if !input.stated {
            return Contact::default();
        }
        let (name, phone) = (text::kept(&input.name), text::kept(&input.phone));
        if name.is_empty() && phone.is_empty() {
            violations.push(Violation::new("name", "name.missing"));
        }
        let length = name.chars().count();
        if length > NAME_MAX {
            let too_long = Violation::new("name", "name.too_long");
            violations.push(too_long.with("max", NAME_MAX).with("length", length));
        }
        for (field, value) in [("name", &name), ("phone", &phone)] {
            if value.chars().any(char::is_control) {
                violations.push(Violation::new(field, "field.control_character"));
            }
        }
        let number = (!phone.is_empty()).then(|| normal_phone(&phone));
        if number == Some(None) {
            violations.push(Violation::new("phone", "phone.malformed"));
        }
        Contact {
            name: (!name.is_empty()).then_some(name),
            phone: number.flatten(),
        }
    }
}

/// Digits as an input method may type them, separators as people write them; a foreign number
/// is a number too.
fn normal_phone(sent: &str) -> Option<String> {
    let mut number = String::new();
    for (at, c) in sent.char_indices() {
        match c {
            '0'..='9' => number.push(c),
            '０'..='９' => number.push(char::from_digit(u32::from(c) - u32::from('０'), 10)?),
            '+' | '＋' if at == 0 => number.push('+'),
            ' ' | '-' | '(' | ')' | '－' | '（' | '）' | '\u{2010}'..='\u{2014}' => {}
            _ => return None,
        }
    }
    let digits = number.strip_prefix('+').unwrap_or(&number);
    PHONE_DIGITS.contains(&digits.len()).then_some(number)
}
