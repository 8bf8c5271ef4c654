//! Ctrl-C, SIGTERM and SIGHUP: the first aborts what runs, the second ends the program at once.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use flyte_host::build::{BuildError, Stop};
use flyte_host::run::{AbortHandle, Run};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::diagnosis::Diagnosis;
use crate::exit::Exit;
use crate::printer::Printer;

/// Listens for signals, on a thread of its own: it is heard also while everything else is busy or blocked.
#[derive(Clone, Default)]
pub(crate) struct Interrupts(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// Aborts the run that goes on.
    run: Option<AbortHandle>,
    /// Ends the build that goes on.
    build: Option<Stop>,
    /// The signal that came.
    signalled: Option<Exit>,
}

impl Interrupts {
    /// Starts to listen.
    pub(crate) fn listen(printer: Printer) -> Result<Self, Diagnosis> {
        let failed =
            |error: std::io::Error| Diagnosis::new(Exit::HostFault, "cannot listen for signals").cause(error);
        let interrupts = Self::default();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().map_err(failed)?;
        let signals = {
            let _context = runtime.enter();
            Signals {
                int: signal(SignalKind::interrupt()).map_err(failed)?,
                term: signal(SignalKind::terminate()).map_err(failed)?,
                hup: is_hangup_heard().then(|| signal(SignalKind::hangup())).transpose().map_err(failed)?,
            }
        };
        let state = interrupts.clone();
        let listen = move || runtime.block_on(listen(signals, &state, printer));
        thread::Builder::new().name("signals".to_owned()).spawn(listen).map_err(failed)?;
        Ok(interrupts)
    }

    /// Starts a run, which the first signal aborts however soon it comes: until it is known whom to abort, signals wait.
    pub(crate) fn abortable(&self, start: impl FnOnce() -> Run) -> Run {
        let mut state = self.state();
        let run = start();
        if state.signalled.is_some() {
            run.abort();
        }
        state.run = Some(run.abort_handle());
        run
    }

    /// Builds something, unless a signal came or comes before that is done.
    ///
    /// # Errors
    /// Those of `build`, and [`BuildError::Stopped`].
    pub(crate) fn stoppable<T>(&self, build: impl FnOnce(&Stop) -> Result<T, BuildError>) -> Result<T, BuildError> {
        let stop = Stop::default();
        self.stop_with(Some(stop.clone()));
        let built = build(&stop);
        self.stop_with(None);
        // It may have come when nothing was left that asks for it.
        built.and_then(|built| if stop.is_stopped() { Err(BuildError::Stopped) } else { Ok(built) })
    }

    /// Names the build that the first signal ends from now on.
    fn stop_with(&self, build: Option<Stop>) {
        let mut state = self.state();
        if let Some(build) = build.as_ref().filter(|_| state.signalled.is_some()) {
            build.stop();
        }
        state.build = build;
    }

    /// How the program ends because of a signal, if one came.
    pub(crate) fn signalled(&self) -> Option<Exit> {
        self.state().signalled
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Signals {
    int: Signal,
    term: Signal,
    hup: Option<Signal>,
}

impl Signals {
    async fn next(&mut self) -> Option<Exit> {
        let hup = async {
            match &mut self.hup {
                Some(hup) => hup.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            Some(()) = self.int.recv() => Some(Exit::Interrupted),
            Some(()) = self.term.recv() => Some(Exit::Terminated),
            Some(()) = hup => Some(Exit::HungUp),
            else => None,
        }
    }
}

/// Whoever listens no longer ignores a signal, and a command started with `nohup` is to go on. Where the system does not
/// say what is ignored, a hangup does what it does by itself.
fn is_hangup_heard() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 1 == 0)
}

async fn listen(mut signals: Signals, interrupts: &Interrupts, printer: Printer) {
    while let Some(exit) = signals.next().await {
        let mut state = interrupts.state();
        match &state.run {
            Some(run) if state.signalled.is_none() => {
                run.abort();
                state.signalled = Some(exit);
            }
            _ if state.build.is_some() && state.signalled.is_none() => {
                if let Some(build) = &state.build {
                    build.stop();
                }
                state.signalled = Some(exit);
            }
            // Nothing to abort in order, or told so for the second time.
            _ => {
                if state.signalled.is_none() {
                    printer.error(&Diagnosis::new(exit, what(exit)));
                }
                // What was started for a build ends with this.
                std::process::exit(i32::from(exit as u8));
            }
        }
    }
}

/// The signal in a word.
pub(crate) fn what(exit: Exit) -> &'static str {
    match exit {
        Exit::Terminated => "terminated",
        Exit::HungUp => "hung up",
        _ => "interrupted",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_that_comes_when_a_build_is_as_good_as_done_stops_it_and_those_that_follow() {
        let interrupts = Interrupts::default();
        assert!(matches!(interrupts.stoppable(|_| Ok(1)), Ok(1)));
        let late = interrupts.stoppable(|_| {
            let mut state = interrupts.state();
            state.build.as_ref().unwrap().stop();
            state.signalled = Some(Exit::Interrupted);
            Ok(())
        });
        assert!(matches!(late, Err(BuildError::Stopped)));
        let next = interrupts.stoppable(|stop| {
            assert!(stop.is_stopped());
            Ok(())
        });
        assert!(matches!(next, Err(BuildError::Stopped)));
    }
}
