// What tasks wait for, and what they find in the global object.

import { ctx, env, external, group, invoke, map, progress, task } from "flyte-guest";
import { z } from "zod";

export const sleep = task({ inputs: { ms: z.number() }, output: z.number() }, async ({ ms }) => {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return ms;
});

export const together = task({ inputs: { count: z.int(), ms: z.number() }, output: z.boolean() }, async ({ count, ms }) => {
  const start = Date.now();
  // Each in an async function of its own, and twice: the second child of one must not wait for the others' first.
  await Promise.all(Array.from({ length: count }, async () => {
    await sleep.invoke({ ms });
    await sleep.invoke({ ms });
  }));
  return Date.now() - start < ms * count;
});

export const double = task({ inputs: { value: z.number() }, output: z.number() }, ({ value }) => {
  if (value === 13) throw new Error("unlucky");
  return 2 * value;
});
export const warm = task({ inputs: { value: z.number() }, output: z.number(), reusable: true }, ({ value }) => 2 * value);

const count = { inputs: { count: z.int() }, output: z.number() };
const items = (length) => Array.from({ length }, (_, value) => ({ value }));
const sum = (values) => values.reduce((all, one) => all + one, 0);

export const fan_out = task(count, async ({ count }) => sum(await double.map(items(count))));
export const fan_out_warm = task(count, async ({ count }) => sum(await warm.map(items(count))));
export const fan_out_all = task(count, async ({ count }) => sum(await Promise.all(items(count).map((inputs) => double.invoke(inputs)))));
export const bounded = task(count, async ({ count }) => sum(await group("some").map("double", items(count), { concurrency: 3, retries: 1 })));
export const settled = task(count, async ({ count }) => {
  const results = await map(double, items(count), { settled: true });
  return results.filter(({ status }) => status === "fulfilled").length;
});

export const order = task({ output: z.array(z.string()) }, async () => {
  const told = [];
  setTimeout(() => told.push("timer"), 0);
  setTimeout(() => told.push("later"), 20);
  queueMicrotask(() => told.push("microtask"));
  const ticks = setInterval(() => told.push("tick"), 6);
  await invoke(double, { value: 1 });
  told.push("child");
  await new Promise((resolve) => setTimeout(resolve, 30));
  clearInterval(ticks);
  return told.filter((one, index) => told.indexOf(one) === index);
});

export const globals = task({ output: z.any() }, () => {
  const bytes = new TextEncoder().encode("hé€😀");
  const { run, ...action } = ctx();
  return {
    random: Math.random(),
    uuid: crypto.randomUUID(),
    bytes: Array.from(bytes),
    text: new TextDecoder().decode(bytes),
    clone: structuredClone({ a: [1, new Date(0)] }),
    action,
    env: env("FLYTE_TEST") ?? null,
    year: new Date().getFullYear() > 2000,
  };
});

export const prints = task({}, () => {
  console.log("hello", { a: [1, "b"], when: new Date(0) }, "%s", 7);
  console.log("%s is %d", "it", 7);
  console.warn("careful");
  console.error(new RangeError("far"));
  progress("half", 0.5);
});

export const other = external({ name: "mean", environment: "stats", inputs: { values: z.array(z.number()) }, output: z.number() });
export const calls_other = task({ output: z.number() }, () => other.invoke({ values: [1, 2] }));

const forever = { ms: 3_600_000 };
const reasonOf = (promise) => promise.then(() => "nothing", (reason) => reason.message ?? reason);

/** With two slots, each long child must be gone before the next one and its short sibling can run. */
export const cancels = task({ output: z.array(z.string()) }, async () => {
  const told = [];
  for (const reason of ["one", "two", "three"]) {
    const controller = new AbortController();
    const long = sleep.invoke(forever, { signal: controller.signal });
    await double.invoke({ value: 1 });
    controller.abort(reason);
    told.push(await reasonOf(long), await reasonOf(sleep.invoke(forever, { signal: controller.signal })));
  }
  return told;
});

export const cancels_a_map = task({ output: z.array(z.string()) }, async () => {
  const told = [];
  for (const settled of [false, true]) {
    const controller = new AbortController();
    // The child that is started first is waited for first.
    const aborts = double.invoke({ value: 1 }).then(() => controller.abort(new RangeError("enough")));
    const long = sleep.map([forever, forever, forever], { signal: controller.signal, settled });
    told.push(await Promise.all([reasonOf(long), aborts]).then(([reason]) => reason));
  }
  return told;
});

export const times_out = task({ output: z.array(z.string()) }, async () => {
  const signal = AbortSignal.any([new AbortController().signal, AbortSignal.timeout(100)]);
  const reason = await sleep.invoke(forever, { signal }).catch((thrown) => thrown);
  const value = await double.invoke({ value: 1 }, { signal: AbortSignal.timeout(60_000) });
  return [reason.name, `${signal.aborted}`, `${reason === signal.reason}`, `${value}`];
});

export const brief = task({ inputs: { ms: z.number() }, output: z.number(), maxRuntime: 100 }, async ({ ms }) => {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return ms;
});

/** The longer child is waited for first; the other ends in time, a third does not, and a fourth has a shorter bound of its own. */
export const ends_in_time = task({ output: z.array(z.string()) }, async () => {
  const longer = sleep.invoke({ ms: 3000 });
  const signal = AbortSignal.timeout(1500);
  const told = (promise) => promise.then(String, (reason) => reason.message.replace(/.*: max-runtime.*/, "max-runtime") || reason.name);
  return Promise.all([longer, ...[sleep.invoke({ ms: 1 }, { signal }), sleep.invoke(forever, { signal }), brief.invoke(forever, { signal })]].map(told));
});

/** One slot, so that all but one wait for it; and a map with a signal. */
export const times_out_waiting = task({ output: z.array(z.string()) }, async () => {
  const reasons = [];
  for (const settled of [false, true]) {
    const signal = AbortSignal.timeout(300);
    reasons.push(await sleep.map([forever, forever, forever], { signal, settled }).catch(({ name }) => name));
  }
  return reasons;
});

export const signals = task({ output: z.array(z.string()) }, () => {
  const told = [];
  const controller = new AbortController();
  const { signal } = controller;
  const follower = AbortSignal.any([signal, new AbortController().signal]);
  const removed = () => told.push("removed");
  signal.onabort = ({ type }) => told.push(`on${type}`);
  signal.addEventListener("abort", removed);
  signal.removeEventListener("abort", removed);
  follower.addEventListener("abort", { handleEvent: ({ target }) => told.push(`handled ${target === follower}`) });
  signal.throwIfAborted();
  controller.abort();
  controller.abort("again");
  try {
    follower.throwIfAborted();
  } catch (thrown) {
    told.push(thrown.name, `${thrown === signal.reason}`);
  }
  return [...told, AbortSignal.abort("why").reason];
});
