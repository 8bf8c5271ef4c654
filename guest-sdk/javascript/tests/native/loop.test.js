import assert from "node:assert/strict";
import { test } from "node:test";
import { AbortController, AbortSignal } from "../../src/globals/abort.js";
import { Child, drive, track } from "../../src/loop.js";
import { leftOf } from "../../src/signal.js";
import { addTimer, fireNext, nextTimer, removeTimer } from "../../src/timers.js";

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

/** A child that the host bounds by `signal`, and that ends as `wait` does. */
function boundedChild(wait, signal, told = []) {
  return new Child(pendingOf(wait, told), (text) => text, ({ message }) => new Error(message), signal, true);
}

function failing(kind, message) {
  return () => {
    throw Object.assign(new Error(kind), { payload: { kind, message } });
  };
}

test("what a signal leaves a child", () => {
  assert.ok(leftOf(AbortSignal.any([AbortSignal.timeout(0), AbortSignal.timeout(1e6)])) <= 1e6);
  assert.ok(leftOf(AbortSignal.timeout(1e6)) > 9e11);
  assert.equal(leftOf(new AbortController().signal), null);
});

test("a child that the host ended by the signal's time rejects with its reason, whatever the clock says", async () => {
  const signal = AbortSignal.any([AbortSignal.timeout(1e9), new AbortController().signal]);
  const late = track(boundedChild(failing("limit", "within: the action had not ended"), signal));
  await assert.rejects(drive(late), (reason) => reason === signal.reason && reason.name === "TimeoutError");
  assert.ok(signal.aborted);
});

test("another failure of a child stays what it is, also where the time is over", async () => {
  for (const [kind, message] of [["limit", "max-runtime: too long"], ["task", "within: me"]]) {
    const failed = track(boundedChild(failing(kind, message), AbortSignal.timeout(1e9)));
    await assert.rejects(drive(failed), new RegExp(message));
  }
});

test("a child that ended in time keeps its result while an older one is waited for", async () => {
  const signal = AbortSignal.timeout(1);
  const busy = () => {
    for (const until = performance.now() + 5; performance.now() < until; );
    return "older";
  };
  const told = [];
  const older = track(new Child(pendingOf(busy, told), (text) => text));
  const younger = track(boundedChild(() => "in time", signal, told));
  assert.deepEqual(await drive(Promise.all([older, younger])), ["older", "in time"]);
  assert.ok(signal.aborted);
  assert.deepEqual(told, []);
});

test("signals that nobody watches leave no timers, and know the time all the same", async () => {
  const signals = Array.from({ length: 100 }, () => AbortSignal.timeout(1e6));
  const follower = AbortSignal.any(signals);
  const soon = AbortSignal.any([AbortSignal.timeout(0)]);
  assert.equal(nextTimer(), undefined);
  const listener = () => {};
  follower.addEventListener("abort", listener);
  assert.notEqual(nextTimer(), undefined);
  follower.removeEventListener("abort", listener);
  assert.equal(nextTimer(), undefined);
  follower.onabort = listener;
  follower.onabort = null;
  assert.equal(nextTimer(), undefined);
  assert.equal(soon.reason.name, "TimeoutError");
  await drive(track(boundedChild(() => "done", signals[0])));
  assert.equal(nextTimer(), undefined);
});

test("timers come in the order of their times, and of their making where those are alike", () => {
  const told = [];
  const [, removed] = [30, 20, 10, 20, 0].map((delay, index) => addTimer(() => void told.push(`${delay} ${index}`), delay * 1e6, false));
  removeTimer(removed);
  removeTimer(removed);
  while (nextTimer() !== undefined) fireNext();
  assert.deepEqual(told, ["0 4", "10 2", "20 3", "30 0"]);
});
