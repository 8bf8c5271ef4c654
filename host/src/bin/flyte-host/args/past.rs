//! Commands about runs that were recorded.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::time::Duration;

use clap::builder::{PathBufValueParser, TypedValueParser as _};
use clap::{Args as Group, Subcommand, ValueEnum};
use flyte_host::run::{ActionId, Phase};

use crate::args::{OutputFormat, RunArgs};
use crate::compile_cache::CacheArgs;
use crate::grants::GrantArgs;
use crate::home::{self, HomePlace};
use crate::limits::{LimitArgs, LimitChanges};
use crate::quantity;

#[derive(Debug, Group)]
pub(crate) struct GetRunArgs {
    /// The run to show: its id or the beginning of it, its name, or `latest`; all are listed where it is left out
    pub run: Option<String>,
    /// Show it once it has ended; the exit code is that of the run
    #[arg(long, requires = "run")]
    pub follow: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Write it to a file that is not there yet, with all that `flyte-host replay` needs to run an action of it again
    /// elsewhere
    #[arg(long, value_name = "FILE", requires = "run", conflicts_with_all = ["follow", "json"])]
    #[arg(value_parser = PathBufValueParser::new().try_map(new_file))]
    pub export: Option<PathBuf>,
    /// With `--export`: leave the components out, and name them by their SHA-256
    #[arg(long, requires = "export")]
    pub without_component: bool,
    #[command(flatten)]
    pub filter: RunFilterArgs,
    /// List no more than so many
    #[arg(long, value_name = "N", default_value_t = 20, conflicts_with = "run")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: u32,
    #[command(flatten)]
    pub place: HomePlace,
}

/// A file to be written.
fn new_file(path: PathBuf) -> Result<PathBuf, &'static str> {
    let is_stream = path.as_os_str() == "-";
    if is_stream {
        Err("it goes to a file, not to standard output; `./-` is a file of that name")
    } else {
        Ok(path)
    }
}

/// Which runs are listed.
#[derive(Debug, Group)]
#[command(next_help_heading = "Which runs")]
pub(crate) struct RunFilterArgs {
    /// Those in this phase: running, succeeded, failed, aborted, timed-out
    #[arg(long, value_parser = run_phase, conflicts_with = "run")]
    pub phase: Option<Phase>,
    /// Those of this task
    #[arg(long, value_name = "TASK", conflicts_with = "run")]
    pub task: Option<String>,
    /// Those with this name
    #[arg(long, value_name = "NAME", conflicts_with = "run")]
    pub name: Option<String>,
    /// Those with this label. Repeatable
    #[arg(long, value_name = "KEY=VALUE", value_parser = home::label, conflicts_with = "run")]
    pub label: Vec<(String, String)>,
    /// Those that began within this time, such as 30m or 7d
    #[arg(long, value_name = "SPAN", value_parser = quantity::duration, conflicts_with = "run")]
    pub since: Option<Duration>,
}

#[derive(Debug, Group)]
pub(crate) struct GetActionArgs {
    #[command(flatten)]
    pub run: RunReference,
    /// The action to show, such as a3; all are listed where it is left out
    #[arg(value_parser = ActionId::from_str)]
    pub action: Option<ActionId>,
    /// Those in this phase: queued, running, succeeded, failed, aborted, timed-out, recovered
    #[arg(long, value_parser = phase, conflicts_with = "action")]
    pub phase: Option<Phase>,
    /// Those of this task
    #[arg(long, value_name = "TASK", conflicts_with = "action")]
    pub task: Option<String>,
    /// Print JSON; a list has one value a line
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub place: HomePlace,
}

#[derive(Debug, Group)]
pub(crate) struct GetIoArgs {
    #[command(flatten)]
    pub run: RunReference,
    /// The action
    #[arg(value_parser = ActionId::from_str, default_value_t = ActionId::ROOT)]
    pub action: ActionId,
    /// Print the inputs alone
    #[arg(long, conflicts_with = "outputs_only")]
    pub inputs_only: bool,
    /// Print the output alone
    #[arg(long, alias = "output-only")]
    pub outputs_only: bool,
    /// How to print it; `raw` prints a string without its quotes
    #[arg(long, value_name = "FORMAT", default_value = "json")]
    pub output: OutputFormat,
    /// Print JSON, as is done anyway
    #[arg(long, hide = true)]
    pub json: bool,
    #[command(flatten)]
    pub place: HomePlace,
}

#[derive(Debug, Group)]
pub(crate) struct GetLogsArgs {
    #[command(flatten)]
    pub run: RunReference,
    /// The action whose lines are shown; those of all where it is left out
    #[arg(value_parser = ActionId::from_str)]
    pub action: Option<ActionId>,
    /// Go on until the run ends
    #[arg(long, short)]
    pub follow: bool,
    /// Those of its children too, and of theirs
    #[arg(long, requires = "action")]
    pub recursive: bool,
    /// Only what the guest wrote to this stream
    #[arg(long, value_name = "STREAM")]
    pub stream: Option<Stream>,
    /// Print JSON, one value a line
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub place: HomePlace,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Stream {
    Stdout,
    Stderr,
}

/// Which run is meant.
#[derive(Debug, Group)]
pub(crate) struct RunReference {
    /// The run: its id or the beginning of it, its name (of several, the latest), or `latest`
    #[arg(value_name = "RUN", id = "reference")]
    pub run: String,
}

#[derive(Debug, Group)]
#[command(after_help = RERUN_HELP)]
#[command(override_usage = "flyte-host rerun [OPTIONS] RUN [--PARAM VALUE]...")]
pub(crate) struct RerunArgs {
    /// The run (its id or the beginning of it, its name, or `latest`), and values in place of those that it had
    #[arg(value_name = "RUN", num_args = 1.., required = true, trailing_var_arg = true)]
    pub words: Vec<OsString>,
    /// Take over the results of what had ended: only the rest is run, on the inputs that the run had
    #[arg(long)]
    pub recover: bool,
    /// With `--recover`: take them over also where a component is not what it was
    #[arg(long, requires = "recover")]
    pub changed_component: bool,
    /// A name for the new run [default: the earlier one's]
    #[arg(long, value_name = "NAME", value_parser = home::name)]
    pub name: Option<String>,
    #[command(flatten)]
    pub grants: GrantArgs,
    #[command(flatten)]
    pub limits: LimitChanges,
    #[command(flatten)]
    pub place: HomePlace,
}

impl RerunArgs {
    /// Changes what an earlier command has: this one was given in `directory`.
    pub(crate) fn apply(&self, to: &mut RunArgs, directory: &Path) {
        to.grants.extend(&self.grants, directory);
        self.limits.apply(&mut to.limits);
    }

    /// The run, and the values: what stands after it is for the task, whatever its name; but for what says how the run is
    /// run again, where that comes first.
    pub(crate) fn parts(&self) -> (String, &[OsString]) {
        let (run, words) = self.words.split_first().unzip();
        let words = words.unwrap_or_default();
        let own = words.iter().take_while(|word| OWN.iter().any(|own| **word == *own)).count();
        (run.map(|run| run.to_string_lossy().into_owned()).unwrap_or_default(), &words[own..])
    }

    /// Whether results are taken over; and whether also those of another component.
    pub(crate) fn recovers(&self) -> (bool, bool) {
        let words = self.words.get(1..).unwrap_or_default();
        let own = || words.iter().take_while(|word| OWN.iter().any(|own| **word == *own));
        let says = |option: &str| own().any(|word| *word == *option);
        (self.recover || says(OWN[0]), self.changed_component || says(OWN[1]))
    }
}

/// What may also follow RUN.
const OWN: [&str; 2] = ["--recover", "--changed-component"];

const RERUN_HELP: &str = "\
The task runs again with the command's options, in the directory it was given in, on the inputs that were recorded. \
Options here, before RUN, grant more and set other limits.

Single values are given as to `run`, also fields: --batch.batch_id x; files are looked for in the present directory. \
Of a chain, the one step is run again. What was granted is granted again; a variable that was granted by name alone \
has the value that it has now.

With `--recover`, which may also follow RUN, the task itself runs again, and what had ended below it answers as it did. \
Where the task then does something else than it did, though it got the same, the run stops and says where: exit code 6.";

#[derive(Debug, Group)]
#[command(after_help = REPLAY_HELP)]
pub(crate) struct ReplayArgs {
    /// The file
    pub file: PathBuf,
    /// The action to run again [default: of those that failed, the first of the deepest]
    #[arg(long, value_name = "ACTION", value_parser = ActionId::from_str)]
    pub action: Option<ActionId>,
    /// A component that the file does not have. Repeatable
    #[arg(long, value_name = "FILE")]
    pub component: Vec<PathBuf>,
    #[command(flatten)]
    pub grants: GrantArgs,
    #[command(flatten)]
    pub limits: LimitArgs,
    #[command(flatten)]
    pub cache: CacheArgs,
}

const REPLAY_HELP: &str = "\
The last attempt of the action is made again. What it invoked is answered from the file, failures too, and no other task \
is run. Prints what was recorded and what happened now as JSON; the exit code is 0 where the action failed as it did, and \
6 where it did not. Nothing that was granted is in the file: what the task needs is granted here. Of the run's limits and \
those here, the smaller one holds.";

#[derive(Debug, Group)]
pub(crate) struct AbortArgs {
    #[command(flatten)]
    pub run: RunReference,
    /// Do not wait until it has ended
    #[arg(long)]
    pub no_wait: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub place: HomePlace,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DeleteCommand {
    /// Delete runs from the history; those that go on are refused
    #[command(alias = "runs")]
    Run(DeleteRunArgs),
}

#[derive(Debug, Group)]
pub(crate) struct DeleteRunArgs {
    /// The runs: ids or beginnings of them, names (of several, the latest), or `latest`
    #[arg(value_name = "RUN", required_unless_present_any = ["all", "before"], conflicts_with_all = ["all", "before"])]
    pub runs: Vec<String>,
    /// Delete all but those that go on
    #[arg(long)]
    pub all: bool,
    /// Delete those that began longer ago than this, such as 30d
    #[arg(long, value_name = "SPAN", value_parser = quantity::duration, conflicts_with = "all")]
    pub before: Option<Duration>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub place: HomePlace,
}

/// The phases of a run: it waits for nothing, and is no other run's result.
const OF_RUNS: [Phase; 5] = [Phase::Running, Phase::Succeeded, Phase::Failed, Phase::Aborted, Phase::TimedOut];

fn phase(text: &str) -> Result<Phase, String> {
    one_of(&Phase::ALL, text)
}

fn run_phase(text: &str) -> Result<Phase, String> {
    one_of(&OF_RUNS, text)
}

fn one_of(phases: &[Phase], text: &str) -> Result<Phase, String> {
    let found = phases.iter().find(|phase| phase.to_string() == text);
    let all = || phases.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    found.copied().ok_or_else(|| format!("the phases are {}", all()))
}
