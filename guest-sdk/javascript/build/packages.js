// The author's `package.json`: what it asks for is there before anything is bundled. The driver installs nothing: which
// versions those are, and whether their install scripts may run, is the author's to say.

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { AuthorError, report } from "./report.js";

/** Checks the packages that the nearest `package.json` names. */
export async function checkPackages(source) {
  const directory = nearest(dirname(source));
  if (directory === undefined) return;
  const file = join(directory, "package.json");
  report({ type: "input", path: file });
  for (const name of ["package-lock.json", "tsconfig.json"]) {
    if (existsSync(join(directory, name))) report({ type: "input", path: join(directory, name) });
  }
  const missing = Object.keys(dependenciesOf(file)).filter((name) => name !== "flyte-guest" && name !== "zod" && !isInstalled(name, directory));
  if (missing.length === 0) return;
  const text = readFileSync(file, "utf8").split(/\r?\n/);
  const line = text.findIndex((one) => one.includes(`"${missing[0]}"`)) + 1;
  throw new AuthorError({
    message: `${missing.map((name) => `\`${name}\``).join(", ")} ${missing.length === 1 ? "is" : "are"} not installed`,
    file,
    line: line || null,
    help: `run \`npm install\` in ${directory}`,
  });
}

function dependenciesOf(file) {
  let text;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new AuthorError({ message: `can't be read: ${error.code ?? error.message}`, file });
  }
  try {
    return JSON.parse(text).dependencies ?? {};
  } catch (error) {
    throw new AuthorError({ message: `is no JSON: ${error.message}`, file });
  }
}

function isInstalled(name, directory) {
  for (let at = directory; ; at = dirname(at)) {
    if (existsSync(join(at, "node_modules", name))) return true;
    if (at === dirname(at)) return false;
  }
}

function nearest(directory) {
  for (let at = directory; ; at = dirname(at)) {
    if (existsSync(join(at, "package.json"))) return at;
    if (at === dirname(at) || existsSync(join(at, ".git"))) return undefined;
  }
}
