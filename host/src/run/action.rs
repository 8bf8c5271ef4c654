//! One action from its invocation to its final phase: check, cache, attempts, pauses, result.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::FutureExt;

use crate::component::TaskPolicy;
use crate::record::Json;
use crate::run::cache::{self, Answer, CacheKey};
use crate::run::due::Due;
use crate::run::earlier::Recall;
use crate::run::executor::{Executed, Remains};
use crate::run::plan::Plan;
use crate::run::post::Post;
use crate::run::seed::Seed;
use crate::run::site::Site;
use crate::run::{
    ActionId, ActionScope, Attempt, Failure, Held, Limit, Phase, ResultCacheMode, RunContext, RunEvent, Usage,
};

/// An action as it was invoked.
pub(super) struct Action {
    pub(super) id: ActionId,
    pub(super) invoked: Instant,
    pub(super) due: Option<Due>,
    /// The inputs as they came; not checked yet.
    pub(super) inputs: String,
    pub(super) seed: Option<Seed>,
    /// It, in the run whose results are taken over.
    pub(super) recall: Option<Recall>,
}

/// Whose result an action has, where it is not its own.
#[derive(Debug, Default)]
struct Borrowed {
    cached: bool,
    recovered: bool,
}

/// An action that ended.
#[derive(Debug)]
pub(super) struct Driven {
    pub(super) result: Result<Json, Failure>,
    /// The result's bytes, among those that the host holds for the run.
    pub(super) held: Option<Held>,
    pub(super) remains: Remains,
}

/// Tells that an action was invoked.
pub(super) fn queued(plan: &Plan, id: ActionId, call: u64) {
    let run = &plan.run;
    run.emit(|| RunEvent::ActionQueued {
        run: run.id.clone(),
        action: id,
        parent: plan.parent,
        task: Arc::clone(&plan.told.task),
        group: plan.told.group.clone(),
        parent_attempt: plan.parent_attempt,
        call,
        component: plan.told.component.clone(),
        max_runtime: plan.told.max_runtime,
        rights: Arc::clone(&plan.told.rights),
    });
}

/// Takes an action to its end.
pub(super) async fn drive(plan: &Arc<Plan>, post: &Post, action: Action) -> Driven {
    let (run, id, invoked, due) = (&plan.run, action.id, action.invoked, action.due);
    let recall = action.recall.clone();
    let mut borrowed = Borrowed::default();
    let mut usage = Usage::default();
    let mut remains = Remains::default();
    // Whatever happens, the end is told: a parent waits for it.
    let resolved = {
        let of = (&mut borrowed, &mut usage, &mut remains);
        let resolving = pin!(AssertUnwindSafe(resolve(plan, post, action, of)).catch_unwind());
        Due::hold(due, &post.cancel, resolving).await
    };
    let result = resolved.unwrap_or_else(|panic| Err(failure_of_panic(&*panic)));
    let result = run.unless_given_up(id, result).map_err(|failure| run.untold(failure));
    let size = result.as_ref().map_or_else(Failure::size, |output| output.as_str().len());
    let (result, held) = match run.hold(size) {
        Ok(held) => (result, Some(held)),
        Err(limit) => (Err(Failure::Limit(limit)), None),
    };
    if let (Some(recall), Err(failure)) = (&recall, &result) {
        recall.failed(failure);
    }
    let Borrowed { cached, recovered } = borrowed;
    let phase = if recovered && result.is_ok() { Phase::Recovered } else { Phase::of(&result) };
    run.count_end(phase, cached, &usage);
    run.emit(|| RunEvent::ActionEnded {
        run: run.id.clone(),
        action: id,
        phase,
        failure: result.as_ref().err().cloned().map(Arc::new),
        cached,
        elapsed: invoked.elapsed(),
        output: result.as_ref().ok().and_then(|output| run.without_secrets(output)),
        usage,
    });
    match kept(run).await {
        Ok(()) => Driven { result, held, remains },
        Err(failure) => Driven { result: Err(failure), held, remains },
    }
}

/// Waits until what was told is kept, where it has to be. Where it can't be, the run does not go on.
async fn kept(run: &RunContext) -> Result<(), Failure> {
    let Some(ledger) = &run.ledger else { return Ok(()) };
    ledger.kept(&run.id).await.map_err(|reason| {
        let failure = Failure::Host(format!("its result cannot be kept: {reason}"));
        run.give_up(failure.clone());
        failure
    })
}

/// Checks the inputs and finds the result: an earlier action's, or by attempts.
async fn resolve(
    plan: &Arc<Plan>,
    post: &Post,
    action: Action,
    (borrowed, usage, remains): (&mut Borrowed, &mut Usage, &mut Remains),
) -> Result<Json, Failure> {
    let Action { id, invoked, due, inputs, seed, recall } = action;
    let run = &plan.run;
    if let Some(failure) = due.and_then(Due::missed) {
        return Err(failure);
    }
    // Of a hundred thousand that were dropped before they began, none is looked at.
    if post.cancel.is_cancelled() {
        return Err(run.abort_failure(id));
    }
    if let Some(recall) = recall.as_ref().filter(|_| run.replayed().is_some()) {
        borrowed.recovered = true;
        let tell = |message| {
            let parent = plan.parent.unwrap_or(id);
            run.emit(|| RunEvent::Progress { run: run.id.clone(), action: parent, message, fraction: None });
        };
        return tokio::select! {
            answer = recall.replayed(tell) => answer,
            () = post.cancel.cancelled() => Err(run.abort_failure(id)),
        };
    }
    let ready = plan.ready.as_ref().map_err(Clone::clone)?;
    let (size, limit) = (inputs.len(), run.limits.max_input);
    if size > limit {
        return Err(Failure::Limit(Limit::Input { limit, size }));
    }
    let checking = Instant::now();
    let checked = run.check(&inputs, |text| ready.task.inputs().check(text)).map_err(Failure::InvalidInput);
    let inputs = Json::trusted(inputs);
    let accepted = || {
        run.emit(|| RunEvent::InputsAccepted {
            run: run.id.clone(),
            action: id,
            inputs: run.without_secrets(&inputs),
        });
    };
    if let Some(denial) = &ready.missing {
        // Who may not run a task learns nothing of what it takes; who has the right later can run it on the same inputs.
        checked.is_ok().then(accepted);
        return Err(Failure::Denied(denial.clone()));
    }
    checked?;
    accepted();
    usage.serialize = checking.elapsed();
    if let Some(recall) = &recall {
        let fits = |output: &Json| ready.task.output().check(output.as_str()).is_ok();
        if let Some(answer) = recall.answer(run, fits).await? {
            borrowed.recovered = true;
            return answer;
        }
    }
    // An earlier result came of other clocks and other randomness; and what a file answers may come from anybody.
    let has_cache = run.seed.is_none() && run.replayed().is_none() && run.results != ResultCacheMode::Off;
    let key = has_cache.then(|| CacheKey::of(&run.catalog, &ready.task, &inputs, &ready.rights)).flatten();
    let counterpart = match recall {
        Some(recall) => recall.counterpart(),
        None if id == ActionId::ROOT => run.earlier.as_ref().map(|earlier| earlier.root()),
        None => None,
    };
    let mut site = Site { plan, ready, post, id, seed, due, counterpart, claim: plan.claim };
    usage.queue = checking.duration_since(invoked);
    let Some(key) = key else { return attempts(&site, inputs, usage, remains).await };
    // What only some tasks need takes no room in all others.
    let answered = Box::pin(async {
        let looking = Instant::now();
        let answer = cache::find(&site, key).await?;
        usage.queue += looking.elapsed();
        match answer {
            Answer::Found(output) => {
                borrowed.cached = true;
                Ok(output)
            }
            Answer::Compute(computation) => {
                site.claim = computation.claim().or(site.claim);
                let result = attempts(&site, inputs, usage, remains).await;
                if let Ok(output) = &result {
                    match site.runs_anew() {
                        true => computation.keep(run, output),
                        false => computation.forget(run),
                    }
                }
                result
            }
        }
    });
    answered.await
}

fn failure_of_panic(panic: &(dyn Any + Send)) -> Failure {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    Failure::Host(format!("panicked: {}", text.unwrap_or("a value that is no text")))
}

async fn attempts(
    site: &Site<'_>,
    inputs: Json,
    usage: &mut Usage,
    remains: &mut Remains,
) -> Result<Json, Failure> {
    let (run, ready, post) = (&site.plan.run, site.ready, site.post);
    let policy = ready.task.policy();
    let log = ActionScope::log_of(run);
    let (mut number, retries) = match run.replayed() {
        Some(replayed) => (replayed.attempt, 0),
        None => (1, ready.retries),
    };
    loop {
        let waiting = Instant::now();
        let slot = tokio::select! {
            biased;
            slot = post.slot(ready.prepared.weight()) => slot.map_err(Failure::Limit)?,
            () = post.cancel.cancelled() => return Err(site.cancelled()),
        };
        let started = Instant::now();
        usage.queue += started.duration_since(waiting);
        run.next_attempt().map_err(Failure::Limit)?;
        run.emit(|| RunEvent::AttemptStarted { run: run.id.clone(), action: site.id, attempt: number });
        let scope = ActionScope::of_attempt(site, number, slot, log.clone());
        let attempted = attempt(site, inputs.clone(), scope, number > retries, started, usage, remains).await;
        let failure = match attempted {
            Ok(output) => return Ok(output),
            Err(failure) => run.untold(failure),
        };
        let again = number <= retries && is_retried(&failure, policy) && !post.cancel.is_cancelled();
        let pause = again.then(|| jittered(policy.backoff.pause_after(number), site.seed, number));
        run.emit(|| RunEvent::AttemptFailed {
            run: run.id.clone(),
            action: site.id,
            attempt: number,
            failure: Arc::new(failure.clone()),
            retry_after: pause,
        });
        let Some(pause) = pause else { return Err(failure) };
        *remains = Remains::default();
        post.leave();
        usage.queue += pause;
        tokio::select! {
            () = post.cancel.cancelled() => return Err(site.cancelled()),
            () = tokio::time::sleep(pause) => number += 1,
        }
    }
}

async fn attempt(
    site: &Site<'_>,
    inputs: Json,
    scope: ActionScope,
    is_last: bool,
    started: Instant,
    usage: &mut Usage,
    remains: &mut Remains,
) -> Result<Json, Failure> {
    let (run, ready, max_runtime) = (&site.plan.run, site.ready, site.ready.max_runtime);
    let execution = Arc::clone(&ready.prepared).execute(Attempt { inputs, scope: scope.clone(), max_runtime });
    // The attempt's own end drops the guest, whatever it is doing; only then are its children waited for.
    let guarded = AssertUnwindSafe(in_time(execution, max_runtime)).catch_unwind();
    let executed = tokio::select! {
        // First the guest: most end the first time they are looked at, and then nobody need be told to wake them.
        biased;
        executed = guarded => executed.unwrap_or_else(|panic| failed(failure_of_panic(&*panic))),
        () = site.post.cancel.cancelled() => failed(site.cancelled()),
    };
    scope.close().await;
    // What it made of children that were aborted like itself is no result.
    let executed = if site.post.cancel.is_cancelled() { failed(site.cancelled()) } else { executed };
    *remains = executed.remains;
    let executed_at = Instant::now();
    usage.add(scope.usage(executed_at.duration_since(started)));
    // An error that a task ends with is its word as much as an output is.
    let is_word = |failure: &Failure| {
        matches!(failure, Failure::Task(_)) && (is_last || !is_retried(failure, ready.task.policy()))
    };
    match &executed.result {
        Err(failure) if !is_word(failure) || run.replayed().is_some() => {}
        _ => scope.has_result()?,
    }
    let output = executed.result?;
    let (size, limit) = (output.len(), run.limits.max_output);
    if size > limit {
        return Err(Failure::Limit(Limit::Output { limit, size: Some(size) }));
    }
    // A guest is not believed: what it returns is checked as what it is given.
    run.check(&output, |text| ready.task.output().check(text))
        .map_err(|error| Failure::InvalidOutput(error.to_string()))?;
    usage.serialize += executed_at.elapsed();
    Ok(Json::trusted(output))
}

fn failed(failure: Failure) -> Executed {
    Executed { result: Err(failure), remains: Remains::default() }
}

async fn in_time(execution: impl Future<Output = Executed>, max_runtime: Option<Duration>) -> Executed {
    match max_runtime {
        None => execution.await,
        Some(bound) => tokio::time::timeout(bound, execution)
            .await
            .unwrap_or_else(|_| failed(Failure::Limit(Limit::MaxRuntime(bound)))),
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
