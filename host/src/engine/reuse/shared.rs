//! An instance that runs several actions at once.
//!
//! It is driven by a task of its own, which the attempts hand their calls to. A trap ends the instance, and with it every
//! action in it. One that is aborted cannot be stopped by itself: the instance takes no more calls, and where the guest's
//! task does not end soon, it is given up with all that is left in it.

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
    retires: Notify,
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
    }
}

impl Shared {
    /// Takes over an instance that runs nothing yet. Must be called within a tokio runtime.
    pub(super) fn of(store: Store<StoreState>, run: Run, limits: &Arc<Limits>, policy: ReusePolicy) -> Arc<Self> {
        let (calls, waiting) = mpsc::unbounded_channel();
        let (told, fate) = watch::channel(None);
        let shared = Arc::new(Self { policy, load: Mutex::default(), retires: Notify::new(), calls, fate });
        let driver = Driver { shared: Arc::clone(&shared), waiting, limits: Arc::clone(limits), run };
        tokio::spawn(async move {
            let shared = Arc::clone(&driver.shared);
            let failure = driver.drive(store).await;
            shared.retire();
            told.send_replace(Some(failure));
        });
        shared
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
        if shared.calls.send(call).is_ok()
            && let Ok(result) = answered.await
        {
            return result;
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
        let served = store.run_concurrent(async |accessor| self.serve(accessor).await).await;
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
        let mut aborted = FuturesUnordered::new();
        // Until when those that were aborted have to end.
        let mut grace = Instant::now();
        loop {
            tokio::select! {
                call = self.waiting.recv() => match call {
                    Some(call) => running.push(one(&shared, accessor, run, call)),
                    None => return Ok(()),
                },
                Some(ended) = running.next() => {
                    if let Ended::Aborted(rest) = ended? {
                        if aborted.is_empty() {
                            grace = Instant::now() + GRACE;
                        }
                        aborted.push(rest);
                    }
                    idle_until = Instant::now() + idle_ttl;
                }
                Some(ended) = aborted.next() => ended?,
                () = shared.retires.notified() => {}
                () = sleep_until(grace), if !aborted.is_empty() => return Ok(()),
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
            shared.retire();
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
