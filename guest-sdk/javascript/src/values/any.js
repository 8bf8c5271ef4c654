// JSON text of values of which no schema says anything.

import { Problem } from "../problem.js";
import { anyNumberText } from "./number.js";
import { base64Of, dateText, stringText } from "./scalars.js";

/** How deep a value may nest, as decoders have it. */
export const MAX_DEPTH = 127;

/** The JSON text of `value`: a Map is an object, a Set an array, a Date and bytes are strings. */
export function encodeAny(value, depth = 0) {
  switch (typeof value) {
    case "string":
      return stringText(value);
    case "number":
    case "bigint":
      return anyNumberText(value);
    case "boolean":
      return value ? "true" : "false";
    case "undefined":
      return "null";
    case "object":
      return value === null ? "null" : encodeObject(value, enter(depth));
    default:
      throw new Problem(`a ${typeof value} has no JSON form`);
  }
}

/** One level further in. */
export function enter(depth) {
  if (depth >= MAX_DEPTH) throw new Problem(`nests deeper than ${MAX_DEPTH} levels`);
  return depth + 1;
}

function encodeObject(value, depth) {
  if (Array.isArray(value)) return encodeItems(value, depth);
  if (value instanceof Set) return encodeItems([...value], depth);
  if (value instanceof Date) return stringText(dateText(value));
  if (value instanceof Uint8Array) return stringText(base64Of(value));
  refuseOpaque(value);
  const entries = value instanceof Map ? value : Object.entries(value);
  const members = [];
  for (const [key, member] of entries) {
    if (member === undefined) continue;
    members.push(located(key, () => `${stringText(keyText(key))}:${encodeAny(member, depth)}`));
  }
  return `{${members.join(",")}}`;
}

function encodeItems(items, depth) {
  return `[${Array.from(items, (item, index) => located(index, () => encodeAny(item, depth))).join(",")}]`;
}

/** A key of an object; a Map may have whole numbers for keys, which Rust's maps have too. */
export function keyText(key) {
  if (typeof key === "string") return key;
  if (typeof key === "bigint" || Number.isSafeInteger(key)) return String(key);
  throw new Problem(`a key must be a string or an integer, not a ${key === null ? "null" : typeof key}`);
}

/** The field `name`, which may be a class's getter; what all objects inherit, as their `constructor`, is no field. */
export function memberOf(object, name) {
  return name in Object.prototype && !Object.hasOwn(object, name) ? undefined : object[name];
}

/** Objects whose own fields are not what they hold would become `{}`. */
export function refuseOpaque(value) {
  if (Object.getPrototypeOf(value) === Object.prototype) return;
  if (typeof value.then === "function") throw new Problem("a promise has no JSON form: await it");
  for (const type of [RegExp, Error, WeakMap, WeakSet, ArrayBuffer]) {
    if (value instanceof type) throw new Problem(`a ${type.name} has no JSON form`);
  }
  if (ArrayBuffer.isView(value)) throw new Problem(`a ${value.constructor.name} has no JSON form: use an array or a Uint8Array`);
}

/** Runs `encode`; what is wrong gets the step it is under. */
export function located(step, encode) {
  try {
    return encode();
  } catch (error) {
    throw error instanceof Problem ? error.within(step) : error;
  }
}
