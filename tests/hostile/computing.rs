//! Attacks on the processor's time and on the stack.

use crate::house::patient;
use crate::seen::{run, run_within};

const STACK_ENDS: [&str; 2] = ["call stack exhausted", "out of bounds memory access"];

attacks! {
    spins: "computes without a pause"
        => "`max-runtime`, which is asked for at each tick of the engine's epoch", {
        run("spins").await.is_over_time();
    }

    spins_in_drop: "computes without a pause when its result is ready, in a destructor"
        => "`max-runtime`: what a language does after a result is part of the attempt", {
        run("spins_in_drop").await.is_over_time();
    }

    spins_while_children_run: "starts children, and never lets the host tell it of them"
        => "`max-runtime`; children end with their parent", {
        let seen = run("spins_while_children_run").await;
        seen.is_over_time();
        assert_eq!(seen.outcome.stats.aborted, 8);
    }

    overflows_the_engines_stack: "recurses without an end"
        => "the engine's bound for a guest's stack", {
        let seen = run("overflows_the_engines_stack").await;
        seen.is_trapped("");
        assert!(STACK_ENDS.iter().any(|end| seen.failure().to_string().contains(end)), "{}", seen.failure());
    }

    overflows_its_own_stack: "recurses with locals in its own memory"
        => "the guest's memory ends where its stack does, and not in the host's", {
        let seen = run("overflows_its_own_stack").await;
        seen.is_trapped("");
        assert!(STACK_ENDS.iter().any(|end| seen.failure().to_string().contains(end)), "{}", seen.failure());
    }

    overflows_by_calling_the_host: "recurses with a call to the host in each frame"
        => "the stack of an attempt is its own, with room for the host below the guest's bound", {
        run_within("overflows_by_calling_the_host", patient()).await.is_trapped("call stack exhausted");
    }

    destructs_forever: "computes without a pause in the destructor of a resource"
        => "`max-runtime`: a destructor is the guest's code", {
        run("destructs_forever").await.is_over_time();
    }
}
