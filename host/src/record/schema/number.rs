//! What a schema demands of numbers.

use crate::record::cut;
use crate::record::decimal::{Decimal, Divisor};

/// The demands on a number.
#[derive(Debug)]
pub(crate) struct NumberRules {
    /// Only whole numbers, written as such.
    pub(crate) whole: bool,
    pub(crate) format: Option<NumberFormat>,
    pub(crate) low: Option<Bound>,
    pub(crate) high: Option<Bound>,
    pub(crate) multiple: Option<(Divisor, Box<str>)>,
    /// Whole numbers from the first to the second conform, as far as an `i64` of 18 digits can tell: the hot path.
    pub(crate) fast: (i64, i64),
}

/// A smallest or a largest value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bound {
    pub(crate) value: Decimal,
    /// As the schema writes it.
    pub(crate) text: Box<str>,
    /// Whether the value itself is out of range.
    pub(crate) exclusive: bool,
}

/// A numeric `format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NumberFormat {
    /// A whole number of so many bits; its name, smallest and largest value.
    Whole(&'static str, &'static str, &'static str),
    /// IEEE 754 binary32.
    Float,
    /// IEEE 754 binary64.
    Double,
}

/// Numbers of so many digits fit an `i64` with room to spare.
pub(crate) const FAST_DIGITS: usize = 18;
const FAST_LIMIT: i64 = 999_999_999_999_999_999;

/// `int` and `uint` (Rust's `isize` and `usize`) count as 64 bits: what fewer hold, only the guest knows.
const WHOLE: [NumberFormat; 12] = [
    NumberFormat::Whole("int8", "-128", "127"),
    NumberFormat::Whole("int16", "-32768", "32767"),
    NumberFormat::Whole("int32", "-2147483648", "2147483647"),
    NumberFormat::Whole("int64", "-9223372036854775808", "9223372036854775807"),
    NumberFormat::Whole(
        "int128",
        "-170141183460469231731687303715884105728",
        "170141183460469231731687303715884105727",
    ),
    NumberFormat::Whole("int", "-9223372036854775808", "9223372036854775807"),
    NumberFormat::Whole("uint8", "0", "255"),
    NumberFormat::Whole("uint16", "0", "65535"),
    NumberFormat::Whole("uint32", "0", "4294967295"),
    NumberFormat::Whole("uint64", "0", "18446744073709551615"),
    NumberFormat::Whole("uint128", "0", "340282366920938463463374607431768211455"),
    NumberFormat::Whole("uint", "0", "18446744073709551615"),
];

impl NumberFormat {
    /// The format of that name, if it is one that is known.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "float" => Some(Self::Float),
            "double" => Some(Self::Double),
            _ => WHOLE.into_iter().find(|format| format.name() == name),
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Whole(name, ..) => name,
            Self::Float => "float",
            Self::Double => "double",
        }
    }
}

impl Bound {
    pub(crate) fn new(text: &str, exclusive: bool) -> Self {
        Self { value: Decimal::parse(text), text: text.into(), exclusive }
    }

    /// The tighter of two lower bounds.
    pub(crate) fn higher(self, other: Self) -> Self {
        if (&other.value, other.exclusive) > (&self.value, self.exclusive) { other } else { self }
    }

    /// The tighter of two upper bounds.
    pub(crate) fn lower(self, other: Self) -> Self {
        if (&other.value, !other.exclusive) < (&self.value, !self.exclusive) { other } else { self }
    }
}

impl NumberRules {
    pub(crate) fn new(
        whole: bool,
        format: Option<NumberFormat>,
        low: Option<Bound>,
        high: Option<Bound>,
        multiple: Option<(Divisor, Box<str>)>,
    ) -> Self {
        let (low, high) = match format {
            Some(NumberFormat::Whole(_, least, most)) => (
                Some(low.into_iter().fold(Bound::new(least, false), Bound::higher)),
                Some(high.into_iter().fold(Bound::new(most, false), Bound::lower)),
            ),
            _ => (low, high),
        };
        let mut rules = Self { whole, format, low, high, multiple, fast: (1, 0) };
        rules.fast = rules.fast_range().unwrap_or((1, 0));
        rules
    }

    fn fast_range(&self) -> Option<(i64, i64)> {
        if self.multiple.is_some() {
            return None;
        }
        let limit = |bound: &Bound, inward: i64| {
            let end = if bound.value.is_negative() { -FAST_LIMIT } else { FAST_LIMIT };
            let beyond = bound.value.is_whole() && bound.text.len() > FAST_DIGITS;
            let value = bound.text.parse::<i64>().ok().or(beyond.then_some(end))?.clamp(-FAST_LIMIT, FAST_LIMIT);
            Some(if bound.exclusive { value + inward } else { value })
        };
        let low = self.low.as_ref().map_or(Some(-FAST_LIMIT), |bound| limit(bound, 1))?;
        let high = self.high.as_ref().map_or(Some(FAST_LIMIT), |bound| limit(bound, -1))?;
        Some((low, high))
    }

    /// Whether a value lies within both bounds.
    pub(crate) fn in_range(&self, value: &Decimal) -> bool {
        self.low.as_ref().is_none_or(|low| *value > low.value || (!low.exclusive && *value == low.value))
            && self
                .high
                .as_ref()
                .is_none_or(|high| *value < high.value || (!high.exclusive && *value == high.value))
    }

    /// The range as a phrase: `0 to 255`, `at least 1`, `more than 0`.
    pub(crate) fn range(&self) -> Option<String> {
        let text = |bound: &Bound| cut::name(&bound.text).into_owned();
        match (&self.low, &self.high) {
            (None, None) => None,
            (Some(low), None) => {
                Some(format!("{} {}", if low.exclusive { "more than" } else { "at least" }, text(low)))
            }
            (None, Some(high)) => {
                Some(format!("{} {}", if high.exclusive { "less than" } else { "at most" }, text(high)))
            }
            (Some(low), Some(high)) if !low.exclusive && !high.exclusive => {
                Some(format!("{} to {}", text(low), text(high)))
            }
            (Some(low), Some(high)) => Some(format!(
                "{} {}, {} {}",
                if low.exclusive { "more than" } else { "at least" },
                text(low),
                if high.exclusive { "less than" } else { "at most" },
                text(high)
            )),
        }
    }

    /// Whether these rules allow every value in the range of the others.
    pub(crate) fn range_includes(&self, other: &Self) -> bool {
        let low = self.low.as_ref().is_none_or(|mine| {
            other.low.as_ref().is_some_and(|its| {
                its.value > mine.value || (its.value == mine.value && (its.exclusive || !mine.exclusive))
            })
        });
        let high = self.high.as_ref().is_none_or(|mine| {
            other.high.as_ref().is_some_and(|its| {
                its.value < mine.value || (its.value == mine.value && (its.exclusive || !mine.exclusive))
            })
        });
        low && high
    }

    /// Whether no value is in both ranges.
    pub(crate) fn range_excludes(&self, other: &Self) -> bool {
        let apart = |high: &Option<Bound>, low: &Option<Bound>| match (high, low) {
            (Some(high), Some(low)) => high.value < low.value,
            _ => false,
        };
        apart(&self.high, &other.low) || apart(&other.high, &self.low)
    }
}
