// The conformance suite's tasks in JavaScript.

import { ctx, environment, TaskError } from "flyte-guest";
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
