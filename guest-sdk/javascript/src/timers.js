// Calls at a later time, the soonest first. What waits for them is the loop.

import { now } from "#host";

const byId = new Map();
/** The same by their times, and by their ids where those are alike. */
const inOrder = [];
let lastId = 0;

/** Calls `callback` after `delay` milliseconds; repeatedly where `every`. */
export function addTimer(callback, delay, every) {
  if (typeof callback !== "function") throw new TypeError("a timer needs a function");
  const period = Math.max(0, Number(delay) || 0) * 1e6;
  const id = ++lastId;
  const timer = { id, at: now() + period, callback, every: every ? Math.max(period, 1e6) : undefined };
  byId.set(id, timer);
  inOrder.splice(placeOf(timer), 0, timer);
  return id;
}

export function removeTimer(id) {
  const timer = byId.get(id);
  if (timer === undefined) return;
  byId.delete(id);
  inOrder.splice(placeOf(timer), 1);
}

export function nextTimer() {
  return inOrder[0];
}

/** Calls the timer that comes next. */
export function fireNext() {
  const timer = inOrder.shift();
  if (timer.every === undefined) {
    byId.delete(timer.id);
  } else {
    timer.at += timer.every;
    inOrder.splice(placeOf(timer), 0, timer);
  }
  timer.callback();
}

export function forgetTimers() {
  byId.clear();
  inOrder.length = 0;
}

/** Where a timer stands in the order, or would. */
function placeOf({ at, id }) {
  let [from, to] = [0, inOrder.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    const other = inOrder[middle];
    if (other.at < at || (other.at === at && other.id < id)) from = middle + 1;
    else to = middle;
  }
  return from;
}
