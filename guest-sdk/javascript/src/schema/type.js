// The types of a task's parameters and result, made ready once: schemas for the host, decoders and encoders.

import { Problem } from "../problem.js";
import { textDecoderOf } from "../values/decode.js";
import { floatText } from "../values/number.js";
import { textEncoderOf } from "../values/encode.js";
import { ownSchema, published } from "./json.js";
import { strict } from "./strict.js";
import { isPlain, isZod, zodSchema } from "./zod.js";

const META_SCHEMA = "https://json-schema.org/draft/2020-12/schema";

/** The inputs of a task: `parameters` maps names to schemas. */
export function inputsType(parameters) {
  const shape = isZod(parameters) ? shapeOf(parameters) : parameters;
  // Checks of the object as a whole see all parameters at once.
  const whole = isZod(parameters) && parameters._zod.def.checks?.length > 0 ? strict(parameters) : undefined;
  const definitions = {};
  const properties = {};
  const required = [];
  const zods = [];
  for (const [name, schema] of Object.entries(shape)) {
    try {
      properties[name] = converted(schema, "input", definitions);
      if (isZod(schema)) {
        if (!isPlain(schema)) zods.push([name, strict(schema)]);
        if (schema._zod.optin === undefined) required.push(name);
      } else if (schema.default === undefined) {
        required.push(name);
      }
    } catch (error) {
      throw error instanceof Problem ? new Problem(`the parameter \`${name}\`: ${error.reason}`) : error;
    }
  }
  return typeOf({ type: "object", properties, required, additionalProperties: false }, definitions, { zods, zod: whole });
}

/** The result of a task; without a schema, null. */
export function outputType(schema) {
  if (schema === undefined) return typeOf({ type: "null" }, {}, {});
  const definitions = {};
  const json = converted(schema, "output", definitions);
  return typeOf(json, definitions, { zod: isZod(schema) && !isPlain(schema) ? strict(schema) : undefined });
}

function shapeOf(schema) {
  const { type, shape, catchall } = schema._zod.def;
  if (type !== "object") throw new Problem("`inputs` must be an object with one schema for each parameter");
  if (catchall !== undefined && catchall._zod.def.type !== "never") throw new Problem("a loose object, or one with a catchall, can't be `inputs`: each parameter needs a schema");
  return shape;
}

function converted(schema, io, definitions) {
  if (isZod(schema)) return zodSchema(schema, io, definitions);
  const { $defs = {}, $schema, ...own } = ownSchema(schema) === true ? {} : ownSchema(schema);
  for (const [name, definition] of Object.entries($defs)) {
    if (Object.hasOwn(definitions, name) && JSON.stringify(definitions[name]) !== JSON.stringify(definition)) {
      throw new Problem(`two different schemas are named \`${name}\` in \`$defs\``);
    }
    definitions[name] = definition;
  }
  checkReferences(own, { ...$defs });
  return own;
}

function checkReferences(schema, definitions) {
  if (Array.isArray(schema)) return schema.forEach((one) => checkReferences(one, definitions));
  if (typeof schema !== "object" || schema === null) return undefined;
  if (typeof schema.$ref === "string" && !Object.hasOwn(definitions, schema.$ref.slice("#/$defs/".length))) {
    throw new Problem(`\`${schema.$ref}\` does not exist`);
  }
  return Object.values(schema).forEach((one) => checkReferences(one, definitions));
}

function typeOf(schema, definitions, { zods = [], zod }) {
  return {
    text: documentText(schema, definitions),
    decode: textDecoderOf(schema, definitions),
    encode: textEncoderOf(schema, definitions),
    properties: Object.keys(schema.properties ?? {}),
    // What zod is asked about, as the host has not checked all of it: parameters by name, or all inputs or the result.
    zods,
    zod,
  };
}

/** A schema that stands alone: all its references are to its own `$defs`. */
function documentText(schema, definitions) {
  const document = { $schema: META_SCHEMA, ...published(schema) };
  if (Object.keys(definitions).length > 0) document.$defs = published(definitions);
  return schemaText(document, definitions);
}

/** As `JSON.stringify` has it, but for defaults: a number's keeps its `.0`, and a BigInt its digits. */
function schemaText(schema, definitions) {
  if (Array.isArray(schema)) return `[${schema.map((one) => schemaText(one, definitions)).join(",")}]`;
  if (typeof schema !== "object" || schema === null) return scalarText(schema);
  const members = Object.entries(schema).map(([keyword, value]) => {
    const isDefault = keyword === "default" && schema.properties?.default === undefined;
    return `${JSON.stringify(keyword)}:${isDefault ? defaultText(schema, definitions) : schemaText(value, definitions)}`;
  });
  return `{${members.join(",")}}`;
}

function scalarText(value) {
  if (typeof value === "bigint") return value.toString();
  return typeof value === "number" && !Number.isSafeInteger(value) ? floatText(value) : JSON.stringify(value);
}

function defaultText(schema, definitions) {
  try {
    return textEncoderOf(schema, definitions)(schema.default);
  } catch (error) {
    if (error instanceof Problem) throw new Problem(`the default ${JSON.stringify(schema.default)} does not conform to its schema: ${error}`);
    throw error;
  }
}
