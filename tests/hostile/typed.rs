//! Attacks of components with types of their own, in their types and in their values.

use flyte_host::LoadError;
use flyte_host::component::Unfit;
use flyte_host::run::{Failure, Limit};

use crate::describing::refusal;
use crate::house::{HOUSE, patient};
use crate::seen::run_within;

/// Those that no host loads.
pub(crate) const REFUSED: &[&str] = &["nests_types_deeply", "doubles_its_types", "exports_too_many_functions"];

attacks! {
    nests_types_deeply: "has a list of lists, a thousand deep"
        => "the engine lets types nest a hundred deep", {
        let refusal = refusal("nests_types_deeply").await;
        assert!(matches!(refusal, LoadError::Compile { .. }), "{refusal:?}");
        assert!(refusal.to_string().contains("nesting"), "{refusal}");
    }

    doubles_its_types: "has a few types whose schema would have a quarter of a million parts"
        => "a bound for the parts of all types of a component", {
        let refusal = refusal("doubles_its_types").await;
        let LoadError::Unfit { reason: Unfit::NoFunctions { unavailable }, .. } = refusal else { panic!("{refusal:?}") };
        let reason = &unavailable[0].reason;
        assert!(reason.contains("more parts than the component may describe"), "{reason}");
    }

    exports_too_many_functions: "exports ten thousand functions and one"
        => "a bound for the number of tasks", {
        let LoadError::Describe { source, .. } = refusal("exports_too_many_functions").await else { panic!() };
        assert!(matches!(*source, Failure::Limit(Limit::Description(_))), "{source}");
    }

    returns_two_billion_values: "returns a list that is much longer than its memory"
        => "the engine checks each pointer and length", {
        run_within("returns_two_billion_values", patient()).await.is_trapped("out of bounds");
    }

    returns_values_from_nowhere: "returns a list from where there is no memory"
        => "the engine checks each pointer and length", {
        run_within("returns_values_from_nowhere", patient()).await.is_trapped("out of bounds");
    }

    returns_a_value_that_is_no_text: "returns a list of a string that is no UTF-8"
        => "the engine checks all text", {
        run_within("returns_a_value_that_is_no_text", patient()).await.is_trapped("utf-8");
    }

    returns_flags_beyond_its_type: "returns flags that its type does not have"
        => "only flags of the type are read", {
        let seen = run_within("returns_flags_beyond_its_type", patient()).await;
        assert_eq!(seen.output(), r#"["read","write"]"#);
    }

    returns_a_case_beyond_its_type: "returns a case that its type does not have"
        => "the engine checks each case", {
        run_within("returns_a_case_beyond_its_type", patient()).await.is_trapped("discriminant");
    }

    documents_at_great_length: "has comments of its WIT with names and texts of hundreds of kilobytes"
        => "a bound for what is kept of the documentation of one function", {
        let seen = run_within("documents_at_great_length", patient()).await;
        assert_eq!(seen.output(), "7");
        let task = HOUSE.host.catalog().task("documents_at_great_length").unwrap();
        assert_eq!(task.doc().len(), 16 << 10);
    }

    calls_in_a_circle: "imports a function of another component, which imports its own"
        => "each call is a child action, and `max-depth` ends them", {
        let seen = run_within("calls_in_a_circle", patient()).await;
        assert!(matches!(seen.failure(), Failure::Trap(_)), "{}", seen.failure());
        assert_eq!(seen.outcome.stats.actions, u64::from(patient().max_depth));
    }

    closes_the_circle: "exports a function that another component imports, and imports that one's"
        => "each call is a child action, and `max-depth` ends them", {
        let seen = run_within("closes_the_circle", patient()).await;
        assert!(matches!(seen.failure(), Failure::Trap(_)), "{}", seen.failure());
        assert_eq!(seen.outcome.stats.actions, u64::from(patient().max_depth));
    }
}
