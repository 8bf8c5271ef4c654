// The host where there is none: tests of an author's program. Children run in the same process.

import { toldOf } from "../error.js";

/** Runs the child's function, with its inputs as they would have crossed. */
export function start(task, inputs, _options, spec) {
  if (spec?.run === undefined) throw new Error(`\`${task}\` is a task of another component: outside of a component there is none`);
  return { promise: run(spec, inputs) };
}

async function run(spec, inputs) {
  try {
    const { runTask } = await import("../run.js");
    return await runTask(spec, inputs);
  } catch (error) {
    throw toldOf(error);
  }
}

/** A stand-in: attempt 1 of the action `a0` in the run `native`. */
export function current() {
  return { run: "native", action: "a0", parent: null, task: "native", attempt: 1 };
}

export function progress() {}

export function turn() {
  return new Promise((resolve) => setImmediate(resolve));
}

export function now() {
  return performance.now() * 1e6;
}

export function blockFor() {}

export function environmentVariables() {
  return Object.entries(process.env);
}
