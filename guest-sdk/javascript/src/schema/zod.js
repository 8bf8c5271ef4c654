// zod's schemas as JSON Schemas. zod itself comes with the author's program, if he uses it: it is reached through the
// schemas, so that a program without it does not carry it.

import { Problem } from "../problem.js";
import { later } from "./later.js";

/** Whether `schema` is one of zod 4's. */
export function isZod(schema) {
  return typeof schema === "object" && schema !== null && typeof schema._zod?.def?.type === "string";
}

/** Types that have no JSON form, or none that both sides would understand alike. */
const REFUSED = {
  symbol: "a symbol has no JSON form",
  function: "a function has no JSON form",
  promise: "a promise has no JSON form: tasks are async anyway",
  intersection: "an intersection can't be checked by the host: use `.extend()` or `{ ...a.shape, ...b.shape }`",
  nan: "NaN is not a JSON number",
  file: "a file has no JSON form: pass its bytes",
};

/** Formats of whole and floating-point numbers, as the Rust SDK describes them. */
const NUMBERS = {
  int32: { type: "integer", format: "int32" },
  uint32: { type: "integer", format: "uint32", minimum: 0 },
  int64: { type: "integer", format: "int64", "x-js": "bigint" },
  uint64: { type: "integer", format: "uint64", minimum: 0, "x-js": "bigint" },
  float32: { type: "number", format: "float" },
  float64: { type: "number", format: "double" },
};

/** The JSON Schema of a zod schema, marked; `io` is `input` or `output`. What has an id goes to `definitions`. */
export function zodSchema(schema, io, definitions) {
  if (typeof schema.toJSONSchema !== "function") throw new Problem("the schema has no `toJSONSchema`: it has to be one of `zod` 4.2 or later, not of `zod/mini`");
  const convert = (inner) => zodSchema(inner, io, definitions);
  // Within an object a schema with an id is a reference, as it is anywhere else.
  const wrapped = schema.toJSONSchema({
    io,
    unrepresentable: "any",
    override: (context) => {
      try {
        override(context, convert);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        throw new Problem(context.path.length === 0 ? error.reason : `${error.reason}, at \`${context.path.join(".")}\``);
      }
    },
  });
  const { $schema, $defs = {}, ...root } = wrapped;
  for (const [name, definition] of Object.entries($defs)) define(definitions, name, unnamed(definition));
  const name = root.id;
  if (typeof name !== "string") return root.$ref === "#" ? refuseNameless() : root;
  // A recursive type refers to the root of its document.
  const rooted = JSON.parse(JSON.stringify(unnamed(root)), (key, value) => (key === "$ref" && value === "#" ? `#/$defs/${name}` : value));
  define(definitions, name, rooted);
  return { $ref: `#/$defs/${name}` };
}

function refuseNameless() {
  throw new Problem("a schema that refers to itself needs a name: `.meta({ id: \"Tree\" })`");
}

function unnamed({ id, ...schema }) {
  return schema;
}

function define(definitions, name, schema) {
  if (Object.hasOwn(definitions, name) && JSON.stringify(definitions[name]) !== JSON.stringify(schema)) {
    throw new Problem(`two different schemas have the id \`${name}\``);
  }
  definitions[name] = schema;
}

function override({ zodSchema: schema, jsonSchema }, convert) {
  const { def, bag } = schema._zod;
  const refused = REFUSED[def.type];
  if (refused !== undefined) throw new Problem(refused);
  // The guest checks them; the host has no regular expressions.
  delete jsonSchema.pattern;
  delete jsonSchema.allOf;
  const format = def.format ?? def.checks?.map((check) => check._zod.def.format).find((one) => one in NUMBERS);
  switch (def.type) {
    case "number":
      number(jsonSchema, format);
      break;
    case "bigint":
      Object.assign(jsonSchema, NUMBERS[format] ?? { type: "integer", "x-js": "bigint" });
      bigintBounds(jsonSchema, def.checks);
      break;
    case "date":
      Object.assign(jsonSchema, { type: "string", format: "date-time", "x-js": "date" });
      break;
    case "object":
      jsonSchema.additionalProperties ??= false;
      break;
    case "never":
      delete jsonSchema.not;
      jsonSchema.enum = [];
      break;
    case "undefined":
    case "void":
      jsonSchema.type = "null";
      break;
    case "set":
      Object.assign(jsonSchema, { type: "array", uniqueItems: true, items: convert(def.valueType), "x-js": "set" });
      break;
    case "map":
      map(jsonSchema, def, convert);
      break;
    case "custom":
      custom(jsonSchema, bag);
      break;
    case "default":
    case "prefault":
      fallback(jsonSchema, def);
      break;
    case "literal":
      if (def.values.some((value) => typeof value === "bigint")) throw new Problem("a literal BigInt is not supported");
      break;
    default:
  }
}

function number(jsonSchema, format) {
  const known = NUMBERS[format];
  if (known === undefined) {
    if (jsonSchema.type === "number") jsonSchema.format = "double";
    return;
  }
  // zod repeats the range that the format means.
  if (format.startsWith("float") || jsonSchema.minimum === -2147483648) delete jsonSchema.minimum;
  if (format.startsWith("float") || jsonSchema.maximum === 2147483647 || jsonSchema.maximum === 4294967295) delete jsonSchema.maximum;
  for (const [keyword, value] of Object.entries(known)) {
    if (keyword !== "minimum" || jsonSchema.minimum === undefined) jsonSchema[keyword] = value;
  }
}

/** zod fills it in, call by call: it may be a function's. One that is another each time says nothing of the next. */
function fallback(jsonSchema, def) {
  if (jsonSchema.default === undefined) return;
  jsonSchema["x-js-default"] = "zod";
  const made = () => JSON.stringify(def.defaultValue);
  if (made() !== later(made)) delete jsonSchema.default;
}

/** Bounds that a double can't hold are left to zod. */
function bigintBounds(jsonSchema, checks = []) {
  const names = { greater_than: ["exclusiveMinimum", "minimum"], less_than: ["exclusiveMaximum", "maximum"] };
  for (const { check, value, inclusive } of checks.map((one) => one._zod.def)) {
    if (names[check] === undefined || !Number.isSafeInteger(Number(value))) continue;
    jsonSchema[names[check][Number(inclusive)]] = Number(value);
  }
}

function map(jsonSchema, { keyType, valueType }, convert) {
  if (keyType._zod.def.type !== "string" && keyType._zod.def.type !== "enum") throw new Problem("the keys of a map must be strings");
  Object.assign(jsonSchema, { type: "object", propertyNames: convert(keyType), additionalProperties: convert(valueType), "x-js": "map" });
}

function custom(jsonSchema, bag) {
  if (bag?.Class === Uint8Array) Object.assign(jsonSchema, { type: "string", contentEncoding: "base64", "x-js": "bytes" });
  else if (bag?.Class === Date) Object.assign(jsonSchema, { type: "string", format: "date-time", "x-js": "date" });
  else if (bag?.Class !== undefined) throw new Problem(`a ${bag.Class.name} has no JSON form: describe its fields`);
}

/** Checks that the host makes by the JSON Schema. */
const HOSTS_CHECKS = new Set(["number_format", "greater_than", "less_than", "multiple_of", "min_length", "max_length", "length_equals"]);
const SCALARS = new Set(["string", "number", "boolean", "null", "any", "unknown", "enum", "literal", "date", "bigint"]);

/** Whether zod would find nothing that the host has not found already, and change nothing. */
export function isPlain(schema, around = new Set()) {
  if (around.has(schema)) return true;
  around.add(schema);
  const { def, bag } = schema._zod;
  const plain = (inner) => isPlain(inner, around);
  if (def.coerce || def.error !== undefined) return false;
  const checked = (def.checks ?? []).every((one) => HOSTS_CHECKS.has(one._zod.def.check));
  if (def.type === "bigint" || def.type === "date") return (def.checks ?? []).length === 0 && def.format === undefined;
  if (SCALARS.has(def.type)) return checked && (def.type !== "string" || def.format === undefined);
  switch (def.type) {
    case "array":
      return checked && plain(def.element);
    case "object":
      return checked && def.catchall === undefined && Object.values(def.shape).every(plain);
    case "tuple":
      return checked && def.items.every(plain) && (!def.rest || plain(def.rest));
    case "union":
      return checked && def.options.every(plain);
    case "optional":
    case "nullable":
      return checked && plain(def.innerType);
    case "custom":
      return bag?.Class === Uint8Array && (def.checks ?? []).length === 0;
    default:
      return false;
  }
}
