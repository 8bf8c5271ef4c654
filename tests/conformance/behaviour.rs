//! What tasks do: fail, invoke others, try again, end, print.

use std::time::Duration;

use flyte_host::RunRequest;
use flyte_host::component::{CacheBehavior, CachePolicy};
use flyte_host::run::{AbortCause, Failure, Limit, Limits, LogStream, RunEvent};

use crate::languages::{ALL, Language, SDKS, host, in_each, run, watch};

async fn errors_are_the_tasks_own(language: Language) {
    let failure = run(language, "fail", r#"{"message":"no luck"}"#).await.unwrap_err();
    let Failure::Task(error) = &failure else { panic!("{language:?}: {failure:?}") };
    assert!(error.message.contains("no luck"), "{language:?}: {error:?}");
    // Where an exception tells its place, it is the author's.
    let told = [&[error.message.clone()][..], &error.causes].concat().join("\n");
    let place = match language {
        Language::Python => "tasks.py:97, in fail",
        Language::JavaScript => "tasks.js:32",
        Language::Rust | Language::Typed => "",
    };
    assert!(told.contains(place), "{language:?}: {told}");
    let failure = run(language, "nan", "{}").await.unwrap_err();
    assert!(matches!(failure, Failure::InvalidOutput(_)), "{language:?}: {failure:?}");
}

async fn children_run_and_their_failures_come_up(language: Language) {
    assert_eq!(run(language, "fan_out", r#"{"n":50}"#).await.unwrap(), "2450", "{language:?}");
    assert_eq!(run(language, "map_out", r#"{"n":50}"#).await.unwrap(), "2450", "{language:?}");
    assert_eq!(run(language, "map_out", r#"{"n":0}"#).await.unwrap(), "0", "{language:?}");
    assert_eq!(run(language, "catches", "{}").await.unwrap(), r#""task""#, "{language:?}");
    let failure = run(language, "passes_on", "{}").await.unwrap_err();
    let Failure::Task(error) = &failure else { panic!("{language:?}: {failure:?}") };
    let told = [&[error.message.clone()][..], &error.causes].concat().join("\n");
    assert!(told.contains("no luck") && told.contains("`fail`"), "{language:?}: {error:?}");
}

async fn what_may_help_is_tried_again(language: Language) {
    assert_eq!(run(language, "flaky", r#"{"until":3}"#).await.unwrap(), "3", "{language:?}");
    let failure = run(language, "flaky", r#"{"until":9}"#).await.unwrap_err();
    assert!(failure.to_string().contains("attempt 4 is too early"), "{language:?}: {failure}");
    let failure = run(language, "permanent", "{}").await.unwrap_err();
    assert!(failure.to_string().contains("attempt 1 will not help"), "{language:?}: {failure}");
}

async fn a_run_is_aborted_and_a_limit_holds(language: Language) {
    for task in ["waits", "waits_for_a_child"] {
        if language == Language::Typed && task == "waits_for_a_child" {
            continue;
        }
        let run = host(language).await.start(RunRequest::new(task, "{}"));
        let abort = run.abort_handle();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(100)).await;
            abort.abort();
        });
        let result = run.outcome().await.result;
        assert!(matches!(result, Err(Failure::Aborted(AbortCause::Run))), "{language:?}: {task}: {result:?}");
    }
    let limits = Limits { max_runtime: Some(Duration::from_millis(200)), ..Limits::default() };
    for task in ["spin", "waits"] {
        let request = RunRequest::new(task, "{}").limits(limits.clone());
        let result = host(language).await.start(request).outcome().await.result;
        assert!(matches!(result, Err(Failure::Limit(Limit::MaxRuntime(_)))), "{language:?}: {task}: {result:?}");
    }
}

async fn what_it_prints_is_logged(language: Language) {
    let (outcome, events) = watch(language, RunRequest::new("prints", r#"{"line":"hello, ü"}"#)).await;
    outcome.result.unwrap();
    let lines = events.into_iter().filter_map(|event| match event {
        RunEvent::Log { stream: LogStream::Stdout, line, .. } => Some(line),
        _ => None,
    });
    assert_eq!(lines.collect::<Vec<_>>(), ["hello, ü"], "{language:?}");
}

async fn a_cache_is_as_it_was_asked_for(language: Language) {
    let host = host(language).await;
    let policy =
        |name: &str| host.catalog().tasks().find(|task| task.name() == name).unwrap().policy().cache.clone();
    let kept = CachePolicy {
        behavior: CacheBehavior::Auto,
        ignored_inputs: vec!["note".to_owned()],
        serialize: true,
        max_age: Some(Duration::from_secs(3600)),
    };
    assert_eq!(policy("kept"), kept, "{language:?}");
    let by_version = CachePolicy { behavior: CacheBehavior::Override("v1".to_owned()), ..CachePolicy::default() };
    assert_eq!(policy("kept_by_version"), by_version, "{language:?}");
    assert_eq!(policy("double"), CachePolicy::default(), "{language:?}");
    for (inputs, cached) in [(r#"{"key":1,"note":"a"}"#, 0), (r#"{"note":"b","key":1}"#, 1)] {
        let outcome = host.start(RunRequest::new("kept", inputs)).outcome().await;
        assert_eq!((outcome.stats.cached, outcome.result.unwrap().as_str()), (cached, "\"1 a\""), "{language:?}");
    }
}

async fn behaves(language: Language) {
    if ALL.contains(&language) {
        errors_are_the_tasks_own(language).await;
        a_run_is_aborted_and_a_limit_holds(language).await;
        what_it_prints_is_logged(language).await;
    }
    if SDKS.contains(&language) {
        children_run_and_their_failures_come_up(language).await;
        what_may_help_is_tried_again(language).await;
        a_cache_is_as_it_was_asked_for(language).await;
    }
}

in_each!(tasks_behave: behaves);
