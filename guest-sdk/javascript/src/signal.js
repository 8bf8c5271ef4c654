// What a signal of `AbortController` means to a child.

import { Problem } from "./problem.js";
import { now } from "#host";

/** When a signal aborts by itself: `{ at, expired, expire }`, in nanoseconds. Only those of the component's own have it. */
export const DEADLINE = Symbol("deadline");

/** An option's value that must be a signal. */
export function signalOf(value) {
  if (typeof value?.aborted !== "boolean" || typeof value.addEventListener !== "function") {
    throw new Problem("expected an AbortSignal, such as the `signal` of an AbortController");
  }
  return value;
}

/** The deadline that comes first of those that signals have. */
export function earliest(signals) {
  const deadlines = signals.map((signal) => signal[DEADLINE]).filter((deadline) => deadline !== undefined);
  return deadlines.sort((one, other) => one.at - other.at)[0];
}

/** The `within` of a child: no timer runs while the instance waits for one, so the host keeps the signal's time. */
export function leftOf(signal) {
  const deadline = signal?.[DEADLINE];
  return deadline === undefined ? null : Math.max(1, Math.ceil(deadline.at - now()));
}

/** Whether the host ended a child, which failed as `told`, by the time that its signal had left. */
export function wasLate(told) {
  return told?.kind === "limit" && told.message.startsWith("within:");
}

/** Calls `abort` with the reason when `signal` aborts, until what this gives is called. */
export function onAbort(signal, abort) {
  const listener = () => abort(signal.reason);
  signal.addEventListener("abort", listener, { once: true });
  return () => signal.removeEventListener("abort", listener);
}
