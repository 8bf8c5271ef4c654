// The conformance suite's tasks in JavaScript.

import { ctx, env as variable, environment, TaskError } from "flyte-guest";
import { z } from "zod";

const env = environment({ name: "conformance" });

const Point = z.object({ x: z.number(), y: z.number().default(0.5), label: z.string().nullish().default(null) });
const Numbers = z.object({ whole: z.int64(), real: z.number() });
const bytes = { type: "string", contentEncoding: "base64" };

const echo = (name, schema) => env.task({ inputs: { [name]: schema }, output: schema }, async (inputs) => inputs[name]);

export const echo_point = echo("point", Point);
export const echo_numbers = echo("numbers", Numbers);
export const echo_text = echo("text", z.string());
export const echo_bytes = echo("bytes", bytes);
export const echo_list = echo("items", z.array(z.int()));
export const echo_map = echo("entries", z.record(z.string(), z.number()));
export const echo_pair = echo("pair", z.tuple([z.int(), z.string()]));
export const echo_optional = env.task(
  { inputs: { value: z.int().nullish() }, output: z.int().nullable() },
  async ({ value }) => value ?? null,
);
export const echo_color = echo("color", z.enum(["red", "dark-red"]));
export const echo_moment = echo("moment", z.date());

export const nothing = env.task({}, async () => {});
export const nan = env.task({ output: z.number() }, async () => Number.NaN);

export const fail = env.task({ inputs: { message: z.string() } }, async ({ message }) => {
  throw new RangeError(message);
});

export const double = env.task({ inputs: { n: z.int() }, output: z.int() }, async ({ n }) => 2 * n);

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

export const fan_out = env.task({ inputs: { n: z.int() }, output: z.int() }, async ({ n }) =>
  sum(await Promise.all(Array.from({ length: n }, (_, i) => double.invoke({ n: i })))),
);

export const map_out = env.task({ inputs: { n: z.int() }, output: z.int() }, async ({ n }) =>
  sum(await double.map(Array.from({ length: n }, (_, i) => ({ n: i })))),
);

export const passes_on = env.task({}, async () => {
  await fail.invoke({ message: "no luck" });
});

export const catches = env.task({ output: z.string() }, async () => {
  try {
    await fail.invoke({ message: "no luck" });
  } catch (error) {
    return error.kind;
  }
  return "nothing";
});

export const flaky = env.task({ inputs: { until: z.int() }, output: z.int(), retries: 3 }, async ({ until }) => {
  const { attempt } = ctx();
  if (attempt < until) throw new Error(`attempt ${attempt} is too early`);
  return attempt;
});

export const permanent = env.task({ output: z.int(), retries: 3 }, async () => {
  throw new TaskError(`attempt ${ctx().attempt} will not help`, { recoverable: false });
});

export const waits = env.task({}, async () => {
  await new Promise((resolve) => setTimeout(resolve, 3_600_000));
});

export const waits_for_a_child = env.task({}, async () => {
  await waits.invoke({});
});

export const prints = env.task({ inputs: { line: z.string() } }, async ({ line }) => {
  console.log(line);
});

export const spin = env.task({}, async () => {
  for (;;);
});

const Circle = z.object({ kind: z.literal("circle"), radius: z.number() });
const Square = z.object({ kind: z.literal("square"), side: z.number() });

export const echo_shape = echo("shape", z.discriminatedUnion("kind", [Circle, Square]));
export const echo_either = echo("value", z.union([z.int(), z.string()]));

let uses = 0;

export const counts = env.task({ output: z.int() }, async () => ++uses);
export const counts_on = env.task({ output: z.int(), reusable: true }, async () => ++uses);
export const counts_twice = env.task({ output: z.array(z.int()) }, async () => [
  await counts.invoke(),
  await counts.invoke(),
  await counts_on.invoke(),
  await counts_on.invoke(),
]);

export const cancels = env.task({ output: z.int() }, async () => {
  let cancelled = 0;
  for (let n = 0; n < 3; n++) {
    const controller = new AbortController();
    const long = waits.invoke({}, { signal: controller.signal });
    await double.invoke({ n });
    controller.abort("enough");
    await long.catch((reason) => (cancelled += Number(reason === "enough")));
  }
  return cancelled;
});

export const hoards = env.task({ output: z.int() }, async () => new Uint8Array(512 << 20).fill(1).length);

export const breaks = env.task({}, async () => {
  throw new Error("no luck");
});

export const reads_variable = env.task({ output: z.string(), rights: { env: "TOKEN" } }, async () => variable("TOKEN"));

export const kept = env.task(
  {
    inputs: { key: z.int(), note: z.string() },
    output: z.string(),
    cache: { ignoredInputs: "note", serialize: true, maxAge: "1h" },
  },
  async ({ key, note }) => `${key} ${note}`,
);

export const kept_by_version = env.task({ cache: { version: "v1" } }, async () => {});
