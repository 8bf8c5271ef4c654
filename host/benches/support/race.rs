//! Contenders that take turns: whatever else the machine does then slows all of them alike, and the median of their
//! ratios tells more than any of their times.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

use super::machine;

/// How long a contender's turn is, about.
const TURN: Duration = Duration::from_millis(15);

/// Something that is timed: it does what it does so many times.
pub(crate) struct Contender<'a> {
    go: Box<dyn FnMut(usize) + 'a>,
    times: usize,
}

/// The clock that times a race.
#[derive(Clone, Copy)]
pub(crate) enum Clock {
    /// The time this process had on the processors: for those who use one thread and wait for nobody. What else the
    /// machine does is not in it.
    Processor,
    /// The time that went by.
    Wall,
}

/// What a contender took in each round.
#[derive(Default)]
pub(crate) struct Rounds(Vec<Cost>);

/// What one time costs.
#[derive(Clone, Copy)]
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
                return Self::of(times, go);
            }
            times *= if took < TURN / 8 { 4 } else { 2 };
        }
    }

    /// Whatever `go` does, `times` times in one turn.
    pub(crate) fn of(times: usize, go: impl FnMut(usize) + 'a) -> Self {
        Self { go: Box::new(go), times }
    }

    fn turn(&mut self, clock: Clock) -> Cost {
        let faults = machine::faults();
        let start = clock.now();
        (self.go)(self.times);
        let time = (clock.now() - start).as_secs_f64();
        let n = self.times as f64;
        Cost { time: time / n, faults: (machine::faults() - faults) as f64 / n }
    }
}

impl Clock {
    fn now(self) -> Duration {
        let id = match self {
            Self::Processor => ClockId::ProcessCPUTime,
            Self::Wall => ClockId::Monotonic,
        };
        clock_gettime(id).try_into().unwrap()
    }
}

impl Rounds {
    /// The median of what one time costs.
    pub(crate) fn cost(&self) -> Cost {
        Cost {
            time: median(self.0.iter().map(|cost| cost.time)),
            faults: median(self.0.iter().map(|cost| cost.faults)),
        }
    }

    /// How many times as long as one time of `other`, which was in the same race: the median.
    pub(crate) fn times_that_of(&self, other: &Self) -> f64 {
        median(self.0.iter().zip(&other.0).map(|(own, other)| own.time / other.time))
    }
}

/// So many rounds of these.
pub(crate) fn race<const N: usize>(clock: Clock, rounds: usize, mut contenders: [Contender<'_>; N]) -> [Rounds; N] {
    let mut taken = [(); N].map(|()| Rounds::default());
    for round in 0..rounds {
        // Each is first as often as last: who comes after whom matters to caches.
        for place in 0..N {
            let next = (round + place) % N;
            taken[next].0.push(contenders[next].turn(clock));
        }
    }
    taken
}

/// The middle one.
fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
