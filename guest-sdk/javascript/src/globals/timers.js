// Timers wait in the task's own loop.

import { addTimer, removeTimer } from "../loop.js";

globalThis.setTimeout = (callback, delay, ...values) => addTimer(() => callback(...values), delay, false);
globalThis.setInterval = (callback, delay, ...values) => addTimer(() => callback(...values), delay, true);
globalThis.setImmediate = (callback, ...values) => addTimer(() => callback(...values), 0, false);
globalThis.clearTimeout = removeTimer;
globalThis.clearInterval = removeTimer;
globalThis.clearImmediate = removeTimer;
