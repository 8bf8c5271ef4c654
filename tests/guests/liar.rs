//! A guest that keeps to the interface and to nothing else.
#![cfg(target_arch = "wasm32")]
#![allow(unsafe_code, missing_debug_implementations, unused_qualifications, reason = "generated bindings")]

wit_bindgen::generate!({ path: "../../wit", world: "task-component" });

use exports::flyte::task::task_set::{Guest, TaskSpec};
use flyte::task::types::{Backoff, CacheBehavior, CachePolicy, ErrorKind, RetryCauses, TaskError, TaskPolicy};

struct Component;

const NOTHING: &str = r#"{"type":"object","properties":{},"additionalProperties":false}"#;

impl Guest for Component {
    fn describe() -> Vec<TaskSpec> {
        ["no_json", "other_type", "two_values", "empty", "blames_the_host", "blames_the_input"].map(spec).into()
    }

    async fn run(task: String, _inputs: String) -> Result<String, TaskError> {
        match task.as_str() {
            "no_json" => Ok("{".to_owned()),
            "other_type" => Ok("\"seven\"".to_owned()),
            "two_values" => Ok("7 7".to_owned()),
            "empty" => Ok(String::new()),
            "blames_the_host" => Err(error(ErrorKind::Host)),
            "blames_the_input" => Err(error(ErrorKind::InvalidInput)),
            _ => std::process::abort(),
        }
    }
}

fn spec(name: &str) -> TaskSpec {
    TaskSpec {
        name: name.to_owned(),
        environment: None,
        doc: String::new(),
        inputs: NOTHING.to_owned(),
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

fn error(kind: ErrorKind) -> TaskError {
    TaskError { kind, message: "it was not me".to_owned(), causes: Vec::new(), details: None, recoverable: false }
}

export!(Component);
