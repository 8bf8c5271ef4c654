//! Ends that come where they are least convenient.

use crate::house::patient;
use crate::seen::run_within;

attacks! {
    panics: "panics"
        => "a trap, with the panic's message and place", {
        run_within("panics", patient()).await.is_trapped(": ouch");
    }

    panics_in_drop: "panics in a destructor, when its result is ready"
        => "a trap: the result is lost", {
        run_within("panics_in_drop", patient()).await.is_trapped("in drop");
    }

    panics_twice: "panics while it panics"
        => "a trap", {
        run_within("panics_twice", patient()).await.is_trapped("");
    }

    survives_a_childs_panic: "has a child that panics"
        => "nothing of a child but its failure reaches its parent", {
        assert_eq!(run_within("survives_a_childs_panic", patient()).await.output(), "true");
    }

    panics_while_children_run: "panics, and leaves fifty children running"
        => "children end with their parent", {
        let seen = run_within("panics_while_children_run", patient()).await;
        seen.is_trapped("left them alone");
        assert_eq!(seen.outcome.stats.aborted, 50);
    }

    exits_quietly: "exits, with the status of success"
        => "a trap: a task that exits has no result", {
        run_within("exits_quietly", patient()).await.is_trapped("exited instead of returning");
    }

    aborts: "aborts"
        => "a trap", {
        run_within("aborts", patient()).await.is_trapped("unreachable");
    }

    announces_a_panic_and_goes_on: "tells the host that it panics, and returns a result"
        => "nothing: what it returned counts", {
        assert_eq!(run_within("announces_a_panic_and_goes_on", patient()).await.output(), "7");
    }
}
