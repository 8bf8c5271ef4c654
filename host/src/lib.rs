//! Runs Flyte-style tasks as sandboxed WebAssembly components.
//!
//! A [`Host`] loads components and runs their tasks by name. Each attempt at a task gets a fresh instance in a
//! sandbox of its own; inputs are checked against the task's schema before anything is instantiated; a task may
//! invoke tasks, of its own or of another loaded component, and the whole tree is one run.
//!
//! ```no_run
//! use flyte_host::Host;
//! use flyte_host::record::Draft;
//!
//! # async fn embed() -> Result<(), Box<dyn std::error::Error>> {
//! let host = Host::builder().load("tasks.wasm").build().await?;
//!
//! let batch = r#"{"batch": {"requests": [{"feature_a": 1, "feature_b": 2}]}}"#;
//! let summary = host.run("process_batch", batch).await?;
//!
//! let mut inputs = Draft::new();
//! inputs.set("summary", summary)?;
//! let text = host.run("summarize_results", inputs.finish()).await?;
//! println!("{text}");
//! # Ok(())
//! # }
//! ```
//!
//! For more than the output, start a [`RunRequest`] and keep the [`run::Run`]: it can be aborted, and its outcome
//! tells phase, counts and time. Whoever is to follow the run gets its [`run::RunEvent`]s; [`run::RunTree`] collects
//! them into a tree of actions and attempts.
//!
//! # Layers
//!
//! `host` → `engine`, [`replay`] → [`history`], [`results`] → `run` → [`component`] → [`rights`], [`record`], and nothing upwards: a run knows of no engine and prints
//! nothing, and whoever reports on it sees its events only.
#![warn(missing_docs)]

pub mod build;
pub mod component;
mod disk;
mod engine;
pub mod history;
mod host;
pub mod record;
pub mod replay;
pub mod report;
pub mod results;
pub mod rights;
pub mod run;
mod sandbox;

pub use engine::{
    BadEntry, CacheContents, CacheError, CompileCache, EngineError, LoadError, LoadEvent, LoadLimits, PoolSize,
};
pub use host::{Host, HostBuilder, HostError, RunRequest};
