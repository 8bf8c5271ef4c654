import assert from "node:assert/strict";
import { join } from "node:path";
import { before, test } from "node:test";
import { PROGRAMS, built, failure, result, run } from "./support.js";

let component;
before(async () => {
  component = await built(join(PROGRAMS, "waiting.js"));
});

test("children run at once, also those that follow others", async () => {
  assert.equal(await result(component, "together", "--count", "6", "--ms", "100"), "true");
});

test("a map gives the results in order, or the first failure and its item", async () => {
  assert.equal(await result(component, "fan_out", "--count", "13"), "156.0");
  assert.equal(await result(component, "fan_out_warm", "--count", "100"), "9900.0");
  assert.equal(await result(component, "bounded", "--count", "10"), "90.0");
  assert.equal(await result(component, "settled", "--count", "20"), "19.0");
  assert.match(await failure(component, "fan_out", "--count", "20"), /task `double` failed on item 13: unlucky \(waiting\.js:\d+\)/);
});

test("promises come before timers, and timers go on beside children", async () => {
  const order = JSON.parse(await result(component, "order"));
  assert.deepEqual(order.toSorted(), ["child", "later", "microtask", "tick", "timer"]);
  assert.equal(order[0], "microtask");
  assert.equal(order.at(-1), "later");
});

test("instances draw different random numbers", async () => {
  const [one, other] = [JSON.parse(await result(component, "globals")), JSON.parse(await result(component, "globals"))];
  assert.notEqual(one.random, other.random);
  assert.notEqual(one.uuid, other.uuid);
  assert.equal(one.text, "hé€😀");
  assert.deepEqual(one.action, { action: "a0", parent: null, task: "globals", attempt: 1 });
});

test("what is printed is in the log", async () => {
  const { stdout, stderr, code } = await run(component, "prints");
  assert.equal(code, 0);
  assert.equal(stdout.trim(), "null");
  assert.equal(stderr.includes("it is 7"), false, "`--quiet` shows no log");
});

test("a task of another component that is not loaded", async () => {
  assert.match(await failure(component, "calls_other"), /unknown task `stats\.mean`/);
});

test("a signal aborts children, which leave their places to others", async () => {
  const limited = ["--max-action-concurrency", "2", "--deadline", "120s", component];
  assert.deepEqual(JSON.parse(await result(limited, "cancels")), ["one", "one", "two", "two", "three", "three"]);
  assert.deepEqual(JSON.parse(await result(["--deadline", "120s", component], "cancels_a_map")), ["enough", "enough"]);
});

test("a timeout ends a child, though no timer runs while it is waited for", async () => {
  assert.deepEqual(JSON.parse(await result(["--deadline", "60s", component], "times_out")), ["TimeoutError", "true", "true", "2"]);
});

test("a child that ended in time keeps its result, though an older one is waited for beyond it", async () => {
  const told = JSON.parse(await result(["--deadline", "60s", component], "ends_in_time"));
  assert.deepEqual(told, ["3000", "1", "the time is over", "max-runtime"]);
});

test("the time of a signal counts while children wait for a slot, and where clocks are fixed", async () => {
  const narrow = ["--max-action-concurrency", "1", "--deadline", "60s", component];
  assert.deepEqual(JSON.parse(await result(narrow, "times_out_waiting")), ["TimeoutError", "TimeoutError"]);
  const fixed = ["--deterministic", "--deadline", "60s", component];
  assert.deepEqual(JSON.parse(await result(fixed, "times_out")), ["TimeoutError", "true", "true", "2"]);
});

test("signals are what they are elsewhere", async () => {
  assert.deepEqual(JSON.parse(await result(component, "signals")), ["onabort", "handled true", "AbortError", "true", "why"]);
});
