// What zod adds to what the host has checked: defaults, refinements, transforms.

import { Problem } from "../problem.js";
import { errorOfKind } from "../error.js";
import { memberOf } from "../values/any.js";

/** The value as zod makes it. Promises of refinements are awaited. */
export async function refined(schema, value, steps, kind) {
  const { success, data, error } = await schema.safeParseAsync(value);
  if (success) return data;
  throw errorOfKind(kind, messageOf(error.issues, steps));
}

/** The parameters as zod makes them; the object is the guest's own, and is changed. */
export async function refinedInputs(type, inputs) {
  if (type.zod !== undefined) return refined(type.zod, inputs, [], "invalid-input");
  for (const [name, schema] of type.zods) {
    const value = await refined(schema, memberOf(inputs, name), [name], "invalid-input");
    if (value !== undefined || Object.hasOwn(inputs, name)) inputs[name] = value;
  }
  return inputs;
}

function messageOf(issues, steps) {
  return issues.map((issue) => {
    const problem = new Problem(issue.message);
    problem.steps = [...steps, ...issue.path].reverse();
    return problem.toString();
  }).join("; ");
}

/** A field that a result has and its schema does not would be dropped by zod without a word. */
export function refuseStrays(raw, made) {
  if (typeof raw !== "object" || raw === null || typeof made !== "object" || made === null || raw === made) return;
  if (Array.isArray(raw) && Array.isArray(made)) {
    raw.forEach((item, index) => within(index, () => refuseStrays(item, made[index])));
    return;
  }
  if (!isPlain(raw) || !isPlain(made)) return;
  for (const [name, member] of Object.entries(raw)) {
    if (member === undefined) continue;
    within(name, () => {
      if (!Object.hasOwn(made, name)) throw new Problem("unknown field");
      refuseStrays(member, made[name]);
    });
  }
}

function within(step, check) {
  try {
    check();
  } catch (error) {
    throw error instanceof Problem ? error.within(step) : error;
  }
}

function isPlain(value) {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
