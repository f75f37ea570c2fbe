//! The style sheets of `style/`, as one text each, with their hashes for the content policy.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};
use std::{fmt::Write as _, sync::OnceLock};

const RESET: &str = include_str!("../../../../style/reset.css");
const TOKENS: &str = include_str!("../../../../style/tokens.css");
const MODES: &str = include_str!("../../../../style/modes.css");
const BASE: &str = include_str!("../../../../style/base.css");
const LAYOUT: &str = include_str!("../../../../style/layout.css");
const KIT: &str = include_str!("../../../../style/kit.css");
const RATE: &str = include_str!("../../../../style/rate.css");
const DISCLOSURE: &str = include_str!("../../../../style/disclosure.css");
const CONSOLE: &str = include_str!("../../../../style/console.css");
const PRINT: &str = include_str!("../../../../style/print.css");

/// Every file of the site, in the order in which a later one wins.
const SITE: [&str; 10] = [
    RESET, TOKENS, MODES, BASE, LAYOUT, KIT, RATE, DISCLOSURE, CONSOLE, PRINT,
];

/// The style that a citizen's page carries within it.
///
/// Without `@layer`: browsers embedded in old phones drop a whole block that they do not know,
/// and the files come in the order of their layers anyway.
pub fn citizen_css() -> &'static str {
    static CSS: OnceLock<String> = OnceLock::new();
    CSS.get_or_init(|| minified(&[RESET, TOKENS, MODES, BASE, LAYOUT, KIT, RATE].concat()))
}

/// The source expression that lets [`citizen_css`] stand in a page.
pub fn citizen_css_hash() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| source_hash(citizen_css()))
}

/// The whole style, for every other page; without `@layer` for the same reason.
pub fn site_css() -> &'static str {
    static CSS: OnceLock<String> = OnceLock::new();
    CSS.get_or_init(|| minified(&SITE.concat()))
}

/// The source expression that lets [`site_css`] stand in a page.
pub fn site_css_hash() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| source_hash(site_css()))
}

/// A file name for [`site_css`] that changes with its content.
pub fn site_css_name() -> &'static str {
    static NAME: OnceLock<String> = OnceLock::new();
    NAME.get_or_init(|| {
        let digest = Sha256::digest(site_css().as_bytes());
        let hex = digest[..6].iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        format!("site-{hex}.css")
    })
}

fn source_hash(text: &str) -> String {
    format!(
        "sha256-{}",
        STANDARD.encode(Sha256::digest(text.as_bytes()))
    )
}

/// Drops comments and the white space that means nothing. It knows only what our files use:
/// strings are kept as they are, and spaces around `+` stay, since `calc()` needs them.
fn minified(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(c) = rest.chars().next() {
        if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.split_once("*/").map_or("", |(_, after)| after);
        } else if c == '"' {
            let end = rest[1..].find('"').map_or(rest.len(), |at| at + 2);
            out.push_str(&rest[..end]);
            rest = &rest[end..];
        } else if c.is_whitespace() {
            rest = rest.trim_start();
            let before = out.ends_with(['{', '}', ';', ',', ':', '>', '~']) || out.is_empty();
            if !before && !rest.starts_with(['{', '}', ';', ',', '>', '~']) && !rest.is_empty() {
                out.push(' ');
            }
        } else {
            if c == '}' && out.ends_with(';') {
                out.pop();
            }
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_and_comments_go_and_meaning_stays() {
        let css = "/* a */ .a > .b ,\n.c :checked ~ .d {\n  width: calc(1px + 2px);\n  content: \" ; }\";\n}\n";
        assert_eq!(
            minified(css),
            ".a>.b,.c :checked~.d{width:calc(1px + 2px);content:\" ; }\"}"
        );
    }

    #[test]
    fn the_citizens_style_is_small_and_has_no_layers() {
        assert!(!citizen_css().contains("@layer"));
        assert!(!citizen_css().contains("</"));
        let modes = minified(MODES).len();
        let rest = citizen_css().len() - modes;
        assert!(rest < 12_200, "{rest}");
        assert!(modes < 4_000, "{modes}");
    }

    #[test]
    fn a_mode_has_the_same_values_whether_the_system_or_a_person_asks_for_it() {
        let modes = minified(MODES);
        let values = |selector: &str| -> Vec<String> {
            let start = format!("{selector}{{");
            let rest = modes.split(&start).skip(1);
            rest.filter_map(|rest| rest.split('}').next())
                .map(str::to_owned)
                .collect()
        };
        for (system, person) in [
            (
                ":root:not([data-theme=\"light\"])",
                ":root[data-theme=\"dark\"]",
            ),
            (
                ":root[data-contrast]:not([data-theme=\"light\"])",
                ":root[data-contrast][data-theme=\"dark\"]",
            ),
            (":root:not([data-theme=\"dark\"])", ":root[data-contrast]"),
            (
                ":root:not([data-theme=\"dark\"]):not([data-theme=\"light\"])",
                ":root[data-contrast][data-theme=\"dark\"]",
            ),
        ] {
            let (system, person) = (values(system), values(person));
            assert_eq!((system.len(), &system), (1, &person));
            assert!(system[0].contains("--ink:"));
        }
    }

    #[test]
    fn every_brace_of_the_site_style_is_closed() {
        for text in SITE {
            let (open, closed) = (text.matches('{').count(), text.matches('}').count());
            assert_eq!(open, closed, "{}", text.lines().next().unwrap_or_default());
        }
        assert!(!site_css().contains("@layer"), "old browsers drop it whole");
        assert!(site_css_name().starts_with("site-"));
    }
}
