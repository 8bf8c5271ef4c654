//! The rows as a table for people, in a terminal or on a page.

use super::row::{Row, Target, bytes, three_digits};

const HEAD: [&str; 7] = ["case", "figure", "is", "at most", "met", "faults", "peak"];

/// A table whose columns are aligned.
pub(crate) fn aligned(rows: &[Row]) -> String {
    let lines: Vec<[String; 7]> = std::iter::once(HEAD.map(str::to_owned)).chain(rows.iter().map(cells)).collect();
    let mut widths = [0; 7];
    for line in &lines {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut text = String::new();
    for (at, line) in lines.iter().enumerate() {
        let padded = line.iter().zip(widths).enumerate().map(|(column, (cell, width))| match column {
            0 | 2 => format!("{cell:<width$}"),
            _ => format!("{cell:>width$}"),
        });
        text.push_str(padded.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
        if at == 0 {
            continue;
        }
        if let Some(note) = &rows[at - 1].note {
            text.push_str(&format!("    {note}\n"));
        }
    }
    text
}

/// A table in Markdown.
pub(crate) fn markdown(rows: &[Row]) -> String {
    let mut text = format!("| {} |\n|---|--:|---|--:|---|--:|--:|\n", HEAD.join(" | "));
    for row in rows {
        let mut cells = cells(row);
        if let Some(note) = &row.note {
            cells[0].push_str(&format!(" ({note})"));
        }
        text.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    text
}

fn cells(row: &Row) -> [String; 7] {
    let met = match row.met() {
        Some(true) => "yes",
        Some(false) => "no",
        None if row.target.is_some() => "?",
        None => "",
    };
    let ratios: Vec<String> =
        row.ratios.iter().map(|ratio| format!("{} × {}", three_digits(ratio.times), ratio.what)).collect();
    [
        row.name.clone(),
        row.figure.map_or_else(|| "not measured".to_owned(), |figure| figure.text()),
        ratios.join(", "),
        row.target.map(|target| limits(row, target)).unwrap_or_default(),
        met.to_owned(),
        row.faults.map(|faults| format!("{faults:.1}")).unwrap_or_default(),
        row.peak.map(|peak| bytes(peak as f64)).unwrap_or_default(),
    ]
}

fn limits(row: &Row, target: Target) -> String {
    let parts = [
        target.ratio.map(|most| format!("{} ×", (most * 100.0).round() / 100.0)),
        target.figure.and_then(|most| row.figure.map(|figure| figure.text_of(most))),
        target.peak.map(|most| bytes(most as f64)),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
