//! Components that are refused for what they are, or that take more of a pool than is theirs.

use std::time::Duration;

use flyte_host::component::Unfit;
use flyte_host::run::{Failure, Limit};
use flyte_host::{Host, HostError, LoadError, LoadLimits, PoolSize};

use crate::describing::{bytes_of, refusal};

/// Those that no host loads.
pub(crate) const REFUSED: &[&str] = &[
    "starts_with_four_gibibytes",
    "has_a_crowd_of_instances",
    "has_a_crowd_of_memories",
    "speaks_a_future_contract",
    "imports_what_is_not_there",
    "exports_another_type",
    "compiles_forever",
];

attacks! {
    starts_with_four_gibibytes: "has a memory of four gibibytes from its start"
        => "`max-memory`", {
        let LoadError::Describe { source, .. } = refusal("starts_with_four_gibibytes").await else { panic!() };
        assert!(matches!(*source, Failure::Limit(Limit::Memory { .. })), "{source}");
    }

    has_a_crowd_of_instances: "is made of twelve hundred core instances"
        => "a bound for the core instances of one component", {
        let refusal = refusal("has_a_crowd_of_instances").await;
        assert!(matches!(refusal, LoadError::Compile { .. }), "{refusal:?}");
        assert!(refusal.to_string().contains("instances"), "{refusal}");
    }

    has_a_crowd_of_memories: "has forty memories"
        => "a bound for the memories of one component", {
        let refusal = refusal("has_a_crowd_of_memories").await;
        assert!(matches!(refusal, LoadError::Compile { .. }), "{refusal:?}");
        assert!(refusal.to_string().contains("memories"), "{refusal}");
    }

    speaks_a_future_contract: "claims a version of the contract that is not written yet"
        => "the version is read before anything is compiled", {
        let LoadError::Unfit { reason: Unfit::ContractVersion { found }, .. } =
            refusal("speaks_a_future_contract").await
        else {
            panic!()
        };
        assert_eq!(found, "7.0.0");
    }

    imports_what_is_not_there: "wants a function that runs commands"
        => "a function is the host's, or a task of another component", {
        let refusal = refusal("imports_what_is_not_there").await;
        assert!(matches!(refusal, LoadError::Import { is_loaded: false, .. }), "{refusal:?}");
    }

    exports_another_type: "exports the contract's functions with other types"
        => "types are checked before anything runs", {
        let refusal = refusal("exports_another_type").await;
        assert!(matches!(refusal, LoadError::Link { .. }), "{refusal:?}");
    }

    compiles_forever: "has functions without end to compile"
        => "the time for compiling", {
        let limits = LoadLimits { compile_within: Duration::from_millis(1), ..LoadLimits::default() };
        let builder = Host::builder().pool(PoolSize { instances: 4 }).load_limits(limits);
        let error = builder.load_bytes("heavy.wasm", bytes_of("compiles_forever")).build().await.err().unwrap();
        assert!(matches!(error, HostError::Load(LoadError::CompileTime { .. })), "{error}");
    }
}
