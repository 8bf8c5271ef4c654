//! The limits of a run, as options.

use std::time::Duration;

use clap::Args;
use flyte_host::{Host, PoolSize, run};

use crate::quantity::{self, Bytes};

/// Options that limit a run. Each has a default, and each is enforced.
#[derive(Debug, Args)]
#[command(next_help_heading = "Limits")]
pub(crate) struct LimitArgs {
    /// The longest an attempt may run, such as 30s or 1h30m [default: no limit]
    #[arg(long, value_name = "SPAN", value_parser = quantity::duration)]
    pub max_runtime: Option<Duration>,
    /// The longest a run may take, over all attempts and children [default: no limit]
    #[arg(long, value_name = "SPAN", value_parser = quantity::duration)]
    pub deadline: Option<Duration>,
    /// The memory of one attempt, such as 256MiB
    #[arg(long, value_name = "SIZE", default_value_t = Bytes(run::Limits::default().max_memory))]
    pub max_memory: Bytes,
    /// The instructions of one attempt, counted as the engine's fuel; counting makes guests slower
    /// [default: not counted]
    #[arg(long, value_name = "N")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    pub max_fuel: Option<u64>,
    /// The size of a task's inputs
    #[arg(long, value_name = "SIZE", default_value_t = Bytes(run::Limits::default().max_input))]
    pub max_input: Bytes,
    /// The size of a task's output
    #[arg(long, value_name = "SIZE", default_value_t = Bytes(run::Limits::default().max_output))]
    pub max_output: Bytes,
    /// How much is kept of what an action prints; the task goes on
    #[arg(long, value_name = "SIZE", default_value_t = max_log())]
    pub max_log: Bytes,
    /// The most actions a run may have
    #[arg(long, value_name = "N", default_value_t = run::Limits::default().max_actions)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    pub max_actions: u64,
    /// How deep actions may nest; the task that is run is at depth 1
    #[arg(long, value_name = "N", default_value_t = run::Limits::default().max_depth)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    pub max_depth: u32,
    /// How many actions run at once; those that wait for a child don't count
    #[arg(long, value_name = "N", default_value_t = Host::DEFAULT_ACTION_CONCURRENCY)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    pub max_action_concurrency: u32,
}

/// Limits in place of those of an earlier command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Limits in place of the earlier ones")]
pub(crate) struct LimitChanges {
    /// The longest an attempt may run
    #[arg(long, value_name = "SPAN", value_parser = quantity::duration)]
    max_runtime: Option<Duration>,
    /// The longest the run may take
    #[arg(long, value_name = "SPAN", value_parser = quantity::duration)]
    deadline: Option<Duration>,
    /// The memory of one attempt
    #[arg(long, value_name = "SIZE")]
    max_memory: Option<Bytes>,
    /// The instructions of one attempt
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    max_fuel: Option<u64>,
    /// The size of a task's inputs
    #[arg(long, value_name = "SIZE")]
    max_input: Option<Bytes>,
    /// The size of a task's output
    #[arg(long, value_name = "SIZE")]
    max_output: Option<Bytes>,
    /// The most actions
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    max_actions: Option<u64>,
    /// How deep actions may nest
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    max_depth: Option<u32>,
}

impl LimitChanges {
    pub(crate) fn apply(&self, to: &mut LimitArgs) {
        let Self { max_runtime, deadline, max_memory, max_fuel, max_input, max_output, max_actions, max_depth } =
            self;
        to.max_runtime = max_runtime.or(to.max_runtime);
        to.deadline = deadline.or(to.deadline);
        to.max_memory = max_memory.unwrap_or(to.max_memory);
        to.max_fuel = max_fuel.or(to.max_fuel);
        to.max_input = max_input.unwrap_or(to.max_input);
        to.max_output = max_output.unwrap_or(to.max_output);
        to.max_actions = max_actions.unwrap_or(to.max_actions);
        to.max_depth = max_depth.unwrap_or(to.max_depth);
    }
}

fn max_log() -> Bytes {
    Bytes(usize::try_from(run::Limits::default().max_log).unwrap_or(usize::MAX))
}

/// The most sandboxes that a run has room for: the system maps the stacks of all at the start, which takes time.
const MOST_SANDBOXES: u32 = 1000;

impl LimitArgs {
    /// Room for the deepest chain of parents that wait, and for as many actions as run at once.
    pub(crate) fn pool(&self) -> PoolSize {
        let instances = self.max_depth.saturating_add(self.max_action_concurrency);
        PoolSize { instances: instances.min(MOST_SANDBOXES) }
    }

    pub(crate) fn limits(&self) -> run::Limits {
        run::Limits {
            max_runtime: self.max_runtime,
            deadline: self.deadline,
            max_actions: self.max_actions,
            max_depth: self.max_depth,
            max_memory: self.max_memory.0,
            max_fuel: self.max_fuel,
            max_input: self.max_input.0,
            max_output: self.max_output.0,
            max_log: self.max_log.0 as u64,
            ..run::Limits::default()
        }
    }
}
