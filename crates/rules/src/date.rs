//! Civil dates and their one text form, ISO 8601.

pub use time::Date;
use time::Month;

/// Reads `2026-02-13`; anything else, an impossible day or a year before our era included, is `None`.
#[must_use]
pub fn parse_iso(text: &str) -> Option<Date> {
    if text.len() != 10 || !text.is_ascii() {
        return None;
    }
    let mut parts = text.split('-');
    let year = number(parts.next()?, 4)?;
    let month = number(parts.next()?, 2)?;
    let day = number(parts.next()?, 2)?;
    if parts.next().is_some() {
        return None;
    }
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    Date::from_calendar_date(year, month, u8::try_from(day).ok()?).ok()
}

fn number(text: &str, width: usize) -> Option<i32> {
    let all_digits = text.len() == width && text.bytes().all(|b| b.is_ascii_digit());
    all_digits.then(|| text.parse().ok())?
}

/// Writes `2026-02-13`.
#[must_use]
pub fn iso(date: Date) -> String {
    let sign = if date.year() < 0 { "-" } else { "" };
    let (year, month, day) = (
        date.year().unsigned_abs(),
        u8::from(date.month()),
        date.day(),
    );
    format!("{sign}{year:04}-{month:02}-{day:02}")
}

/// `#[serde(with = "rules::date::serde_iso")]`: a date travels as its ISO text.
pub mod serde_iso {
    use super::{Date, iso, parse_iso};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    /// Writes the ISO text.
    ///
    /// # Errors
    /// Only what the serializer itself reports.
    pub fn serialize<S: Serializer>(date: &Date, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&iso(*date))
    }

    /// Reads the ISO text.
    ///
    /// # Errors
    /// When the text isn't a date.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse_iso(&text).ok_or_else(|| D::Error::custom("not a date like 2026-02-13"))
    }

    /// The same for `Option<Date>`; `None` travels as null.
    pub mod option {
        use super::{Date, iso, parse_iso};
        use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

        /// Writes the ISO text or null.
        ///
        /// # Errors
        /// Only what the serializer itself reports.
        pub fn serialize<S: Serializer>(
            date: &Option<Date>,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            date.map(iso).serialize(serializer)
        }

        /// Reads the ISO text or null.
        ///
        /// # Errors
        /// When the text isn't a date.
        pub fn deserialize<'de, D: Deserializer<'de>>(
            deserializer: D,
        ) -> Result<Option<Date>, D::Error> {
            let Some(text) = Option::<String>::deserialize(deserializer)? else {
                return Ok(None);
            };
            match parse_iso(&text) {
                Some(date) => Ok(Some(date)),
                None => Err(D::Error::custom("not a date like 2026-02-13")),
            }
        }
    }
}
