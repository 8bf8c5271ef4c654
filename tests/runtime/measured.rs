//! What benchmarks measure gives the right results.

use flyte_host_artifacts::MEASURED;

use crate::support::run;

#[tokio::test(flavor = "multi_thread")]
async fn a_fan_out_sums_its_predictions() {
    for task in ["fan_out", "fan_out_warm"] {
        for (n, expected) in [(0, "0.0"), (1, "1.0"), (3, "27.0"), (10_000, "399970000.0")] {
            let inputs = format!(r#"{{"n":{n}}}"#);
            assert_eq!(run(MEASURED, task, &inputs).await.unwrap(), expected, "{task} {n}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_comes_back_as_it_went() {
    let record = run(MEASURED, "make_record", r#"{"lines":200}"#).await.unwrap();
    assert!((15_000..25_000).contains(&record.len()), "{}", record.len());
    assert_eq!(run(MEASURED, "echo", &format!(r#"{{"record":{record}}}"#)).await.unwrap(), record);
    let many = format!(r#"{{"record":{record},"n":10}}"#);
    assert_eq!(run(MEASURED, "echo_many", &many).await.unwrap(), "2000");
    let times = format!(r#"{{"record":{record},"times":3}}"#);
    assert_eq!(run(MEASURED, "parse_and_print", &times).await.unwrap(), (3 * record.len()).to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn doing_nothing_takes_and_gives_nothing() {
    assert_eq!(run(MEASURED, "idle", "{}").await.unwrap(), "null");
}
