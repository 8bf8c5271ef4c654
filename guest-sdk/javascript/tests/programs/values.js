// Values of all kinds, in and out.

import { task } from "flyte-guest";
import { z } from "zod";

const any = {};

export const types = task({ inputs: { value: any }, output: { type: "string" } }, ({ value }) => kindOf(value));

export const shapes = task(
  {
    inputs: {
      big: z.bigint().min(0n),
      at: z.date(),
      bytes: z.instanceof(Uint8Array),
      tags: z.set(z.string()),
      ages: z.map(z.string(), z.int32()),
      pair: z.tuple([z.string(), z.number()]),
      maybe: z.number().nullable().default(null),
      left_out: z.string().optional(),
    },
    output: z.object({
      big: z.bigint(),
      at: z.date(),
      bytes: z.instanceof(Uint8Array),
      tags: z.set(z.string()),
      ages: z.map(z.string(), z.int32()),
      pair: z.tuple([z.string(), z.number()]),
      maybe: z.number().nullable(),
      left_out: z.string().optional(),
      kinds: z.array(z.string()),
    }),
  },
  (inputs) => ({ ...inputs, big: inputs.big + 1n, kinds: Object.values(inputs).map(kindOf) }),
);

export const own = task(
  {
    inputs: {
      integer: { type: "integer", format: "int64" },
      at: { type: "string", format: "date-time" },
      bytes: { type: "string", contentEncoding: "base64" },
      number: { type: "number", default: 2 },
      record: { type: "object", properties: { a: { type: "number" }, b: { type: "string", default: "b" } }, required: ["a"] },
    },
    output: {
      type: "object",
      properties: {
        record: { type: "object", properties: { a: { type: "number" }, b: { type: "string" } } },
        number: { type: "number" },
        integer: { type: "integer" },
        at: { type: "string", format: "date-time" },
        bytes: { type: "string", contentEncoding: "base64" },
        kinds: { type: "array", items: { type: "string" } },
      },
      required: ["integer"],
    },
  },
  (inputs) => ({ ...inputs, kinds: Object.values(inputs).map(kindOf) }),
);

const Even = z.number().refine((value) => value % 2 === 0, "is odd");
export const even = task({ inputs: { values: z.array(Even), name: z.string().regex(/^[a-z]+$/).default("x") }, output: z.string() }, ({ values, name }) => `${name}${values.length}`);

const Tree = z.object({ value: z.number(), get children() { return z.array(Tree).default([]); } }).meta({ id: "Tree" });
export const total = task({ inputs: { tree: Tree }, output: z.number() }, ({ tree }) => sum(tree));
const sum = (tree) => tree.value + tree.children.reduce((all, one) => all + sum(one), 0);

const Shape = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("circle"), radius: z.number() }),
  z.object({ kind: z.literal("square"), side: z.number() }),
]);
export const grow = task({ inputs: { shape: Shape }, output: Shape }, ({ shape }) => (shape.kind === "circle" ? { ...shape, radius: shape.radius + 1 } : shape));

export const bad = task({ inputs: { what: z.string() }, output: z.object({ values: z.array(z.number()) }) }, ({ what }) => {
  switch (what) {
    case "nan":
      return { values: [1, NaN] };
    case "text":
      return { values: ["1"] };
    case "stray":
      return { values: [], other: 1 };
    case "undefined":
      return { values: [], other: undefined };
    default:
      return undefined;
  }
});

export const rounded = task({ output: { type: "integer" } }, () => 2 ** 60);
export const nothing = task({}, () => undefined);

function kindOf(value) {
  if (value === null || typeof value !== "object") return typeof value;
  return value.constructor.name;
}
