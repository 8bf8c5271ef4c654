//! Names and texts from outside, cut to what a message bears: a key may be megabytes long, and stand in a hundred paths.

use std::borrow::Cow;

/// The most characters of a name that are shown: of a field in a path, of an enum's variant, of a keyword.
pub(crate) const LONGEST_NAME: usize = 64;

/// The most characters of a type's name that are shown.
pub(crate) const LONGEST_TYPE: usize = 300;

/// The text, or its first characters and `…`.
pub(crate) fn cut(text: &str, longest: usize) -> Cow<'_, str> {
    // A character takes at least one byte.
    if text.len() <= longest {
        return Cow::Borrowed(text);
    }
    match text.char_indices().nth(longest) {
        None => Cow::Borrowed(text),
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
    }
}

/// A name, cut.
pub(crate) fn name(text: &str) -> Cow<'_, str> {
    cut(text, LONGEST_NAME)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_too_long_is_cut() {
        assert_eq!(cut("ada", 3), "ada");
        assert_eq!(cut("adam", 3), "ada…");
        assert_eq!(cut("äöü", 3), "äöü");
        assert_eq!(cut("äöüß", 3), "äöü…");
        assert_eq!(cut("", 0), "");
    }
}
