//! What the citizens of a run send: the same mix every time, made from a number.
//!
//! Of a hundred ratings four are bad, as text, tags and (every second one) contact data go;
//! of the others one in ten has a text. Bad ones are the dearer: two sealed rows and a ticket.

use contract::rate::RatingCreate;
use serde_json::Value;

/// The text of a bad rating.
pub const BAD_TEXT: &str = "材料清单上没有写要复印件，来回跑了两趟。";
/// The text of a good one.
pub const GOOD_TEXT: &str = "办得很快，谢谢。";

/// The level of the n-th rating.
pub fn level(n: u64) -> u8 {
    match n % 100 {
        0 => 1,
        25 | 50 | 75 => 2,
        7 | 32 | 57 | 82 => 3,
        rest if rest % 5 == 1 => 4,
        _ => 5,
    }
}

/// A tag of that level (catalogue version 2).
pub fn tag(level: u8) -> u16 {
    match level {
        1 => 109,
        2 => 208,
        3 => 307,
        4 => 406,
        _ => 510,
    }
}

/// The text of the n-th rating, or an empty one.
pub fn text(n: u64) -> &'static str {
    match (level(n) <= 2, n % 10) {
        (true, _) => BAD_TEXT,
        (false, 3) => GOOD_TEXT,
        _ => "",
    }
}

/// Whether the n-th rater gives name and phone.
pub fn is_stated(n: u64) -> bool {
    level(n) <= 2 && n.is_multiple_of(2)
}

/// The phone of the n-th rater: a range that nobody is ever called at here.
pub fn phone(n: u64) -> String {
    format!("1390000{:04}", n % 10_000)
}

/// The name a stated rater gives.
pub const NAME: &str = "演示市民";

/// The n-th rating's body for `POST /api/v1/ratings`.
///
/// # Errors
/// Never in practice: the body is made of numbers and texts.
pub fn json(n: u64, plate: &str) -> Result<String, serde_json::Error> {
    let (level, stated) = (level(n), is_stated(n));
    serde_json::to_string(&RatingCreate {
        plate: Some(plate.to_owned()),
        level: Value::from(level),
        tags: if n.is_multiple_of(2) {
            vec![tag(level)]
        } else {
            Vec::new()
        },
        text: text(n).to_owned(),
        stated,
        name: if stated {
            NAME.to_owned()
        } else {
            String::new()
        },
        phone: if stated { phone(n) } else { String::new() },
        ..RatingCreate::default()
    })
}

/// The n-th rating as the fields of the script-free form.
pub fn form(n: u64, key: &str) -> String {
    let level = level(n);
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("key", key)
        .append_pair("level", &level.to_string());
    if n.is_multiple_of(2) {
        form.append_pair(&format!("tag{level}"), &tag(level).to_string());
    }
    form.append_pair("text", text(n));
    if is_stated(n) {
        form.append_pair("stated", "yes")
            .append_pair("name", NAME)
            .append_pair("phone", &phone(n));
    }
    form.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_ratings_of_a_hundred_are_bad_and_half_of_those_are_stated() {
        let bad: Vec<u64> = (0..100).filter(|n| level(*n) <= 2).collect();
        assert_eq!(bad, [0, 25, 50, 75]);
        assert_eq!(bad.iter().filter(|n| is_stated(**n)).count(), 2);
    }
}
