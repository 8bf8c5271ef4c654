// Tasks: a function, and what the host is to know of it.

import { Problem } from "./problem.js";
import { invokeTask, mapTask } from "./invoke.js";
import { Options, OptionsError, POLICY, policyOf, reuseOf, rightsOption, text } from "./policy.js";
import { inputsType, outputType } from "./schema/type.js";

/** What a task's function has beside itself. */
export const TASK = Symbol.for("flyte-guest.task");

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const KEYS = ["name", "environment", "doc", "inputs", "output", ...POLICY];

/** Makes `run` a task: a function that is called as it is, and invoked as a child action with `.invoke`. */
export function task(options, run) {
  return made(options, run, { environment: null, rights: [], reuse: null });
}

/** Options that tasks share: `env.task(options, run)` makes a task of it. */
export function environment(given) {
  const options = new Options(objectOf(given, "environment"), ["name", "reusable", "rights"]);
  const shared = {
    environment: options.take("name", null, environmentName),
    rights: rightsOption(options),
    reuse: options.take("reusable", null, reuseOf),
  };
  options.finish("environment");
  return Object.freeze({ name: shared.environment, task: (own, run) => made(own, run, shared) });
}

/** A task of another component: it can be invoked, not called. */
export function external(given) {
  const options = new Options(objectOf(given, "external"), ["name", "environment", "inputs", "output"]);
  const name = options.take("name", undefined, taskName);
  if (given.name === undefined) options.problems.push("`name` is missing");
  const named = options.take("environment", null, environmentName);
  const types = typesOf(options);
  options.finish(`external task ${name ?? ""}`.trim());
  const spec = { name, invokedAs: named === null ? name : `${named}.${name}`, ...types };
  const refuse = () => {
    throw new TypeError(`\`${spec.invokedAs}\` is a task of another component: it can be invoked, not called`);
  };
  return invocable(refuse, spec);
}

function made(given, run, shared) {
  if (typeof run !== "function") throw new OptionsError("task: expected `task(options, function)`");
  const options = new Options(objectOf(given, "task"), KEYS);
  const name = options.take("name", undefined, taskName);
  const spec = {
    name,
    environment: options.take("environment", shared.environment, environmentName),
    doc: options.take("doc", "", docText),
    ...typesOf(options),
    policy: policyOf(options, shared.reuse),
    rights: [...rightsOption(options), ...shared.rights],
    run,
  };
  spec.invokedAs = name;
  options.finish(name === undefined ? "task" : `task \`${name}\``);
  return invocable((inputs) => run(inputs), spec);
}

function typesOf(options) {
  return {
    inputs: options.take("inputs", undefined, inputsType) ?? inputsType({}),
    output: options.take("output", undefined, outputType) ?? outputType(undefined),
  };
}

function invocable(call, spec) {
  Object.defineProperty(call, TASK, { value: spec });
  if (spec.name !== undefined) Object.defineProperty(call, "name", { value: spec.name });
  call.invoke = (inputs, options) => invokeTask(spec, inputs, options);
  call.map = (items, options) => mapTask(spec, items, options);
  return call;
}

function objectOf(options, what) {
  if (typeof options !== "object" || options === null || Array.isArray(options)) throw new OptionsError(`${what}: expected an object of options`);
  return options;
}

/** Lines lose the indent they have in common, which a template literal has from the code around it. */
function docText(doc) {
  if (typeof doc !== "string") throw new Problem("expected text");
  const lines = doc.trim().split("\n");
  const indents = lines.slice(1).filter((line) => line.trim() !== "").map((line) => /^\s*/.exec(line)[0].length);
  const indent = indents.length === 0 ? 0 : Math.min(...indents);
  return lines.map((line, index) => (index === 0 ? line : line.slice(indent)).trimEnd()).join("\n");
}

/** Whether `name` can be a task's. */
export function taskName(name) {
  if (!NAME.test(text(name))) throw new Problem(`"${name}" is no name of a task: a letter or \`_\`, then letters, digits and \`_\``);
  return name;
}

function environmentName(name) {
  return text(name);
}
