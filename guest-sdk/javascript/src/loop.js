// What a task's promises wait for. The contract's calls block the whole instance, so a child is waited for only when
// nothing else can go on: all that the task starts in between runs beside it.

import { TaskError } from "./error.js";
import { DEADLINE, onAbort, wasLate } from "./signal.js";
import { fireNext, forgetTimers, nextTimer } from "./timers.js";
import { blockFor, now, turn } from "#host";

/** How many rounds of promises are let go on before a blocking call; what needs more only waits a little longer. */
const ROUNDS = 8;

/** Children that were started and not waited for, oldest first. */
let children = new Set();

/** A child action; `signal` aborts it. One that is `bounded` is ended by the host when the signal's time is over. */
export class Child {
  constructor(pending, decode, failure, signal, bounded = false) {
    Object.assign(this, { pending, decode, failure, signal, bounded, awaited: false, error: undefined });
  }

  /** A child that was never started. */
  static failed(error) {
    const child = new Child(undefined, undefined, undefined);
    child.error = error;
    return child;
  }

  /** The host ends it; nobody is told. */
  abort() {
    children.delete(this);
    this.pending?.[Symbol.dispose]?.();
    this.pending = undefined;
  }

  /** The same, and whoever awaits it gets `reason`. */
  cancel(reason) {
    this.abort();
    this.reject(reason);
  }

  /** Its signal aborts. Where that is because the time is over, the child has ended by now, maybe in time, or ends at once. */
  signalled(reason) {
    if (this.bounded && this.pending?.wait !== undefined && this.signal[DEADLINE].expired) this.settle();
    else this.cancel(reason);
  }

  /** Blocks until it ends. */
  settle() {
    children.delete(this);
    const { pending } = this;
    this.pending = undefined;
    let text;
    try {
      text = pending.wait();
    } catch (thrown) {
      if (this.bounded && wasLate(thrown.payload)) {
        // The clock is not asked: where it is fixed, it stood still while the child ran.
        this.signal[DEADLINE].expire();
        this.reject(this.signal.reason);
        return;
      }
      // What is no `task-error` is a fault of the bindings, and stays what it is.
      this.reject(thrown.payload === undefined ? thrown : this.failure(thrown.payload));
      return;
    }
    try {
      this.resolve(this.decode(text));
    } catch (error) {
      this.reject(error);
    }
  }
}

/** The promise of a child's result. Only children of which somebody wants the result are waited for. */
class Invocation extends Promise {
  static get [Symbol.species]() {
    return Promise;
  }

  then(fulfilled, rejected) {
    if (this.child !== undefined) this.child.awaited = true;
    return super.then(fulfilled, rejected);
  }
}

/** The promise of `child`. */
export function track(child) {
  if (child.error !== undefined) return Promise.reject(child.error);
  const promise = new Invocation((resolve, reject) => Object.assign(child, { resolve, reject }));
  if (child.signal !== undefined) {
    const forget = onAbort(child.signal, (reason) => child.signalled(reason));
    Promise.prototype.then.call(promise, forget, forget);
  }
  // In a test outside of a component the child runs in the same process, and has a promise of its own.
  if (child.pending.promise !== undefined) {
    const refused = (told) => {
      throw child.failure(told);
    };
    child.pending.promise.then(child.decode, refused).then(child.resolve, child.reject);
    return promise;
  }
  promise.child = child;
  children.add(child);
  return promise;
}

/** Runs `promise` to its end, and whatever it waits for. */
export async function drive(promise) {
  let end;
  promise.then(
    (value) => void (end = { value }),
    (error) => void (end = { error }),
  );
  try {
    while (end === undefined) {
      for (let round = 0; round < ROUNDS && end === undefined; round++) await null;
      if (end !== undefined) break;
      if (oldestAwaited() === undefined) {
        // Comes back when no promise can go on.
        await turn();
        if (end !== undefined) break;
      }
      if (!step()) end = { error: stuck() };
    }
  } finally {
    // A timer's callback may have thrown.
    reset();
  }
  if ("error" in end) throw end.error;
  return end.value;
}

/** One thing that waits for something outside; false where there is none. */
function step() {
  const due = nextTimer();
  if (due !== undefined && due.at <= now()) {
    fireNext();
    return true;
  }
  const child = oldestAwaited();
  if (child !== undefined) {
    child.settle();
    return true;
  }
  if (due === undefined) return false;
  blockFor(due.at - now());
  fireNext();
  return true;
}

function stuck() {
  return TaskError.permanent("the task waits for a promise that nothing will settle");
}

function oldestAwaited() {
  for (const child of children) if (child.awaited) return child;
  return undefined;
}

/** What a task leaves running is not the next one's: children are aborted, timers forgotten. */
function reset() {
  for (const child of children) child.abort();
  forgetTimers();
}
