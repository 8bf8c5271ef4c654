//! How an action comes to its result where its task has a cache: it finds one, waits for another's, or computes its own.

use std::time::Duration;

use crate::record::Json;
use crate::run::cache::flights::{Claim, FlightId, Turn};
use crate::run::cache::{CacheKey, KeptResult, ResultCacheMode, StoreClaim, now};
use crate::run::site::Site;
use crate::run::{Failure, RunContext};

/// How long between two looks whether another process is done.
const LOOK: Duration = Duration::from_millis(100);

/// Where a result comes from.
pub(in crate::run) enum Answer {
    /// An earlier action's.
    Found(Json),
    /// It has to be computed.
    Compute(Computation),
}

/// A result that is to be computed, and kept; others may wait for it as long as this is there.
pub(in crate::run) struct Computation {
    key: CacheKey,
    claim: Option<Claim>,
    stored: Option<StoreClaim>,
}

/// Finds the result of this key, or the right to compute it. While it waits, the action holds no slot.
///
/// # Errors
/// The action is cancelled.
pub(in crate::run) async fn find(site: &Site<'_>, key: CacheKey) -> Result<Answer, Failure> {
    let alone = Computation { key, claim: None, stored: None };
    if let Some(output) = in_memory(site, key) {
        return Ok(Answer::Found(output));
    }
    if let Some(output) = in_store(site, key).await {
        return Ok(Answer::Found(output));
    }
    if !site.ready.task.policy().cache.serialize {
        return Ok(Answer::Compute(alone));
    }
    let claim = match in_this_host(site, key).await? {
        Ok(claim) => claim,
        Err(Some(output)) => return Ok(Answer::Found(output)),
        Err(None) => return Ok(Answer::Compute(alone)),
    };
    match among_processes(site, key).await? {
        Ok(stored) => Ok(Answer::Compute(Computation { key, claim: Some(claim), stored })),
        Err(output) => {
            claim.hand_over(&output);
            Ok(Answer::Found(output))
        }
    }
}

/// The right to compute; else what others in this host have computed, or nothing where it can't be waited for.
async fn in_this_host(site: &Site<'_>, key: CacheKey) -> Result<Result<Claim, Option<Json>>, Failure> {
    let run = &site.plan.run;
    loop {
        match run.cache.flights.turn(key, site.claim, &run.admission) {
            Turn::Alone => return Ok(Err(None)),
            // One may have come between the look and the turn.
            Turn::Mine(claim) => return Ok(in_memory(site, key).map_or(Ok(claim), |output| Err(Some(output)))),
            Turn::Wait(wait) => {
                site.post.leave();
                unless_cancelled(site, wait.landed()).await?;
                if let Some(output) = wait.result().filter(|output| fits(site, output.as_str())) {
                    return Ok(Err(Some(output)));
                }
            }
        }
    }
}

/// The right to compute; else what another process has computed.
async fn among_processes(site: &Site<'_>, key: CacheKey) -> Result<Result<Option<StoreClaim>, Json>, Failure> {
    let run = &site.plan.run;
    let Some(store) = &run.cache.store else { return Ok(Ok(None)) };
    loop {
        if let Some(claim) = store.claim(key).await {
            // Whoever had it before may have kept the result.
            return Ok(in_store(site, key).await.map_or(Ok(Some(claim)), Err));
        }
        // What others wait for does not wait for processes: they might wait for each other.
        if site.claim.is_some() {
            return Ok(Ok(None));
        }
        site.post.leave();
        unless_cancelled(site, tokio::time::sleep(LOOK)).await?;
    }
}

async fn unless_cancelled(site: &Site<'_>, done: impl Future<Output = ()>) -> Result<(), Failure> {
    tokio::select! {
        biased;
        () = site.post.cancel.cancelled() => Err(site.cancelled()),
        () = done => Ok(()),
    }
}

fn in_memory(site: &Site<'_>, key: CacheKey) -> Option<Json> {
    let run = &site.plan.run;
    let kept = run.cache.memory.get(&key).filter(|_| run.results == ResultCacheMode::Use)?;
    if !is_fresh(site, kept.computed) || !fits(site, kept.output.as_str()) {
        return None;
    }
    if let Some(store) = &run.cache.store {
        store.used(key);
    }
    Some(kept.output)
}

async fn in_store(site: &Site<'_>, key: CacheKey) -> Option<Json> {
    let (run, output) = (&site.plan.run, site.ready.task.output());
    let store = run.cache.store.as_ref().filter(|_| run.results == ResultCacheMode::Use)?;
    let stored = store.get(key).await?;
    if !is_fresh(site, stored.computed) || !fits(site, &stored.output) {
        return None;
    }
    // The component may have changed since, and what is on a disk is believed no more than a guest.
    run.check(&stored.output, |text| output.check(text)).ok()?;
    let kept = KeptResult { output: Json::trusted(stored.output), computed: stored.computed };
    run.cache.memory.put(key, kept.clone());
    store.used(key);
    Some(kept.output)
}

/// Whether the task takes a result of that time. One from the future has no age that could be told.
fn is_fresh(site: &Site<'_>, computed: u64) -> bool {
    site.ready
        .task
        .policy()
        .cache
        .max_age
        .is_none_or(|most| now().checked_sub(computed).is_some_and(|age| Duration::from_micros(age) <= most))
}

fn fits(site: &Site<'_>, output: &str) -> bool {
    output.len() <= site.plan.run.limits.max_output
}

impl Computation {
    /// What is computed below it waits for none of those who wait for it.
    pub(in crate::run) fn claim(&self) -> Option<FlightId> {
        self.claim.as_ref().map(Claim::id)
    }

    /// Keeps what was computed, and hands it to those who wait.
    pub(in crate::run) fn keep(self, run: &RunContext, output: &Json) {
        let kept = KeptResult { output: output.clone(), computed: now() };
        run.cache.memory.put(self.key, kept.clone());
        if let Some(claim) = &self.claim {
            claim.hand_over(output);
        }
        let Some(store) = &run.cache.store else { return };
        if run.without_secrets(output).is_some() {
            store.put(self.key, kept, self.stored);
        } else if run.results == ResultCacheMode::Overwrite {
            // A secret stays in this process.
            store.forget(self.key, self.stored);
        }
    }

    /// Keeps nothing of what was computed, and hands it to nobody. Where it was to be in an earlier one's place, that
    /// goes.
    pub(in crate::run) fn forget(self, run: &RunContext) {
        if run.results == ResultCacheMode::Overwrite {
            run.cache.memory.forget(&self.key);
            if let Some(store) = &run.cache.store {
                store.forget(self.key, self.stored);
            }
        }
    }
}
