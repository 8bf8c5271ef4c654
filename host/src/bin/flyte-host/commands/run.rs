//! `flyte-host run COMPONENT TASK … then TASK …`.

use std::mem::ManuallyDrop;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use flyte_host::history::RunNote;
use flyte_host::record::Json;
use flyte_host::report::{Cost, Detail, HumanReport, Progress};
use flyte_host::run::{EventSink, Failure, RunId};
use flyte_host::{Host, RunRequest};
use tokio::time::timeout;

use crate::args::RunArgs;
use crate::commands::recover::Recover;
use crate::commands::request::Request;
use crate::commands::{get_io, load};
use crate::diagnosis::{Diagnosis, of_failure};
use crate::home;
use crate::interrupt::{Interrupts, what};
use crate::live::Live;
use crate::printer::Printer;
use crate::result_cache;
use crate::task_help;
use crate::task_line::{self, Step, TaskLine};
use crate::value::Values;

/// How often one looks for a signal that comes while nothing runs.
const LOOK: Duration = Duration::from_millis(20);
/// What takes longer is told.
const NOTABLE: Duration = Duration::from_millis(500);

/// What is to be run.
pub(crate) struct Job<'a> {
    pub args: &'a RunArgs,
    pub note: RunNote,
    /// Inputs of an earlier run, which those of the first step start from.
    pub inputs: Option<&'a Json>,
    /// SHA-256 of the component that the first step's task was in then.
    pub component: Option<[u8; 32]>,
    /// Where files among the values are, if not in the present directory.
    pub directory: Option<&'a Path>,
    /// The run whose results are taken over, and with them its task and inputs.
    pub recover: Option<&'a Recover>,
}

/// Checks the whole chain, runs it, and prints the last step's output.
pub(crate) fn execute(args: &RunArgs, printer: Printer) -> Result<(), Diagnosis> {
    let mut note = args.history.note()?;
    note.request = Request::of_this_process(args).and_then(|request| request.to_text());
    start(&Job { args, note, inputs: None, component: None, directory: None, recover: None }, printer)
}

/// Does a job.
pub(crate) fn start(job: &Job<'_>, printer: Printer) -> Result<(), Diagnosis> {
    let args = job.args;
    let interrupts = Interrupts::listen(printer)?;
    let granted = args.grants.granted()?;
    let runtime = load::runtime()?;
    let mut history = args.history.start(printer)?;
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
        let mut cost = Cost::default();
        let output = match job.recover {
            Some(recover) => {
                let recovery = recover.recovery(&host, printer)?;
                let (name, request) = (recovery.run().task.clone(), RunRequest::recover(&recovery));
                task_line::known(host.catalog(), &args.component, &name)?;
                let output = run(&host, &name, request, job.note.clone(), &interrupts, &mut cost, printer).await;
                // Not before: the recovered run may be among those that are too many.
                args.history.keep(history.as_ref());
                output
            }
            None => {
                let place = args.history.place.clone();
                let mut values = Values::new(move |text| printer.note(text), job.directory)
                    .with_runs(move |reference| get_io::referred(&place, reference));
                let (catalog, component) = (host.catalog(), &args.component);
                match task_line::read(catalog, component, &args.task_line, job.inputs, &mut values)? {
                    TaskLine::Help(task) => {
                        return printer.data(&task_help::of(&task, &catalog.short_name(&task), args));
                    }
                    TaskLine::Steps(steps) => {
                        warn_of_change(job, &steps, printer);
                        args.history.keep(history.as_ref());
                        chain(&host, steps, &job.note, &interrupts, &mut cost, printer).await
                    }
                }
            }
        };
        // A durable run that fails says itself what could not be kept.
        let untold = args.history.durable && output.is_ok();
        let is_recorded = home::close(history.take(), untold, printer).await;
        // Nobody waits for what later commands may need.
        let printed = output.and_then(|output| printer.json(&output, args.output));
        result_cache::close(results.as_ref(), printer).await;
        tell_cost(&cost, is_recorded, printer);
        printed?;
        optimised(&host, &interrupts, printer).await;
        Ok(())
    });
    // Where nothing was run, nothing of this process stays in the home.
    runtime.block_on(home::close(history.take(), false, printer));
    // What still runs there was aborted, and nobody waits for it.
    runtime.shutdown_background();
    done
}

/// Tells where a component is not what it was.
fn warn_of_change(job: &Job<'_>, steps: &[Step], printer: Printer) {
    let Some(now) = steps.first().map(|step| step.task.component()) else { return };
    if job.component.is_some_and(|then| then != now.digest) {
        // What is built has another name than its user gave.
        let name = if job.args.with.is_empty() { &job.args.component } else { &now.origin };
        let text = format!("{} has changed since then", name.display());
        printer.warning(&text, &["what it does now may be something else"]);
    }
}

async fn chain(
    host: &Host,
    steps: Vec<Step>,
    note: &RunNote,
    interrupts: &Interrupts,
    cost: &mut Cost,
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
        let request = RunRequest::new(name.as_str(), inputs);
        match run(host, &name, request, note.clone(), interrupts, cost, printer).await {
            Ok(result) => output = Some(result),
            Err(diagnosis) => return Err(with_place(diagnosis, in_chain, fed)),
        }
    }
    output.ok_or_else(|| Diagnosis::usage("there is nothing to run"))
}

async fn run(
    host: &Host,
    name: &str,
    request: RunRequest,
    note: RunNote,
    interrupts: &Interrupts,
    cost: &mut Cost,
    printer: Printer,
) -> Result<Json, Diagnosis> {
    let report = Arc::new(HumanReport::new(printer.detail(), move |lines| printer.styled(lines)));
    let mut sinks: Vec<Arc<dyn EventSink>> = vec![Arc::clone(&report) as _];
    let live = Live::wanted(printer).then(|| {
        let progress = Arc::new(Progress::default());
        sinks.push(Arc::clone(&progress) as _);
        Live::start(progress, printer)
    });
    let run = interrupts.abortable(|| host.start(request.watch(Arc::new(sinks)).note(note)));
    let outcome = run.outcome().await;
    drop(live);
    cost.add(&outcome);
    let failure = match outcome.result {
        Ok(output) => return Ok(output),
        Err(failure) => failure,
    };
    if let (Failure::Aborted(_), Some(exit)) = (&failure, interrupts.signalled()) {
        return Err(Diagnosis::new(exit, format!("{}: aborted {}", what(exit), report.aborted())));
    }
    Err(of_failure(name, report.root_attempts(), &failure))
}

/// What the runs cost, in one line, and the ids to look at them with where they are recorded.
fn tell_cost(cost: &Cost, recorded: bool, printer: Printer) {
    let ids: Vec<&str> = cost.runs().iter().map(RunId::as_str).collect();
    match (ids.is_empty(), recorded) {
        (true, _) => {}
        (false, true) => printer.dim(&format!("{}: {cost}", ids.join(", "))),
        (false, false) => printer.dim(&cost.to_string()),
    }
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
