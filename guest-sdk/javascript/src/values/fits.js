// Which alternative of a union a value is meant to be.

import { memberOf } from "./any.js";

/** Whether `value` looks like one of `schema`. */
export function fits(schema, value, definitions) {
  if (schema === true) return true;
  if (schema === false) return false;
  if (schema.$ref !== undefined) return fits(definitions[schema.$ref.slice("#/$defs/".length)], value, definitions);
  const union = schema.anyOf ?? schema.oneOf;
  if (union !== undefined) return union.some((one) => fits(one, value, definitions));
  if (schema.const !== undefined) return schema.const === value;
  if (schema.enum !== undefined) return schema.enum.includes(value);
  const types = schema.type === undefined ? undefined : [].concat(schema.type);
  if (types !== undefined && !types.some((type) => isOfType(type, schema, value))) return false;
  if (Array.isArray(value)) return fitsItems(schema, value, definitions);
  return isPlain(value) ? fitsObject(schema, value, definitions) : true;
}

function isOfType(type, schema, value) {
  switch (type) {
    case "null":
      return value === null || value === undefined;
    case "integer":
      return typeof value === "bigint" || Number.isInteger(value);
    case "string":
      if (value instanceof Date) return schema.format === "date-time";
      if (value instanceof Uint8Array) return schema.contentEncoding === "base64";
      return typeof value === "string";
    case "array":
      return Array.isArray(value) || value instanceof Set;
    case "object":
      return isPlain(value) || value instanceof Map;
    case "number":
      return typeof value === "number" || typeof value === "bigint";
    default:
      return typeof value === type;
  }
}

function fitsItems({ items = true, prefixItems = [], minItems = 0, maxItems = Infinity }, list, definitions) {
  if (list.length < minItems || list.length > maxItems) return false;
  return list.every((item, index) => fits(prefixItems[index] ?? items, item, definitions));
}

function fitsObject({ properties = {}, additionalProperties = true, required = [] }, object, definitions) {
  if (!required.every((name) => memberOf(object, name) !== undefined)) return false;
  return Object.entries(object).every(([name, member]) => {
    if (member === undefined) return true;
    return fits(Object.hasOwn(properties, name) ? properties[name] : additionalProperties, member, definitions);
  });
}

function isPlain(value) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return ![Date, Uint8Array, Map, Set].some((type) => value instanceof type);
}
