// What zod makes of values, where it is: beside the SDK, or where NODE_PATH says.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { runTask } from "../../src/run.js";
import { TASK, task } from "../../src/task.js";

const z = zod();
const withZod = (name, run) => test(name, { skip: z === undefined ? "zod is not there" : false }, run);

function zod() {
  try {
    return createRequire(import.meta.url)("zod").z;
  } catch (error) {
    if (error.code === "MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}

/** The JSON text of a task's result. */
function ran(inputs, output, run, values) {
  return runTask(task({ inputs, output }, run)[TASK], JSON.stringify(values));
}

const same = ({ value }) => value;

/** What a task makes of a value that it gets and gives back. */
async function through(schema, value) {
  return JSON.parse(await ran({ value: schema }, schema, same, { value }));
}

withZod("a union keeps the fields of the alternative that the host has found", async () => {
  const A = z.object({ mail: z.email() });
  const B = A.extend({ extra: z.int() });
  const long = { mail: "a@example.com", extra: 1 };
  const short = { mail: "a@example.com" };
  for (const value of [long, short]) {
    assert.deepEqual(await through(z.union([A, B]), value), value);
    assert.deepEqual(await through(z.array(z.object({ one: z.union([A, B]).optional() })).refine(() => true), [{ one: value }, {}]), [{ one: value }, {}]);
    assert.deepEqual(await through(z.lazy(() => z.union([A, B])), value), value);
    assert.deepEqual(await through(z.record(z.string(), z.union([A, B])), { key: value }), { key: value });
    assert.deepEqual(await through(z.preprocess((given) => given, z.union([A, B])), value), value);
    assert.deepEqual(await through(z.tuple([z.union([A, B])]), [value]), [value]);
    assert.deepEqual(await ran({ value: z.union([A, B]).transform((made) => made) }, undefined, ({ value: made }) => void assert.deepEqual(made, value), { value }), "null");
  }
  await assert.rejects(through(z.union([A, B]), { mail: "no mail", extra: 1 }), /value/);
  // A field that is undefined is left out, as the encoder does; another is told as the encoder tells it.
  for (const schema of [A, z.union([A, B])]) assert.deepEqual(JSON.parse(await ran({}, schema, () => ({ ...short, other: undefined }), {})), short);
  await assert.rejects(ran({}, A, () => ({ ...short, other: 1 }), {}), /other: unknown field/);
});

withZod("a recursive type, other fields, and what is behind a transform stay as they are", async () => {
  const Leaf = z.object({ word: z.string().regex(/^[a-z]+$/) });
  const Tree = z.object({ ...Leaf.shape, get children() { return z.array(z.union([Leaf, Tree])); } }).meta({ id: "Tree" });
  const tree = { word: "a", children: [{ word: "b" }, { word: "c", children: [{ word: "d", children: [] }] }] };
  assert.deepEqual(await through(Tree, tree), tree);
  await assert.rejects(through(Tree, { word: "a", children: [{ word: "B" }] }), /children/);
  const Loose = z.looseObject({ word: z.string().min(1).regex(/a/) });
  assert.deepEqual(await through(Loose, { word: "a", other: 1 }), { word: "a", other: 1 });
  const Piped = z.object({ a: z.number() }).transform(({ a }) => ({ a, b: a })).pipe(z.object({ b: z.number() }));
  assert.equal(await ran({ value: Piped }, z.unknown(), same, { value: { a: 1 } }), '{"b":1}');
  const Kind = z.discriminatedUnion("kind", [z.object({ kind: z.literal("a"), mail: z.email() }), z.object({ kind: z.literal("b") })]);
  assert.deepEqual(await through(Kind, { kind: "a", mail: "a@example.com" }), { kind: "a", mail: "a@example.com" });
});

withZod("checks of all inputs together are made, and other parameters than the described are refused", async () => {
  const span = z.object({ from: z.number(), to: z.number().default(9) }).refine(({ from, to }) => from < to, { message: "ends first", path: ["to"] });
  assert.equal(await ran(span, z.number(), ({ from, to }) => to - from, { from: 1 }), "8.0");
  await assert.rejects(ran(span, z.number(), ({ from, to }) => to - from, { from: 10 }), /to: ends first/);
  const checked = z.strictObject({ a: z.string().trim() }).superRefine(({ a }, context) => {
    if (a === "") context.addIssue({ code: "custom", message: "empty" });
  });
  assert.equal(await ran(checked, z.string(), ({ a }) => a, { a: " x" }), '"x"');
  await assert.rejects(ran(checked, z.string(), ({ a }) => a, { a: " " }), /empty/);
  for (const inputs of [z.looseObject({ a: z.string() }), z.object({ a: z.string() }).catchall(z.number())]) {
    assert.throws(() => task({ inputs }, same), /a loose object, or one with a catchall/);
  }
});

withZod("a default that a function makes is made anew in each call", async () => {
  let count = 0;
  const next = () => `id ${++count}`;
  const inputs = {
    id: z.string().default(next),
    when: z.date().default(() => new Date(count)),
    list: z.array(z.object({ id: z.string().default(next).optional(), prefault: z.string().trim().prefault(() => ` ${next()} `) })),
    fixed: z.number().default(2),
  };
  const made = task({ inputs, output: z.unknown() }, (values) => values)[TASK];
  const { properties } = JSON.parse(made.inputs.text);
  assert.deepEqual(properties.id, { type: "string" });
  assert.deepEqual(properties.fixed, { type: "number", format: "double", default: 2 });
  assert.doesNotMatch(made.inputs.text, /x-js|id \d/);
  const seen = new Set();
  for (let call = 0; call < 3; call++) {
    const { id, when, list, fixed } = JSON.parse(await runTask(made, '{"list":[{}]}'));
    assert.equal(fixed, 2);
    for (const one of [id, when, list[0].id, list[0].prefault]) seen.add(one);
  }
  assert.equal(seen.size, 12);
  assert.ok(seen.has(`id ${count}`));
  // What is given is kept; a result has its defaults as well.
  assert.match(await runTask(made, '{"list":[],"id":"x","fixed":3}'), /"id":"x".*"fixed":3|"fixed":3.*"id":"x"/);
  assert.equal(await ran({}, z.object({ a: z.number().default(1) }), () => ({}), {}), '{"a":1.0}');
});

withZod("a default that depends on the time is not published", () => {
  const inputs = {
    when: z.date().default(() => new Date()),
    day: z.number().default(() => new Date(Date.now()).getDay()),
    text: z.string().default(() => Date()),
    object: z.object({ year: z.number() }).prefault(() => ({ year: new Date().getFullYear() })),
    fixed: z.date().default(() => new Date(Date.UTC(2026, 0, 1))),
  };
  const { properties } = JSON.parse(task({ inputs }, () => {})[TASK].inputs.text);
  assert.deepEqual(Object.keys(properties).filter((name) => "default" in properties[name]), ["fixed"]);
  assert.equal(properties.fixed.default, "2026-01-01T00:00:00.000Z");
  assert.ok(new Date().getFullYear() === new Date(Date.now()).getFullYear(), "the clock is the real one again");
});

withZod("a parameter may have the name of what all objects inherit", async () => {
  const inputs = { constructor: z.string().trim().optional() };
  assert.equal(await ran(inputs, z.boolean(), (given) => Object.hasOwn(given, "constructor"), {}), "false");
  assert.equal(await ran(inputs, z.string(), (given) => given.constructor, { constructor: " x" }), '"x"');
});
