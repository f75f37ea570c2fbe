//! What a person wrote, as it is kept.

/// A text as it is kept: one kind of line end, nothing at its ends, and without what nobody sees.
///
/// Marks that only turn the direction around or join nothing come along with what is copied from an
/// address book or a page; left in, they can turn the words around them, or make a name of nothing.
#[must_use]
pub fn kept(sent: &str) -> String {
    let unified = sent.replace("\r\n", "\n").replace('\r', "\n");
    let seen: String = unified.chars().filter(|c| !is_mark(*c)).collect();
    let text = seen.trim();
    // What joins letters or picks a picture's style is part of a text, but none by itself.
    match text.chars().all(|c| joins(c) || c.is_whitespace()) {
        true => String::new(),
        false => text.to_owned(),
    }
}

/// Has it a control character other than a tab or the end of a line?
#[must_use]
pub fn has_control(text: &str) -> bool {
    text.chars()
        .any(|c| c.is_control() && c != '\n' && c != '\t')
}

/// Unicode's default-ignorable characters that stand for nothing: directions (UAX #9), breaks,
/// the byte order mark, annotations and tags.
const fn is_mark(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

const fn joins(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}')
}
