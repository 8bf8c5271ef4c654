//! Failed actions.

use flyte_host::report::{frames, printable};
use flyte_host::run::{Failure, Limit, TaskError, Trap};

use crate::diagnosis::{Diagnosis, input, of_input};
use crate::exit::Exit;
use crate::grants;
use crate::quantity::Bytes;

/// What to say of the failure of `task` in its last attempt, the one of this number.
pub(crate) fn of_failure(task: &str, attempt: u32, failure: &Failure) -> Diagnosis {
    let exit = Exit::from(failure);
    let attempt = if attempt > 1 { format!(" in attempt {attempt}") } else { String::new() };
    match failure {
        Failure::Task(error) => of_task_error(exit, &format!("`{task}` failed{attempt}"), error),
        Failure::RefusedInput(error) => of_task_error(exit, &format!("`{task}` refused its input"), error),
        Failure::InvalidInput(error) => of_input(task, &input::complaints(error)),
        Failure::InvalidOutput(reason) => {
            Diagnosis::new(exit, format!("`{task}` returned a result that cannot be used{attempt}"))
                .lines(reason.lines().map(|line| format!("  {line}")))
        }
        Failure::Trap(trap) => of_trap(exit, &format!("`{task}` trapped{attempt}"), trap),
        Failure::Limit(limit) => of_limit(exit, &format!("`{task}` hit a limit{attempt}"), limit),
        Failure::Denied(denial) => {
            let diagnosis = Diagnosis::new(exit, format!("`{task}` was denied {denial}"));
            match denial.withheld.operator {
                true => {
                    diagnosis.hint(format!("`{}`, before all other arguments, grants it", grants::option(&denial.capability)))
                }
                false => diagnosis,
            }
        }
        Failure::Diverged(divergence) => Diagnosis::new(exit, format!("`{task}` {divergence}"))
            .hint("a task that looks at the clock or at random numbers does that by nature: `--deterministic` fixes them")
            .hint("`flyte-host rerun RUN` without `--recover` runs all of it again"),
        other => Diagnosis::new(exit, format!("`{task}`: {other}")),
    }
}

fn of_task_error(exit: Exit, what: &str, error: &TaskError) -> Diagnosis {
    // What a terminal would not show is no message either.
    let headline = match printable(&error.message).trim() {
        "" => format!("{what} without a message"),
        _ => format!("{what}: {}", error.message),
    };
    let diagnosis = error.causes.iter().fold(Diagnosis::new(exit, headline), Diagnosis::cause);
    match &error.details {
        Some(details) => diagnosis.line(format!("  details: {}", details.compact())),
        None => diagnosis,
    }
}

fn of_trap(exit: Exit, what: &str, trap: &Trap) -> Diagnosis {
    let diagnosis = Diagnosis::new(exit, format!("{what}: {}", trap.message));
    diagnosis.lines(backtrace_lines(&trap.backtrace))
}

/// A guest's frames under a headline; nothing where there are none.
pub(crate) fn backtrace_lines(backtrace: &[String]) -> Vec<String> {
    let frames = frames(backtrace).into_iter().enumerate().map(|(number, frame)| format!("  {number:>3}: {frame}"));
    let headline = (!backtrace.is_empty()).then(|| "wasm backtrace:".to_owned());
    headline.into_iter().chain(frames).collect()
}

fn of_limit(exit: Exit, what: &str, limit: &Limit) -> Diagnosis {
    let limit_hit = match limit {
        Limit::Memory { limit, peak, .. } => {
            let had = *peak as f64 / f64::from(1 << 20);
            format!("memory: the guest asked for more than {}; it had {had:.1} MiB", Bytes(*limit))
        }
        Limit::Input { limit, size } => format!("input: {size} bytes, more than {}", Bytes(*limit)),
        Limit::Output { limit, size: Some(size) } => format!("output: {size} bytes, more than {}", Bytes(*limit)),
        other => other.to_string(),
    };
    let diagnosis = Diagnosis::new(exit, format!("{what}: {limit_hit}"));
    let option = match limit {
        Limit::MaxRuntime(_) => {
            return diagnosis.hint("the shorter of `--max-runtime` and the task's own `max_runtime` holds");
        }
        Limit::Deadline(_) => "--deadline",
        Limit::Memory { .. } => "--max-memory",
        Limit::Fuel(_) => "--max-fuel",
        Limit::Input { .. } => "--max-input",
        Limit::Output { .. } => "--max-output",
        Limit::Transfer(_) => {
            return diagnosis.hint("the larger of `--max-input` and `--max-output` sets how much that is");
        }
        Limit::Actions(_) => "--max-actions",
        Limit::Depth(_) => "--max-depth",
        _ => return diagnosis,
    };
    diagnosis.hint(format!("`{option}`, before all other arguments, sets the limit"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use flyte_host::run::TaskErrorKind;

    #[test]
    fn an_error_without_a_message_is_called_one() {
        for message in ["", " \n", "\u{1b}[2J"] {
            let error = TaskError {
                kind: TaskErrorKind::Task,
                message: message.to_owned(),
                causes: Vec::new(),
                details: None,
                recoverable: true,
            };
            assert_eq!(of_failure("work", 1, &Failure::Task(error)).headline, "`work` failed without a message");
        }
    }

    #[test]
    fn a_trap_shows_its_message_and_then_its_frames() {
        let trap =
            Trap { message: "panicked at src/lib.rs:10:5: no".to_owned(), backtrace: vec!["inner".to_owned()] };
        let diagnosis = of_failure("work", 2, &Failure::Trap(trap));
        assert_eq!(diagnosis.headline, "`work` trapped in attempt 2: panicked at src/lib.rs:10:5: no");
        assert_eq!(diagnosis.body, ["wasm backtrace:", "    0: inner"]);
    }
}
