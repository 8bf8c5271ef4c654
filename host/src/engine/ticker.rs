//! One thread that advances an engine's epoch, so that guests which compute without a pause yield now and then.
//!
//! The epoch is never advanced to stop one guest: all Stores of the engine share it.

use std::thread;
use std::time::Duration;

use wasmtime::Engine;

/// How often a computing guest is asked whether its time is over, and yields.
const TICK: Duration = Duration::from_millis(2);

/// Starts the thread. It ends by itself once the engine is gone.
pub(super) fn start(engine: &Engine) -> std::io::Result<()> {
    let engine = engine.weak();
    thread::Builder::new().name("epoch".to_owned()).spawn(move || {
        while let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
            drop(engine);
            thread::sleep(TICK);
        }
    })?;
    Ok(())
}
