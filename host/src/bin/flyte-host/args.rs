//! What may stand on the command line, before anything is made of it.

mod past;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::error::{ContextKind, ContextValue};
use clap::{Args as Group, CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use flyte_host::build::Workshop;

use crate::compile_cache::{CacheArgs, CachePlace};
use crate::exit::Exit;
use crate::grants::GrantArgs;
use crate::home::{HistoryArgs, HomePlace};
use crate::limits::LimitArgs;
use crate::printer;
use crate::quantity::{self, DiskSize};
use crate::result_cache::ResultArgs;
use crate::source::BuildOptions;

pub(crate) use past::{
    AbortArgs, DeleteCommand, DeleteRunArgs, GetActionArgs, GetIoArgs, GetLogsArgs, GetRunArgs, ReplayArgs,
    RerunArgs, Stream,
};

/// Runs Flyte-style tasks as sandboxed WebAssembly components.
#[derive(Debug, Parser)]
#[command(name = "flyte-host", bin_name = "flyte-host", version, after_help = Exit::table(), disable_help_subcommand = true)]
#[command(max_term_width = 100)]
pub(crate) struct Args {
    #[command(flatten)]
    pub telling: Telling,
    #[command(subcommand)]
    pub command: Command,
}

/// How much is told, and in which colours. These go to standard error; standard output is for data.
#[derive(Debug, Clone, Group)]
#[command(next_help_heading = "Output options")]
pub(crate) struct Telling {
    /// Tell nothing but errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Tell each action, attempt and time
    #[arg(short, long, global = true)]
    pub verbose: bool,
    /// When to use colour; `auto` means on a terminal, unless `NO_COLOR` is set
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a task, or a chain of tasks
    Run(Box<RunArgs>),
    /// Show what components hold, and what runs did
    Get {
        #[command(subcommand)]
        what: GetCommand,
    },
    /// Run the task of an earlier run again, on its inputs or some others
    Rerun(RerunArgs),
    /// Run an action that failed again, by itself, from a file that `get run RUN --export FILE` made
    Replay(Box<ReplayArgs>),
    /// Abort a run, in whichever process it goes on
    Abort(AbortArgs),
    /// Delete runs from the history
    Delete {
        #[command(subcommand)]
        what: DeleteCommand,
    },
    /// Build a component from a crate's directory, or a Python or JavaScript file
    Build(BuildArgs),
    /// Make a project with some tasks to start from
    New(NewArgs),
    /// Show or clear what is kept: compiled components, built ones, tools, and results
    Cache {
        #[command(subcommand)]
        what: CacheCommand,
    },
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum GetCommand {
    /// List a component's tasks, or show one of them
    #[command(alias = "tasks")]
    Task(GetTaskArgs),
    /// List runs, or show one with its tree of actions
    #[command(alias = "runs")]
    Run(GetRunArgs),
    /// List a run's actions, or show one with its attempts
    #[command(alias = "actions")]
    Action(GetActionArgs),
    /// Print the inputs and the output of a run, or of one of its actions
    Io(GetIoArgs),
    /// Print what a run's actions printed
    #[command(alias = "log")]
    Logs(GetLogsArgs),
}

#[derive(Debug, Subcommand)]
pub(crate) enum CacheCommand {
    /// Tell where compiled and built components, tools and results are kept, how many, and how much room they take
    Info(CacheInfoArgs),
    /// Remove all that is kept; what is in use goes on, or stays
    Clear(CacheClearArgs),
}

const RUN_HELP: &str = "\
Values of a task's parameters:
  --name ada              text, numbers, booleans, enums; anything else as JSON
  --flag, --no-flag       true and false
  --batch @batch.json     from a file: .json, .yaml, .yml; for a string any text
  --batch -, --batch @-   from standard input, without its last line break
  --name @@home           text that begins with an @
  --batch run:nightly     an earlier run's output: its name, id, or `latest`
  --batch run:nightly/a3  that of one of its actions; for a string @run:nightly
  --batch.batch_id x      one field inside a parameter
  --inputs @all.json      all parameters at once; single flags come on top

`then` feeds a task's output to the one parameter of the next task that has no value and takes it; \
`--summary -` in the next task names that parameter. The whole chain is checked before anything runs.

`flyte-host run COMPONENT TASK --help` shows a task's own flags.";

#[derive(Debug, Group)]
#[command(after_help = RUN_HELP)]
#[command(
    override_usage = "flyte-host run [OPTIONS] COMPONENT TASK [--PARAM VALUE]... [then TASK [--PARAM VALUE]...]..."
)]
pub(crate) struct RunArgs {
    /// Load another component too: its tasks can be run and invoked. Repeatable
    #[arg(long, value_name = "COMPONENT")]
    pub with: Vec<PathBuf>,
    /// How to print the result; `raw` prints a string without its quotes
    #[arg(long, value_name = "FORMAT", default_value = "json")]
    pub output: OutputFormat,
    /// A .wasm file; or a crate's directory or a .py, .js, .mjs or .ts file, which is built first
    pub component: PathBuf,
    /// The task, its flags, and further tasks after `then`
    #[arg(value_name = "TASK", num_args = 0.., trailing_var_arg = true, allow_hyphen_values = true)]
    pub task_line: Vec<OsString>,
    #[command(flatten)]
    pub grants: GrantArgs,
    /// Fix clocks and randomness, so that a run can be repeated: virtual time, and random numbers from the seed
    #[arg(long, value_name = "SEED", num_args = 0..=1, require_equals = true, default_missing_value = "0")]
    #[arg(help_heading = "Rights")]
    pub deterministic: Option<u64>,
    #[command(flatten)]
    pub history: HistoryArgs,
    #[command(flatten)]
    pub results: ResultArgs,
    #[command(flatten)]
    pub limits: LimitArgs,
    #[command(flatten)]
    pub building: BuildOptions,
    #[command(flatten)]
    pub cache: CacheArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputFormat {
    Json,
    Raw,
}

#[derive(Debug, Group)]
pub(crate) struct GetTaskArgs {
    /// Load another component too. Repeatable
    #[arg(long, value_name = "COMPONENT")]
    pub with: Vec<PathBuf>,
    /// Print JSON, with the schemas
    #[arg(long)]
    pub json: bool,
    /// Show what the tasks would get of the rights they declare, given the `--allow` options here
    #[arg(long)]
    pub rights: bool,
    /// A .wasm file; or a crate's directory or a .py, .js, .mjs or .ts file, which is built first
    pub component: PathBuf,
    /// The task to show; all where it is left out
    pub task: Option<String>,
    #[command(flatten)]
    pub grants: GrantArgs,
    #[command(flatten)]
    pub building: BuildOptions,
    #[command(flatten)]
    pub cache: CacheArgs,
}

#[derive(Debug, Group)]
pub(crate) struct BuildArgs {
    /// A crate's directory, or a .py, .js, .mjs or .ts file
    pub path: PathBuf,
    /// Copy the component to this file [default: a crate's stays in its target directory; a file's is put beside it,
    /// as NAME.wasm]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub options: BuildOptions,
    #[command(flatten)]
    pub place: CachePlace,
    /// How much is kept of built components; what was used longest ago goes first
    #[arg(long, value_name = "SIZE", value_parser = quantity::disk_size)]
    #[arg(default_value_t = DiskSize(Workshop::DEFAULT_MAX_SIZE))]
    pub max_compile_cache: DiskSize,
}

#[derive(Debug, Group)]
pub(crate) struct NewArgs {
    /// The project's directory, which is made; one that is there has to be empty
    pub dir: PathBuf,
    /// The project's language
    #[arg(long, value_name = "LANGUAGE")]
    pub lang: NewLanguage,
    /// The project's name [default: the directory's]
    #[arg(long)]
    pub name: Option<String>,
    /// For Rust, where it is needed: the directory of the crate `flyte-guest`, `guest-sdk/rust` in a clone of
    /// flyte-host
    #[arg(long, value_name = "DIR")]
    pub sdk: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum NewLanguage {
    Rust,
    Python,
    Javascript,
}

#[derive(Debug, Group)]
pub(crate) struct CacheInfoArgs {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub place: CachePlace,
    #[command(flatten)]
    pub home: HomePlace,
}

#[derive(Debug, Group)]
pub(crate) struct CacheClearArgs {
    #[command(flatten)]
    pub place: CachePlace,
    #[command(flatten)]
    pub home: HomePlace,
}

impl Args {
    /// Reads the process's arguments. Where they are wrong, or help is asked for, that ends the program.
    pub(crate) fn read() -> Self {
        Self::try_parse().unwrap_or_else(|error| {
            let forgot_run = matches!(
                error.get(ContextKind::InvalidSubcommand),
                Some(ContextValue::String(word)) if Path::new(word).exists()
            );
            let error = if forgot_run { Self::command().error(error.kind(), FORGOT_RUN) } else { error };
            let printed = printer::written(error.print());
            // Help that was asked for and got lost is no success.
            match printed {
                Err(diagnosis) if !error.use_stderr() => std::process::exit(i32::from(diagnosis.exit as u8)),
                _ => std::process::exit(error.exit_code()),
            }
        })
    }
}

const FORGOT_RUN: &str = "a component is run with `flyte-host run COMPONENT TASK`";

#[cfg(test)]
mod tests {
    use super::*;

    fn run(line: &str) -> RunArgs {
        let args = Args::try_parse_from(line.split(' ')).unwrap();
        let Command::Run(run) = args.command else { panic!("{line}") };
        *run
    }

    #[test]
    fn the_definition_is_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn everything_after_the_task_is_left_alone() {
        let run = run("flyte-host run --max-actions 5 t.wasm task --help --quiet -h -x=1 then b --max-actions 7");
        assert_eq!(run.limits.max_actions, 5);
        assert_eq!(
            run.task_line,
            "task --help --quiet -h -x=1 then b --max-actions 7".split(' ').collect::<Vec<_>>()
        );
    }

    #[test]
    fn help_before_the_task_is_the_commands_own() {
        let error = Args::try_parse_from(["flyte-host", "run", "t.wasm", "--help"]).unwrap_err();
        assert_eq!(error.kind(), clap::error::ErrorKind::DisplayHelp);
    }

    #[test]
    fn the_task_may_be_left_out() {
        assert!(run("flyte-host run t.wasm").task_line.is_empty());
    }
}
