// From values to JSON text, as a schema says: it tells 9.0 from 9, and in which order fields stand.

import { Problem } from "../problem.js";
import { encodeAny, enter, keyText, located, memberOf, refuseOpaque } from "./any.js";
import { floatText, integerText } from "./number.js";
import { base64Of, dateText, stringText } from "./scalars.js";
import { fits } from "./fits.js";

/** What makes JSON text of a value of `schema`. */
export function textEncoderOf(schema, definitions) {
  const encode = encoderOf(schema, { definitions, known: new Map() });
  return (value) => encode(value, 0);
}

function encoderOf(schema, context) {
  if (schema === true) return encodeAny;
  if (schema === false) return () => fail("no value is allowed here");
  if (schema.$ref !== undefined) return ofReference(schema.$ref, context);
  const union = schema.anyOf ?? schema.oneOf;
  if (union !== undefined) return ofUnion(union, context);
  if (schema.const !== undefined || schema.enum !== undefined) return ofFixed(schema);
  if (Array.isArray(schema.type)) return ofUnion(schema.type.map((type) => ({ ...schema, type })), context);
  switch (schema.type) {
    case "number":
      return encodeFloat;
    case "integer":
      return encodeInteger;
    case "string":
      return ofString(schema);
    case "boolean":
      return (value) => (typeof value === "boolean" ? String(value) : unexpected("a boolean", value));
    case "null":
      return (value) => (value === null || value === undefined ? "null" : unexpected("null", value));
    case "array":
      return ofArray(schema, context);
    case "object":
      return ofObject(schema, context);
    default:
      return encodeAny;
  }
}

function fail(reason) {
  throw new Problem(reason);
}

function unexpected(wanted, value) {
  const article = (name) => (/^[aeiou]/i.test(name) ? `an ${name}` : `a ${name}`);
  if (value === undefined) return fail("missing");
  if (value === null) return fail(`expected ${wanted}, got null`);
  if (Array.isArray(value)) return fail(`expected ${wanted}, got an array`);
  if (typeof value === "string") return fail(`expected ${wanted}, got the string ${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)}`);
  if (typeof value !== "object") return fail(`expected ${wanted}, got ${typeof value === "number" || typeof value === "bigint" ? String(value) : article(typeof value)}`);
  refuseOpaque(value);
  return fail(`expected ${wanted}, got ${article(value.constructor?.name ?? "object")}`);
}

function encodeFloat(value) {
  if (typeof value === "number") return floatText(value);
  return typeof value === "bigint" ? value.toString() : unexpected("a number", value);
}

function encodeInteger(value) {
  return typeof value === "number" || typeof value === "bigint" ? integerText(value) : unexpected("an integer", value);
}

function ofString(schema) {
  if (schema.contentEncoding === "base64") {
    return (value) => (value instanceof Uint8Array ? `"${base64Of(value)}"` : encodeString(value, "bytes in a Uint8Array, or base64"));
  }
  if (schema.format === "date-time") {
    return (value) => (value instanceof Date ? `"${dateText(value)}"` : encodeString(value, "a Date, or the text of a time"));
  }
  return (value) => encodeString(value, "a string");
}

function encodeString(value, wanted) {
  return typeof value === "string" ? stringText(value) : unexpected(wanted, value);
}

function ofFixed(schema) {
  const values = schema.enum ?? [schema.const];
  return (value, depth) => {
    if (typeof value === "object" && value !== null) return encodeAny(value, depth);
    if (!values.includes(value)) return unexpected(values.length === 1 ? JSON.stringify(values[0]) : `one of ${values.map((one) => JSON.stringify(one)).join(", ")}`, value);
    return encodeAny(value, depth);
  };
}

function ofArray({ items = true, prefixItems = [] }, context) {
  const first = prefixItems.map((schema) => encoderOf(schema, context));
  const others = encoderOf(items, context);
  return (value, depth) => {
    const list = Array.isArray(value) ? value : value instanceof Set ? [...value] : unexpected("an array", value);
    const inside = enter(depth);
    const texts = new Array(list.length);
    let index = 0;
    try {
      for (; index < list.length; index++) texts[index] = (index < first.length ? first[index] : others)(list[index], inside);
    } catch (error) {
      throw error instanceof Problem ? error.within(index) : error;
    }
    return `[${texts.join(",")}]`;
  };
}

function ofObject({ properties = {}, additionalProperties = true, required = [] }, context) {
  const fields = Object.entries(properties).map(([name, schema]) => {
    return { name, key: `${JSON.stringify(name)}:`, encode: encoderOf(schema, context), required: required.includes(name) };
  });
  const known = new Set(Object.keys(properties));
  const others = additionalProperties === false ? null : encoderOf(additionalProperties, context);
  return (value, depth) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return unexpected("an object", value);
    refuseOpaque(value);
    const inside = enter(depth);
    const object = value instanceof Map ? Object.fromEntries([...value].map(([key, member]) => [keyText(key), member])) : value;
    const members = [];
    let found = 0;
    for (const { name, key, encode, required } of fields) {
      const member = memberOf(object, name);
      if (member === undefined) {
        if (required) throw new Problem("missing").within(name);
        if (Object.hasOwn(object, name)) found++;
        continue;
      }
      found++;
      try {
        members.push(key + encode(member, inside));
      } catch (error) {
        throw error instanceof Problem ? error.within(name) : error;
      }
    }
    const names = Object.keys(object);
    if (names.length === found) return `{${members.join(",")}}`;
    for (const name of names) {
      if (known.has(name) || object[name] === undefined) continue;
      members.push(located(name, () => `${stringText(name)}:${others === null ? fail("unknown field") : others(object[name], inside)}`));
    }
    return `{${members.join(",")}}`;
  };
}

function ofReference(reference, context) {
  let encode = context.known.get(reference);
  if (encode !== undefined) return encode;
  // A recursive type refers to its encoder before it is there.
  let made;
  encode = (value, depth) => made(value, depth);
  context.known.set(reference, encode);
  made = encoderOf(context.definitions[reference.slice("#/$defs/".length)], context);
  return encode;
}

function ofUnion(alternatives, context) {
  const encoders = alternatives.map((schema) => encoderOf(schema, context));
  return (value, depth) => {
    const index = alternatives.findIndex((schema) => fits(schema, value, context.definitions));
    if (index >= 0) return encoders[index](value, depth);
    return firstOfKind(alternatives, encoders, value, depth);
  };
}

/** None fits: the one that is not null and has the same kind tells best what is wrong. */
function firstOfKind(alternatives, encoders, value, depth) {
  const problems = [];
  for (const encode of encoders) {
    try {
      return encode(value, depth);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      problems.push(error);
    }
  }
  throw problems.reduce((deepest, problem) => (problem.steps.length > deepest.steps.length ? problem : deepest));
}
