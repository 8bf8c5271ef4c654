// `AbortController` and `AbortSignal`, as programs know them from elsewhere.

import { addTimer } from "../loop.js";
import { DEADLINE, earliest } from "../signal.js";
import { now } from "#host";

/** Only this file makes signals. */
const MADE = Symbol("made");

export class AbortSignal {
  #listeners = new Set();
  #followers = new Set();
  aborted = false;
  reason = undefined;
  onabort = null;

  constructor(made) {
    if (made !== MADE) throw new TypeError("a signal comes from an AbortController, `AbortSignal.timeout` or `.any`");
  }

  static abort(reason) {
    const signal = new AbortSignal(MADE);
    signal.#abort(reason);
    return signal;
  }

  static timeout(milliseconds) {
    const valid = milliseconds >= 0 && milliseconds < Infinity;
    if (!valid) throw new TypeError("`AbortSignal.timeout` needs a number of milliseconds");
    const signal = new AbortSignal(MADE);
    const expire = () => signal.#abort(new DOMException("the time is over", "TimeoutError"));
    signal[DEADLINE] = { at: now() + milliseconds * 1e6, expire };
    addTimer(expire, milliseconds, false);
    return signal;
  }

  static any(signals) {
    const all = Array.from(signals);
    const signal = new AbortSignal(MADE);
    const first = all.find(({ aborted }) => aborted);
    if (first !== undefined) signal.#abort(first.reason);
    else for (const one of all) one.#followers.add(signal);
    signal[DEADLINE] = earliest(all);
    return signal;
  }

  /** For the controller alone. */
  static of(made) {
    const signal = new AbortSignal(made);
    return { signal, abort: (reason) => signal.#abort(reason) };
  }

  #abort(reason) {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason === undefined ? new DOMException("the operation was aborted", "AbortError") : reason;
    const event = { type: "abort", target: this, currentTarget: this };
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    if (typeof this.onabort === "function") call(this, this.onabort, event);
    for (const listener of listeners) call(this, listener, event);
    for (const follower of this.#followers) follower.#abort(this.reason);
    this.#followers.clear();
  }

  throwIfAborted() {
    if (this.aborted) throw this.reason;
  }

  /** `abort` is all that a signal tells, and it tells it once. */
  addEventListener(type, listener) {
    if (type === "abort" && listener != null && !this.aborted) this.#listeners.add(listener);
  }

  removeEventListener(type, listener) {
    if (type === "abort") this.#listeners.delete(listener);
  }
}

/** What a listener throws is told, and keeps no other from being called. */
function call(signal, listener, event) {
  try {
    if (typeof listener === "function") listener.call(signal, event);
    else listener.handleEvent(event);
  } catch (error) {
    console.error(error);
  }
}

export class AbortController {
  #abort;

  constructor() {
    const { signal, abort } = AbortSignal.of(MADE);
    Object.defineProperty(this, "signal", { value: signal, enumerable: true });
    this.#abort = abort;
  }

  abort(reason) {
    this.#abort(reason);
  }
}

globalThis.AbortSignal ??= AbortSignal;
globalThis.AbortController ??= AbortController;
