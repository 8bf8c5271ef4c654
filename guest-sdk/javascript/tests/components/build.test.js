import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { PROGRAMS, build, program } from "./support.js";

const TASK = 'import { task } from "flyte-guest";\n';

/** The first error of a program that does not build: message, line, column. */
async function refused(files) {
  const { code, errors } = await build(program(typeof files === "string" ? { "a.js": files } : files));
  assert.equal(code, 1);
  const { message, line, column } = errors[0];
  return [message, line, column];
}

test("syntax errors are at the author's line", async () => {
  assert.deepEqual(await refused("const é = 1; let x = 1 +;\n"), ['unexpected ";"', 1, 25]);
  assert.deepEqual(await refused({ "a.ts": `${TASK}interface A { a: number\nexport const t = 1;\n` }), ['unexpected "="', 3, 16]);
});

test("imports that are not there", async () => {
  const { errors } = await build(program({ "a.js": 'import "left-pad";\nimport fs from "node:fs";\nimport "./b.js";\n' }));
  assert.deepEqual(errors.map(({ message, line }) => [message, line]), [["`left-pad` is not found", 1], ["`node:fs` is not found", 2], ["`./b.js` is not found", 3]]);
  assert.match(errors[0].help, /npm install left-pad/);
  assert.match(errors[1].help, /without Node\.js/);
});

test("packages that package.json names have to be installed", async () => {
  assert.deepEqual(await refused({ "a.js": "", "package.json": '{\n"dependencies": {\n"is-odd": "1.0.0" } }' }), ["`is-odd` is not installed", 3, null]);
});

test("a file without a task", async () => {
  const { errors } = await build(program({ "a.js": "export const a = 1;\n" }));
  assert.equal(errors[0].message, "the file exports no task");
  assert.match(errors[0].help, /export const double = task\(/);
});

test("all that is wrong with a task's options is told, at its line", async () => {
  const options = '{ retires: 2, maxRuntime: "30 sec", cache: "always", resources: {}, rights: { read: "data" }, inputs: { x: { type: "text" } } }';
  const { errors } = await build(program({ "a.js": `${TASK}export const a = task(${options}, () => {});\n` }));
  assert.deepEqual(errors.map(({ line }) => line), [2, 2, 2, 2, 2, 2]);
  assert.deepEqual(errors.map(({ message }) => message), [
    "task: unknown option `retires`: did you mean `retries`?",
    "task: unknown option `resources`: limits are the operator's: `--max-memory`, `--max-runtime`",
    "task: `inputs`: the parameter `x`: there is no type `text`",
    'task: `maxRuntime`: unknown unit "sec": there are ns, us, ms, s, m, h, d',
    'task: `cache`: expected "auto", "disable" or { version: "…" }, not "always"',
    'task: `rights`: `read` is an absolute path without `..`, not "data"',
  ]);
});

test("an exception at the top level is at its line", async () => {
  assert.deepEqual(await refused({ "a.ts": `${TASK}type A = number;\nfunction f(a: A): A { return a.b.c; }\nf(1);\n` }), [
    "the module can't be loaded: TypeError: cannot read property 'c' of undefined",
    3,
    30,
  ]);
});

test("a top level that never ends", async () => {
  assert.match((await refused("await new Promise(() => {});\n"))[0], /never ends to start/);
});

test("the author's files are told", async () => {
  const { code, messages } = await build(join(PROGRAMS, "failing.ts"));
  assert.equal(code, 0);
  const inputs = messages.filter(({ type }) => type === "input").map(({ path }) => path);
  assert.ok(inputs.includes(join(PROGRAMS, "failing.ts")) && inputs.includes(join(PROGRAMS, "lib/load.ts")), inputs.join());
});
