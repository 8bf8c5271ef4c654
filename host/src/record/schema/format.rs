//! The string formats that are asserted.
//!
//! The checks are light: they refuse what is certainly not of the format (a word for a date, a 13th month), and leave
//! the calendar and the time zones to the guest's own types.

/// A string format that is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StringFormat {
    DateTime,
    Date,
    Time,
    Duration,
    /// `contentEncoding: base64`: the standard alphabet with padding.
    Base64,
}

impl StringFormat {
    /// The format of that name, if it is one that is checked. `partial-…` and `zoned-…` are what `schemars` gives to
    /// `jiff`'s civil and zoned types.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "date-time" | "partial-date-time" | "zoned-date-time" => Some(Self::DateTime),
            "date" => Some(Self::Date),
            "time" | "partial-time" => Some(Self::Time),
            "duration" => Some(Self::Duration),
            _ => None,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::DateTime => "date-time",
            Self::Date => "date",
            Self::Time => "time",
            Self::Duration => "duration",
            Self::Base64 => "base64",
        }
    }

    /// What is expected, with an example.
    pub(crate) fn phrase(self) -> &'static str {
        match self {
            Self::DateTime => "a date-time such as `2025-01-31T09:30:00Z`",
            Self::Date => "a date such as `2025-01-31`",
            Self::Time => "a time such as `09:30:00`",
            Self::Duration => "an ISO 8601 duration such as `PT1H30M`",
            Self::Base64 => "base64 (RFC 4648, with padding)",
        }
    }

    /// Whether a string is of the format, as far as this looks:
    /// - a date is `YYYY-MM-DD` (or a signed six-digit year), month 1 to 12, day 1 to 31;
    /// - a time is `HH:MM`, `HH:MM:SS` or with a fraction, each in range, with or without `Z` or an offset;
    /// - a date-time is a date, `T` or a blank, and a time, perhaps followed by a zone in brackets;
    /// - a duration is `P` and numbers with units in the order Y M W D T H M S;
    /// - base64 is the standard alphabet in groups of four, without bits that no byte has.
    pub(crate) fn matches(self, text: &str) -> bool {
        match self {
            Self::Date => date(text.as_bytes()).is_some_and(<[u8]>::is_empty),
            Self::Time => time(text.as_bytes()).is_some_and(<[u8]>::is_empty),
            Self::DateTime => date_time(text.as_bytes()).is_some(),
            Self::Duration => duration(text.as_bytes()).is_some(),
            Self::Base64 => base64(text.as_bytes()),
        }
    }
}

/// Reads a number of exactly so many digits within a range; gives what follows.
fn digits(text: &[u8], count: usize, least: u32, most: u32) -> Option<&[u8]> {
    let (number, rest) = text.split_at_checked(count)?;
    let value = number.iter().try_fold(0, |value, &byte| Some(value * 10 + char::from(byte).to_digit(10)?))?;
    (least..=most).contains(&value).then_some(rest)
}

fn after<'t>(text: &'t [u8], any_of: &[u8]) -> Option<&'t [u8]> {
    let (first, rest) = text.split_first()?;
    any_of.contains(first).then_some(rest)
}

fn date(text: &[u8]) -> Option<&[u8]> {
    let rest = match after(text, b"+-") {
        Some(year) => digits(year, 6, 0, 999_999)?,
        None => digits(text, 4, 0, 9999)?,
    };
    let rest = digits(after(rest, b"-")?, 2, 1, 12)?;
    digits(after(rest, b"-")?, 2, 1, 31)
}

fn time(text: &[u8]) -> Option<&[u8]> {
    let rest = digits(text, 2, 0, 23)?;
    let mut rest = digits(after(rest, b":")?, 2, 0, 59)?;
    if let Some(seconds) = after(rest, b":") {
        // 60 is a leap second.
        rest = digits(seconds, 2, 0, 60)?;
        if let Some(fraction) = after(rest, b".,") {
            let length = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
            rest = (length > 0).then(|| &fraction[length..])?;
        }
    }
    if let Some(rest) = after(rest, b"Zz") {
        return Some(rest);
    }
    if let Some(offset) = after(rest, b"+-") {
        let mut rest = digits(offset, 2, 0, 25)?;
        for _ in 0..2 {
            match after(rest, b":").or_else(|| rest.first().filter(|byte| byte.is_ascii_digit()).map(|_| rest)) {
                Some(minutes) => rest = digits(minutes, 2, 0, 59)?,
                None => break,
            }
        }
        return Some(rest);
    }
    Some(rest)
}

fn date_time(text: &[u8]) -> Option<()> {
    let rest = time(after(date(text)?, b"Tt ")?)?;
    (rest.is_empty() || (rest.starts_with(b"[") && rest.ends_with(b"]"))).then_some(())
}

fn duration(text: &[u8]) -> Option<()> {
    let text = after(text, b"+-").unwrap_or(text);
    let mut rest = after(text, b"Pp")?;
    let mut units: &[u8] = b"YMWD";
    let mut any = false;
    let mut in_time = false;
    while !rest.is_empty() {
        if !in_time && let Some(time) = after(rest, b"Tt") {
            (rest, units, in_time, any) = (time, b"HMS", true, false);
            continue;
        }
        let length = rest.iter().take_while(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b',')).count();
        let (number, unit) = rest.split_at(length);
        let points = number.iter().filter(|byte| !byte.is_ascii_digit()).count();
        if !number.first()?.is_ascii_digit() || !number.last()?.is_ascii_digit() || points > 1 {
            return None;
        }
        let (unit, behind) = unit.split_first()?;
        let place = units.iter().position(|candidate| candidate.eq_ignore_ascii_case(unit))?;
        units = &units[place + 1..];
        any = true;
        rest = behind;
    }
    any.then_some(())
}

fn base64(text: &[u8]) -> bool {
    let padding = text.iter().rev().take_while(|&&byte| byte == b'=').count();
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let Some(digits) = text.get(..text.len() - padding).filter(|_| text.len().is_multiple_of(4) && padding <= 2)
    else {
        return false;
    };
    // The bits of the last digit that are beyond the last byte: of two texts for the same bytes, one is right.
    let is_whole = match (padding, digits.last()) {
        (1, Some(last)) => b"AEIMQUYcgkosw048".contains(last),
        (2, Some(last)) => b"AQgw".contains(last),
        _ => true,
    };
    is_whole && digits.iter().all(is_digit)
}
