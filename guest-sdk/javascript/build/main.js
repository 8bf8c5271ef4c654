// The driver of the build: `node main.js --source FILE --output OUT.wasm --wit DIR --work DIR`. It tells how it goes as
// JSON Lines on standard output, and exits with 0, with 1 where the author has to change something, or with 2.

import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { bundle } from "./bundle.js";
import { componentOf } from "./componentize.js";
import { AuthorError, report } from "./report.js";
import { checkPackages } from "./packages.js";
import { linesOf } from "./source_map.js";
import { writeWit } from "./wit.js";

/** Garbage of the start is collected once, here, or each instance would soon do it, and touch all of its memory. */
const COLLECT = "__cqjs.runGc();\n";

async function main() {
  const { source, output, wit, work } = options();
  report({ type: "input", path: source });
  await readFile(source).catch((error) => {
    throw new AuthorError({ message: `can't be read: ${error.code ?? error.message}`, file: source });
  });
  await mkdir(work, { recursive: true });
  await checkPackages(source);
  report({ type: "progress", text: "bundling" });
  const { code, map, inputs } = await bundle(source, work);
  for (const path of inputs) if (path !== source) report({ type: existsSync(path) ? "input" : "absent", path });
  report({ type: "progress", text: "making the component" });
  const directory = await writeWit(wit, join(work, "wit"));
  const text = `${code}\n${linesOf(map, dirname(source))}${COLLECT}`;
  const entry = join(work, "component.js");
  await writeFile(entry, text);
  const component = await componentOf({ text, entry, map, directory, source });
  await mkdir(dirname(output), { recursive: true });
  await writeFile(output, component);
}

function options() {
  const text = { type: "string" };
  const { values } = parseArgs({ options: { source: text, output: text, wit: text, work: text } });
  for (const name of ["source", "output", "wit", "work"]) {
    if (values[name] === undefined) throw new Error(`--${name} is missing`);
  }
  return Object.fromEntries(Object.entries(values).map(([name, path]) => [name, resolve(path)]));
}

try {
  await main();
} catch (error) {
  if (error instanceof AuthorError) {
    for (const message of error.messages) report({ type: "error", ...message });
    process.exitCode = 1;
  } else {
    console.error(error);
    process.exitCode = 2;
  }
}
