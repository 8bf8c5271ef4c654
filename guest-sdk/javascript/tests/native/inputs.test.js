import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { surroundings } from "../../build/inputs.js";

/** Files in a directory of their own; gives their full paths. */
function written(t, files) {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "flyte-inputs-")));
  t.after(() => rmSync(root, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return (name) => join(root, name);
}

test("what esbuild would take before what it took is an input", (t) => {
  const at = written(t, { "deep/program.ts": "", "deep/helper.js": "", "node_modules/one/package.json": "{}" });
  const imports = [
    { original: "./helper", path: at("deep/helper.js") },
    { original: "one/part", path: at("node_modules/one/part.js") },
    { original: "flyte-guest", path: "/sdk/index.js" },
  ];
  const found = surroundings([[at("deep/program.ts"), imports]]);
  for (const name of ["deep/helper", "deep/helper.ts", "deep/node_modules/one/package.json", "node_modules/one/package.json"]) {
    assert.ok(found.has(at(name)), name);
  }
  for (const name of ["deep/helper.json", "deep/node_modules/flyte-guest/package.json"]) assert.ok(!found.has(at(name)), name);
});

test("settings are inputs from the module up to the nearest, with what they extend", (t) => {
  const at = written(t, {
    "deep/program.ts": "",
    "package.json": "{}",
    "tsconfig.json": '{ // one\n "extends": "./base" }',
    "base.json": '{ "extends": ["./first.json", "shared/strict"] }',
    "first.json": '{ "extends": "./base.json" }',
    "node_modules/shared/strict.json": "{}",
  });
  const found = surroundings([[at("deep/program.ts"), []]]);
  const names = ["deep/package.json", "package.json", "deep/tsconfig.json", "tsconfig.json"];
  for (const name of [...names, "base", "base.json", "first.json", "node_modules/shared/strict.json"]) assert.ok(found.has(at(name)), name);
  assert.ok(!found.has(join(dirname(at("")), "package.json")), "above the nearest");
});
