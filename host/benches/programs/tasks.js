// What the table measures in JavaScript: one small task, fresh and reused.

import { task } from "flyte-guest";

const number = { type: "number" };
const request = { type: "object", properties: { feature_a: number, feature_b: number }, required: ["feature_a", "feature_b"] };
const predict = ({ request }) => 2 * request.feature_a + 3 * request.feature_b + 1;

export const predict_one = task({ name: "predict_one", inputs: { request }, output: number }, predict);

export const predict_warm = task(
  {
    name: "predict_warm",
    inputs: { request },
    output: number,
    reusable: { maxUses: 1_000_000, idleTtl: "30s", scope: "global" },
  },
  predict,
);
