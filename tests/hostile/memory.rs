//! Attacks on memory.

use flyte_host::run::Limit;

use crate::house::{patient, tight};
use crate::seen::{Seen, run, run_within};

#[track_caller]
fn is_out_of_memory(seen: &Seen) {
    let Limit::Memory { limit, wanted, peak } = seen.limit() else { panic!("{}", seen.failure()) };
    assert!(*limit == tight().max_memory && wanted > limit && peak <= limit, "{}", seen.failure());
    assert_eq!(seen.outcome.stats.usage.peak_memory, *peak);
}

attacks! {
    hoards_memory: "takes memory until there is no more"
        => "`max-memory`", {
        is_out_of_memory(&run_within("hoards_memory", patient()).await);
    }

    wishes_for_a_gibibyte: "asks for a gibibyte at once"
        => "`max-memory`", {
        is_out_of_memory(&run_within("wishes_for_a_gibibyte", patient()).await);
    }

    wishes_again_and_again: "copes with each refusal and asks again, forever"
        => "`max-memory` refuses each time, and `max-runtime` ends it", {
        run("wishes_again_and_again").await.is_over_time();
    }

    grows_a_table: "grows a table until there is no more"
        => "`max-memory`, which counts tables; the engine's bound for one table", {
        run_within("grows_a_table", patient()).await.is_trapped("unreachable");
    }

    grows_many_memories: "takes a little memory in each of many memories"
        => "`max-memory` is summed over all memories of an attempt", {
        is_out_of_memory(&run_within("grows_many_memories", patient()).await);
    }
}
