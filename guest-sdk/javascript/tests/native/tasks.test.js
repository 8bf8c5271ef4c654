import assert from "node:assert/strict";
import { test } from "node:test";
import { TaskError, environment, external, group, invoke, map, task } from "flyte-guest";
import { toldOf } from "../../src/error.js";
import { TASK } from "../../src/task.js";

const number = { type: "number" };
const double = task({ name: "double", inputs: { value: number }, output: number }, ({ value }) => {
  if (value < 0) throw TaskError.permanent("negative", { details: { value } });
  return 2 * value;
});

function refused(options) {
  try {
    task(options, () => {});
  } catch (error) {
    return error.problems.join("; ");
  }
  return assert.fail("nothing is wrong");
}

test("a task is its own function, and children run in the same process where there is no host", async () => {
  assert.equal(double({ value: 2 }), 4);
  assert.equal(await double.invoke({ value: 2 }), 4);
  assert.deepEqual(await double.map([{ value: 1 }, { value: 2 }]), [2, 4]);
  assert.deepEqual(await map(double, [{ value: 1 }], { concurrency: 1 }), [2]);
  assert.deepEqual(await group("g").map(double, [{ value: 3 }]), [6]);
  assert.equal(await invoke(double, { value: 5 }, { retries: 1, maxRuntime: "5s", group: "g" }), 10);
});

test("a child's failure", async () => {
  const error = await double.invoke({ value: -1 }).catch((thrown) => thrown);
  assert.ok(error instanceof TaskError);
  assert.deepEqual([error.message, error.kind, error.details, error.recoverable, error.task], ["task `double` failed: negative", "task", { value: -1 }, false, "double"]);
  const [first, second] = await double.map([{ value: 1 }, { value: -1 }], { settled: true });
  assert.deepEqual(first, { status: "fulfilled", value: 2 });
  assert.equal(second.reason.message, "task `double` failed on item 1: negative");
  assert.equal(second.reason.item, 1);
  await assert.rejects(double.map([{ value: -1 }]), /on item 0: negative/);
});

test("a signal aborts children, and its reason is what they reject with", async () => {
  let ended;
  const waits = task({ name: "waits" }, () => new Promise((resolve) => (ended = resolve)));
  const controller = new AbortController();
  const { signal } = controller;
  const [child, map] = [waits.invoke({}, { signal }), waits.map([{}, {}], { signal, settled: true })];
  controller.abort("enough");
  await assert.rejects(child, (reason) => reason === "enough");
  await assert.rejects(map, (reason) => reason === "enough");
  ended = undefined;
  await assert.rejects(waits.invoke({}, { signal }), (reason) => reason === "enough");
  assert.equal(ended, undefined, "a child that nobody wants does not start");
  await assert.rejects(waits.invoke({}, { signal: AbortSignal.timeout(1) }), /TimeoutError/);
  assert.throws(() => waits.invoke({}, { signal: controller }), /`signal`: expected an AbortSignal/);
  assert.equal(await double.invoke({ value: 2 }, { signal: new AbortController().signal }), 4);
});

test("inputs are checked before a child starts", async () => {
  await assert.rejects(double.invoke({ value: NaN }), /^TaskError: inputs for `double`: value: NaN is not a JSON number$/);
  await assert.rejects(double.invoke({ value: 1, other: 2 }), /other: unknown field/);
});

test("what a task that throws tells the host", () => {
  const error = new RangeError("far", { cause: new TaskError("no ruler", { recoverable: false, details: [1] }) });
  assert.deepEqual(toldOf(error), { kind: "task", message: "RangeError: far", causes: ["no ruler"], details: "[1]", recoverable: false });
  const deep = new TaskError("task `a` failed: task `b` failed on item 3: task `c` failed: x");
  assert.equal(toldOf(deep).message, "task `c` failed: x");
  assert.deepEqual(toldOf(undefined), { kind: "task", message: "undefined", causes: [], details: null, recoverable: true });
  const endless = Array.from({ length: 40 }).reduce((cause, _, index) => new Error(`e${index}`, { cause }), new Error("first"));
  assert.equal(toldOf(endless).causes.length, 17);
});

test("options become the contract's policy", () => {
  const { policy, rights, environment: name } = environment({ name: "env", reusable: { idleTtl: "30s" }, rights: { read: "/models" } }).task(
    {
      retries: 2,
      backoff: { initial: "100ms", cap: 5000 },
      retryOn: ["trap"],
      maxRuntime: "30s",
      cache: { version: "v1", ignoredInputs: ["note"], serialize: true, maxAge: "1h" },
      rights: { net: ["a.example:443"], optional: { env: "DEBUG" } },
    },
    () => {},
  )[TASK];
  assert.equal(name, "env");
  assert.deepEqual(policy, {
    retries: 2,
    backoff: { initial: 1e8, factor: 2, cap: 5e9 },
    retryOn: { trap: true, limit: false },
    maxRuntime: 30e9,
    cache: { behavior: { tag: "override", val: "v1" }, ignoredInputs: ["note"], serialize: true, maxAge: 3600e9 },
    reuse: { maxUses: 1000, idleTtl: 30e9, concurrency: 1, scope: "run" },
  });
  assert.deepEqual(rights, [
    { capability: { tag: "net", val: "a.example:443" }, optional: false },
    { capability: { tag: "env", val: "DEBUG" }, optional: true },
    { capability: { tag: "read", val: "/models" }, optional: false },
  ]);
});

test("options that are wrong", () => {
  assert.match(refused({ retries: -1 }), /`retries`: expected a whole number from 0 on, not -1/);
  assert.match(refused({ max_runtime: "1s" }), /did you mean `maxRuntime`\?/);
  assert.match(refused({ timeout: "1s" }), /it is called `maxRuntime`/);
  assert.match(refused({ backoff: { factor: 0.5 } }), /lacks `initial`/);
  assert.match(refused({ reusable: { concurrency: 2 } }), /not possible in JavaScript/);
  assert.match(refused({ cache: {} }), /says nothing/);
  assert.match(refused({ cache: { serialize: 1, maxAge: 0, ignoredInputs: [""], salt: "x" } }), /`salt`.*`ignoredInputs`: expected text.*`serialize`: expected .*`maxAge`: expected more/s);
  assert.match(refused({ rights: { files: "/" } }), /there is no right `files`/);
});

test("a task of another component can't be called", async () => {
  const mean = external({ name: "mean", environment: "stats", inputs: { values: { type: "array", items: number } }, output: number });
  assert.throws(() => mean({ values: [] }), /it can be invoked, not called/);
  assert.throws(() => mean.invoke({ values: [] }), /outside of a component there is none/);
});
