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

/// As [`printable`], in one line: a name that a guest gives must not make a row of its own in a table.
#[must_use]
pub fn in_a_row(text: &str) -> Cow<'_, str> {
    match printable(text) {
        text if text.contains(['\n', '\t']) => Cow::Owned(text.replace(['\n', '\t'], " ")),
        text => text,
    }
}

/// The text with every control character but line breaks and tabs written as `\u{1b}`: for a quote in a message, where
/// what somebody gave must be seen as it is.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    escaped(text, |letter| letter.escape_unicode().to_string())
}

/// JSON text with every control character in its strings written as `\u009b`, so that it is the same value and can be
/// shown on a terminal.
#[must_use]
pub fn printable_json(json: &str) -> Cow<'_, str> {
    // All of them are below U+10000, and a well-formed text has them nowhere but in strings.
    escaped(json, |letter| format!("\\u{:04x}", u32::from(letter)))
}

fn escaped(text: &str, escape: impl Fn(char) -> String) -> Cow<'_, str> {
    if !text.chars().any(is_unfit) {
        return Cow::Borrowed(text);
    }
    let letters = text.chars().map(|letter| if is_unfit(letter) { escape(letter) } else { letter.to_string() });
    Cow::Owned(letters.collect())
}

/// Control characters, and those that change the direction in which a line is shown.
fn is_unfit(letter: char) -> bool {
    match letter {
        '\n' | '\t' => false,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
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

    #[test]
    fn a_name_makes_no_row_of_its_own() {
        assert_eq!(in_a_row("x\n└─ a9 deploy\u{1b}[2J"), "x └─ a9 deploy");
        assert!(matches!(in_a_row("plain"), Cow::Borrowed("plain")));
    }

    #[test]
    fn a_quote_shows_controls_and_json_keeps_its_value() {
        assert_eq!(visible("a\u{1b}[2J\u{9b}\n"), "a\\u{1b}[2J\\u{9b}\n");
        let json = "[\n  \"\u{9b}2J \u{202e}\u{7f}\"\n]";
        let shown = printable_json(json);
        assert_eq!(shown, "[\n  \"\\u009b2J \\u202e\\u007f\"\n]");
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(value(&shown), value(json));
    }
}
