//! `flyte-host run COMPONENT TASK … then TASK …`.

use std::mem::ManuallyDrop;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use flyte_host::history::RunNote;
use flyte_host::record::Json;
use flyte_host::report::{Detail, HumanReport};
use flyte_host::run::{EventSink, Failure};
use flyte_host::{Host, RunRequest};
use tokio::time::timeout;

use crate::args::RunArgs;
use crate::commands::load;
use crate::diagnosis::{Diagnosis, of_failure};
use crate::home;
use crate::interrupt::{Interrupts, what};
use crate::printer::Printer;
use crate::result_cache;
use crate::task_help;
use crate::task_line::{self, Step, TaskLine};
use crate::value::Values;

/// How often one looks for a signal that comes while nothing runs.
const LOOK: Duration = Duration::from_millis(20);
/// What takes longer is told.
const NOTABLE: Duration = Duration::from_millis(500);

/// Checks the whole chain, runs it, and prints the last step's output.
pub(crate) fn execute(args: &RunArgs, printer: Printer) -> Result<(), Diagnosis> {
    let interrupts = Interrupts::listen(printer)?;
    let granted = args.grants.granted()?;
    let runtime = load::runtime()?;
    let history = args.history.start(printer)?;
    let results = args.results.results(&args.history.place, printer);
    let done = runtime.block_on(async {
        let mut builder = Host::builder()
            .limits(args.limits.limits())
            .max_action_concurrency(args.limits.max_action_concurrency)
            .pool(args.limits.pool())
            .result_cache(args.results.mode())
            .grant(granted);
        if let Some(history) = &history {
            builder = builder.history(history.clone());
        }
        if let Some(results) = &results {
            builder = builder.results(results.clone());
        }
        if let Some(seed) = args.deterministic {
            builder = builder.deterministic(seed);
        }
        // The system takes all back at once when the process ends; giving back the pool's stacks one by one takes longer.
        let host = ManuallyDrop::new(
            load::host(builder, &args.component, &args.with, &args.cache, &args.building, &interrupts, printer)
                .await?,
        );
        let mut values = Values::new(move |text| printer.note(text));
        match task_line::read(host.catalog(), &args.component, &args.task_line, &mut values)? {
            TaskLine::Help(task) => printer.data(&task_help::of(&task, &host.catalog().short_name(&task), args)),
            TaskLine::Steps(steps) => {
                let output = chain(&host, steps, &args.history.note(), &interrupts, printer).await;
                home::close(history.as_ref(), printer).await;
                result_cache::close(results.as_ref(), printer).await;
                let printed = printer.json(&output?, args.output);
                optimised(&host, &interrupts, printer).await;
                printed
            }
        }
    });
    // What still runs there was aborted, and nobody waits for it.
    runtime.shutdown_background();
    done
}

async fn chain(
    host: &Host,
    steps: Vec<Step>,
    note: &RunNote,
    interrupts: &Interrupts,
    printer: Printer,
) -> Result<Json, Diagnosis> {
    let total = steps.len();
    let mut output: Option<Json> = None;
    for (index, step) in steps.into_iter().enumerate() {
        let name = host.catalog().short_name(&step.task);
        let in_chain = (total > 1).then(|| format!("step {} of {total}", index + 1));
        if let Some(exit) = interrupts.signalled() {
            return Err(Diagnosis::new(exit, format!("{} before `{name}` was started", what(exit))));
        }
        if let Some(step) = in_chain.as_ref().filter(|_| printer.detail() == Detail::Everything) {
            printer.note(&format!("{step}: {name}"));
        }
        let fed = step.feed.clone();
        let inputs = step.inputs(output.take())?;
        match run(host, &name, inputs, note.clone(), interrupts, printer).await {
            Ok(result) => output = Some(result),
            Err(diagnosis) => return Err(with_place(diagnosis, in_chain, fed)),
        }
    }
    output.ok_or_else(|| Diagnosis::usage("there is nothing to run"))
}

async fn run(
    host: &Host,
    name: &str,
    inputs: Json,
    note: RunNote,
    interrupts: &Interrupts,
    printer: Printer,
) -> Result<Json, Diagnosis> {
    let report = Arc::new(HumanReport::new(printer.detail(), move |lines| printer.styled(lines)));
    let sink: Arc<dyn EventSink> = Arc::clone(&report) as _;
    let run = host.start(RunRequest::new(name, inputs).watch(sink).note(note));
    interrupts.abort_with(run.abort_handle());
    let failure = match run.outcome().await.result {
        Ok(output) => return Ok(output),
        Err(failure) => failure,
    };
    if let (Failure::Aborted(_), Some(exit)) = (&failure, interrupts.signalled()) {
        return Err(Diagnosis::new(exit, format!("{}: aborted {}", what(exit), report.aborted())));
    }
    Err(of_failure(name, report.root_attempts(), &failure))
}

/// Waits for optimised code where that is due, once in a component's life; a signal ends that, and not the command's success.
async fn optimised(host: &Host, interrupts: &Interrupts, printer: Printer) {
    let (since, mut told) = (Instant::now(), false);
    let mut optimised = pin!(host.optimised());
    while timeout(LOOK, &mut optimised).await.is_err() && interrupts.signalled().is_none() {
        if !told && since.elapsed() >= NOTABLE {
            told = true;
            printer.note("optimising, for the next command …");
        }
    }
}

/// Says which step of a chain failed: the task's name may stand there twice.
fn with_place(mut diagnosis: Diagnosis, step: Option<String>, fed: Option<String>) -> Diagnosis {
    if let Some(step) = step {
        diagnosis.headline = format!("in {step}: {}", diagnosis.headline);
    }
    if let (Some(parameter), crate::exit::Exit::BadInput) = (fed, diagnosis.exit) {
        diagnosis.hints.push(format!("`{parameter}` is the output of the step before"));
    }
    diagnosis
}
