//! Attacks that take time and nothing else.

use flyte_host::run::Limit;

use crate::house::patient;
use crate::seen::{run, run_within};

attacks! {
    sleeps_forever: "sleeps"
        => "`max-runtime`: a timer of the run drops a guest that waits", {
        run("sleeps_forever").await.is_over_time();
    }

    polls_forever: "asks the host over and over, for next to no time each"
        => "`max-runtime`", {
        run("polls_forever").await.is_over_time();
    }

    waits_for_nothing: "waits for what nobody will do"
        => "the engine sees that nothing is under way and traps", {
        run_within("waits_for_nothing", patient()).await.is_trapped("");
    }

    wakes_itself_forever: "is never done, and always ready to be asked again"
        => "`max-runtime`", {
        run("wakes_itself_forever").await.is_over_time();
    }

    waits_for_a_sleeper: "waits for a child that sleeps"
        => "`max-runtime`; the child ends with it", {
        let seen = run("waits_for_a_sleeper").await;
        assert!(seen.failure().to_string().contains("max-runtime"), "{}", seen.failure());
        seen.leaves_nothing_behind();
    }

    yields_forever: "gives its turn back at once, over and over, by the asynchronous ABI"
        => "`max-runtime`", {
        run("yields_forever").await.is_over_time();
    }

    hoards_pollables: "makes clocks to wait for, and gives none of them back"
        => "the handles that an attempt may hold", {
        let seen = run_within("hoards_pollables", patient()).await;
        assert!(matches!(seen.limit(), Limit::Handles(50_000)), "{}", seen.failure());
    }
}
