import assert from "node:assert/strict";
import { join } from "node:path";
import { before, test } from "node:test";
import { PROGRAMS, built, failure, result, run } from "./support.js";

let component;
before(async () => {
  component = await built(join(PROGRAMS, "failing.ts"));
});

test("an exception is told with its type, file and line", async () => {
  assert.equal(await failure(component, "fail", "--how", "type"), "error: `fail` failed: TypeError: cannot read property 'name' of undefined (failing.ts:17)");
  assert.equal(await failure(component, "fail", "--how", "load"), "error: `fail` failed: TypeError: can't load model (lib/load.ts:4, in load)");
});

test("its causes too", async () => {
  assert.equal(
    await failure(component, "fail", "--how", "cause"),
    "error: `fail` failed: RangeError: too far (failing.ts:22)\n  caused by: measured (failing.ts:22)\n  caused by: no ruler",
  );
});

test("anything can be thrown", async () => {
  assert.equal(await failure(component, "fail", "--how", "text"), "error: `fail` failed: plain text");
});

test("a task error has details", async () => {
  assert.match(await failure(component, "fail", "--how", "permanent"), /no such model\n {2}details: \{"model":"resnet","size":50\}/);
});

test("a promise that nothing settles is an error, not a hang", async () => {
  assert.match(await failure(component, "fail", "--how", "never"), /waits for a promise that nothing will settle/);
});

test("what is not there is refused by name", async () => {
  assert.match(await failure(component, "fail", "--how", "fetch"), /`fetch` is not there in a task/);
});

test("an exception is recoverable", async () => {
  assert.equal(await result(component, "flaky"), "3.0");
});

test("a child's failure is a TaskError, and keeps where it began", async () => {
  const told = JSON.parse(JSON.parse(await result(component, "child_fails", "--how", "permanent")));
  assert.deepEqual(told, ["task", "task `fail` failed: no such model", [], { model: "resnet", size: 50 }, false, "fail"]);
  assert.match(await failure(component, "passes_on", "--how", "text"), /^error: `passes_on` failed: task `fail` failed: plain text$/);
});

test("meeting the memory limit is a limit, unless the task catches the error", async () => {
  for (const how of ["memory", "memory in small pieces"]) {
    const { code, stderr } = await run(component, "fail", "--how", how);
    assert.equal(code, 4, stderr);
    assert.match(stderr, /`fail` hit a limit: memory/);
  }
  assert.equal(await result(component, "fail", "--how", "coped with"), '"out of memory"');
});
