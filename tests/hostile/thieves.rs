//! Lies and thefts that the SDK would not let a guest write.

use flyte_host::RunRequest;
use flyte_host::rights::{Granted, Grants};
use flyte_host::run::{Failure, TaskErrorKind};

use crate::house::patient;
use crate::seen::{carry_out, run_within};

fn granted() -> Granted {
    Grants::new().env("HOSTILE_TOKEN", "t0ken").open().unwrap()
}

attacks! {
    takes_what_it_may: "reads the one variable that it declares and the operator grants"
        => "nothing: this is allowed, and needs both", {
        let request = RunRequest::new("takes_what_it_may", "{}").limits(patient());
        assert_eq!(carry_out(request.grant(granted())).await.output(), "\"HOSTILE_TOKEN=t0ken\"");
        assert_eq!(run_within("takes_what_it_may", patient()).await.output(), "\"\"");
    }

    steals_through_a_child: "has a child that may read a variable read it, which it may not read itself"
        => "a child never has more rights than its parent", {
        let request = RunRequest::new("steals_through_a_child", "{}").limits(patient());
        assert_eq!(carry_out(request.grant(granted())).await.output(), "\"\"");
    }

    steals_by_declaring: "declares that it needs a variable of the host"
        => "what is declared is not yet granted", {
        let request = RunRequest::new("steals_by_declaring", "{}").limits(patient());
        assert_eq!(carry_out(request.grant(granted())).await.output(), "\"\"");
    }

    blames_the_host: "fails with an error that says the host failed"
        => "a guest speaks for itself: the error is the task's", {
        let seen = run_within("blames_the_host", patient()).await;
        assert!(matches!(seen.failure(), Failure::Task(error) if error.kind == TaskErrorKind::Task));
    }

    blames_a_limit: "fails with an error that says a limit was hit"
        => "a guest speaks for itself: the error is the task's", {
        let seen = run_within("blames_a_limit", patient()).await;
        assert!(matches!(seen.failure(), Failure::Task(error) if error.kind == TaskErrorKind::Task));
    }

    returns_no_json: "returns what is no JSON"
        => "a result is checked as inputs are", {
        let seen = run_within("returns_no_json", patient()).await;
        assert!(matches!(seen.failure(), Failure::InvalidOutput(_)), "{}", seen.failure());
    }

    returns_another_type: "returns another type than it declares"
        => "a result is checked by the schema that its task declares", {
        let seen = run_within("returns_another_type", patient()).await;
        assert!(matches!(seen.failure(), Failure::InvalidOutput(_)), "{}", seen.failure());
    }
}
