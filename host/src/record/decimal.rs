//! Numbers compared exactly, whatever their size.

use std::cmp::Ordering;
use std::fmt::{self, Display, Formatter};

/// The exact value of a JSON number: `± 0.d₁d₂d₃… × 10^point`, without leading or trailing zeros among the digits.
///
/// Exponents beyond ±10^15 count as ±10^15.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decimal {
    negative: bool,
    digits: Vec<u8>,
    point: i64,
}

const LARGEST_EXPONENT: i64 = 1_000_000_000_000_000;

impl Decimal {
    /// The value of a JSON number.
    pub(crate) fn parse(text: &str) -> Self {
        let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let exponent = exponent.parse::<i64>().unwrap_or_else(|_| {
            // Too long for an i64, so it is far beyond any number in use.
            if exponent.starts_with('-') { i64::MIN } else { i64::MAX }
        });
        let exponent = exponent.clamp(-LARGEST_EXPONENT, LARGEST_EXPONENT);
        let all = whole.bytes().chain(fraction.bytes());
        let leading = all.clone().take_while(|&digit| digit == b'0').count();
        let mut digits: Vec<u8> = all.skip(leading).map(|digit| digit - b'0').collect();
        digits.truncate(digits.iter().rposition(|&digit| digit != 0).map_or(0, |last| last + 1));
        if digits.is_empty() {
            return Self { negative: false, digits, point: 0 };
        }
        let point = exponent + i64::try_from(whole.len()).unwrap_or(i64::MAX / 4)
            - i64::try_from(leading).unwrap_or(i64::MAX / 4);
        Self { negative, digits, point }
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    pub(crate) fn is_negative(&self) -> bool {
        self.negative
    }

    /// Whether it is a whole number.
    pub(crate) fn is_whole(&self) -> bool {
        i64::try_from(self.digits.len()).is_ok_and(|count| count <= self.point) || self.is_zero()
    }

    /// The divisor that [`is_multiple_of`](Self::is_multiple_of) takes; None if it is zero, negative, or has more
    /// than 18 digits.
    pub(crate) fn as_divisor(&self) -> Option<Divisor> {
        if self.negative || self.digits.is_empty() || self.digits.len() > 18 {
            return None;
        }
        let mantissa = self.digits.iter().fold(0, |value, &digit| value * 10 + u64::from(digit));
        Some(Divisor { mantissa, exponent: self.last_place() })
    }

    /// Whether it is a whole multiple of a divisor.
    pub(crate) fn is_multiple_of(&self, divisor: &Divisor) -> bool {
        let shift = self.last_place() - divisor.exponent;
        if self.is_zero() {
            return true;
        }
        if shift < 0 {
            // The digits end below the divisor's last place, and not in a zero: 10^-shift cannot divide them.
            return false;
        }
        let modulus = u128::from(divisor.mantissa);
        let rest = self.digits.iter().fold(0, |rest, &digit| (rest * 10 + u128::from(digit)) % modulus);
        (rest * power_of_ten(shift, modulus)).is_multiple_of(modulus)
    }

    /// The power of ten of the last digit.
    fn last_place(&self) -> i64 {
        self.point - i64::try_from(self.digits.len()).unwrap_or(i64::MAX / 4)
    }
}

/// A number to divide by: `mantissa × 10^exponent`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Divisor {
    mantissa: u64,
    exponent: i64,
}

/// `10^exponent` modulo a number of at most 60 bits.
fn power_of_ten(mut exponent: i64, modulus: u128) -> u128 {
    let mut power = 1 % modulus;
    let mut base = 10 % modulus;
    while exponent > 0 {
        if exponent & 1 == 1 {
            power = power * base % modulus;
        }
        base = base * base % modulus;
        exponent >>= 1;
    }
    power
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let size = |number: &Self| if number.is_zero() { i64::MIN } else { number.point };
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (negative, _) => {
                let order = size(self).cmp(&size(other)).then_with(|| self.digits.cmp(&other.digits));
                if negative { order.reverse() } else { order }
            }
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Displays a canonical form: equal numbers, equal texts.
impl Display for Decimal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(if self.negative { "-0." } else { "0." })?;
        for digit in &self.digits {
            write!(f, "{digit}")?;
        }
        write!(f, "e{}", self.point)
    }
}
