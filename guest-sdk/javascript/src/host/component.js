// The host of a component, through `wit/task.wit` and WASI.

import { start as startChild } from "flyte:task/blocking-actions@0.1.0";
import { current, progress } from "flyte:task/context@0.1.0";
import { getEnvironment } from "wasi:cli/environment@0.2.0";
import { getStderr } from "wasi:cli/stderr@0.2.0";
import { getStdout } from "wasi:cli/stdout@0.2.0";
import { now as clock, subscribeDuration } from "wasi:clocks/monotonic-clock@0.2.0";
import { getRandomBytes } from "wasi:random/random@0.2.0";

export { current, progress };

/** Starts a child action; `wait` of what it gives blocks until it ends. */
export function start(task, inputs, options, spec) {
  if (spec.run !== undefined && !spec.exported) throw new TypeError(`the task \`${task}\` is not exported by the component's file`);
  return startChild(task, inputs, options);
}

/** Comes back when no promise of this instance can go on: an event of the host's is what runs after all of them. */
export async function turn() {
  const { readable, writable } = wit.Future(wit.Future.U8);
  const read = readable.read();
  await writable.write(0);
  await read;
}

/** Nanoseconds on a clock that only goes forward. */
export function now() {
  return clock();
}

/** Blocks the instance for a while. */
export function blockFor(nanoseconds) {
  if (nanoseconds > 0) subscribeDuration(Math.ceil(nanoseconds)).block();
}

/** Unpredictable bytes. */
export function randomBytes(length) {
  return getRandomBytes(length);
}

/** The environment variables that the task declares and was granted. */
export function environmentVariables() {
  return getEnvironment();
}

/** The most bytes that one call may write. */
const MOST = 4096;
let streams;

/** Made ahead: it is for when there is no memory. */
const TOO_MUCH = new Uint8Array(MOST + 1);

/** Ends the instance: the host takes no more than `MOST` bytes at once. */
export function trap() {
  (streams?.err ?? getStderr()).blockingWriteAndFlush(TOO_MUCH);
}

/** Writes UTF-8 to the log: `out` or `err`. */
export function write(stream, bytes) {
  streams ??= { out: getStdout(), err: getStderr() };
  for (let at = 0; at < bytes.length; at += MOST) streams[stream].blockingWriteAndFlush(bytes.subarray(at, at + MOST));
}
