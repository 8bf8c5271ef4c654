//! What a task's sandbox is: its end, its memory, what it keeps, what it may use.

use std::time::Duration;

use flyte_host::rights::Grants;
use flyte_host::run::{Failure, Limit, Limits};
use flyte_host::{Host, PoolSize, RunRequest};

use crate::languages::{ALL, JavaScript, Language, Python, Rust, SDKS, Typed, component, host, in_each, run};

async fn a_panic_is_a_trap_and_an_exception_an_error(language: Language) {
    let failure = run(language, "breaks", "{}").await.unwrap_err();
    match (language, &failure) {
        (Rust, Failure::Trap(trap)) => assert!(trap.message.ends_with(": no luck"), "{trap:?}"),
        // Nobody tells the host of its panic.
        (Typed, Failure::Trap(_)) => {}
        (Python | JavaScript, Failure::Task(error)) => assert!(error.message.contains("no luck"), "{error:?}"),
        _ => panic!("{language:?}: {failure:?}"),
    }
}

async fn memory_is_limited(language: Language) {
    let failure = run(language, "hoards", "{}").await.unwrap_err();
    assert!(matches!(failure, Failure::Limit(Limit::Memory { .. })), "{language:?}: {failure:?}");
}

/// With two slots, each long child must be gone before the next one and its short sibling can run.
async fn a_child_that_is_cancelled_ends(language: Language) {
    let host = Host::builder().pool(PoolSize { instances: 20 }).max_action_concurrency(2);
    let host = host.load(component(language).await).build().await.unwrap();
    let limits = Limits { deadline: Some(Duration::from_secs(120)), ..Limits::default() };
    let result = host.start(RunRequest::new("cancels", "{}").limits(limits)).outcome().await.result;
    assert_eq!(result.unwrap_or_else(|failure| panic!("{language:?}: {failure}")).as_str(), "3");
}

async fn state_is_kept_where_the_task_says_so(language: Language) {
    assert_eq!(run(language, "counts_twice", "{}").await.unwrap(), "[1,1,1,2]", "{language:?}");
}

async fn a_variable_is_seen_where_it_is_granted(language: Language) {
    let failure = run(language, "reads_variable", "{}").await.unwrap_err();
    let Failure::Denied(denial) = &failure else { panic!("{language:?}: {failure:?}") };
    assert!(denial.withheld.operator && denial.to_string().contains("TOKEN"), "{language:?}: {denial}");
    let granted = Grants::new().env("TOKEN", "told").env("OTHER", "untold").open().unwrap();
    let run = host(language).await.start(RunRequest::new("reads_variable", "{}").grant(granted));
    assert_eq!(run.outcome().await.result.unwrap().as_str(), r#""told""#, "{language:?}");
}

async fn is_the_same(language: Language) {
    if ALL.contains(&language) {
        a_panic_is_a_trap_and_an_exception_an_error(language).await;
        memory_is_limited(language).await;
    }
    if SDKS.contains(&language) {
        a_child_that_is_cancelled_ends(language).await;
        state_is_kept_where_the_task_says_so(language).await;
        a_variable_is_seen_where_it_is_granted(language).await;
    }
}

in_each!(a_sandbox_is_the_same: is_the_same);
