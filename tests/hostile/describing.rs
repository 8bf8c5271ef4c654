//! Attacks that come before any task runs: while a component tells what its tasks are.

use std::time::Duration;

use flyte_host::component::InvalidSpec;
use flyte_host::run::{Failure, Limit};
use flyte_host::{Host, HostError, LoadError, PoolSize};
use flyte_host_artifacts::HOSTILE_TEXTS;

use crate::bytes::prints_nothing_raw_of;
use crate::frame;
use crate::house::{patient, tight};
use crate::seen::run_within;

/// Those that no host loads.
pub(crate) const REFUSED: &[&str] = &[
    "describes_itself_forever",
    "traps_while_describing",
    "hoards_while_describing",
    "invokes_while_describing",
    "never_starts",
    "traps_at_the_start",
    "describes_too_many_tasks",
    "describes_one_task_twice",
    "names_a_task_with_escapes",
    "describes_with_an_unknown_case",
    "declares_too_many_rights",
    "declares_a_way_out",
    "describes_a_recursive_schema",
    "describes_no_schema",
    "describes_an_evil_pattern",
    "describes_a_deep_schema",
    "describes_a_huge_schema",
    "changes_its_description",
];

/// The bytes of a component that is an attack.
pub(crate) fn bytes_of(name: &str) -> Vec<u8> {
    let (_, text) = HOSTILE_TEXTS.iter().find(|(own, _)| *own == name).unwrap();
    frame::component(name, text)
}

/// What comes of loading it.
pub(crate) async fn load(name: &str, limits: flyte_host::run::Limits) -> Result<Host, HostError> {
    let builder = Host::builder().pool(PoolSize { instances: 4 }).limits(limits);
    builder.load_bytes(format!("{name}.wasm"), bytes_of(name)).build().await
}

/// Why it is not loaded.
pub(crate) async fn refusal(name: &str) -> LoadError {
    match load(name, patient()).await {
        Err(HostError::Load(error)) => error,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("{name} is loaded"),
    }
}

/// How its `describe` fails.
async fn failure(name: &str) -> Failure {
    match refusal(name).await {
        LoadError::Describe { source, .. } => *source,
        other => panic!("{other:?}"),
    }
}

/// What is wrong with its task.
async fn invalid(name: &str) -> InvalidSpec {
    match refusal(name).await {
        LoadError::Spec { source, .. } => *source,
        other => panic!("{other:?}"),
    }
}

async fn is_over_time(name: &str) {
    let Err(HostError::Load(LoadError::Describe { source, .. })) = load(name, tight()).await else {
        panic!("it was described")
    };
    let expected = tight().max_runtime.unwrap_or(Duration::MAX);
    assert!(matches!(*source, Failure::Limit(Limit::MaxRuntime(bound)) if bound == expected), "{source}");
}

attacks! {
    describes_itself_forever: "never comes back from telling its tasks"
        => "the time for a description; `max-runtime` shortens it", {
        is_over_time("describes_itself_forever").await;
    }

    never_starts: "has a start function that never ends"
        => "starting is part of the description's time, and of an attempt's", {
        is_over_time("never_starts").await;
    }

    traps_at_the_start: "has a start function that traps"
        => "the component is not loaded", {
        let failure = failure("traps_at_the_start").await;
        assert!(matches!(failure, Failure::Trap(_)), "{failure}");
    }

    traps_while_describing: "traps where it is to tell its tasks, and says why with an escape sequence"
        => "the component is not loaded, and what it says reaches no terminal as it is", {
        let failure = failure("traps_while_describing").await;
        assert!(matches!(failure, Failure::Trap(_)), "{failure}");
        prints_nothing_raw_of("traps_while_describing", &["get", "task", "FILE"]);
    }

    hoards_while_describing: "takes memory where it is to tell its tasks"
        => "`max-memory`", {
        let failure = failure("hoards_while_describing").await;
        assert!(matches!(failure, Failure::Limit(Limit::Memory { .. })), "{failure}");
    }

    invokes_while_describing: "starts an action where it is to tell its tasks"
        => "there is no run to start one in", {
        let failure = failure("invokes_while_describing").await;
        assert!(failure.to_string().contains("`describe` may not use actions"), "{failure}");
    }

    describes_too_many_tasks: "tells of 100,000 tasks"
        => "bounds for the number of tasks and for the bytes of their description", {
        let failure = failure("describes_too_many_tasks").await;
        assert!(matches!(failure, Failure::Limit(Limit::Description(_))), "{failure}");
    }

    describes_one_task_twice: "tells of two tasks of one name"
        => "names are unique", {
        let refusal = refusal("describes_one_task_twice").await;
        assert!(matches!(refusal, LoadError::Clash(_)), "{refusal}");
    }

    names_a_task_with_escapes: "has a task whose name clears the terminal"
        => "names are letters, digits and `_`; what is no name is shown with its escapes", {
        assert!(matches!(invalid("names_a_task_with_escapes").await, InvalidSpec::Name(_)));
        prints_nothing_raw_of("names_a_task_with_escapes", &["get", "task", "FILE"]);
    }

    documents_with_escapes: "has documentation that clears the terminal"
        => "whatever comes from a guest is made fit for a terminal before it is printed", {
        for command in [
            &["get", "task", "FILE"][..],
            &["get", "task", "FILE", "--json"],
            &["get", "task", "FILE", "documents_with_escapes"],
            &["run", "FILE", "documents_with_escapes", "--help"],
        ] {
            prints_nothing_raw_of("documents_with_escapes", command);
        }
    }

    describes_with_an_unknown_case: "has a cache policy that there is not"
        => "the engine checks each case", {
        let failure = failure("describes_with_an_unknown_case").await;
        assert!(matches!(failure, Failure::Trap(_)), "{failure}");
    }

    declares_too_many_rights: "declares ten thousand rights"
        => "a bound for their number", {
        assert!(matches!(invalid("declares_too_many_rights").await, InvalidSpec::TooManyRights(10_000)));
    }

    declares_a_way_out: "declares a right to a path with `..`"
        => "a guest's path is absolute and goes down only", {
        assert!(matches!(invalid("declares_a_way_out").await, InvalidSpec::Right(_)));
    }

    describes_a_recursive_schema: "has a schema that is its own part, without an end"
        => "the schema is refused", {
        assert!(matches!(invalid("describes_a_recursive_schema").await, InvalidSpec::Output(_)));
    }

    describes_no_schema: "has a schema that is none"
        => "the schema is refused", {
        assert!(matches!(invalid("describes_no_schema").await, InvalidSpec::Output(_)));
    }

    describes_an_evil_pattern: "has a pattern that a matcher which goes back and forth never ends with"
        => "a schema may have no patterns", {
        assert!(matches!(invalid("describes_an_evil_pattern").await, InvalidSpec::Output(_)));
    }

    describes_a_tree_of_references: "has a result that fits its schema in none of forty million ways"
        => "a bound for the steps of a check", {
        let seen = run_within("describes_a_tree_of_references", patient()).await;
        assert!(matches!(seen.failure(), Failure::InvalidOutput(_)), "{}", seen.failure());
    }

    describes_a_deep_schema: "has a schema of half a million levels"
        => "a bound for nesting", {
        assert!(matches!(invalid("describes_a_deep_schema").await, InvalidSpec::Output(_)));
    }

    describes_a_huge_schema: "has a schema of thirty mebibytes"
        => "a bound for the bytes of a description", {
        let failure = failure("describes_a_huge_schema").await;
        assert!(matches!(failure, Failure::Limit(Limit::Description(_))), "{failure}");
    }

    changes_its_description: "tells another name each time it is asked"
        => "it is asked once", {
        let host = load("changes_its_description", patient()).await.unwrap();
        let name = host.catalog().tasks().next().unwrap().name().to_owned();
        for _ in 0..3 {
            assert_eq!(host.run(&name, "{}").await.unwrap().as_str(), "7");
        }
        assert_eq!(host.catalog().tasks().len(), 1);
    }
}
