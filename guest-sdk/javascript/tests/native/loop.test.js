import assert from "node:assert/strict";
import { test } from "node:test";
import { AbortController, AbortSignal } from "../../src/globals/abort.js";
import { Child, addTimer, drive, track } from "../../src/loop.js";
import { boundedBy } from "../../src/signal.js";

test("a timer that throws ends the action, and leaves the next one nothing", async () => {
  let aborted = false;
  track(new Child({ [Symbol.dispose]: () => void (aborted = true) }));
  let late = false;
  addTimer(() => void (late = true), 1, false);
  addTimer(() => {
    throw new RangeError("far");
  }, 0, false);
  await assert.rejects(drive(new Promise(() => {})), /far/);
  assert.ok(aborted);
  await assert.rejects(drive(new Promise(() => {})), /a promise that nothing will settle/);
  assert.ok(!late);
});

/** A pending child of a component, which ends as `wait` does. */
function pendingOf(wait, told) {
  return { wait, [Symbol.dispose]: () => void told.push("dropped") };
}

test("a signal drops a child, once, and only while it runs", async () => {
  const told = [];
  const controller = new AbortController();
  const cancelled = track(new Child(pendingOf(() => "late", told), (text) => text, undefined, controller.signal));
  const kept = track(new Child(pendingOf(() => "kept", told), (text) => text, undefined, controller.signal));
  await drive(kept);
  controller.abort("enough");
  await assert.rejects(cancelled, (reason) => reason === "enough");
  assert.deepEqual(told, ["dropped"]);
});

test("a timeout counts where the host ended the child by it, and bounds what the host lets it take", async () => {
  const signal = AbortSignal.any([AbortSignal.timeout(0), AbortSignal.timeout(1e6)]);
  assert.ok(boundedBy(signal, null) <= 1e6);
  assert.equal(boundedBy(AbortSignal.timeout(1e6), 5), 5);
  assert.equal(boundedBy(new AbortController().signal, null), null);
  const ended = () => {
    throw Object.assign(new Error("limit"), { payload: {} });
  };
  const child = new Child(pendingOf(ended, []), undefined, () => new Error("a limit"), signal);
  const promise = track(child);
  promise.child.awaited = true;
  child.settle();
  await assert.rejects(promise, (reason) => reason === signal.reason && reason.name === "TimeoutError");
});
