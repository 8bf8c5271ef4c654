//! WASI's monotonic clocks, where sleeping may be by virtual time.

use wasmtime::component::{Accessor, HasData, Linker, Resource};
use wasmtime_wasi::clocks::{WasiClocks, WasiClocksCtxView, WasiClocksView};
use wasmtime_wasi::p2::bindings::clocks::monotonic_clock as clock2;
use wasmtime_wasi::p2::{DynPollable, Pollable, subscribe};
use wasmtime_wasi::p3::bindings::clocks::monotonic_clock as clock3;

use crate::sandbox::SandboxView;
use crate::sandbox::clock::{Moment, VirtualClock};

/// Names [`TimersView`] as the data behind the imports.
struct Timers;

impl HasData for Timers {
    type Data<'a> = TimersView<'a>;
}

/// The clocks of one sandbox, and its virtual time where it has that.
struct TimersView<'a> {
    wasi: WasiClocksCtxView<'a>,
    clock: Option<VirtualClock>,
}

/// Puts these functions in the place of WASI's own.
pub(super) fn add_to_linker<T: SandboxView + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    fn timers<T: SandboxView>(state: &mut T) -> TimersView<'_> {
        let clock = state.sandbox().world().clock.clone();
        TimersView { wasi: state.clocks(), clock }
    }
    clock2::add_to_linker::<T, Timers>(linker, timers)?;
    clock3::add_to_linker::<T, Timers>(linker, timers)?;
    Ok(())
}

/// A timer of WASI 0.2.
struct Timer {
    clock: VirtualClock,
    deadline: u64,
    since: Moment,
    /// Whether it is due from the start, and nobody has asked yet.
    is_first: bool,
}

impl Timer {
    fn new(clock: VirtualClock, deadline: impl FnOnce(Moment) -> u64) -> Self {
        let since = clock.moment();
        let deadline = deadline(since);
        Self { is_first: since.is_past(deadline), clock, deadline, since }
    }
}

#[async_trait::async_trait]
impl Pollable for Timer {
    async fn ready(&mut self) {
        // To ask is to read the clock: or time would stand still for a guest that asks again and again.
        self.clock.read();
        if std::mem::take(&mut self.is_first) {
            // A guest that polls in a loop leaves some time for what it polls for.
            tokio::task::yield_now().await;
        }
        self.clock.wait(self.deadline, self.since).await;
    }
}

impl clock2::Host for TimersView<'_> {
    fn now(&mut self) -> wasmtime::Result<u64> {
        clock2::Host::now(&mut self.wasi)
    }

    fn resolution(&mut self) -> wasmtime::Result<u64> {
        clock2::Host::resolution(&mut self.wasi)
    }

    fn subscribe_instant(&mut self, when: u64) -> wasmtime::Result<Resource<DynPollable>> {
        let Some(clock) = self.clock.take() else { return self.wasi.subscribe_instant(when) };
        let timer = self.wasi.table.push(Timer::new(clock, |_| when))?;
        subscribe(self.wasi.table, timer)
    }

    fn subscribe_duration(&mut self, duration: u64) -> wasmtime::Result<Resource<DynPollable>> {
        let Some(clock) = self.clock.take() else { return self.wasi.subscribe_duration(duration) };
        let timer = self.wasi.table.push(Timer::new(clock, |now| now.plus(duration)))?;
        subscribe(self.wasi.table, timer)
    }
}

impl clock3::Host for TimersView<'_> {
    fn now(&mut self) -> wasmtime::Result<u64> {
        clock3::Host::now(&mut self.wasi)
    }

    fn get_resolution(&mut self) -> wasmtime::Result<u64> {
        clock3::Host::get_resolution(&mut self.wasi)
    }
}

impl<U: SandboxView + 'static> clock3::HostWithStore<U> for Timers {
    async fn wait_until(store: &Accessor<U, Self>, when: u64) -> wasmtime::Result<()> {
        let Some(clock) = store.with(|mut access| access.get().clock) else {
            return WasiClocks::wait_until(&store.with_getter::<WasiClocks>(U::clocks), when).await;
        };
        clock.wait(when, clock.moment()).await;
        Ok(())
    }

    async fn wait_for(store: &Accessor<U, Self>, duration: u64) -> wasmtime::Result<()> {
        let Some(clock) = store.with(|mut access| access.get().clock) else {
            return WasiClocks::wait_for(&store.with_getter::<WasiClocks>(U::clocks), duration).await;
        };
        let since = clock.moment();
        clock.wait(since.plus(duration), since).await;
        Ok(())
    }
}
