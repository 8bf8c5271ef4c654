//! An instance that runs several actions at once.
//!
//! It is driven by a task of its own, which the attempts hand their calls to. A trap ends the instance, and with it every
//! action in it. One that is aborted cannot be stopped by itself: the instance takes no more calls, and where the guest's
//! task does not end soon, it is given up with all that is left in it. That is decided from outside: while the guest
//! computes, or blocks, nothing within the Store is looked at.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt, TryFutureExt};
use tokio::sync::{Notify, mpsc, oneshot, watch};
use tokio::time::{Instant, sleep_until};
use wasmtime::Store;
use wasmtime::component::Accessor;

use crate::component::ReusePolicy;
use crate::engine::bindings::failure_of_task;
use crate::engine::load::Run;
use crate::engine::state::StoreState;
use crate::engine::tenants::Tenants;
use crate::engine::trap;
use crate::record::Json;
use crate::run::{AbortCause, ActionScope, Failure, Limits};

/// How long an aborted task may go on for the sake of the others in its instance.
pub(in crate::engine) const GRACE: Duration = Duration::from_secs(1);

/// The attempts' side of the instance.
pub(in crate::engine) struct Shared {
    policy: ReusePolicy,
    load: Mutex<Load>,
    /// Told where it may be that it can go.
    retires: Notify,
    /// Told when one was aborted.
    aborts: Notify,
    calls: mpsc::UnboundedSender<Call>,
    /// How the instance ended.
    fate: watch::Receiver<Option<Failure>>,
}

#[derive(Default)]
struct Load {
    /// Calls that are under way, or about to be.
    active: u32,
    uses: u32,
    retired: bool,
    /// Since when one that was aborted goes on.
    aborted: Option<Instant>,
}

/// One action for the instance to run.
struct Call {
    task: Arc<str>,
    inputs: Json,
    scope: ActionScope,
    within: Option<Duration>,
    answer: oneshot::Sender<Result<String, Failure>>,
}

/// A place among those that run at once.
pub(in crate::engine) struct Place(Arc<Shared>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.lock().active -= 1;
        self.0.retires.notify_one();
    }
}

/// Retires the instance when it is dropped, however it came to that.
struct Retired(Arc<Shared>);

impl Drop for Retired {
    fn drop(&mut self) {
        self.0.retire();
    }
}

/// A call that nobody waits for any more, unless it is answered first.
struct Unanswered<'s>(Option<&'s Shared>);

impl Drop for Unanswered<'_> {
    fn drop(&mut self) {
        if let Some(shared) = self.0 {
            shared.lock().aborted.get_or_insert_with(Instant::now);
            shared.retire();
            shared.aborts.notify_one();
        }
    }
}

impl Shared {
    /// Takes over an instance that runs nothing yet, and gives the first place in it. Must be called within a tokio
    /// runtime.
    pub(super) fn of(
        store: Store<StoreState>,
        run: Run,
        limits: &Arc<Limits>,
        policy: ReusePolicy,
    ) -> (Arc<Self>, Place) {
        let load = Load { active: 1, uses: 1, ..Load::default() };
        let (calls, waiting) = mpsc::unbounded_channel();
        let (told, fate) = watch::channel(None);
        let shared = Arc::new(Self {
            policy,
            load: Mutex::new(load),
            retires: Notify::new(),
            aborts: Notify::new(),
            calls,
            fate,
        });
        let driver = Driver { shared: Arc::clone(&shared), waiting, limits: Arc::clone(limits), run };
        tokio::spawn(async move {
            let shared = Retired(Arc::clone(&driver.shared));
            let failure = driver.drive(store).await;
            drop(shared);
            told.send_replace(Some(failure));
        });
        let place = Place(Arc::clone(&shared));
        (shared, place)
    }

    /// A place for one more action; `None` where there is none, or no more are taken.
    pub(super) fn place(self: &Arc<Self>) -> Option<Place> {
        let mut load = self.lock();
        let has_room = !load.retired && load.active < self.policy.concurrency && load.uses < self.policy.max_uses;
        has_room.then(|| {
            load.active += 1;
            load.uses += 1;
            Place(Arc::clone(self))
        })
    }

    /// Takes no more actions; once those have ended that are in it, the instance goes.
    pub(super) fn retire(&self) {
        self.lock().retired = true;
        self.retires.notify_one();
    }

    /// As [`Shared::retire`], where nothing runs in it; tells whether that is so.
    pub(super) fn retire_if_idle(&self) -> bool {
        let mut load = self.lock();
        let is_idle = load.active == 0;
        load.retired |= is_idle;
        drop(load);
        if is_idle {
            self.retires.notify_one();
        }
        is_idle
    }

    pub(super) fn is_retired(&self) -> bool {
        self.lock().retired
    }

    /// Whether it can go: it takes no more actions, and all have ended.
    fn is_done(&self) -> bool {
        let load = self.lock();
        load.active == 0 && (load.retired || load.uses >= self.policy.max_uses)
    }

    /// Waits until one that was aborted has gone on for too long.
    async fn doomed(&self) {
        loop {
            let aborted = self.lock().aborted;
            match aborted.map(|since| since + GRACE) {
                Some(end) if end <= Instant::now() => return,
                Some(end) => sleep_until(end).await,
                None => self.aborts.notified().await,
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Load> {
        self.load.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Runs a task, to the attempt's end. Dropping the future aborts it.
    pub(in crate::engine) async fn call(
        self,
        task: &Arc<str>,
        inputs: Json,
        scope: ActionScope,
        within: Option<Duration>,
    ) -> Result<String, Failure> {
        let (answer, answered) = oneshot::channel();
        let shared = &self.0;
        let call = Call { task: Arc::clone(task), inputs, scope, within, answer };
        let lost = || Failure::Host("an instance ended without saying why".to_owned());
        if shared.calls.send(call).is_ok() {
            let mut unanswered = Unanswered(Some(shared));
            let answer = answered.await;
            unanswered.0 = None;
            if let Ok(result) = answer {
                return result;
            }
        }
        let mut fate = shared.fate.clone();
        let told = fate.wait_for(Option::is_some).await;
        Err(told.ok().and_then(|fate| fate.clone()).unwrap_or_else(lost))
    }
}

/// The instance's side.
struct Driver {
    shared: Arc<Shared>,
    waiting: mpsc::UnboundedReceiver<Call>,
    limits: Arc<Limits>,
    run: Run,
}

/// How a call went on.
enum Ended<'a> {
    Returned,
    /// Nobody waits for it any more: it goes on by itself.
    Aborted(BoxFuture<'a, wasmtime::Result<()>>),
}

impl Driver {
    /// Runs the instance to its end, and tells those who are still in it how it ended.
    async fn drive(mut self, mut store: Store<StoreState>) -> Failure {
        store.data_mut().tenants = Some(Tenants::default());
        let limits = Arc::clone(&self.limits);
        let shared = Arc::clone(&self.shared);
        let served = tokio::select! {
            served = store.run_concurrent(async |accessor| self.serve(accessor).await) => served,
            () = shared.doomed() => return Failure::Aborted(AbortCause::Instance),
        };
        match served.and_then(|served| served) {
            Ok(()) => Failure::Aborted(AbortCause::Instance),
            Err(error) => trap::classify(&error, store.data(), &limits),
        }
    }

    async fn serve(&mut self, accessor: &Accessor<StoreState>) -> wasmtime::Result<()> {
        let (shared, run) = (Arc::clone(&self.shared), self.run);
        let idle_ttl = shared.policy.idle_ttl;
        let mut running = FuturesUnordered::new();
        let mut idle_until = Instant::now() + idle_ttl;
        // Those that were aborted and go on.
        let mut aborted = FuturesUnordered::new();
        loop {
            tokio::select! {
                call = self.waiting.recv() => match call {
                    Some(call) => running.push(one(&shared, accessor, run, call)),
                    None => return Ok(()),
                },
                Some(ended) = running.next() => {
                    if let Ended::Aborted(rest) = ended? {
                        aborted.push(rest);
                    }
                    idle_until = Instant::now() + idle_ttl;
                }
                Some(ended) = aborted.next() => {
                    ended?;
                    if aborted.is_empty() {
                        shared.lock().aborted = None;
                    }
                }
                () = shared.retires.notified() => {}
                () = sleep_until(idle_until), if running.is_empty() => {
                    shared.retire_if_idle();
                    idle_until = Instant::now() + idle_ttl;
                }
            }
            if shared.is_done() && self.waiting.is_empty() {
                return Ok(());
            }
        }
    }
}

/// Runs one action.
///
/// # Errors
/// What ends the instance.
async fn one<'a>(
    shared: &Shared,
    accessor: &'a Accessor<StoreState>,
    run: Run,
    call: Call,
) -> wasmtime::Result<Ended<'a>> {
    let Call { task, inputs, scope, within, mut answer } = call;
    if answer.is_closed() {
        // It was aborted before it began. The instance is retired by then, and others may end in it.
        shared.lock().aborted = None;
        return Ok(Ended::Returned);
    }
    let most = scope.limits().max_output;
    let started = accessor.with(|mut access| -> wasmtime::Result<_> {
        let started = run.start_call_concurrent(&mut access, (task, inputs.text()))?;
        access.get().enter(started.task(), scope.clone(), within);
        Ok(started)
    })?;
    let id = started.task();
    let mut returned = Box::pin(run.finish_call_concurrent(accessor, started));
    let returned = tokio::select! {
        biased;
        returned = &mut returned => returned?,
        () = answer.closed() => {
            accessor.with(|mut access| access.get().abandon(id));
            return Ok(Ended::Aborted(returned.map_ok(drop).boxed()));
        }
    };
    accessor.with(|mut access| access.get().exit(id));
    if scope.has_children() {
        shared.retire();
    }
    drop((scope, inputs));
    let _ = answer.send(match returned {
        (Ok(output),) => Ok(output),
        (Err(error),) => Err(failure_of_task(error, most)),
    });
    Ok(Ended::Returned)
}
