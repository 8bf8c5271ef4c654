//! Durations in attributes: `"1h30m"` as people write them, or `"PT1H30M"` as ISO 8601 has them.

/// A unit and its length in nanoseconds, longest first.
const FRIENDLY: &[(&str, u128)] = &[
    ("d", 86_400_000_000_000),
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("µs", 1_000),
    ("ns", 1),
];
const ISO_DATE: &[(&str, u128)] = &[("W", 604_800_000_000_000), ("D", 86_400_000_000_000)];
const ISO_TIME: &[(&str, u128)] = &[("H", 3_600_000_000_000), ("M", 60_000_000_000), ("S", 1_000_000_000)];

/// A duration in nanoseconds.
///
/// # Errors
/// One line that says what is wrong with it.
pub(crate) fn nanoseconds(text: &str) -> Result<u64, String> {
    let total = match text.strip_prefix('P') {
        Some(iso) => {
            let (date, time) = match iso.split_once('T') {
                Some((_, "")) => return Err("nothing follows the `T`".into()),
                Some((date, time)) => (date, time),
                None => (iso, ""),
            };
            if iso.is_empty() {
                return Err("nothing follows the `P`".into());
            }
            if date.contains(['Y', 'M']) {
                return Err("years and months have no fixed length".into());
            }
            sum(date, ISO_DATE)?.checked_add(sum(time, ISO_TIME)?)
        }
        None if text.is_empty() => return Err("an empty duration".into()),
        None => Some(sum(text, FRIENDLY)?),
    };
    total.and_then(|total| u64::try_from(total).ok()).ok_or_else(|| "longer than 584 years".into())
}

/// The sum of the parts of `text`, each a number and a unit; a unit is never longer than the one before it.
fn sum(mut text: &str, units: &[(&str, u128)]) -> Result<u128, String> {
    let mut total = 0u128;
    let mut shortest = u128::MAX;
    while !text.is_empty() {
        let number_len = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (number, rest) = text.split_at(number_len);
        let unit_len = rest.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(rest.len());
        let (unit, rest) = rest.split_at(unit_len);
        let unit = unit.trim();
        if number.is_empty() {
            return Err(format!("a number is missing before `{unit}`"));
        }
        if unit.is_empty() {
            return Err(format!("`{number}` has no unit"));
        }
        let length = units.iter().find(|(name, _)| *name == unit).map(|(_, length)| *length);
        let length = length.ok_or_else(|| format!("unknown unit `{unit}`"))?;
        if length >= shortest {
            return Err(format!("`{unit}` comes after a unit that is not longer"));
        }
        shortest = length;
        total = scaled(number, length)
            .and_then(|part| total.checked_add(part))
            .ok_or_else(|| format!("`{number}` is not a number of {unit}"))?;
        text = rest.trim_start();
    }
    Ok(total)
}

/// `number * length`, where `number` may have a fraction down to a nanosecond.
fn scaled(number: &str, length: u128) -> Option<u128> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    if fraction.is_empty() || fraction.len() > 18 {
        return None;
    }
    let whole = whole.parse::<u64>().ok()?;
    let fraction_value = fraction.parse::<u64>().ok()?;
    let fraction_scale = 10u128.pow(u32::try_from(fraction.len()).ok()?);
    let product = u128::from(fraction_value) * length;
    product.is_multiple_of(fraction_scale).then(|| u128::from(whole) * length + product / fraction_scale)
}

#[cfg(test)]
mod tests {
    use super::nanoseconds;

    #[test]
    fn both_notations_give_nanoseconds() {
        let cases = [
            ("100ms", 100_000_000),
            ("5s", 5_000_000_000),
            ("2m", 120_000_000_000),
            ("1h30m", 5_400_000_000_000),
            ("1h 30m", 5_400_000_000_000),
            ("1.5s", 1_500_000_000),
            ("3us", 3_000),
            ("3µs", 3_000),
            ("1d", 86_400_000_000_000),
            ("PT5S", 5_000_000_000),
            ("PT0.1S", 100_000_000),
            ("P1DT1H30M", 91_800_000_000_000),
            ("P1W", 604_800_000_000_000),
        ];
        for (text, expected) in cases {
            assert_eq!(nanoseconds(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn mistakes_are_named() {
        let cases = [
            ("", "an empty duration"),
            ("5", "`5` has no unit"),
            ("s", "a number is missing before `s`"),
            ("5 sec", "unknown unit `sec`"),
            ("1m1h", "`h` comes after a unit that is not longer"),
            ("1s1s", "`s` comes after a unit that is not longer"),
            ("1.2.3s", "`1.2.3` is not a number of s"),
            ("0.5ns", "`0.5` is not a number of ns"),
            ("-5s", "a number is missing before `-`"),
            ("P", "nothing follows the `P`"),
            ("PT", "nothing follows the `T`"),
            ("P1M", "years and months have no fixed length"),
            ("999999999d", "longer than 584 years"),
        ];
        for (text, expected) in cases {
            assert_eq!(nanoseconds(text), Err(expected.to_owned()), "{text}");
        }
    }
}
