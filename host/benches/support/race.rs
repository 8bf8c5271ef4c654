//! Contenders that take turns: whatever else the machine does then slows all of them alike, and the median of their
//! ratios tells more than any of their times.

use std::time::{Duration, Instant};

use super::machine;

/// How long a contender's turn is, about.
const TURN: Duration = Duration::from_millis(15);

/// Something that is timed: it does what it does so many times.
pub(crate) struct Contender<'a> {
    go: Box<dyn FnMut(usize) + 'a>,
    times: usize,
    rounds: Vec<Cost>,
}

/// What one time costs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    /// In seconds.
    pub(crate) time: f64,
    /// Page faults that needed no disk.
    pub(crate) faults: f64,
}

impl<'a> Contender<'a> {
    /// Whatever `go` does so many times in one turn as its turn is long.
    pub(crate) fn new(mut go: impl FnMut(usize) + 'a) -> Self {
        let mut times = 1;
        loop {
            let start = Instant::now();
            go(times);
            let took = start.elapsed();
            if took >= TURN {
                break;
            }
            // Twice at least: the first tries are slow.
            times = if took < TURN / 8 { times * 4 } else { times * 2 };
        }
        Self::of(times, go)
    }

    /// Whatever `go` does, `times` times in one turn.
    pub(crate) fn of(times: usize, go: impl FnMut(usize) + 'a) -> Self {
        Self { go: Box::new(go), times, rounds: Vec::new() }
    }

    fn turn(&mut self) {
        let faults = machine::faults();
        let start = Instant::now();
        (self.go)(self.times);
        let time = start.elapsed().as_secs_f64();
        let n = self.times as f64;
        self.rounds.push(Cost { time: time / n, faults: (machine::faults() - faults) as f64 / n });
    }

    /// The median of what one time costs.
    pub(crate) fn cost(&self) -> Cost {
        Cost {
            time: median(self.rounds.iter().map(|cost| cost.time)),
            faults: median(self.rounds.iter().map(|cost| cost.faults)),
        }
    }

    /// How many times as long as one time of `other`, which took its turns in the same race: the median.
    pub(crate) fn times_that_of(&self, other: &Self) -> f64 {
        median(self.rounds.iter().zip(&other.rounds).map(|(own, other)| own.time / other.time))
    }
}

/// So many rounds.
pub(crate) fn race(rounds: usize, contenders: &mut [&mut Contender<'_>]) {
    for round in 0..rounds {
        // Each is first as often as last: who comes after whom matters to caches.
        let shift = round % contenders.len();
        contenders.rotate_left(shift);
        for contender in &mut *contenders {
            contender.turn();
        }
    }
}

/// The middle one.
pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
