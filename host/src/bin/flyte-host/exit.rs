//! The exit codes, and what leads to each.

use std::process::ExitCode;

use flyte_host::history::StoredFailure;
use flyte_host::run::{Failure, TaskErrorKind};
use flyte_host::{HostError, LoadError};

/// How the program ends. The numbers are part of its interface: scripts rely on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// It did what it was asked to.
    Success = 0,
    /// The task returned an error.
    TaskFailed = 1,
    /// The command line, a file or a value in it can't be used. clap ends with this one too.
    BadInput = 2,
    /// The guest trapped, or broke the contract: a result that does not conform to its schema, say.
    GuestTrapped = 3,
    /// A limit was hit.
    LimitHit = 4,
    /// The task cannot do without a right that it was not given.
    Denied = 5,
    /// What was recorded did not happen again, in a run that is recovered or replayed.
    Diverged = 6,
    /// Neither the guest nor the input is to blame. `EX_SOFTWARE` of sysexits.h.
    HostFault = 70,
    /// SIGHUP, as shells tell it: 128 + 1.
    HungUp = 129,
    /// SIGINT, as shells tell it: 128 + 2.
    Interrupted = 130,
    /// SIGTERM, as shells tell it: 128 + 15.
    Terminated = 143,
}

impl Exit {
    const ALL: [(Self, &str); 11] = [
        (Self::Success, "success"),
        (Self::TaskFailed, "the task returned an error"),
        (Self::BadInput, "bad input or usage: a flag, a value, a file, a name"),
        (Self::GuestTrapped, "the guest trapped, or its result does not conform to its schema"),
        (Self::LimitHit, "a limit was hit: time, memory, the run's actions"),
        (Self::Denied, "the task needs a right that it was not given"),
        (Self::Diverged, "what was recorded did not happen again: a run to recover or replay diverged"),
        (Self::HostFault, "a fault of the host, or its output can't be written"),
        (Self::HungUp, "its terminal is gone (SIGHUP)"),
        (Self::Interrupted, "interrupted (Ctrl-C)"),
        (Self::Terminated, "terminated (SIGTERM)"),
    ];

    /// All codes with their meaning, for the help.
    pub(crate) fn table() -> String {
        let lines = Self::ALL.map(|(exit, meaning)| format!("\n  {:>3}  {meaning}", exit as u8));
        format!("Exit codes:{}", lines.concat())
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

impl From<&Failure> for Exit {
    fn from(failure: &Failure) -> Self {
        match failure {
            Failure::Task(_) => Self::TaskFailed,
            Failure::InvalidInput(_) | Failure::RefusedInput(_) | Failure::UnknownTask(_) => Self::BadInput,
            Failure::Trap(_) | Failure::InvalidOutput(_) => Self::GuestTrapped,
            Failure::Limit(_) => Self::LimitHit,
            Failure::Denied(_) => Self::Denied,
            Failure::Aborted(_) => Self::Interrupted,
            Failure::Diverged(_) => Self::Diverged,
            // The enum may grow; what is not known here is for the host to answer for.
            _ => Self::HostFault,
        }
    }
}

impl From<&StoredFailure> for Exit {
    fn from(failure: &StoredFailure) -> Self {
        match failure.to_task_error().kind {
            _ if failure.is_divergence() => Self::Diverged,
            TaskErrorKind::Task => Self::TaskFailed,
            TaskErrorKind::InvalidInput | TaskErrorKind::UnknownTask => Self::BadInput,
            TaskErrorKind::Trap | TaskErrorKind::InvalidOutput => Self::GuestTrapped,
            TaskErrorKind::Limit => Self::LimitHit,
            TaskErrorKind::Denied => Self::Denied,
            TaskErrorKind::Aborted => Self::Interrupted,
            _ => Self::HostFault,
        }
    }
}

impl From<&LoadError> for Exit {
    fn from(error: &LoadError) -> Self {
        match error {
            LoadError::Describe { source, .. } => Self::from(source.as_ref()),
            LoadError::Spec { .. } => Self::GuestTrapped,
            _ => Self::BadInput,
        }
    }
}

impl From<&HostError> for Exit {
    fn from(error: &HostError) -> Self {
        match error {
            HostError::Load(error) => Self::from(error),
            _ => Self::HostFault,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flyte_host::run::{Limit, Trap};

    #[test]
    fn each_kind_of_failure_has_its_code() {
        let trap = Failure::Trap(Trap { message: String::new(), backtrace: Vec::new() });
        assert_eq!(Exit::from(&trap) as u8, 3);
        assert_eq!(Exit::from(&Failure::InvalidOutput(String::new())) as u8, 3);
        assert_eq!(Exit::from(&Failure::Limit(Limit::Depth(3))) as u8, 4);
        assert_eq!(Exit::from(&Failure::Host(String::new())) as u8, 70);
        // What was recorded of it says the same.
        for failure in [trap, Failure::Limit(Limit::Depth(3)), Failure::InvalidOutput(String::new())] {
            assert_eq!(Exit::from(&StoredFailure::of(&failure)), Exit::from(&failure));
        }
    }

    #[test]
    fn the_table_names_every_code() {
        let table = Exit::table();
        for (exit, meaning) in Exit::ALL {
            assert!(table.contains(&format!("{:>3}  {meaning}", exit as u8)), "{table}");
        }
    }
}
