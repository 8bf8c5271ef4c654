//! Spans of time and sizes of memory, as options take them.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// The most memory that can be granted, in bytes: all that a 32-bit guest can address.
const MOST_MEMORY: u64 = 4 << 30;

/// Reads `500ms`, `30s`, `1.5h` or several of these in a row: `1h30m`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is no span of time; write 500ms, 30s, 5m, 1h30m");
    let mut rest = text.trim();
    let mut total = Duration::ZERO;
    if rest.is_empty() {
        return Err(wrong());
    }
    while !rest.is_empty() {
        let number = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').len();
        let (digits, tail) = rest.split_at(number);
        let unit = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(unit);
        let digits: f64 = digits.parse().map_err(|_| wrong())?;
        let seconds = match unit {
            "ms" => digits / 1e3,
            "s" => digits,
            "m" | "min" => digits * 60.0,
            "h" => digits * 3600.0,
            "d" => digits * 86_400.0,
            "" => return Err(format!("`{text}` has no unit; write 500ms, 30s, 5m, 1h30m")),
            _ => return Err(wrong()),
        };
        let span = Duration::try_from_secs_f64(seconds).map_err(|_| format!("`{text}` is too long"))?;
        total = total.checked_add(span).ok_or_else(|| format!("`{text}` is too long"))?;
        rest = tail.trim_start();
    }
    if total.is_zero() { Err("it must be longer than zero".to_owned()) } else { Ok(total) }
}

/// A number of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bytes(pub usize);

const UNITS: [(&str, u64); 10] = [
    ("TiB", 1 << 40),
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("TB", 1_000_000_000_000),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("kB", 1000),
    ("KB", 1000),
    ("B", 1),
];

/// Reads a number with a unit or without; `None` where it is more than can be counted.
fn size(text: &str) -> Result<Option<u64>, String> {
    let wrong = || format!("`{text}` is no size; write 256MiB, 1GiB, 500MB, or a number of bytes");
    let text = text.trim();
    let unit = UNITS.iter().find_map(|(unit, factor)| Some((text.strip_suffix(unit)?, *factor)));
    let (number, factor) = unit.unwrap_or((text, 1));
    let number: u64 = number.trim_end().parse().map_err(|_| wrong())?;
    Ok(number.checked_mul(factor))
}

impl FromStr for Bytes {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match size(text)? {
            Some(0) => Err("it must be more than nothing".to_owned()),
            Some(bytes) if bytes <= MOST_MEMORY => {
                usize::try_from(bytes).map(Self).map_err(|_| "it is more than this machine can address".to_owned())
            }
            _ => Err("it is more than 4GiB, and a guest cannot address more".to_owned()),
        }
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        DiskSize(self.0 as u64).fmt(f)
    }
}

/// A number of bytes on a disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DiskSize(pub u64);

/// Reads a number of bytes, of which there may be none.
pub(crate) fn disk_size(text: &str) -> Result<DiskSize, String> {
    size(text)?.map(DiskSize).ok_or_else(|| format!("`{text}` is more than can be counted"))
}

impl fmt::Display for DiskSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.0;
        let unit = UNITS.iter().find(|(unit, factor)| unit.ends_with("iB") && bytes.is_multiple_of(*factor));
        match unit {
            Some((unit, factor)) => write!(f, "{}{unit}", bytes / factor),
            None => write!(f, "{bytes}B"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_units() {
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("1.5s"), Ok(Duration::from_millis(1500)));
        assert_eq!(duration("1h30m"), Ok(Duration::from_secs(5400)));
        for wrong in ["", "5", "s", "-1s", "1x", "1..2s", "0s", "1e9d", "99999999999999999999d"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn sizes_are_read_as_they_are_shown() {
        for text in ["256MiB", "1GiB", "64KiB", "1000B"] {
            assert_eq!(text.parse::<Bytes>().unwrap().to_string(), text);
        }
        assert_eq!("2MB".parse(), Ok(Bytes(2_000_000)));
        assert_eq!("65536".parse(), Ok(Bytes(65_536)));
        for wrong in ["", "MiB", "-1", "0", "1.5GiB", "5GiB", "99999999999999999999"] {
            assert!(wrong.parse::<Bytes>().is_err(), "{wrong}");
        }
        assert!("1TiB".parse::<Bytes>().unwrap_err().contains("more than 4GiB"));
        assert_eq!(disk_size("20GiB").unwrap().to_string(), "20GiB");
        assert_eq!(disk_size("0"), Ok(DiskSize(0)));
        assert!(disk_size("99999999TiB").is_err());
    }
}
