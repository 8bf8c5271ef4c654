//! What is shown of runs that were recorded: pages for people, and JSON.

mod action;
mod cost;
mod run;
mod tree;

pub(crate) use action::{ActionJson, Listed, action_page};
use cost::{CostJson, cost};
pub(crate) use run::{ComponentJson, RunJson, run_list, run_page};
pub(crate) use tree::{BranchJson, tree_lines};

use std::time::{Duration, SystemTime};

use flyte_host::history::StoredFailure;
use flyte_host::report::printable;
use flyte_host::run::Phase;
use unicode_width::UnicodeWidthStr as _;

/// The longest message that is shown in a list, in characters.
const LONGEST: usize = 200;

/// A moment in RFC 3339, UTC.
pub(crate) fn utc(moment: SystemTime) -> String {
    jiff::Timestamp::try_from(moment).map(|moment| moment.to_string()).unwrap_or_default()
}

/// How long ago: `3 min ago`.
pub(crate) fn ago(time: Duration) -> String {
    let seconds = time.as_secs();
    let (number, unit) = match seconds {
        0..2 => return "just now".to_owned(),
        2..60 => (seconds, "s"),
        60..3600 => (seconds / 60, "min"),
        3600..86_400 => (seconds / 3600, "h"),
        86_400..172_800 => (1, "day"),
        _ => (seconds / 86_400, "days"),
    };
    format!("{number} {unit} ago")
}

/// A number of bytes for people.
pub(crate) fn size(bytes: usize) -> String {
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} KiB", bytes.div_ceil(1024)),
        _ => format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20)),
    }
}

/// So many of something.
pub(crate) fn count(number: u64, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

/// An action's phase; of one that is not known to have ended, though its run has, that.
pub(crate) fn phase(phase: Phase, run_goes_on: bool) -> String {
    match run_goes_on || phase.is_final() {
        true => phase.to_string(),
        false => format!("{phase} when last recorded"),
    }
}

/// What a failure says, in a line.
pub(crate) fn in_a_line(failure: &StoredFailure) -> String {
    let message = printable(&failure.message).into_owned();
    let mut line = message.lines().next().unwrap_or_default().to_owned();
    if let Some((end, _)) = line.char_indices().nth(LONGEST) {
        line.truncate(end);
        line.push('…');
    }
    line
}

/// Columns, as wide as what is in them; the last may be as long as it likes.
pub(crate) fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let wide = |cell: &str, width: usize| format!("{cell}{}", " ".repeat(width.saturating_sub(cell.width())));
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| wide(cell, *width)).collect();
        cells.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_told_by_how_long_ago_they_were() {
        let told = |seconds| ago(Duration::from_secs(seconds));
        let all = [0, 5, 60, 200, 7200, 90_000, 400_000].map(told);
        assert_eq!(all, ["just now", "5 s ago", "1 min ago", "3 min ago", "2 h ago", "1 day ago", "4 days ago"]);
        assert_eq!(utc(SystemTime::UNIX_EPOCH + Duration::from_millis(1500)), "1970-01-01T00:00:01.5Z");
    }

    #[test]
    fn columns_are_as_wide_as_they_have_to_be() {
        let rows = [["A", "B"], ["long", ""], ["ü", "x"], ["日本", "y"]].map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(table(&rows), "A     B\nlong\nü     x\n日本  y");
    }
}
