// One call of a task: from JSON text to JSON text.

import { errorOfKind } from "./error.js";
import { Problem } from "./problem.js";
import { refined, refinedInputs, refuseStrays } from "./schema/refine.js";

/** Runs a task on the text of its inputs. */
export async function runTask(spec, text) {
  let inputs = judged("invalid-input", () => spec.inputs.decode(text));
  if (spec.inputs.zods.length > 0 || spec.inputs.zod !== undefined) inputs = await refinedInputs(spec.inputs, inputs);
  let result = await spec.run(inputs);
  const schema = spec.output.zod;
  if (schema === undefined) return judged("invalid-output", () => spec.output.encode(result));
  const made = await refined(schema, result, [], "invalid-output").catch((error) => {
    // Where the encoder has words for it too, those: a NaN is told alike in all languages.
    judged("invalid-output", () => spec.output.encode(result));
    throw error;
  });
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
