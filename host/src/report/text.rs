//! Text from outside, made fit for a terminal.

use std::borrow::Cow;

/// The text without terminal escape sequences, and with every other control character replaced, except line
/// breaks and tabs. A guest is not trusted with the terminal of whoever watches it.
#[must_use]
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unfit) {
        return Cow::Borrowed(text);
    }
    let stripped = anstream::adapter::strip_str(text).to_string();
    Cow::Owned(stripped.chars().map(|letter| if is_unfit(letter) { '\u{fffd}' } else { letter }).collect())
}

/// Control characters, and those that change the direction in which a line is shown.
fn is_unfit(letter: char) -> bool {
    match letter {
        '\n' | '\t' => false,
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        _ => letter.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_stays_as_it_is() {
        assert!(matches!(printable("a\tb\nümläut ✓"), Cow::Borrowed("a\tb\nümläut ✓")));
    }

    #[test]
    fn escape_sequences_go_and_other_controls_are_replaced() {
        assert_eq!(printable("\u{1b}[2J\u{1b}[31mred\u{1b}[0m"), "red");
        assert!(!printable("bell\u{7} \u{1b}]0;title\u{7} c1 \u{9b}").contains(is_unfit));
    }
}
