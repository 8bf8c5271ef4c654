// One call of a task: from JSON text to JSON text.

import { errorOfKind } from "./error.js";
import { Problem } from "./problem.js";
import { refined, refinedInputs, refuseStrays } from "./schema/refine.js";

/** Runs a task on the text of its inputs. */
export async function runTask(spec, text) {
  let inputs = judged("invalid-input", () => spec.inputs.decode(text));
  if (spec.inputs.zods.length > 0) inputs = await refinedInputs(spec.inputs, inputs);
  let result = await spec.run(inputs);
  const schema = spec.output.zod;
  if (schema === undefined) return judged("invalid-output", () => spec.output.encode(result));
  // Before zod's own words for it: a NaN is told alike in all languages.
  const made = await refined(schema, result, [], "invalid-output");
  return judged("invalid-output", () => {
    refuseStrays(result, made);
    return spec.output.encode(made);
  });
}

function judged(kind, act) {
  try {
    return act();
  } catch (problem) {
    throw problem instanceof Problem ? errorOfKind(kind, problem.toString()) : problem;
  }
}
