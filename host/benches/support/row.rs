//! One figure of the table, and what it is measured against.

use serde::{Deserialize, Serialize};

use super::machine;
use super::race::Rounds;

/// One line of the table.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Row {
    /// What was measured.
    pub(crate) name: String,
    /// The figure; `None` where it could not be measured, and the note tells why.
    pub(crate) figure: Option<Figure>,
    /// How many times something else it is; a target is for the first.
    pub(crate) ratios: Vec<Ratio>,
    /// At most this.
    pub(crate) target: Option<Target>,
    /// Page faults of each time, where they were counted.
    pub(crate) faults: Option<f64>,
    /// The most memory the process had that measured it, in bytes.
    pub(crate) peak: Option<u64>,
    /// What else is to be known.
    pub(crate) note: Option<String>,
}

/// An amount with its unit.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(tag = "unit", content = "value", rename_all = "snake_case")]
pub(crate) enum Figure {
    /// How long it takes.
    Seconds(f64),
    /// How much memory it takes.
    Bytes(u64),
}

/// How the figure relates to another one of the same run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Ratio {
    pub(crate) times: f64,
    pub(crate) what: String,
}

/// What is to be reached: all that is given.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(crate) struct Target {
    /// The ratio is at most this.
    pub(crate) ratio: Option<f64>,
    /// The figure is at most this, in its own unit.
    pub(crate) figure: Option<f64>,
    /// The peak is at most this, in bytes.
    pub(crate) peak: Option<u64>,
}

impl Row {
    /// A row whose peak is that of this process so far.
    pub(crate) fn new(name: impl Into<String>, figure: Figure) -> Self {
        let (name, peak) = (name.into(), machine::peak_memory());
        Self { name, figure: Some(figure), ratios: Vec::new(), target: None, faults: None, peak, note: None }
    }

    /// What one time of a contender costs.
    pub(crate) fn of(name: impl Into<String>, rounds: &Rounds) -> Self {
        let cost = rounds.cost();
        Self { faults: Some(cost.faults), ..Self::new(name, Figure::Seconds(cost.time)) }
    }

    /// What could not be measured.
    pub(crate) fn missing(name: impl Into<String>, why: impl Into<String>) -> Self {
        Self { figure: None, peak: None, ..Self::new(name, Figure::Seconds(0.0)) }.note(why)
    }

    pub(crate) fn over(mut self, times: f64, what: impl Into<String>) -> Self {
        self.ratios.push(Ratio { times, what: what.into() });
        self
    }

    pub(crate) fn target(mut self, target: Target) -> Self {
        self.target = Some(target);
        self
    }

    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    pub(crate) fn peak(mut self, peak: Option<u64>) -> Self {
        self.peak = peak;
        self
    }

    /// Whether the target is reached; `None` without one, or where a part of it was not measured.
    pub(crate) fn met(&self) -> Option<bool> {
        let Target { ratio, figure, peak } = self.target?;
        let parts = [
            ratio.map(|most| self.ratios.first().map(|ratio| ratio.times <= most)),
            figure.map(|most| self.figure.map(|figure| figure.value() <= most)),
            peak.map(|most| self.peak.map(|peak| peak <= most)),
        ];
        parts.into_iter().flatten().try_fold(true, |met, part| Some(met && part?))
    }
}

impl Target {
    pub(crate) fn ratio(most: f64) -> Self {
        Self { ratio: Some(most), ..Self::default() }
    }
}

impl Figure {
    /// The bare number.
    pub(crate) fn value(self) -> f64 {
        match self {
            Self::Seconds(value) => value,
            Self::Bytes(value) => value as f64,
        }
    }

    /// For people.
    pub(crate) fn text(self) -> String {
        self.text_of(self.value())
    }

    /// Another amount of the same unit, for people.
    pub(crate) fn text_of(self, value: f64) -> String {
        match self {
            Self::Seconds(_) => time(value),
            Self::Bytes(_) => bytes(value),
        }
    }
}

fn time(seconds: f64) -> String {
    let (value, unit) = match seconds {
        s if s < 1e-6 => (s * 1e9, "ns"),
        s if s < 1e-3 => (s * 1e6, "µs"),
        s if s < 1.0 => (s * 1e3, "ms"),
        s => (s, "s"),
    };
    format!("{} {unit}", three_digits(value))
}

/// For people.
pub(crate) fn bytes(bytes: f64) -> String {
    let (value, unit) = match bytes {
        b if b < 1024.0 * 1024.0 => (b / 1024.0, "KiB"),
        b if b < 1024.0 * 1024.0 * 1024.0 => (b / 1024.0 / 1024.0, "MiB"),
        b => (b / 1024.0 / 1024.0 / 1024.0, "GiB"),
    };
    format!("{} {unit}", three_digits(value))
}

/// The first three digits of it; more than that is noise.
pub(crate) fn three_digits(value: f64) -> String {
    match value {
        v if v < 10.0 => format!("{v:.2}"),
        v if v < 100.0 => format!("{v:.1}"),
        v => format!("{v:.0}"),
    }
}
