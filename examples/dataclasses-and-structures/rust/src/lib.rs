//! Structures as inputs and outputs of tasks, after the page "Dataclasses and structures" of Flyte's user guide.

use flyte_guest::{TaskError, record, task};

/// What the model looks at.
#[record]
#[derive(Debug, Clone)]
pub struct InferenceRequest {
    pub feature_a: f64,
    pub feature_b: f64,
}

/// Requests that belong together.
#[record]
#[derive(Debug, Clone)]
pub struct BatchRequest {
    pub requests: Vec<InferenceRequest>,
    #[record(default = "default")]
    pub batch_id: String,
}

/// What came of a batch.
#[record]
#[derive(Debug, Clone, PartialEq)]
pub struct PredictionSummary {
    pub predictions: Vec<f64>,
    pub average: f64,
    pub count: u64,
    pub batch_id: String,
}

/// A dummy linear model: prediction = 2 * feature_a + 3 * feature_b + bias(=1.0)
#[task]
pub async fn predict_one(request: InferenceRequest) -> f64 {
    2.0 * request.feature_a + 3.0 * request.feature_b + 1.0
}

/// Processes a batch of inference requests and returns summary statistics.
#[task]
pub async fn process_batch(batch: BatchRequest) -> Result<PredictionSummary, TaskError> {
    // All requests at once, each in a sandbox of its own.
    let predictions = predict_one::map(batch.requests).await?;

    let count = predictions.len();
    let average = if count == 0 { 0.0 } else { predictions.iter().sum::<f64>() / count as f64 };
    Ok(PredictionSummary { predictions, average, count: count as u64, batch_id: batch.batch_id })
}

/// Creates a text summary from the prediction results.
#[task]
pub fn summarize_results(summary: PredictionSummary) -> String {
    let PredictionSummary { batch_id, count, average, .. } = summary;
    format!("Batch {batch_id}: Processed {count} predictions, average value: {average:.2}")
}

flyte_guest::export!(environment = "ex-mixed-structures", tasks = [predict_one, process_batch, summarize_results]);

#[cfg(test)]
mod tests {
    use flyte_guest::testing::block_on;

    use super::*;

    fn batch(requests: &[(f64, f64)]) -> BatchRequest {
        let requests =
            requests.iter().map(|&(feature_a, feature_b)| InferenceRequest { feature_a, feature_b }).collect();
        BatchRequest { requests, batch_id: "test".to_owned() }
    }

    #[test]
    fn a_batch_is_predicted_and_averaged() {
        let summary = block_on(process_batch(batch(&[(1.0, 2.0), (3.0, 4.0)]))).unwrap();
        assert_eq!(summary.predictions, [9.0, 19.0]);
        assert_eq!(summary.average, 14.0);
        assert_eq!(summary.count, 2);
    }

    #[test]
    fn an_empty_batch_has_average_zero() {
        assert_eq!(block_on(process_batch(batch(&[]))).unwrap().average, 0.0);
    }

    #[test]
    fn the_summary_rounds_to_two_digits() {
        let summary =
            PredictionSummary { predictions: vec![1.0], average: 1.0 / 3.0, count: 1, batch_id: "b".to_owned() };
        assert_eq!(summarize_results(summary), "Batch b: Processed 1 predictions, average value: 0.33");
    }
}
