//! What of earlier results is used, and kept, as options; and what is told of it.

use std::time::Duration;

use clap::Args;
use flyte_host::history::HistoryError;
use flyte_host::results::Results;
use flyte_host::run::ResultCacheMode;

use crate::home::HomePlace;
use crate::printer::Printer;
use crate::quantity::{self, DiskSize};

/// How long a command that is done waits until results are written.
const PATIENCE: Duration = Duration::from_secs(10);

/// Options about results of tasks that have a cache.
#[derive(Debug, Args)]
#[command(next_help_heading = "Results")]
pub(crate) struct ResultArgs {
    /// Take no results of earlier actions, also where a task's cache has some, and keep none
    #[arg(long, conflicts_with_all = ["overwrite_cache", "max_cache"])]
    pub no_cache: bool,
    /// Take no results of earlier actions, and keep the new ones in their place
    #[arg(long)]
    pub overwrite_cache: bool,
    /// How much is kept of results, in the home directory; what was used longest ago goes first
    #[arg(long, value_name = "SIZE", value_parser = quantity::disk_size)]
    #[arg(default_value_t = DiskSize(Results::DEFAULT_MAX_SIZE))]
    pub max_cache: DiskSize,
}

impl ResultArgs {
    pub(crate) fn mode(&self) -> ResultCacheMode {
        match (self.no_cache, self.overwrite_cache) {
            (true, _) => ResultCacheMode::Off,
            (_, true) => ResultCacheMode::Overwrite,
            _ => ResultCacheMode::Use,
        }
    }

    /// Where results are kept, if they are: nothing is opened before a task asks for it.
    pub(crate) fn results(&self, place: &HomePlace, printer: Printer) -> Option<Results> {
        let home = place.dir().filter(|_| !self.no_cache)?;
        Some(Results::new(home, self.max_cache.0, move |error| {
            let hint = match error {
                HistoryError::Corrupt { .. } | HistoryError::Foreign { .. } | HistoryError::Newer { .. } => {
                    "`flyte-host cache clear` removes what is damaged, `--no-cache` does without"
                }
                _ => "`--no-cache` does without",
            };
            printer.warning(&format!("results are not kept: {}", error.told()), &[hint]);
        }))
    }
}

/// Waits until what was put in is written.
pub(crate) async fn close(results: Option<&Results>, printer: Printer) {
    let Some(results) = results else { return };
    if tokio::time::timeout(PATIENCE, results.close()).await.is_err() {
        let text = format!("after {} s, some results are not written yet: they are given up", PATIENCE.as_secs());
        printer.warning(&text, &[]);
    }
}
