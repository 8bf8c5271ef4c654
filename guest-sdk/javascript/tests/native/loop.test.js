import assert from "node:assert/strict";
import { test } from "node:test";
import { Child, addTimer, drive, track } from "../../src/loop.js";

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
