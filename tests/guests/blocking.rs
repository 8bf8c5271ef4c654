//! The other world of the contract: children by `start` and `wait`, with the bindings and no SDK.
#![cfg(target_arch = "wasm32")]
#![allow(unsafe_code, missing_debug_implementations, unused_qualifications, reason = "generated bindings")]

wit_bindgen::generate!({ path: "../../wit", world: "blocking-task-component" });

use exports::flyte::task::task_set::{Guest, TaskSpec};
use flyte::task::actions::InvokeOptions;
use flyte::task::blocking_actions::start;
use flyte::task::types::{Backoff, CacheBehavior, CachePolicy, ErrorKind, RetryCauses, TaskError, TaskPolicy};

struct Component;

const NUMBER: &str =
    r#"{"type":"object","properties":{"n":{"type":"integer"}},"required":["n"],"additionalProperties":false}"#;

impl Guest for Component {
    fn describe() -> Vec<TaskSpec> {
        ["increment", "fan", "twice", "naps", "hurries"].map(spec).into()
    }

    async fn run(task: String, inputs: String) -> Result<String, TaskError> {
        let n: i64 = inputs.trim_start_matches(r#"{"n":"#).trim_end_matches('}').parse().map_err(error)?;
        match task.as_str() {
            "increment" => Ok((n + 1).to_string()),
            "fan" => {
                let pending: Vec<_> =
                    (0..n).map(|i| start("increment", &format!(r#"{{"n":{i}}}"#), &options())).collect();
                let mut sum = 0;
                for child in pending {
                    sum += child.wait()?.parse::<i64>().map_err(error)?;
                }
                Ok(sum.to_string())
            }
            "twice" => {
                let child = start("increment", &inputs, &options());
                let _ = child.wait();
                child.wait()
            }
            "naps" => {
                std::thread::sleep(std::time::Duration::from_secs(3600));
                Ok(n.to_string())
            }
            // A child that never ends, and may take so many milliseconds.
            "hurries" => {
                let options = InvokeOptions { within: Some(n as u64 * 1_000_000), ..options() };
                start("naps", &inputs, &options).wait()
            }
            other => Err(error(format!("no task {other}"))),
        }
    }
}

fn spec(name: &str) -> TaskSpec {
    TaskSpec {
        name: name.to_owned(),
        environment: None,
        doc: String::new(),
        inputs: NUMBER.to_owned(),
        output: r#"{"type":"integer"}"#.to_owned(),
        policy: TaskPolicy {
            retries: 0,
            backoff: Backoff { initial: 0, factor: 1.0, cap: None },
            retry_on: RetryCauses::empty(),
            max_runtime: None,
            cache: CachePolicy {
                behavior: CacheBehavior::Disable,
                ignored_inputs: Vec::new(),
                serialize: false,
                max_age: None,
            },
            reuse: None,
        },
        rights: Vec::new(),
    }
}

fn options() -> InvokeOptions {
    InvokeOptions { group: None, retries: None, max_runtime: None, within: None }
}

fn error(message: impl ToString) -> TaskError {
    TaskError {
        kind: ErrorKind::Task,
        message: message.to_string(),
        causes: Vec::new(),
        details: None,
        recoverable: false,
    }
}

export!(Component);
