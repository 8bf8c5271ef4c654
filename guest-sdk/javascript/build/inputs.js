// What a program depends on beside the modules in it: files that would be taken instead of these if they came to be, and
// settings of esbuild's.

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";

/** What esbuild tries for an import without an ending, in this order. */
const ENDINGS = ["", ".tsx", ".ts", ".jsx", ".js", ".css", ".json"];

/** For modules with what they import (`original`, as it is written, and `path`): all such files, also ones that are not there. */
export function surroundings(modules) {
  const files = new Set();
  for (const [module, imports] of modules) {
    for (const name of ["package.json", "tsconfig.json"]) nearest(dirname(module), name, files);
    for (const { original, path } of imports) {
      if (/^\.\.?(\/|$)/.test(original)) candidates(resolve(dirname(module), original), path, files);
      else if (!/^(\/|#|flyte:|wasi:|flyte-guest(\/|$))/.test(original)) nearest(dirname(module), join("node_modules", packageName(original), "package.json"), files);
    }
  }
  for (const file of [...files].filter((file) => file.endsWith("tsconfig.json"))) extended(file, files);
  return files;
}

/** A package's name in what is imported of it. */
export function packageName(path) {
  return path.split("/").slice(0, path.startsWith("@") ? 2 : 1).join("/");
}

/** A file of this name in the directory or above it, and the places before. */
function nearest(directory, name, files) {
  for (let at = directory; ; at = dirname(at)) {
    files.add(join(at, name));
    if (existsSync(join(at, name)) || at === dirname(at)) return;
  }
}

/** What is looked for before `found`. */
function candidates(base, found, files) {
  for (const start of [base, join(base, "index")]) {
    for (const ending of ENDINGS) {
      const path = start + ending;
      if (path === found) return;
      if (!existsSync(path)) files.add(path);
    }
  }
}

/** What a `tsconfig.json` extends. */
function extended(file, files) {
  if (!existsSync(file)) return;
  const [, one, many] = /"extends"\s*:\s*(?:("[^"]*")|\[([^\]]*)\])/.exec(readFileSync(file, "utf8")) ?? [];
  for (const [, name] of (one ?? many ?? "").matchAll(/"([^"]*)"/g)) {
    const paths = /^[./]/.test(name) ? [name, `${name}.json`].map((path) => resolve(dirname(file), path)) : inPackage(name, file);
    for (const path of paths) {
      if (files.has(path)) continue;
      files.add(path);
      extended(path, files);
    }
  }
}

function inPackage(name, file) {
  const found = createRequire(file);
  for (const path of [name, `${name}.json`, `${name}/tsconfig.json`]) {
    try {
      return [found.resolve(path)];
    } catch {
      // The next may be there.
    }
  }
  return [];
}
