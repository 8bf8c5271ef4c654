//! All attacks at once, among honest tasks.

use flyte_host::RunRequest;
use flyte_host::run::Limits;
use futures::future::join_all;

use crate::ATTACKS;
use crate::house::{HOUSE, endure_all};

/// How many honest tasks there are.
const HONEST: u32 = 1000;

/// How an attack ends among many others is not asked here: it may well be told of another limit than when it is alone.
#[test]
fn all_attacks_at_once_harm_none_of_a_thousand_honest_tasks() {
    endure_all(async || {
        let attacks: Vec<_> = ATTACKS.iter().map(|attack| tokio::spawn((attack.trial)())).collect();
        let honest = (0..HONEST).map(|n| {
            let inputs = format!(r#"{{"request":{{"feature_a":{n},"feature_b":0.5}}}}"#);
            let request = RunRequest::new("predict_one", inputs).limits(Limits::default());
            async move { (n, HOUSE.host.start(request).outcome().await) }
        });
        for (n, outcome) in join_all(honest).await {
            let expected = 2.0 * f64::from(n) + 2.5;
            assert_eq!(outcome.result.unwrap().as_str().parse::<f64>().unwrap(), expected);
        }
        join_all(attacks).await;
    });
}
