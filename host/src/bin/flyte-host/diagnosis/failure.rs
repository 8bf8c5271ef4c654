//! Failed actions.

use flyte_host::run::{Failure, Limit, TaskError, Trap};

use crate::diagnosis::{Diagnosis, input, of_input};
use crate::exit::Exit;

/// What to say of the failure of `task`.
pub fn of_failure(task: &str, failure: &Failure) -> Diagnosis {
    let exit = Exit::from(failure);
    match failure {
        Failure::Task(error) => of_task_error(exit, &format!("`{task}` failed"), error),
        Failure::RefusedInput(error) => of_task_error(exit, &format!("`{task}` refused its input"), error),
        Failure::InvalidInput(error) => of_input(task, &input::complaints(error)),
        Failure::InvalidOutput(reason) => Diagnosis::new(exit, format!("`{task}` returned a result that cannot be used"))
            .lines(reason.lines().map(|line| format!("  {line}"))),
        Failure::Trap(trap) => of_trap(exit, task, trap),
        Failure::Limit(limit) => of_limit(exit, task, limit),
        other => Diagnosis::new(exit, format!("`{task}`: {other}")),
    }
}

fn of_task_error(exit: Exit, what: &str, error: &TaskError) -> Diagnosis {
    let diagnosis = error.causes.iter().fold(
        Diagnosis::new(exit, format!("{what}: {}", error.message)),
        |diagnosis, cause| diagnosis.cause(cause),
    );
    match &error.details {
        Some(details) => diagnosis.line(format!("  details: {}", details.compact())),
        None => diagnosis,
    }
}

fn of_trap(exit: Exit, task: &str, trap: &Trap) -> Diagnosis {
    let diagnosis = Diagnosis::new(exit, format!("`{task}` trapped: {}", trap.message));
    if trap.backtrace.is_empty() {
        return diagnosis;
    }
    let frames = trap.backtrace.iter().enumerate().map(|(number, frame)| format!("  {number:>3}: {frame}"));
    diagnosis.line("wasm backtrace:").lines(frames)
}

fn of_limit(exit: Exit, task: &str, limit: &Limit) -> Diagnosis {
    let diagnosis = Diagnosis::new(exit, format!("`{task}` hit a limit: {limit}"));
    let option = match limit {
        Limit::MaxRuntime(_) => return diagnosis.hint(
            "the shorter of `--max-runtime` and the task's own `max_runtime` holds",
        ),
        Limit::Deadline(_) => "--deadline",
        Limit::Memory(_) => "--max-memory",
        Limit::Actions(_) => "--max-actions",
        Limit::Depth(_) => "--max-depth",
        _ => return diagnosis,
    };
    diagnosis.hint(format!("`{option}` before COMPONENT sets the limit"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trap_shows_its_message_and_then_its_frames() {
        let trap = Trap { message: "panicked at src/lib.rs:10:5: no".to_owned(), backtrace: vec!["inner".to_owned()] };
        let diagnosis = of_failure("work", &Failure::Trap(trap));
        assert_eq!(diagnosis.headline, "`work` trapped: panicked at src/lib.rs:10:5: no");
        assert_eq!(diagnosis.body, ["wasm backtrace:", "    0: inner"]);
    }
}
