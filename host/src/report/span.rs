//! Spans of time for people.

use std::time::Duration;

/// A span of time to about three digits: `850µs`, `12.5ms`, `1.25s`, `2m 5s`, `3h 20m`.
#[must_use]
pub fn span(time: Duration) -> String {
    let seconds = time.as_secs();
    match (seconds, time.as_micros()) {
        (0, 0..1000) => format!("{}µs", time.as_micros()),
        (0, _) => format!("{}ms", three_digits(time.as_secs_f64() * 1e3)),
        (1..60, _) => format!("{}s", three_digits(time.as_secs_f64())),
        (60..3600, _) => pair(seconds / 60, "m", seconds % 60, "s"),
        _ => pair(seconds / 3600, "h", seconds % 3600 / 60, "m"),
    }
}

/// With as many decimals as three digits leave, and no zeros at the end of them.
fn three_digits(number: f64) -> String {
    let decimals = match number {
        ..10.0 => 2,
        ..100.0 => 1,
        _ => 0,
    };
    let text = format!("{number:.decimals$}");
    if decimals == 0 { text } else { text.trim_end_matches('0').trim_end_matches('.').to_owned() }
}

fn pair(large: u64, large_unit: &str, small: u64, small_unit: &str) -> String {
    match small {
        0 => format!("{large}{large_unit}"),
        _ => format!("{large}{large_unit} {small}{small_unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_read_naturally() {
        let text = |micros| span(Duration::from_micros(micros));
        assert_eq!(text(0), "0µs");
        assert_eq!(text(850), "850µs");
        assert_eq!(text(12_500), "12.5ms");
        assert_eq!(text(100_000), "100ms");
        assert_eq!(text(1_250_000), "1.25s");
        assert_eq!(text(30_000_000), "30s");
        assert_eq!(text(125_000_000), "2m 5s");
        assert_eq!(text(7_200_000_000), "2h");
    }
}
