//! Just enough of URLs; a whole URL crate would weigh more than the rating page.

use std::fmt::Write as _;

/// Percent-encodes a value of a query.
pub fn encode(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte));
            }
            // Writing to a String never fails.
            _ => drop(write!(out, "%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_stay_and_everything_else_is_escaped() {
        assert_eq!(encode("2026-10"), "2026-10");
        assert_eq!(encode("/staff?a=b"), "%2Fstaff%3Fa%3Db");
        assert_eq!(encode("办"), "%E5%8A%9E");
    }
}
