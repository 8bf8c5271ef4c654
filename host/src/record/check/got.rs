//! How a message shows the value that came.

use crate::record::json::{Json, JsonKind};
use crate::record::layout;

/// How many characters of a value are shown.
const SHOWN: usize = 40;

/// A value with its kind: `the string "1.5"`, `null`, `the array [1,2,3]`.
pub(crate) fn got(text: &str) -> String {
    match Json::kind_of(text) {
        JsonKind::Null | JsonKind::Boolean | JsonKind::Number => shortened(text),
        JsonKind::String => format!("the string {}", shortened(text)),
        JsonKind::Array => format!("the array {}", shortened(text)),
        JsonKind::Object => format!("the object {}", shortened(text)),
    }
}

/// A value as compact JSON, cut after so many characters; safe to print.
pub(crate) fn shortened(text: &str) -> String {
    let mut shown = String::new();
    let mut length = 0;
    'tokens: for token in layout::tokens(text) {
        for letter in token.chars() {
            if length == SHOWN {
                shown.push('…');
                break 'tokens;
            }
            shown.push(crate::record::snippet::printable(letter));
            length += 1;
        }
    }
    shown
}
