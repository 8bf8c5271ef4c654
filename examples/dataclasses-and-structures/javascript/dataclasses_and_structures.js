// Structures as inputs and outputs of tasks, after the page "Dataclasses and structures" of Flyte's user guide.

import { environment } from "flyte-guest";
import { z } from "zod";

const env = environment({ name: "ex-mixed-structures" });

const InferenceRequest = z
  .object({ feature_a: z.number(), feature_b: z.number() })
  .meta({ id: "InferenceRequest", description: "What the model looks at." });

const BatchRequest = z
  .object({ requests: z.array(InferenceRequest), batch_id: z.string().default("default") })
  .meta({ id: "BatchRequest", description: "Requests that belong together." });

const PredictionSummary = z
  .object({ predictions: z.array(z.number()), average: z.number(), count: z.int().min(0), batch_id: z.string() })
  .meta({ id: "PredictionSummary", description: "What came of a batch." });

export const predict_one = env.task(
  {
    doc: "A dummy linear model: prediction = 2 * feature_a + 3 * feature_b + bias(=1.0)",
    inputs: { request: InferenceRequest },
    output: z.number(),
  },
  ({ request }) => 2 * request.feature_a + 3 * request.feature_b + 1,
);

export const process_batch = env.task(
  {
    doc: "Processes a batch of inference requests and returns summary statistics.",
    inputs: { batch: BatchRequest },
    output: PredictionSummary,
  },
  async ({ batch }) => {
    // All requests at once, each in a sandbox of its own.
    const predictions = await Promise.all(batch.requests.map((request) => predict_one.invoke({ request })));

    const count = predictions.length;
    const average = count === 0 ? 0 : predictions.reduce((sum, one) => sum + one, 0) / count;
    return { predictions, average, count, batch_id: batch.batch_id };
  },
);

export const summarize_results = env.task(
  {
    doc: "Creates a text summary from the prediction results.",
    inputs: { summary: PredictionSummary },
    output: z.string(),
  },
  ({ summary: { batch_id, count, average } }) =>
    `Batch ${batch_id}: Processed ${count} predictions, average value: ${average.toFixed(2)}`,
);
