//! A guest that uses the network in each way there is. Its tasks answer with what they got, or with the error.
#![cfg(target_arch = "wasm32")]
#![allow(unsafe_code, missing_debug_implementations, unused_qualifications, reason = "generated bindings")]

wit_bindgen::generate!({
    path: ["../../wit", "wit"],
    world: "test:network/network",
    generate_all,
});

#[path = "network/http.rs"]
mod http;
#[path = "network/sockets.rs"]
mod sockets;
#[path = "network/sockets_p3.rs"]
mod sockets_p3;

use exports::flyte::task::task_set::{Guest, TaskSpec};
use flyte::task::actions::{InvokeOptions, invoke};
use flyte::task::types::{
    Backoff, CacheBehavior, CachePolicy, Capability, RetryCauses, Right, TaskError, TaskPolicy,
};

struct Component;

const INPUTS: &str = r#"{"type":"object","properties":{"target":{"type":"string"}},"required":["target"],"additionalProperties":false}"#;

/// Each is there twice: as itself, with all of the network declared; and as `undeclared_…`, with nothing.
const TASKS: [&str; 20] = [
    "tcp",
    "udp",
    "lookup",
    "listen",
    "bind_udp",
    "hoard",
    "get",
    "post",
    "read_nothing",
    "hoard_fields",
    "hoard_responses",
    "hoard_sends",
    "long_texts",
    "tcp_p3",
    "udp_p3",
    "lookup_p3",
    "listen_p3",
    "get_p3",
    "calls_tcp",
    "calls_undeclared_tcp",
];

impl Guest for Component {
    fn describe() -> Vec<TaskSpec> {
        let declared = TASKS.iter().map(|name| spec((*name).to_owned(), true));
        declared.chain(TASKS.iter().map(|name| spec(format!("undeclared_{name}"), false))).collect()
    }

    async fn run(task: String, inputs: String) -> Result<String, TaskError> {
        // `{"target":"…"}`, and no target has a quote in it.
        let target = inputs.split('"').nth(3).unwrap_or_default().to_owned();
        let answer = match task.trim_start_matches("undeclared_") {
            "tcp" => sockets::tcp(&target),
            "udp" => sockets::udp(&target),
            "lookup" => sockets::lookup(&target),
            "listen" => sockets::listen(&target),
            "bind_udp" => sockets::bind_udp(&target),
            "hoard" => sockets::hoard(),
            "get" => http::get(&target),
            "post" => http::post(&target),
            "read_nothing" => http::read_nothing(&target),
            "hoard_fields" => http::hoard_fields(),
            "hoard_responses" => http::hoard_responses(&target),
            "hoard_sends" => http::hoard_sends(&target).await,
            "long_texts" => http::long_texts(),
            "tcp_p3" => sockets_p3::tcp(&target).await,
            "udp_p3" => sockets_p3::udp(&target).await,
            "lookup_p3" => sockets_p3::lookup(target).await,
            "listen_p3" => sockets_p3::listen(),
            "get_p3" => http::get_p3(&target).await,
            "calls_tcp" => return call("tcp", inputs).await,
            "calls_undeclared_tcp" => return call("undeclared_tcp", inputs).await,
            _ => std::process::abort(),
        };
        Ok(format!("{answer:?}"))
    }
}

async fn call(task: &str, inputs: String) -> Result<String, TaskError> {
    let options = InvokeOptions { group: None, retries: None, max_runtime: None, within: None };
    invoke(task.to_owned(), inputs, options).await
}

fn spec(name: String, declares: bool) -> TaskSpec {
    let right = Right { capability: Capability::Net("*".to_owned()), optional: true };
    TaskSpec {
        name,
        environment: None,
        doc: String::new(),
        inputs: INPUTS.to_owned(),
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
        rights: if declares { vec![right] } else { Vec::new() },
    }
}

export!(Component);
