import assert from "node:assert/strict";
import { join } from "node:path";
import { before, test } from "node:test";
import { REPOSITORY, built, described, failure, result } from "./support.js";

let component;
before(async () => {
  component = await built(join(REPOSITORY, "examples/dataclasses-and-structures/javascript/dataclasses_and_structures.js"));
});

test("the example gives what it gives in Rust", async () => {
  const batch = '{"requests":[{"feature_a":1,"feature_b":2},{"feature_a":3,"feature_b":4}],"batch_id":"b"}';
  assert.equal(await result(component, "process_batch", "--batch", batch), '{"predictions":[9.0,19.0],"average":14.0,"count":2,"batch_id":"b"}');
  assert.equal(await result(component, "process_batch", "--batch", batch, "then", "summarize_results"), '"Batch b: Processed 2 predictions, average value: 14.00"');
  assert.equal(await result(component, "process_batch", "--batch", '{"requests":[]}'), '{"predictions":[],"average":0.0,"count":0,"batch_id":"default"}');
});

test("and describes itself as it does there", async () => {
  const [predict] = await described(component);
  assert.equal(predict.environment, "ex-mixed-structures");
  assert.equal(predict.signature, "predict_one(request: InferenceRequest) -> number");
  assert.deepEqual(predict.inputs, {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    properties: { request: { $ref: "#/$defs/InferenceRequest" } },
    required: ["request"],
    additionalProperties: false,
    $defs: {
      InferenceRequest: {
        type: "object",
        additionalProperties: false,
        properties: { feature_a: { type: "number", format: "double" }, feature_b: { type: "number", format: "double" } },
        required: ["feature_a", "feature_b"],
        description: "What the model looks at.",
      },
    },
  });
});

test("a number that is none is told where it came up", async () => {
  assert.match(await failure(component, "predict_one", "--request", '{"feature_a":1e308,"feature_b":1e308}'), /infinity is not a JSON number/);
});
