//! Languages, and which one is spoken.

use std::{cell::Cell, sync::OnceLock};

/// A language of the interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// 简体中文, the source.
    #[default]
    ZhHans,
    /// 繁體中文.
    ZhHant,
    /// English.
    En,
}

impl Language {
    /// Every language, the source first.
    pub const ALL: [Self; 3] = [Self::ZhHans, Self::ZhHant, Self::En];

    /// Its BCP 47 tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::ZhHans => "zh-Hans",
            Self::ZhHant => "zh-Hant",
            Self::En => "en",
        }
    }

    /// Its name as its own speakers write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ZhHans => "简体中文",
            Self::ZhHant => "繁體中文",
            Self::En => "English",
        }
    }

    /// The language of a tag of ours; `None` for any other tag.
    pub fn of_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }

    /// The language that comes nearest to a range of `Accept-Language`, if one is near.
    pub fn nearest(range: &str) -> Option<Self> {
        let range = range.trim().to_ascii_lowercase();
        let mut parts = range.split('-');
        let (primary, rest) = (parts.next()?, parts.collect::<Vec<_>>());
        // A script says more than a region: zh-Hans-HK is written in simplified characters.
        let traditional = match rest.iter().find(|part| part.len() == 4) {
            Some(script) => *script == "hant",
            None => rest.iter().any(|part| ["tw", "hk", "mo"].contains(part)),
        };
        match primary {
            "zh" if traditional => Some(Self::ZhHant),
            "zh" => Some(Self::ZhHans),
            "en" => Some(Self::En),
            _ => None,
        }
    }
}

thread_local! {
    static SPOKEN: Cell<Language> = const { Cell::new(Language::ZhHans) };
}

/// The language that is spoken: the one of [`speaking`], of what was learnt, or the source.
pub fn spoken() -> Language {
    if let Some((language, _)) = LEARNT.get() {
        return *language;
    }
    SPOKEN.get()
}

/// Speaks a language for the length of a call, on this thread only.
pub fn speaking<R>(language: Language, act: impl FnOnce() -> R) -> R {
    /// Goes back to what was spoken before, also when the call panics.
    struct Before(Language);
    impl Drop for Before {
        fn drop(&mut self) {
            SPOKEN.set(self.0);
        }
    }
    let _before = Before(SPOKEN.replace(language));
    act()
}

/// Every text of a language, in the order of the keys.
#[cfg(feature = "all")]
pub fn table(language: Language) -> impl Iterator<Item = &'static str> {
    let own: Box<dyn Iterator<Item = &'static str>> = match language {
        Language::ZhHans => Box::new(crate::ALL.iter().map(|(_, text)| *text)),
        Language::ZhHant => Box::new(crate::ZH_HANT.iter().copied()),
        Language::En => Box::new(crate::EN.iter().copied()),
    };
    own
}

/// The text at a place in another language than the source.
pub(crate) fn other(at: u16) -> Option<&'static str> {
    let at = usize::from(at);
    #[cfg(feature = "all")]
    match SPOKEN.get() {
        Language::ZhHans => {}
        Language::ZhHant => return crate::ZH_HANT.get(at).copied(),
        Language::En => return crate::EN.get(at).copied(),
    }
    LEARNT.get()?.1.get(at).map(String::as_str)
}

static LEARNT: OnceLock<(Language, Vec<String>)> = OnceLock::new();

/// Learns a language for as long as the program runs; the first one stays. `shape` has to be
/// [`crate::SHAPE`]: texts of another build would stand in the wrong places.
///
/// Says whether the texts fit and are spoken from now on.
pub fn learn(language: Language, shape: &str, texts: Vec<String>) -> bool {
    /// A constant, so that the texts of the source are not linked for their number.
    const COUNT: usize = crate::ALL.len();
    shape == crate::SHAPE && texts.len() == COUNT && LEARNT.set((language, texts)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_finds_the_script_that_its_readers_write() {
        let nearest = |range| Language::nearest(range).map(Language::tag);
        for range in ["zh", "zh-CN", "zh-Hans-HK", "zh-SG", "ZH-cn"] {
            assert_eq!(nearest(range), Some("zh-Hans"), "{range}");
        }
        for range in ["zh-TW", "zh-Hant", "zh-HK", "zh-MO", "zh-Hant-CN"] {
            assert_eq!(nearest(range), Some("zh-Hant"), "{range}");
        }
        for range in ["en", "en-GB", " en-US "] {
            assert_eq!(nearest(range), Some("en"), "{range}");
        }
        for range in ["*", "fr", "", "english"] {
            assert_eq!(nearest(range), None, "{range}");
        }
    }

    #[test]
    fn a_tag_is_known_exactly_or_not_at_all() {
        for language in Language::ALL {
            assert_eq!(Language::of_tag(language.tag()), Some(language));
        }
        assert_eq!(Language::of_tag("zh"), None);
        assert_eq!(Language::of_tag("EN"), None);
    }

    #[test]
    fn a_language_is_spoken_for_one_call_and_no_longer() {
        let inner = speaking(Language::En, || {
            speaking(Language::ZhHant, || assert_eq!(spoken(), Language::ZhHant));
            spoken()
        });
        assert_eq!((inner, spoken()), (Language::En, Language::ZhHans));
        let panicked = std::panic::catch_unwind(|| speaking(Language::En, || panic!("on purpose")));
        assert!(panicked.is_err());
        assert_eq!(spoken(), Language::ZhHans);
    }

    #[test]
    fn texts_of_another_build_are_not_learnt() {
        let texts = vec![String::new(); crate::ALL.len()];
        assert!(!learn(Language::En, "0000000000000000", texts));
        assert!(!learn(Language::En, crate::SHAPE, Vec::new()));
        assert_eq!(spoken(), Language::ZhHans);
    }

    #[cfg(feature = "all")]
    #[test]
    fn every_language_has_every_text_and_says_most_of_them_in_its_own_way() {
        for language in Language::ALL {
            assert_eq!(table(language).count(), crate::ALL.len(), "{language:?}");
        }
        let same = table(Language::En)
            .zip(crate::ALL)
            .filter(|(en, (_, zh))| en == zh)
            .count();
        assert!(same < 60, "{same} English texts are those of the source");
        let chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        let left: Vec<&str> = table(Language::En).filter(|text| chinese(text)).collect();
        assert!(left.len() < 12, "untranslated: {left:#?}");
    }

    #[cfg(feature = "all")]
    #[test]
    fn keys_and_codes_are_told_in_the_language_that_is_spoken() {
        use crate::{Key, by_code};
        let say = || (Key::SHARED_HOME.text(), by_code("level.goodness", "5"));
        let all = Language::ALL.map(|language| speaking(language, say));
        assert_eq!(all[0], ("首页", Some("很好")));
        assert_eq!(all[1].0, "首頁");
        assert!(all[2].0.is_ascii(), "{:?}", all[2]);
        assert_eq!(
            speaking(Language::En, || by_code("level.goodness", "6")),
            None
        );
    }
}
