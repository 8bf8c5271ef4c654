//! Text from a guest, cut to what the host keeps of it.

/// The longest message of progress, label of a group, and name of a task that a guest invokes, in bytes.
pub(crate) const LONGEST_LABEL: usize = 4 << 10;

/// The text, at most `most` bytes of it and a mark that it was cut.
pub(crate) fn shortened(mut text: String, most: usize) -> String {
    if text.len() > most {
        text.truncate(text.floor_char_boundary(most));
        text.push('…');
        // What was cut off is not kept either.
        text.shrink_to_fit();
    }
    text
}
