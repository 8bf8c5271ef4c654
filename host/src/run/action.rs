//! One action from its invocation to its final phase: check, cache, attempts, pauses, result.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, AtomicUsize};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::component::{ComponentId, Task, TaskPolicy};
use crate::record::Json;
use crate::rights::ActionRights;
use crate::run::admission::Ticket;
use crate::run::cache::CacheKey;
use crate::run::scope::{Inner, LogAllowance};
use crate::run::seed::Seed;
use crate::run::{
    ActionId, ActionScope, Attempt, Failure, Held, InvokeOptions, Limit, Phase, RunContext, RunEvent,
};

/// An action as it was invoked.
pub(super) struct Action {
    pub(super) id: ActionId,
    pub(super) ticket: Ticket,
    pub(super) parent: Option<ActionId>,
    /// The root's is 1.
    pub(super) depth: u32,
    /// The task by the name it was invoked with.
    pub(super) task: Arc<str>,
    /// The component whose tasks a bare name means first.
    pub(super) from: Option<ComponentId>,
    /// The inputs as they came; not checked yet.
    pub(super) inputs: String,
    pub(super) options: InvokeOptions,
    pub(super) cancel: CancellationToken,
    /// The rights of the action that invokes it; `None` for the root.
    pub(super) invoked_by: Option<Arc<ActionRights>>,
    pub(super) seed: Option<Seed>,
}

/// An action that ended. Kept until whoever waits for it has the result.
#[derive(Debug)]
pub(super) struct Driven {
    pub(super) result: Result<Json, Failure>,
    /// The result's bytes, among those that the host holds for the run.
    _held: Option<Held>,
    _ticket: Ticket,
}

/// Takes an action to its end. Boxed, as actions start actions.
pub(super) fn drive(run: Arc<RunContext>, action: Action) -> BoxFuture<'static, Driven> {
    async move {
        let invoked = Instant::now();
        run.emit(|| RunEvent::ActionQueued {
            run: run.id.clone(),
            action: action.id,
            parent: action.parent,
            task: masked(&run, &action.task),
            group: action.options.group.as_deref().map(Into::into),
        });
        let Action { id, ticket, .. } = action;
        let place = Place {
            id,
            parent: action.parent,
            depth: action.depth,
            cancel: action.cancel,
            ticket,
            invoked_by: action.invoked_by,
            seed: action.seed,
        };
        let call = Call { task: action.task, from: action.from, inputs: action.inputs, options: action.options };
        let mut cached = false;
        // Whatever happens, the end is told: a parent waits for it.
        let resolved = AssertUnwindSafe(resolve(&run, &place, call, &mut cached)).catch_unwind().await;
        let result = resolved.unwrap_or_else(|panic| Err(failure_of_panic(&*panic)));
        let result = result.map_err(|failure| run.untold(failure));
        let size = result.as_ref().map_or_else(Failure::size, |output| output.as_str().len());
        let (result, held) = match run.hold(size) {
            Ok(held) => (result, Some(held)),
            Err(limit) => (Err(Failure::Limit(limit)), None),
        };
        let phase = Phase::of(&result);
        run.count_end(phase, cached);
        run.emit(|| RunEvent::ActionEnded {
            run: run.id.clone(),
            action: id,
            phase,
            failure: result.as_ref().err().cloned().map(Arc::new),
            cached,
            elapsed: invoked.elapsed(),
        });
        Driven { result, _held: held, _ticket: place.ticket }
    }
    .boxed()
}

/// Checks the inputs and finds the result: an earlier action's, or by attempts.
async fn resolve(run: &Arc<RunContext>, place: &Place, call: Call, cached: &mut bool) -> Result<Json, Failure> {
    // Of a hundred thousand that were dropped before they began, none is looked at.
    if place.cancel.is_cancelled() {
        return Err(run.abort_failure(place.id));
    }
    let task = Arc::clone(run.catalog.resolve(&call.task, call.from)?);
    let (size, limit) = (call.inputs.len(), run.limits.max_input);
    if size > limit {
        return Err(Failure::Limit(Limit::Input { limit, size }));
    }
    let rights = rights(run, place, &task);
    if let Some(denial) = rights.missing() {
        return Err(Failure::Denied(denial));
    }
    run.check(&call.inputs, |text| task.inputs().check(text)).map_err(Failure::InvalidInput)?;
    let inputs = Json::trusted(call.inputs);
    // An earlier result came of other clocks and other randomness.
    let key = CacheKey::of(&task, &inputs, &rights).filter(|_| run.seed.is_none());
    if let Some(hit) = key.as_ref().and_then(|key| run.cache.get(key)) {
        *cached = true;
        return Ok(hit);
    }
    let result = attempts(run, place, &task, &rights, inputs, &call.options).await;
    if let (Some(key), Ok(output)) = (key, &result) {
        run.cache.put(key, output.clone());
    }
    result
}

/// Where in the tree an action is.
struct Place {
    id: ActionId,
    parent: Option<ActionId>,
    depth: u32,
    cancel: CancellationToken,
    ticket: Ticket,
    invoked_by: Option<Arc<ActionRights>>,
    seed: Option<Seed>,
}

/// What the action may use: what its task declares of what its parent has, or of what is granted.
fn rights(run: &RunContext, place: &Place, task: &Task) -> Arc<ActionRights> {
    Arc::new(match &place.invoked_by {
        None => ActionRights::of_root(run.granted.clone(), task.rights()),
        Some(parent) => {
            let name = place.parent.map(|id| id.to_string()).unwrap_or_default();
            ActionRights::of_child(parent, name, task.rights())
        }
    })
}

fn masked(run: &RunContext, text: &str) -> Arc<str> {
    match run.secrets() {
        Some(secrets) => secrets.mask(text).as_ref().into(),
        None => text.into(),
    }
}

/// What an action is to do.
struct Call {
    task: Arc<str>,
    from: Option<ComponentId>,
    inputs: String,
    options: InvokeOptions,
}

fn failure_of_panic(panic: &(dyn Any + Send)) -> Failure {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    Failure::Host(format!("panicked: {}", text.unwrap_or("a value that is no text")))
}

async fn attempts(
    run: &Arc<RunContext>,
    place: &Place,
    task: &Arc<Task>,
    rights: &Arc<ActionRights>,
    inputs: Json,
    options: &InvokeOptions,
) -> Result<Json, Failure> {
    let log = Arc::new(LogAllowance::new(run.limits.max_log));
    let policy = task.policy();
    let retries = options.retries.unwrap_or(policy.retries);
    let max_runtime = shortest(options.max_runtime.or(policy.max_runtime), run.limits.max_runtime);
    let mut number = 1;
    loop {
        let slot = tokio::select! {
            biased;
            () = place.cancel.cancelled() => return Err(run.abort_failure(place.id)),
            slot = place.ticket.admit(run.executor.weight(task)) => slot.map_err(Failure::Limit)?,
        };
        run.next_attempt().map_err(Failure::Limit)?;
        run.emit(|| RunEvent::AttemptStarted { run: run.id.clone(), action: place.id, attempt: number });
        let inner = Inner {
            run: Arc::clone(run),
            action: place.id,
            parent: place.parent,
            depth: place.depth,
            task: task.qualified_name(),
            component: task.component().id,
            attempt: number,
            cancel: place.cancel.child_token(),
            children: TaskTracker::new(),
            slot,
            rights: Arc::clone(rights),
            seed: place.seed.as_ref().map(|seed| seed.of_attempt(number)),
            log: Arc::clone(&log),
            pending: AtomicUsize::new(0),
            calls: AtomicU64::new(0),
            denials: Mutex::default(),
        };
        let failure = match attempt(run, place, task, inputs.clone(), ActionScope::new(inner), max_runtime).await {
            Ok(output) => return Ok(output),
            Err(failure) => run.untold(failure),
        };
        let again = number <= retries && is_retried(&failure, policy) && !place.cancel.is_cancelled();
        let pause = again.then(|| jittered(policy.backoff.pause_after(number), place.seed, number));
        run.emit(|| RunEvent::AttemptFailed {
            run: run.id.clone(),
            action: place.id,
            attempt: number,
            failure: Arc::new(failure.clone()),
            retry_after: pause,
        });
        let Some(pause) = pause else { return Err(failure) };
        tokio::select! {
            () = place.cancel.cancelled() => return Err(run.abort_failure(place.id)),
            () = tokio::time::sleep(pause) => number += 1,
        }
    }
}

async fn attempt(
    run: &Arc<RunContext>,
    place: &Place,
    task: &Arc<Task>,
    inputs: Json,
    scope: ActionScope,
    max_runtime: Option<Duration>,
) -> Result<Json, Failure> {
    let execution =
        run.executor.execute(Attempt { task: Arc::clone(task), inputs, scope: scope.clone(), max_runtime });
    // The attempt's own end drops the guest, whatever it is doing; only then are its children waited for.
    let guarded = AssertUnwindSafe(in_time(execution, max_runtime)).catch_unwind();
    let result = tokio::select! {
        biased;
        () = place.cancel.cancelled() => Err(run.abort_failure(place.id)),
        result = guarded => result.unwrap_or_else(|panic| Err(failure_of_panic(&*panic))),
    };
    scope.close().await;
    let output = result?;
    let (size, limit) = (output.len(), run.limits.max_output);
    if size > limit {
        return Err(Failure::Limit(Limit::Output { limit, size: Some(size) }));
    }
    // A guest is not believed: what it returns is checked as what it is given.
    run.check(&output, |text| task.output().check(text))
        .map_err(|error| Failure::InvalidOutput(error.to_string()))?;
    Ok(Json::trusted(output))
}

async fn in_time(
    execution: BoxFuture<'static, Result<String, Failure>>,
    max_runtime: Option<Duration>,
) -> Result<String, Failure> {
    match max_runtime {
        None => execution.await,
        Some(bound) => {
            tokio::time::timeout(bound, execution).await.unwrap_or(Err(Failure::Limit(Limit::MaxRuntime(bound))))
        }
    }
}

fn is_retried(failure: &Failure, policy: &TaskPolicy) -> bool {
    match failure {
        Failure::Task(error) => error.recoverable,
        Failure::Trap(_) => policy.retry_on.trap,
        Failure::Limit(limit) => limit.is_of_the_attempt() && policy.retry_on.limit,
        _ => false,
    }
}

/// A pause of half its length to all of it: so those that failed together don't all come back together.
fn jittered(pause: Duration, seed: Option<Seed>, attempt: u32) -> Duration {
    let share = match seed {
        Some(seed) => f64::from(seed.of_attempt(attempt).bytes()[0]) / 255.0,
        None => fastrand::f64(),
    };
    pause.mul_f64(0.5 + share / 2.0)
}

fn shortest(a: Option<Duration>, b: Option<Duration>) -> Option<Duration> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, other) => one.or(other),
    }
}
