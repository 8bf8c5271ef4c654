// The bundle as a component: QuickJS runs it once, and what it has in memory then is what each instance starts with.

import { dirname } from "node:path";
import { AuthorError } from "./report.js";
import { originOf } from "./source_map.js";
import { tool } from "./tools.js";

const EXAMPLE = `import { task } from "flyte-guest";

export const double = task({ inputs: { number: { type: "number" } }, output: { type: "number" } }, ({ number }) => 2 * number);`;

/** The component's bytes. */
export async function componentOf({ text, entry, map, directory, source }) {
  try {
    const made = await tool("componentize-qjs").componentize({
      witPath: directory,
      jsSource: text,
      jsPath: entry,
      moduleRoot: dirname(entry),
      world: "javascript",
      // Up to twice as fast as the small one.
      optSize: false,
    });
    return made.component;
  } catch (error) {
    const messages = messagesOf(String(error.message), map, source);
    if (messages === undefined) throw error;
    throw new AuthorError(...messages);
  }
}

/** What the author has to change; undefined where it is no fault of his. */
function messagesOf(text, map, source) {
  const told = /flyte-guest:(\{[^]*\}):flyte-guest/.exec(text)?.[1];
  if (told !== undefined) return ofProgram(JSON.parse(told), map, source);
  if (text.includes("resulted in a dead lock")) {
    return [{ message: "the module never ends to start: its top level awaits something that never comes", file: source }];
  }
  // What esbuild lets through and QuickJS does not know.
  const refused = /Failed to declare JavaScript module: Error: (.*)\s+at \/?component\.js:(\d+):(\d+)/.exec(text);
  if (refused === null) return undefined;
  return [{ message: refused[1], ...(originOf(map, Number(refused[2]), Number(refused[3])) ?? { file: source }) }];
}

/** An exception at the top level of the program, or options of a task that are wrong. */
function ofProgram({ name, message, stack, problems }, map, source) {
  const place = placeOf(stack ?? "", map) ?? { file: source };
  if (name === "OptionsError") {
    if (message === "no task is exported") return [{ message: "the file exports no task", ...place, help: `export a task:\n${EXAMPLE}` }];
    return problems.map((problem) => ({ message: problem, ...place }));
  }
  const text = name === undefined || name === "Error" ? message : `${name}: ${message}`;
  return [{ message: `the module can't be loaded: ${text}`, ...place, help: "its top level runs once, when the component is built" }];
}

function placeOf(stack, map) {
  for (const match of stack.matchAll(/\/component\.js:(\d+):(\d+)/g)) {
    const origin = originOf(map, Number(match[1]), Number(match[2]));
    if (origin !== undefined) return origin;
  }
  return undefined;
}
