//! Attacks on the contract itself, by guests that keep to no language's rules.

use flyte_host::run::Failure;

use crate::house::patient;
use crate::seen::{run, run_within};

attacks! {
    returns_invalid_utf8: "returns bytes that are no UTF-8"
        => "the engine checks all text", {
        run_within("returns_invalid_utf8", patient()).await.is_trapped("utf-8");
    }

    returns_an_encoded_surrogate: "returns half a surrogate pair, as if UTF-8 had it"
        => "the engine checks all text", {
        run_within("returns_an_encoded_surrogate", patient()).await.is_trapped("utf-8");
    }

    returns_a_lone_surrogate: "returns half a surrogate pair, in UTF-16"
        => "the engine checks all text", {
        run_within("returns_a_lone_surrogate", patient()).await.is_trapped("unpaired surrogate");
    }

    lies_about_a_length: "returns two gibibytes, of which it has 128 KiB"
        => "the engine checks each pointer and length", {
        run_within("lies_about_a_length", patient()).await.is_trapped("out of bounds");
    }

    points_out_of_bounds: "returns text from where there is no memory"
        => "the engine checks each pointer and length", {
        run_within("points_out_of_bounds", patient()).await.is_trapped("out of bounds");
    }

    wraps_around: "returns text that ends before it begins"
        => "the engine checks each pointer and length", {
        run_within("wraps_around", patient()).await.is_trapped("out of bounds");
    }

    returns_a_misaligned_pointer: "returns a result at an odd address"
        => "the engine checks each pointer", {
        run_within("returns_a_misaligned_pointer", patient()).await.is_trapped("aligned");
    }

    returns_a_pointer_to_nowhere: "returns a result that reaches past the end of memory"
        => "the engine checks each pointer", {
        run_within("returns_a_pointer_to_nowhere", patient()).await.is_trapped("out of bounds");
    }

    returns_an_unknown_case: "returns neither a result nor an error"
        => "the engine checks each case", {
        run_within("returns_an_unknown_case", patient()).await.is_trapped("discriminant");
    }

    fails_in_an_unknown_way: "fails with an error of a kind that there is not"
        => "the engine checks each case", {
        run_within("fails_in_an_unknown_way", patient()).await.is_trapped("discriminant");
    }

    fails_with_half_an_option: "fails with details that are neither there nor not"
        => "the engine checks each case", {
        run_within("fails_with_half_an_option", patient()).await.is_trapped("discriminant");
    }

    fails_with_endless_causes: "fails with more causes than memory could hold"
        => "the engine checks each pointer and length", {
        run_within("fails_with_endless_causes", patient()).await.is_trapped("out of bounds");
    }

    allocates_nowhere: "gives room for its inputs where there is no memory"
        => "the engine checks each pointer", {
        run_within("allocates_nowhere", patient()).await.is_trapped("beyond end of memory");
    }

    allocates_misaligned: "gives room for its inputs at an odd address"
        => "the engine checks each pointer", {
        run_within("allocates_misaligned", patient()).await.is_trapped("aligned");
    }

    allocates_forever: "never comes back from giving room for its inputs"
        => "`max-runtime`", {
        run("allocates_forever").await.is_over_time();
    }

    invokes_while_allocating: "calls the host from where it is to give room"
        => "the engine lets nobody leave a guest there", {
        run_within("invokes_while_allocating", patient()).await.is_trapped("cannot leave component instance");
    }

    sends_a_bad_pointer: "tells the host a message from where there is no memory"
        => "the engine checks each pointer and length", {
        run_within("sends_a_bad_pointer", patient()).await.is_trapped("out of bounds");
    }

    sends_invalid_utf8: "tells the host a message that is no UTF-8"
        => "the engine checks all text", {
        run_within("sends_invalid_utf8", patient()).await.is_trapped("utf-8");
    }

    invokes_from_a_corner: "has a child's result put where there is no memory"
        => "the engine checks each pointer", {
        run_within("invokes_from_a_corner", patient()).await.is_trapped("out of bounds");
    }

    fans_out_over_nothing: "fans out over a list that begins where the memory ends"
        => "what is passed is checked to be within the memory", {
        run_within("fans_out_over_nothing", patient()).await.is_trapped("out of bounds");
    }

    fans_out_beyond_itself: "fans out over half a billion inputs, of which there are none"
        => "what is passed is checked to be within the memory", {
        run_within("fans_out_beyond_itself", patient()).await.is_trapped("out of bounds");
    }

    fans_out_by_an_unknown_option: "fans out with a bound that is neither there nor not"
        => "what is passed is checked to be of its type", {
        run_within("fans_out_by_an_unknown_option", patient()).await.is_trapped("discriminant");
    }

    invokes_an_unknown_option: "invokes with options that are neither there nor not"
        => "the engine checks each case", {
        run_within("invokes_an_unknown_option", patient()).await.is_trapped("discriminant");
    }

    cleans_up_forever: "never comes back from what follows its result"
        => "`max-runtime`", {
        run("cleans_up_forever").await.is_over_time();
    }

    cleans_up_and_traps: "traps in what follows its result"
        => "a trap: the result is lost", {
        run_within("cleans_up_and_traps", patient()).await.is_trapped("unreachable");
    }

    ends_without_a_result: "says by the asynchronous ABI that it is done, with no result"
        => "the engine keeps count", {
        run_within("ends_without_a_result", patient()).await.is_trapped("");
    }

    returns_twice: "gives two results to one call, by the asynchronous ABI"
        => "the engine keeps count", {
        run_within("returns_twice", patient()).await.is_trapped("");
    }

    returns_and_goes_on: "gives its result by the asynchronous ABI, and computes on"
        => "an attempt ends with its result, or with `max-runtime`", {
        let seen = run("returns_and_goes_on").await;
        match &seen.outcome.result {
            Ok(output) => assert_eq!(output.as_str(), "7"),
            Err(_) => seen.is_over_time(),
        }
    }

    answers_with_an_unknown_code: "answers with a code that the asynchronous ABI does not have"
        => "the engine checks each code", {
        let seen = run_within("answers_with_an_unknown_code", patient()).await;
        assert!(matches!(seen.failure(), Failure::Trap(_)), "{}", seen.failure());
    }
}
