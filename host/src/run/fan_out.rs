//! Many children of one kind at once: a crew works through the inputs, child after child.
//!
//! A child that waits for its turn is its inputs and nothing else: no future, no slot, no entry in a queue. The crew
//! starts with a hand for each core. Where a child has to wait for something, another hand joins, up to the bound: so
//! children that only compute run one after the other, where memory and caches are still warm, and those that sleep run
//! all at once. Each hand keeps its results, and they come together once, at the end.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::record::Json;
use crate::run::action::{Action, Driven, drive, queued};
use crate::run::admission::Ticket;
use crate::run::children::{Pending, Waits};
use crate::run::due::Due;
use crate::run::earlier::Recall;
use crate::run::plan::{Callee, Plan};
use crate::run::post::Post;
use crate::run::seed::Seed;
use crate::run::{ActionId, ActionScope, Failure, Held, InvokeOptions, Limit};

/// What the host holds for one child beside its inputs, in bytes, about.
const CHILD: usize = 128;

/// After how long a hand that had nothing to wait for lets others have its thread.
const TURN: Duration = Duration::from_micros(500);

/// How a fan-out goes about its children.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct FanOut {
    /// How many of them run at once, at most. `None`: as many as the host runs.
    pub(crate) concurrency: Option<u32>,
    /// Whether the first that fails aborts those that have not ended.
    pub(crate) fail_fast: bool,
}

/// What all hands share.
struct Crew {
    plan: Arc<Plan>,
    scope: ActionScope,
    /// Each is taken by one hand, once.
    inputs: Box<[Mutex<String>]>,
    /// What each was in the run whose results are taken over; empty where there is none.
    recalled: Vec<Option<Recall>>,
    next: AtomicUsize,
    first_id: u64,
    first_seed: Option<(Seed, u64)>,
    invoked: Instant,
    due: Option<Due>,
    cancel: CancellationToken,
    fail_fast: bool,
    /// How many hands there may be.
    most: usize,
    hands: Mutex<Hands>,
    /// As long as anything of it is there, it counts.
    _pending: Pending,
    _held: Held,
}

#[derive(Default)]
struct Hands {
    started: usize,
    done: usize,
    /// Those whose results nobody has collected yet.
    handles: Vec<JoinHandle<Done>>,
}

/// What a hand has done.
struct Done {
    ended: Vec<Ended>,
    /// The last hand's: until the parent goes on, something still changes.
    last: Option<Ticket>,
}

/// A child that ended, by its place among the inputs.
struct Ended {
    place: usize,
    result: Result<Json, Failure>,
    held: Option<Held>,
}

/// The results of a fan-out, in the order of the inputs.
pub(crate) struct FannedOut {
    pub(crate) results: Vec<Result<Json, Failure>>,
    /// Their bytes, among those that the host holds for the run.
    held: Vec<Held>,
}

impl FannedOut {
    /// All of them fail alike.
    pub(crate) fn failed(failure: &Failure, count: usize) -> Self {
        Self { results: vec![Err(failure.clone()); count], held: Vec::new() }
    }
}

impl ActionScope {
    /// Runs a task on each of many inputs as child actions, and gives their results in the order of the inputs. They are
    /// aborted when the future is dropped, and when the attempt ends before them. Must be called within a tokio
    /// runtime.
    pub(crate) async fn invoke_each(
        &self,
        task: &str,
        inputs: Vec<String>,
        options: InvokeOptions,
        how: FanOut,
    ) -> FannedOut {
        let count = inputs.len();
        if count == 0 {
            return FannedOut { results: Vec::new(), held: Vec::new() };
        }
        let run = self.run();
        let bytes: usize = inputs.iter().map(|inputs| inputs.len() + CHILD).sum();
        let admitted = self.check_depth().and_then(|()| Ok((self.pending(count)?, run.hold(bytes)?)));
        let (pending, held) = match admitted {
            Ok(admitted) => admitted,
            Err(limit) => return FannedOut::failed(&self.refused(limit), count),
        };
        let family = self.family();
        let ids = run.next_actions(count as u64);
        let first_call = family.next_calls(count as u64);
        let invoked = Instant::now();
        let due = Due::of(invoked, options.within);
        let plan = self.plan(Callee::Named(task), options);
        // Those for which the run has no action any more are not even begun.
        let begun = usize::try_from(ids.end - ids.start).unwrap_or(count);
        let recalled = match self.recall_each(first_call, &plan.told, &inputs, begun) {
            Ok(recalled) => recalled,
            Err(diverged) => return FannedOut::failed(&diverged, count),
        };
        let number = recalled.iter().flatten().next().map(|recall| recall.number);
        for (call, id) in (first_call..).zip(ids.clone()) {
            queued(&plan, ActionId(id), call);
        }
        let bound = how.concurrency.map_or(usize::MAX, |most| most.max(1) as usize);
        let cancel = family.cancel.child_token();
        let _abort = cancel.clone().drop_guard();
        let crew = Arc::new(Crew {
            plan,
            scope: self.clone(),
            inputs: inputs.into_iter().take(begun).map(Mutex::new).collect(),
            recalled,
            next: AtomicUsize::new(0),
            first_id: ids.start,
            first_seed: self.seed().map(|seed| (*seed, first_call)),
            invoked,
            due,
            cancel,
            fail_fast: how.fail_fast,
            most: bound.min(run.admission.max_running()).min(begun),
            hands: Mutex::default(),
            _pending: pending,
            _held: held,
        });
        // Before the parent waits: where nobody else runs, there must be somebody who is about to.
        for _ in 0..crew.most.min(Handle::current().metrics().num_workers()) {
            Crew::join(&crew);
        }
        let waits = Waits::for_children_of(self.slot());
        let (results, last) = crew.results(count).await;
        if let Some(script) = self.script() {
            script.turn(number).await;
        }
        // First the parent runs again, then the last child is gone: between the two, nothing looks hopeless.
        drop(waits);
        drop(last);
        if begun > 0 {
            self.delivered(ActionId(ids.start), ids.end - ids.start);
        }
        results
    }
}

impl Crew {
    /// One more hand, where there may be one more and there is work left.
    fn join(crew: &Arc<Self>) {
        let mut hands = crew.hands();
        if hands.started < crew.most && crew.next.load(Ordering::Relaxed) < crew.inputs.len() {
            hands.started += 1;
            let run = &crew.plan.run;
            let ticket = run.admission.ticket(run.id.clone(), crew.plan.depth, Some(crew.scope.slot().id()));
            let work = Arc::clone(crew).work(ticket);
            hands.handles.push(crew.scope.family().tasks.spawn(work));
        }
    }

    /// Child after child, until there are no more.
    async fn work(self: Arc<Self>, ticket: Ticket) -> Done {
        // Its own, and a token of its own: hands would fight for the counts and locks of those they share.
        let plan = Arc::new(self.plan.again());
        let post = Post::new(ticket, self.cancel.child_token());
        let mut ended = Vec::new();
        let mut turn = Instant::now();
        while let Some((place, action)) = self.take() {
            let Driven { result, held, remains } = self.with_help(&post, pin!(drive(&plan, &post, action))).await;
            drop(remains);
            if self.fail_fast && result.is_err() {
                self.cancel.cancel();
            }
            ended.push(Ended { place, result, held });
            if turn.elapsed() > TURN {
                tokio::task::yield_now().await;
                turn = Instant::now();
            }
        }
        let (ticket, slot) = post.retire();
        drop(slot);
        let mut hands = self.hands();
        hands.done += 1;
        Done { ended, last: (hands.done == hands.started).then_some(ticket) }
    }

    fn take(&self) -> Option<(usize, Action)> {
        let place = self.next.fetch_add(1, Ordering::Relaxed);
        let inputs = self.inputs.get(place)?;
        let inputs = std::mem::take(&mut *inputs.lock().unwrap_or_else(PoisonError::into_inner));
        let seed = self.first_seed.as_ref().map(|(seed, first)| seed.of_call(first + place as u64));
        let id = ActionId(self.first_id + place as u64);
        let recall = self.recalled.get(place).cloned().flatten();
        Some((place, Action { id, invoked: self.invoked, due: self.due, inputs, seed, recall }))
    }

    /// Drives a child. Where it has to wait for something other than a slot, another hand goes on with the next.
    async fn with_help<T>(self: &Arc<Self>, post: &Post, mut driven: Pin<&mut impl Future<Output = T>>) -> T {
        let mut helped = false;
        poll_fn(|context| {
            let polled = driven.as_mut().poll(context);
            if polled.is_pending() && !helped && !post.queues() {
                helped = true;
                Self::join(self);
            }
            polled
        })
        .await
    }

    /// The results of all hands, in the order of the inputs, and what the last hand kept.
    async fn results(&self, count: usize) -> (FannedOut, Option<Ticket>) {
        let beyond = Failure::Limit(Limit::Actions(self.plan.run.limits.max_actions));
        let mut all = FannedOut::failed(&beyond, count);
        let mut kept = None;
        while let Some(hand) = self.next_hand() {
            match hand.await {
                Ok(Done { ended, last }) => {
                    for Ended { place, result, held } in ended {
                        all.results[place] = result;
                        all.held.extend(held);
                    }
                    kept = kept.or(last);
                }
                Err(panic) => return (FannedOut::failed(&Failure::Host(panic.to_string()), count), kept),
            }
        }
        (all, kept)
    }

    fn next_hand(&self) -> Option<JoinHandle<Done>> {
        self.hands().handles.pop()
    }

    fn hands(&self) -> MutexGuard<'_, Hands> {
        self.hands.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
