// What a component exports, made of the tasks that the author's file exports.

import "./globals/index.js";
import { letPrint } from "./globals/console.js";
import { errorOfKind, toldOf } from "./error.js";
import { endIfRefused } from "./memory.js";
import { drive } from "./loop.js";
import { OptionsError } from "./policy.js";
import { runTask } from "./run.js";
import { TASK, taskName } from "./task.js";

/** The contract's `task-set`; `exported` is the namespace of the author's module. */
export function component(exported) {
  const tasks = collected(exported);
  if (tasks.size === 0) throw new OptionsError("no task is exported");
  const described = Array.from(tasks.values(), specOf);
  leaveRoom();
  return {
    describe: () => described,
    async run(name, inputs) {
      letPrint();
      try {
        return await drive(run(tasks, name, inputs));
      } catch (error) {
        endIfRefused(error);
        throw toldOf(error);
      }
    },
  };
}

/** How many bytes of memory a component has free from the start. */
const ROOM = 1 << 19;

/** What an instance allocates first is there already: for each, to ask the host for memory takes longer than many a task. */
function leaveRoom() {
  new ArrayBuffer(ROOM);
}

/** An exported value without a `name` of its own is named as it is exported. */
function collected(exported) {
  const tasks = new Map();
  for (const [name, value] of Object.entries(exported)) {
    const spec = value?.[TASK];
    if (spec?.run === undefined) continue;
    if (spec.name === undefined) spec.name = spec.invokedAs = taskName(name === "default" ? "main" : name);
    const other = tasks.get(spec.name);
    if (other !== undefined && other !== spec) throw new OptionsError(`two tasks have the name \`${spec.name}\``);
    spec.exported = true;
    tasks.set(spec.name, spec);
  }
  return tasks;
}

function specOf({ name, environment, doc, inputs, output, policy, rights }) {
  return { name, environment, doc, inputs: inputs.text, output: output.text, policy, rights };
}

async function run(tasks, name, inputs) {
  const spec = tasks.get(name);
  if (spec !== undefined) return runTask(spec, inputs);
  throw errorOfKind("unknown-task", `the component has no task \`${name}\`; it has ${[...tasks.keys()].join(", ")}`);
}

/** What the build is told of an error in the author's program: it reads the text of the exception alone. */
export function told(error) {
  const { name, message, stack, problems } = error instanceof Error ? error : { message: String(error) };
  return new Error(`flyte-guest:${JSON.stringify({ name, message, stack, problems })}:flyte-guest`);
}
