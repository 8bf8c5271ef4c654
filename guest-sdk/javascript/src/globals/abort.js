// `AbortController` and `AbortSignal`, as programs know them from elsewhere.

import { addTimer, removeTimer } from "../timers.js";
import { DEADLINE, earliest } from "../signal.js";
import { now } from "#host";

/** Only this file makes signals. */
const MADE = Symbol("made");

export class AbortSignal {
  #listeners = new Set();
  #followers = new Set();
  #onabort = null;
  /** Those that it follows. */
  #sources = [];
  /** Only of one of `AbortSignal.timeout`. */
  #deadline = undefined;
  #watched = false;
  #timer = undefined;
  #aborted = false;
  #reason = undefined;

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
    const deadline = { at: now() + milliseconds * 1e6, expired: false, expire: undefined };
    deadline.expire = () => {
      deadline.expired = true;
      signal.#abort(new DOMException("the time is over", "TimeoutError"));
    };
    signal.#deadline = signal[DEADLINE] = deadline;
    return signal;
  }

  static any(signals) {
    const all = Array.from(signals);
    if (!all.every((one) => #sources in one)) throw new TypeError("`AbortSignal.any` takes signals of this component");
    const signal = new AbortSignal(MADE);
    const first = all.find(({ aborted }) => aborted);
    if (first !== undefined) signal.#abort(first.reason);
    else signal.#sources = all;
    signal[DEADLINE] = earliest(all);
    return signal;
  }

  /** For the controller alone. */
  static of(made) {
    const signal = new AbortSignal(made);
    return { signal, abort: (reason) => signal.#abort(reason) };
  }

  get aborted() {
    this.#look();
    return this.#aborted;
  }

  get reason() {
    this.#look();
    return this.#reason;
  }

  get onabort() {
    return this.#onabort;
  }

  set onabort(listener) {
    this.#onabort = typeof listener === "function" ? listener : null;
    this.#watch();
  }

  /** Has a timer, and follows others, only while somebody is to be told: many signals are made and forgotten. */
  #watch() {
    const watched = !this.#aborted && (this.#listeners.size > 0 || this.#followers.size > 0 || this.#onabort !== null);
    if (watched === this.#watched) return;
    this.#watched = watched;
    if (watched && this.#deadline !== undefined) {
      this.#timer = addTimer(this.#deadline.expire, (this.#deadline.at - now()) / 1e6, false);
    } else {
      removeTimer(this.#timer);
    }
    for (const source of this.#sources) {
      if (watched) source.#followers.add(this);
      else source.#followers.delete(this);
      source.#watch();
    }
  }

  /** What nobody watches finds out when it is asked. */
  #look() {
    if (this.#aborted || this.#watched) return;
    if (this.#deadline !== undefined && this.#deadline.at <= now()) this.#deadline.expire();
    const first = this.#sources.find(({ aborted }) => aborted);
    if (first !== undefined) this.#abort(first.reason);
  }

  #abort(reason) {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#reason = reason === undefined ? new DOMException("the operation was aborted", "AbortError") : reason;
    const event = { type: "abort", target: this, currentTarget: this };
    const [listeners, followers] = [[...this.#listeners], [...this.#followers]];
    this.#listeners.clear();
    this.#followers.clear();
    this.#watch();
    if (this.#onabort !== null) call(this, this.#onabort, event);
    for (const listener of listeners) call(this, listener, event);
    for (const follower of followers) follower.#abort(this.#reason);
  }

  throwIfAborted() {
    if (this.aborted) throw this.reason;
  }

  /** `abort` is all that a signal tells, and it tells it once. */
  addEventListener(type, listener) {
    if (type === "abort" && listener != null && !this.aborted) this.#listeners.add(listener);
    this.#watch();
  }

  removeEventListener(type, listener) {
    if (type === "abort") this.#listeners.delete(listener);
    this.#watch();
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
