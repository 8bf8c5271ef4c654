//! Attacks with children.

use std::time::Duration;

use flyte_host::run::{Failure, Limit, Limits};

use crate::house::{patient, tight};
use crate::seen::{run, run_within};

attacks! {
    invokes_wide: "invokes more children at once than a run may have"
        => "`max-actions`", {
        let seen = run_within("invokes_wide", patient()).await;
        assert!(seen.failure().to_string().contains("more than 10000 actions"), "{}", seen.failure());
        assert_eq!(seen.outcome.stats.actions, 10_000);
        seen.leaves_nothing_behind();
    }

    fans_out_over_the_same: "fans out over a million inputs, all of them the same bytes"
        => "what a guest passes at once is counted, and each part of it costs something", {
        let seen = run_within("fans_out_over_the_same", patient()).await;
        assert!(matches!(seen.failure(), Failure::Limit(Limit::Transfer(_))), "{}", seen.failure());
        assert_eq!(seen.outcome.stats.actions, 1);
        seen.leaves_nothing_behind();
    }

    invokes_deep: "invokes itself, deeper and deeper"
        => "`max-depth`", {
        let seen = run_within("invokes_deep", patient()).await;
        assert!(seen.failure().to_string().contains("more than 16 deep"), "{}", seen.failure());
        assert_eq!(seen.outcome.stats.actions, 16);
    }

    invokes_forever: "invokes one child after the other, forever"
        => "`max-actions`", {
        let seen = run_within("invokes_forever", Limits { max_actions: 500, ..patient() }).await;
        assert!(seen.failure().to_string().contains("more than 500 actions"), "{}", seen.failure());
    }

    doubles_itself: "every action invokes two of its kind"
        => "`max-depth` and `max-actions`; where all sandboxes wait for children, children fail", {
        let seen = run_within("doubles_itself", patient()).await;
        seen.output();
        assert!(seen.outcome.stats.actions <= 10_000);
        seen.leaves_nothing_behind();
    }

    drops_a_hundred_thousand: "starts 100,000 children and drops them all"
        => "`max-pending` and `max-actions`; a child that is dropped is aborted", {
        let limits = Limits { max_actions: 200_000, max_memory: 256 << 20, max_handles: 300_000, max_held: 1 << 30, ..patient() };
        let seen = run_within("drops_a_hundred_thousand", limits).await;
        assert_eq!(seen.output(), "0");
        assert_eq!((seen.outcome.stats.actions, seen.outcome.stats.aborted), (100_001, 100_000));
        seen.leaves_nothing_behind();
    }

    never_awaits: "starts children and returns"
        => "children end with their parent", {
        let seen = run_within("never_awaits", patient()).await;
        assert_eq!(seen.output(), "0");
        assert_eq!(seen.outcome.stats.aborted, 100);
        seen.leaves_nothing_behind();
    }

    invokes_by_huge_names: "invokes children by names of half a mebibyte"
        => "a name is cut before it is kept, looked up or told", {
        let seen = run_within("invokes_by_huge_names", Limits { max_memory: 256 << 20, ..patient() }).await;
        assert_eq!(seen.output(), "100");
        assert!(seen.longest_label() < 5 << 10, "{}", seen.longest_label());
    }

    labels_hugely: "gives children labels of half a mebibyte"
        => "a label is cut at 4 KiB", {
        let seen = run_within("labels_hugely", Limits { max_memory: 256 << 20, ..patient() }).await;
        assert_eq!(seen.output(), "100");
        assert!(seen.longest_label() < 5 << 10, "{}", seen.longest_label());
    }

    hoards_results: "has many children with large results, and takes none of these before all are there"
        => "`max-memory` of the parent, and the bytes that a host holds for a run", {
        let seen = run_within("hoards_results", patient()).await;
        match &seen.outcome.result {
            Ok(taken) => assert!(taken.as_str().parse::<u64>().unwrap() < 100),
            Err(failure) => assert!(matches!(failure, Failure::Limit(Limit::Memory { .. })), "{failure}"),
        }
    }

    returns_a_mebibyte: "returns as much as it may"
        => "nothing: this is allowed", {
        assert_eq!(run_within("returns_a_mebibyte", patient()).await.output().len(), 1 << 20);
    }

    hoards_errors: "has many children with large errors, and takes none of these before all are there"
        => "the bytes that a host holds for a run count errors as results", {
        let seen = run_within("hoards_errors", patient()).await;
        match &seen.outcome.result {
            Ok(taken) => assert_eq!(taken.as_str(), "100"),
            Err(failure) => assert!(matches!(failure, Failure::Limit(Limit::Memory { .. })), "{failure}"),
        }
    }

    fails_with_a_mebibyte: "fails with as many words as it may"
        => "an error may have what a result may have", {
        let seen = run_within("fails_with_a_mebibyte", patient()).await;
        assert!(matches!(seen.failure(), Failure::Task(_)), "{}", seen.failure());
    }

    sends_too_much: "gives a child three times what inputs may have"
        => "`max-input`, and what a guest may pass to the host in one call", {
        let seen = run_within("sends_too_much", patient()).await;
        assert!(matches!(seen.limit(), Limit::Transfer(_)), "{}", seen.failure());
    }

    insists_forever: "fails at once, and asks for four thousand million attempts"
        => "`max-actions` counts attempts", {
        let seen = run_within("insists_forever", Limits { max_actions: 500, ..patient() }).await;
        assert!(matches!(seen.limit(), Limit::Actions(500)), "{}", seen.failure());
        assert_eq!(seen.outcome.stats.attempts, 500);
    }

    harmless: "nothing"
        => "nothing: the others invoke it", {
        assert_eq!(run_within("harmless", patient()).await.output(), "7");
    }

    starts_and_drops_forever: "starts children and drops each at once, forever"
        => "`max-actions`, `max-runtime`; a child that is dropped is aborted", {
        let seen = run("starts_and_drops_forever").await;
        seen.is_over_time();
        assert!(seen.outcome.stats.actions <= tight().max_actions);
    }

    hoards_children: "starts children, keeps all of them and waits for none"
        => "the handles that an attempt may hold", {
        let seen = run_within("hoards_children", patient()).await;
        assert!(matches!(seen.limit(), Limit::Handles(50_000)), "{}", seen.failure());
        assert_eq!(seen.outcome.stats.actions, 10_000);
        seen.leaves_nothing_behind();
    }

    waits_twice: "takes one child's result twice"
        => "a result is taken once; the second time traps", {
        run_within("waits_twice", patient()).await.is_trapped("only once");
    }

    drops_a_child_twice: "gives a child's handle back twice"
        => "the engine's table of handles", {
        run_within("drops_a_child_twice", patient()).await.is_trapped("unknown handle");
    }

    waits_for_a_foreign_child: "waits for a child by a handle that it was never given"
        => "the engine's table of handles", {
        run_within("waits_for_a_foreign_child", patient()).await.is_trapped("unknown handle");
    }
}

/// A deadline stops the whole tree, whatever its actions do.
#[test]
fn a_tree_that_never_ends_stops_at_the_deadline() {
    let deadline = Duration::from_millis(300);
    let limits = Limits { deadline: Some(deadline), max_actions: 1_000_000_000, ..patient() };
    let seen = crate::house::HOUSE.runtime.block_on(run_within("invokes_forever", limits));
    assert!(matches!(seen.limit(), Limit::Deadline(_)), "{}", seen.failure());
    seen.leaves_nothing_behind();
}
