// Child actions: started at once, waited for when the task has nothing else to do.

import { childError, errorOfKind } from "./error.js";
import { nanoseconds } from "./duration.js";
import { Options, count, text } from "./policy.js";
import { Problem } from "./problem.js";
import { Child, track } from "./loop.js";
import { leftOf, signalOf } from "./signal.js";
import { encodeAny } from "./values/any.js";
import { decodeText } from "./values/decode.js";
import { TASK } from "./task.js";
import { start } from "#host";

const NO_OPTIONS = Object.freeze({});
const NOTHING = { host: { group: null, retries: null, maxRuntime: null, within: null }, own: {} };

/** How many children of a map are started ahead of their results, where `concurrency` says nothing. */
const AHEAD = 1000;

/** Invokes a task: one of this component, of `external`, or by its name or `environment.name`. */
export function invoke(task, inputs = {}, options = NO_OPTIONS) {
  return invokeTask(specOf(task), inputs, options);
}

/** Invokes a task on each of many inputs. */
export function map(task, items, options = NO_OPTIONS) {
  return mapTask(specOf(task), items, options);
}

/** `invoke` and `map` whose children share a label. */
export function group(name) {
  text(name);
  return Object.freeze({
    name,
    invoke: (task, inputs, options = {}) => invoke(task, inputs, { ...options, group: name }),
    map: (task, items, options = {}) => map(task, items, { ...options, group: name }),
  });
}

function specOf(task) {
  if (typeof task === "string") return { invokedAs: task, inputs: { encode: encodeAny }, output: { decode: decodeText } };
  const spec = task?.[TASK];
  if (spec === undefined) throw new TypeError("expected a task, or the name of one");
  return spec;
}

export function invokeTask(spec, inputs = {}, given = NO_OPTIONS) {
  const { host, own } = optionsOf(given, []);
  return track(started(spec, inputs, host, undefined, own.signal));
}

export function mapTask(spec, items, given = NO_OPTIONS) {
  const { host, own } = optionsOf(given, ["concurrency", "settled"]);
  return runAll(spec, items, host, own);
}

/** The results in the order of the items; the first failure rejects, and aborts the others. So does the signal. */
async function runAll(spec, items, host, { concurrency = AHEAD, settled = false, signal }) {
  if (signal?.aborted) throw signal.reason;
  const results = [];
  const running = new Set();
  let failed = false;
  let failure;
  let index = 0;
  for (const inputs of items) {
    if (signal?.aborted) {
      if (!failed) [failed, failure] = [true, signal.reason];
      break;
    }
    const item = index++;
    const child = started(spec, inputs, host, item, signal);
    const result = track(child).then(
      (value) => void (results[item] = settled ? { status: "fulfilled", value } : value),
      (reason) => {
        // What the signal ended is no result.
        if (settled && !(signal?.aborted && reason === signal.reason)) results[item] = { status: "rejected", reason };
        else if (!failed) [failed, failure] = [true, reason];
      },
    );
    const entry = { child, ended: result.then(() => running.delete(entry)) };
    running.add(entry);
    // The host tells of children in the order in which they are waited for: the oldest comes first.
    while (running.size >= concurrency && !failed) await running.values().next().value.ended;
    if (failed) break;
  }
  for (const entry of running) {
    if (failed) break;
    await entry.ended;
  }
  if (!failed) return results;
  for (const { child } of running) child.abort();
  throw failure;
}

function started(spec, inputs, options, item, signal) {
  const task = spec.invokedAs;
  if (task === undefined) throw new TypeError("the task has no name yet: export it, or give it a `name`");
  if (signal?.aborted) return Child.failed(signal.reason);
  let text;
  try {
    if (typeof inputs !== "object" || inputs === null) throw new Problem("expected an object with one field for each parameter");
    text = spec.inputs.encode(inputs);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    return Child.failed(inputsError(task, item, problem));
  }
  const decode = (result) => {
    try {
      return spec.output.decode(result);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      throw childError(task, item, { kind: "invalid-output", message: `its result is not what the invoker expects: ${problem}`, causes: [], recoverable: false });
    }
  };
  const within = leftOf(signal);
  const bounded = within === null ? options : { ...options, within };
  return new Child(start(task, text, bounded, spec), decode, (told) => childError(task, item, told), signal, within !== null);
}

function inputsError(task, item, problem) {
  const error = errorOfKind("invalid-output", `inputs for \`${task}\`${item === undefined ? "" : ` on item ${item}`}: ${problem}`);
  if (item !== undefined) error.item = item;
  return error;
}

/** What an invocation overrides, as the contract has it, and options of the caller's own. */
function optionsOf(given, more) {
  if (given === NO_OPTIONS) return NOTHING;
  const known = ["group", "retries", "maxRuntime", "signal", ...more];
  const options = new Options(given, known);
  const host = {
    group: options.take("group", null, text),
    retries: options.take("retries", null, (value) => count(value, 0)),
    maxRuntime: options.take("maxRuntime", null, nanoseconds),
    within: null,
  };
  const own = {
    signal: options.take("signal", undefined, signalOf),
    concurrency: options.take("concurrency", undefined, (value) => count(value, 1)),
    settled: Boolean(given.settled),
  };
  options.finish("invoke");
  return { host, own };
}
