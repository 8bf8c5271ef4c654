// Timers wait in the task's own loop. QuickJS counts `performance.now()` from the build on, by a clock that starts anew with
// each instance: the host's own is what differences make sense of.

import { addTimer, removeTimer } from "../timers.js";
import { now } from "#host";

globalThis.setTimeout = (callback, delay, ...values) => addTimer(() => callback(...values), delay, false);
globalThis.setInterval = (callback, delay, ...values) => addTimer(() => callback(...values), delay, true);
globalThis.setImmediate = (callback, ...values) => addTimer(() => callback(...values), 0, false);
globalThis.clearTimeout = removeTimer;
globalThis.clearInterval = removeTimer;
globalThis.clearImmediate = removeTimer;
globalThis.performance = { now: () => now() / 1e6 };
