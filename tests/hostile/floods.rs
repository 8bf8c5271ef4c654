//! Attacks with more than anybody wants to hear.

use flyte_host::run::{Failure, Limit};
use flyte_host_artifacts::HOSTILE_FLOODS;

use crate::bytes::prints_nothing_raw;
use crate::house::{patient, tight};
use crate::seen::{run, run_within};

attacks! {
    returns_too_much: "returns three times what a result may have"
        => "`max-output`, and what a guest may pass to the host in one call", {
        let seen = run_within("returns_too_much", patient()).await;
        assert!(matches!(seen.limit(), Limit::Transfer(_) | Limit::Output { .. }), "{}", seen.failure());
    }

    fails_with_too_many_words: "fails with an error of three mebibytes"
        => "an error may have what a result may have", {
        let seen = run_within("fails_with_too_many_words", patient()).await;
        assert!(matches!(seen.limit(), Limit::Transfer(_) | Limit::Output { .. }), "{}", seen.failure());
    }

    amplifies_one_text: "fails with ten thousand causes that are all the same bytes of its memory"
        => "what a guest may pass to the host in one call counts each of them", {
        let seen = run_within("amplifies_one_text", patient()).await;
        assert!(matches!(seen.limit(), Limit::Transfer(_)), "{}", seen.failure());
    }

    prints_lines_forever: "prints to both streams without a pause"
        => "`max-log`: the log is cut and says so; `max-runtime` ends the task", {
        let seen = run("prints_lines_forever").await;
        seen.is_over_time();
        seen.is_cut(&tight());
    }

    prints_a_line_without_an_end: "prints one line that never ends"
        => "`max-log`; a line is told in pieces of 64 KiB", {
        let seen = run("prints_a_line_without_an_end").await;
        seen.is_over_time();
        seen.is_cut(&tight());
    }

    prints_empty_lines: "prints line ends and nothing else"
        => "`max-log`: an end of a line counts", {
        let seen = run("prints_empty_lines").await;
        seen.is_over_time();
        seen.is_cut(&tight());
    }

    prints_what_is_no_text: "prints bytes that take three times the room as text"
        => "`max-log` counts what is kept, not what came", {
        let seen = run("prints_what_is_no_text").await;
        seen.is_over_time();
        seen.is_cut(&tight());
    }

    tells_progress_forever: "tells its progress without a pause"
        => "`max-log`, which counts progress; `max-runtime`", {
        let seen = run("tells_progress_forever").await;
        seen.is_over_time();
        seen.is_cut(&tight());
    }

    tells_progress_at_length: "tells its progress in messages of a mebibyte"
        => "a message of progress is cut at 4 KiB; `max-log`", {
        let seen = run("tells_progress_at_length").await;
        seen.is_over_time();
        seen.is_cut(&tight());
    }

    writes_to_the_terminal: "prints, tells and returns escape sequences"
        => "whatever comes from a guest is made fit for a terminal before it is printed", {
        let text = run_within("writes_to_the_terminal", patient()).await.output().to_owned();
        let text: String = serde_json::from_str(&text).unwrap();
        assert!(text.contains('\u{1b}'));
        let unfit = |text: &str| text.contains(|letter: char| letter.is_control() || letter == '\u{202e}');
        assert!(!unfit(&flyte_host::report::printable(&text).replace('\u{fffd}', "")));
        prints_nothing_raw(HOSTILE_FLOODS, &["run", "FILE", "writes_to_the_terminal"]);
    }

    announces_panics_forever: "tells the host of a panic, over and over, and never panics"
        => "the host keeps the last one, cut at a bound; `max-runtime`", {
        run("announces_panics_forever").await.is_over_time();
    }

    panics_with_too_many_words: "panics with a message of some mebibytes"
        => "what a guest may pass to the host in one call; a trap's message is cut", {
        let seen = run_within("panics_with_too_many_words", patient()).await;
        let short = |failure: &Failure| failure.to_string().len() < 64 << 10;
        assert!(short(seen.failure()), "{} bytes", seen.failure().to_string().len());
    }

    traps_in_a_function_with_a_huge_name: "traps below functions whose names are of 100,000 letters"
        => "a frame's name is cut, and there are few frames", {
        let seen = run_within("traps_in_a_function_with_a_huge_name", patient()).await;
        let Failure::Trap(trap) = seen.failure() else { panic!("{}", seen.failure()) };
        let size: usize = trap.backtrace.iter().map(String::len).sum();
        assert!(size < 64 << 10, "{size} bytes");
    }

    asks_for_endless_randomness: "asks for a terabyte of random bytes at once"
        => "the host gives at most a mebibyte at once", {
        run_within("asks_for_endless_randomness", patient()).await.is_trapped("");
    }

    drains_randomness: "asks for random bytes without a pause"
        => "`max-runtime`", {
        run("drains_randomness").await.is_over_time();
    }
}
