// From JSON text to values. Numbers that a double can't hold are the reason for most of this.

import { Problem } from "../problem.js";
import { bytesOf, dateOf } from "./scalars.js";
import { located } from "./any.js";

/** Text without a run of so many digits holds no integer beyond 2^53. */
const MANY_DIGITS = /\d{16}/;

/** The value of JSON text; whole numbers beyond 2^53 are BigInts. */
export function decodeText(text) {
  return MANY_DIGITS.test(text) ? JSON.parse(text, exactly) : JSON.parse(text);
}

function exactly(_key, value, context) {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  if (context === undefined) throw new Problem("outside of a component, numbers of so many digits can't be told apart before Node.js 21");
  return /^-?\d+$/.test(context.source) ? BigInt(context.source) : value;
}

/** What makes a value of `schema` out of JSON text. */
export function textDecoderOf(schema, definitions) {
  const decode = decoderOf(schema, { definitions, known: new Map(), floats: false });
  let exact;
  return (text) => {
    if (!MANY_DIGITS.test(text)) return decode === null ? JSON.parse(text) : decode(JSON.parse(text));
    exact ??= decoderOf(schema, { definitions, known: new Map(), floats: true }) ?? ((value) => value);
    return exact(JSON.parse(text, exactly));
  };
}

/** What makes a value of `schema` out of parsed JSON; null where parsed JSON is it. `floats`: whether numbers may have come
 * as BigInts, which only text with many digits needs. */
function decoderOf(schema, context) {
  if (schema === true || schema === false) return null;
  if (schema.$ref !== undefined) return ofReference(schema.$ref, context);
  const union = schema.anyOf ?? schema.oneOf;
  if (union !== undefined) return ofUnion(union, context);
  if (schema.type === "number" && context.floats) return (value) => (typeof value === "bigint" ? Number(value) : value);
  switch (schema["x-js"]) {
    case "bigint":
      return (value) => (typeof value === "number" ? BigInt(value) : value);
    case "date":
      return (value) => (typeof value === "string" ? dateOf(value) : value);
    case "bytes":
      return (value) => (typeof value === "string" ? bytesOf(value) : value);
    case "map":
      return ofMap(schema, context);
    default:
      return ofContainer(schema, context);
  }
}

function ofContainer(schema, context) {
  const steps = [];
  if (schema.properties !== undefined) steps.push(ofProperties(schema, context));
  if (typeof schema.additionalProperties === "object") steps.push(ofOthers(schema, context));
  if (schema.prefixItems !== undefined || typeof schema.items === "object") steps.push(ofItems(schema, context));
  const needed = steps.filter((step) => step !== null);
  const decode = needed.length === 0 ? null : (value) => needed.reduce((inner, step) => step(inner), value);
  if (schema["x-js"] !== "set") return decode;
  return (value) => (Array.isArray(value) ? new Set(decode === null ? value : decode(value)) : value);
}

/** Members are set in place: parsed JSON belongs to nobody else. */
function ofProperties({ properties, required = [] }, context) {
  const steps = [];
  for (const [name, schema] of Object.entries(properties)) {
    const decode = decoderOf(schema, context);
    const own = typeof schema === "object" && !required.includes(name) && schema["x-js-default"] === undefined;
    const fallback = own ? schema.default : undefined;
    if (decode !== null || fallback !== undefined) steps.push({ name, decode, fallback: fallback === undefined ? undefined : JSON.stringify(fallback) });
  }
  if (steps.length === 0) return null;
  return (value) => {
    if (!isObject(value)) return value;
    for (const { name, decode, fallback } of steps) {
      if (!Object.hasOwn(value, name)) {
        if (fallback === undefined) continue;
        value[name] = JSON.parse(fallback);
      }
      if (decode !== null) value[name] = located(name, () => decode(value[name]));
    }
    return value;
  };
}

function ofOthers({ properties = {}, additionalProperties }, context) {
  const decode = decoderOf(additionalProperties, context);
  if (decode === null) return null;
  return (value) => {
    if (!isObject(value)) return value;
    for (const name of Object.keys(value)) {
      if (!Object.hasOwn(properties, name)) value[name] = located(name, () => decode(value[name]));
    }
    return value;
  };
}

function ofMap({ additionalProperties }, context) {
  const decode = decoderOf(additionalProperties ?? true, context) ?? ((value) => value);
  return (value) => {
    if (!isObject(value)) return value;
    return new Map(Object.entries(value).map(([name, member]) => [name, located(name, () => decode(member))]));
  };
}

function ofItems({ prefixItems = [], items = true }, context) {
  const first = prefixItems.map((schema) => decoderOf(schema, context));
  const others = decoderOf(items, context);
  if (others === null && first.every((decode) => decode === null)) return null;
  return (value) => {
    if (!Array.isArray(value)) return value;
    for (let index = 0; index < value.length; index++) {
      const decode = index < first.length ? first[index] : others;
      if (decode !== null) value[index] = located(index, () => decode(value[index]));
    }
    return value;
  };
}

/** A recursive type refers to its decoder before it is there. */
function ofReference(reference, context) {
  const { definitions, known } = context;
  if (!known.has(reference)) {
    const entry = { decode: undefined };
    known.set(reference, entry);
    entry.decode = decoderOf(definitions[reference.slice("#/$defs/".length)], context);
    return entry.decode;
  }
  const entry = known.get(reference);
  if (entry.decode !== undefined) return entry.decode;
  return (value) => (entry.decode === null ? value : entry.decode(value));
}

/** The alternative is found by the value; where none needs decoding, there is nothing to find. */
function ofUnion(alternatives, context) {
  const decoders = alternatives.map((schema) => decoderOf(schema, context));
  if (decoders.every((decode) => decode === null)) return null;
  return (value) => {
    const index = alternatives.findIndex((schema) => conforms(schema, value, context.definitions));
    const decode = decoders[index];
    return decode === undefined || decode === null ? value : decode(value);
  };
}

/** Whether parsed JSON is a value of `schema`, as far as alternatives of a union differ. The host has checked the rest. */
function conforms(schema, value, definitions) {
  if (schema === true) return true;
  if (schema === false) return false;
  if (schema.$ref !== undefined) return conforms(definitions[schema.$ref.slice("#/$defs/".length)], value, definitions);
  const union = schema.anyOf ?? schema.oneOf;
  if (union !== undefined) return union.some((one) => conforms(one, value, definitions));
  if (schema.const !== undefined) return schema.const === value;
  if (schema.enum !== undefined) return schema.enum.includes(value);
  if (schema.type !== undefined && !isOfType([].concat(schema.type), value)) return false;
  if (typeof value === "string") return conformsText(schema, value);
  if (Array.isArray(value)) {
    return value.every((item, index) => conforms(schema.prefixItems?.[index] ?? schema.items ?? true, item, definitions));
  }
  if (!isObject(value)) return true;
  if (!(schema.required ?? []).every((name) => Object.hasOwn(value, name))) return false;
  const { properties = {}, additionalProperties = true } = schema;
  return Object.entries(value).every(([name, member]) => conforms(Object.hasOwn(properties, name) ? properties[name] : additionalProperties, member, definitions));
}

function conformsText(schema, text) {
  try {
    if (schema["x-js"] === "date") dateOf(text);
    if (schema["x-js"] === "bytes") bytesOf(text);
    return true;
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}

function isOfType(types, value) {
  if (value === null) return types.includes("null");
  if (Array.isArray(value)) return types.includes("array");
  switch (typeof value) {
    case "bigint":
      return types.includes("integer") || types.includes("number");
    case "number":
      return types.includes("number") || (types.includes("integer") && Number.isInteger(value));
    default:
      return types.includes(typeof value);
  }
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
