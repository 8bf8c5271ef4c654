// The author's program and all it imports, as one module.

import { existsSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { packageName, surroundings } from "./inputs.js";
import { AuthorError } from "./report.js";
import { SDK, SOURCES, packageDirectory, tool } from "./tools.js";

/** Other modules are Node's; a component has none of them. */
const NODE = new Set(["fs", "path", "os", "http", "https", "net", "child_process", "crypto", "util", "stream", "events", "buffer", "url", "zlib", "worker_threads", "async_hooks", "assert", "process", "timers"]);

/** `code`, its source `map`, and the author's files in it. */
export async function bundle(source, work) {
  const directory = dirname(source);
  try {
    const result = await tool("esbuild").build({
      stdin: { contents: entry(source), resolveDir: directory, sourcefile: "flyte-guest-entry.js" },
      absWorkingDir: directory,
      outfile: join(work, "bundle.js"),
      bundle: true,
      write: false,
      format: "esm",
      platform: "neutral",
      target: "es2023",
      mainFields: ["module", "main"],
      conditions: ["flyte-component", "module", "import"],
      external: ["flyte:*", "wasi:*"],
      define: { "process.env.NODE_ENV": '"production"' },
      legalComments: "none",
      sourcemap: "external",
      sourcesContent: false,
      metafile: true,
      logLevel: "silent",
      plugins: [ours()],
    });
    const [map, code] = ["bundle.js.map", "bundle.js"].map((name) => result.outputFiles.find((file) => file.path.endsWith(name)));
    return { code: code.text, map: absolute(JSON.parse(map.text), work), inputs: inputsOf(result.metafile, directory) };
  } catch (error) {
    if (!Array.isArray(error.errors) || error.errors.length === 0) throw error;
    throw new AuthorError(...error.errors.map((one) => messageOf(one, directory, source)));
  }
}

/** The SDK comes first: it sets up what programs find in the global object. */
function entry(source) {
  return `import { component, told } from "flyte-guest/component";
let taskSet;
try {
  taskSet = component(await import(${JSON.stringify(source)}));
} catch (error) {
  throw told(error);
}
function turn() {}
export { taskSet, turn };
`;
}

/** `flyte-guest` is always the SDK of this driver; zod is the author's own where he has it. */
function ours() {
  return {
    name: "flyte-guest",
    setup(build) {
      build.onResolve({ filter: /^flyte-guest$/ }, () => ({ path: join(SDK, "src/index.js") }));
      build.onResolve({ filter: /^flyte-guest\/component$/ }, () => ({ path: join(SDK, "src/component.js") }));
      // Of zod's messages in some fifty languages, only the English ones are ever looked at.
      build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, ({ path }) => ({
        contents: 'export { default as en } from "./en.js";',
        resolveDir: dirname(path),
      }));
      build.onResolve({ filter: /^zod(\/|$)/ }, async ({ path, resolveDir, kind, pluginData }) => {
        if (pluginData === "flyte-guest") return undefined;
        const own = await build.resolve(path, { resolveDir, kind, pluginData: "flyte-guest" });
        if (own.errors.length === 0) return own;
        return build.resolve(path, { resolveDir: packageDirectory("zod"), kind, pluginData: "flyte-guest" });
      });
    },
  };
}

function absolute(map, work) {
  return { ...map, sources: map.sources.map((path) => resolve(work, path)) };
}

/** Of a package only its `package.json` is told: it changes with the version. Some are not there, and matter if they come. */
function inputsOf(metafile, directory) {
  const [inputs, modules] = [new Set(), []];
  for (const name of Object.keys(metafile.inputs)) {
    const path = resolve(directory, name);
    if (path.startsWith(SOURCES + sep) || !existsSync(path)) continue;
    const packages = `${sep}node_modules${sep}`;
    const at = path.lastIndexOf(packages);
    if (at < 0) {
      inputs.add(path);
      const imported = (one) => ({ original: one.original ?? one.path, path: resolve(directory, one.path) });
      modules.push([path, metafile.inputs[name].imports.map(imported)]);
    }
    else if (!path.startsWith(packageDirectory("zod"))) inputs.add(join(path.slice(0, at + packages.length), packageName(path.slice(at + packages.length)), "package.json"));
  }
  for (const path of surroundings(modules)) inputs.add(path);
  return inputs;
}

function messageOf({ text, location, notes }, directory, source) {
  if (location === null) return { message: lower(text), file: source };
  const column = Buffer.from(location.lineText).subarray(0, location.column).toString().length + 1;
  const file = resolve(directory, location.file);
  const unresolved = /^Could not resolve "(.*)"/.exec(text)?.[1];
  const message = unresolved === undefined ? lower(text) : `\`${unresolved}\` is not found`;
  return { message, file, line: location.line, column, source: location.lineText, help: helpOf(unresolved, notes) };
}

function helpOf(unresolved, notes) {
  if (unresolved === undefined) return notes.length === 0 ? null : notes.map((note) => note.text).join("; ");
  const name = unresolved.replace(/^node:/, "");
  if (unresolved.startsWith("node:") || NODE.has(name.split("/")[0])) return "a task runs in a sandbox without Node.js: its modules are not there";
  if (/^[./]/.test(unresolved)) return "write the path of a file, from the file that imports it";
  return `install it beside the program: npm install ${packageName(unresolved)}`;
}

/** Messages begin in lower case, as the others do, unless it is a name. */
function lower(text) {
  return /^[A-Z][a-z]/.test(text) ? text[0].toLowerCase() + text.slice(1) : text;
}
