//! What a person wrote, as it is kept.

use proptest::prelude::*;
use rules::text::{has_control, kept};

#[test]
fn what_nobody_sees_is_no_text_and_turns_nothing_around() {
    for nothing in [
        "",
        " \n\t",
        "\u{200b}",
        "\u{feff}\u{200b} ",
        "\u{2060}\u{ad}",
        "\u{202e}\u{2066}\u{2069}",
        "\u{200d}\u{fe0f}",
        "\u{e0041}",
    ] {
        assert_eq!(kept(nothing), "", "{nothing:?}");
    }
    assert_eq!(kept("\u{202e}陈先生\u{202c}"), "陈先生");
    assert_eq!(
        kept("\u{feff}来回跑了\u{200b}两趟\r\n很累 "),
        "来回跑了两趟\n很累"
    );
}

#[test]
fn what_joins_letters_stays_in_a_text() {
    for text in ["👨‍👩‍👧 一家三口", "❤️", "नमस्ते क्‍ष", "مي‌خواهم"]
    {
        assert_eq!(kept(text), text);
    }
}

#[test]
fn a_control_character_is_told_and_a_line_is_none() {
    assert!(has_control("a\u{0}") && has_control("\u{7f}") && has_control("a\u{85}"));
    assert!(!has_control("一行\n二行\t三"));
}

proptest! {
    #[test]
    fn what_is_kept_is_kept_as_it_is(text in any::<String>()) {
        let once = kept(&text);
        prop_assert_eq!(kept(&once), once);
    }
}
