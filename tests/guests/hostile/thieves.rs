//! Lies and thefts that the SDK would not let a guest write: the bindings alone.
#![cfg(target_arch = "wasm32")]
#![allow(unsafe_code, missing_debug_implementations, unused_qualifications, reason = "generated bindings")]

wit_bindgen::generate!({ path: "../../wit", world: "task-component" });

use exports::flyte::task::task_set::{Guest, TaskSpec};
use flyte::task::actions::{InvokeOptions, invoke};
use flyte::task::types::{
    Backoff, CacheBehavior, CachePolicy, Capability, ErrorKind, RetryCauses, Right, TaskError, TaskPolicy,
};

struct Component;

const NOTHING: &str = r#"{"type":"object","properties":{},"additionalProperties":false}"#;

impl Guest for Component {
    fn describe() -> Vec<TaskSpec> {
        [
            "takes_what_it_may",
            "steals_through_a_child",
            "steals_by_declaring",
            "blames_the_host",
            "blames_a_limit",
            "returns_no_json",
            "returns_another_type",
        ]
        .map(spec)
        .into()
    }

    async fn run(task: String, _inputs: String) -> Result<String, TaskError> {
        match task.as_str() {
            // Declares the variable.
            "takes_what_it_may" => Ok(taken()),
            // Declares nothing, and has another task fetch it.
            "steals_through_a_child" => {
                let options = InvokeOptions { group: None, retries: None, max_runtime: None, within: None };
                invoke("takes_what_it_may".to_owned(), "{}".to_owned(), options).await
            }
            // Declares a variable that nobody grants.
            "steals_by_declaring" => Ok(taken()),
            "blames_the_host" => Err(error(ErrorKind::Host)),
            "blames_a_limit" => Err(error(ErrorKind::Limit)),
            "returns_no_json" => Ok("{".to_owned()),
            "returns_another_type" => Ok("7".to_owned()),
            _ => std::process::abort(),
        }
    }
}

/// All variables, as a JSON string.
fn taken() -> String {
    let all: Vec<String> = std::env::vars().map(|(name, value)| format!("{name}={value}")).collect();
    format!("\"{}\"", all.join(" "))
}

fn spec(name: &str) -> TaskSpec {
    let declared = match name {
        "takes_what_it_may" => Some("HOSTILE_TOKEN"),
        "steals_by_declaring" => Some("PATH"),
        _ => None,
    };
    let right = |name: &str| Right { capability: Capability::Env(name.to_owned()), optional: true };
    TaskSpec {
        name: name.to_owned(),
        environment: Some("thieves".to_owned()),
        doc: String::new(),
        inputs: NOTHING.to_owned(),
        output: r#"{"type":"string"}"#.to_owned(),
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
        rights: declared.into_iter().map(right).collect(),
    }
}

fn error(kind: ErrorKind) -> TaskError {
    TaskError { kind, message: "it was not me".to_owned(), causes: Vec::new(), details: None, recoverable: true }
}

export!(Component);
