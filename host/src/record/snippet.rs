//! The line of a text where something is wrong, with a caret under the place.

/// How many columns of a line are shown.
const WINDOW: usize = 76;

/// A place in a text.
pub(crate) struct Place<'t> {
    /// Counted from 1.
    pub(crate) line: usize,
    /// In characters, counted from 1.
    pub(crate) column: usize,
    /// The line, without its end.
    text: &'t str,
}

impl<'t> Place<'t> {
    /// The place of a byte; one past the end means the end.
    pub(crate) fn of(text: &'t str, offset: usize) -> Self {
        let offset = text.floor_char_boundary(offset);
        let (before, after) = text.split_at(offset);
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let end = after.find('\n').map_or(text.len(), |newline| offset + newline);
        Self {
            line: before.bytes().filter(|&byte| byte == b'\n').count() + 1,
            column: text[start..offset].chars().count() + 1,
            text: text[start..end].trim_end_matches('\r'),
        }
    }

    /// The place of a line and a column, each counted from 1.
    pub(crate) fn at_line(text: &'t str, line: usize, column: usize) -> Option<Self> {
        let content = text.split('\n').nth(line.checked_sub(1)?)?;
        Some(Self { line, column: column.max(1), text: content.trim_end_matches('\r') })
    }

    /// Two lines: the text's, and the caret. None for a blank line.
    pub(crate) fn draw(&self) -> Option<String> {
        if self.text.trim().is_empty() {
            return None;
        }
        // Only the neighbourhood is looked at: a line may be megabytes long.
        let before = WINDOW * 3 / 4;
        let first = (self.column - 1).saturating_sub(before);
        let shown: Vec<char> = self.text.chars().skip(first).take(WINDOW).map(printable).collect();
        let cut_after = self.text.chars().nth(first + shown.len()).is_some();
        let head = if first > 0 { "…" } else { "" };
        let tail = if cut_after { "…" } else { "" };
        let indent: usize = head.chars().count()
            + shown.iter().take(self.column - 1 - first).map(|&letter| width(letter)).sum::<usize>();
        let line: String = shown.iter().collect();
        Some(format!("{head}{line}{tail}\n{}^", " ".repeat(indent)))
    }
}

/// A tab becomes a space and any other control character a replacement: the caret must stand where it points, and
/// a terminal must not obey the input.
pub(crate) fn printable(letter: char) -> char {
    match letter {
        '\t' => ' ',
        // Bidirectional controls reorder what is shown.
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        _ if letter.is_control() => '\u{fffd}',
        _ => letter,
    }
}

/// How many columns a terminal gives to a character: an approximation of Unicode's East Asian Width.
fn width(letter: char) -> usize {
    match u32::from(letter) {
        0x300..=0x36f | 0x483..=0x489 | 0x591..=0x5bd | 0x200b..=0x200d | 0x20d0..=0x20ff | 0xfe00..=0xfe0f => 0,
        0x1100..=0x115f
        | 0x2e80..=0x303e
        | 0x3041..=0x33ff
        | 0x3400..=0x4dbf
        | 0x4e00..=0x9fff
        | 0xa000..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1f64f
        | 0x1f680..=0x1f6ff
        | 0x1f900..=0x1f9ff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}
