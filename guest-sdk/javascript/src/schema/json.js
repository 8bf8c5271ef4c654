// JSON Schemas as the host takes them: it refuses keywords that it does not know, so they are refused when the
// component is built.

import { Problem, pathText } from "../problem.js";

const KEYWORDS = new Set([
  "$ref", "additionalProperties", "anyOf", "const", "contentEncoding", "enum", "exclusiveMaximum", "exclusiveMinimum",
  "format", "items", "maxItems", "maxLength", "maxProperties", "maximum", "minItems", "minLength", "minProperties",
  "minimum", "multipleOf", "oneOf", "prefixItems", "properties", "propertyNames", "required", "type", "uniqueItems",
  "$anchor", "$comment", "$defs", "$id", "$schema", "contentMediaType", "default", "deprecated", "description",
  "discriminator", "example", "examples", "id", "readOnly", "title", "writeOnly",
]);

const TYPES = new Set(["null", "boolean", "integer", "number", "string", "array", "object"]);

/** Keywords whose reason for being refused is worth a word. */
const INSTEAD = {
  pattern: "the host has no regular expressions: check it in the task, or use zod's `z.string().regex()`",
  allOf: "write one object with all properties",
  not: "say what is allowed",
  if: "use `anyOf`",
  definitions: "write `$defs`",
};

/** A schema written as JSON Schema: a copy that is checked, with what the SDK makes of it marked. */
export function ownSchema(schema, steps = []) {
  const refuse = (reason) => {
    throw new Problem(steps.length === 0 ? reason : `${reason}, at \`${pathText(steps)}\``);
  };
  if (typeof schema === "boolean") return schema;
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) {
    refuse("expected a zod schema or a JSON Schema");
  }
  if (typeof schema.parse === "function" || schema["~standard"] !== undefined) {
    refuse("a schema of another library: use zod 4.2 or later, or a JSON Schema");
  }
  for (const keyword of Object.keys(schema)) {
    if (KEYWORDS.has(keyword) || keyword.startsWith("x-")) continue;
    const instead = INSTEAD[keyword];
    refuse(`unsupported keyword \`${keyword}\`${instead === undefined ? "" : `: ${instead}`}`);
  }
  for (const type of [].concat(schema.type ?? [])) if (!TYPES.has(type)) refuse(`there is no type \`${type}\``);
  if (schema.$ref !== undefined && !/^#\/\$defs\/[^/]+$/.test(schema.$ref)) refuse(`\`${schema.$ref}\` does not refer to \`#/$defs/…\``);
  const copy = { ...schema };
  for (const keyword of ["items", "additionalProperties", "propertyNames"]) {
    if (schema[keyword] !== undefined) copy[keyword] = ownSchema(schema[keyword], [...steps, keyword]);
  }
  for (const keyword of ["anyOf", "oneOf", "prefixItems"]) {
    if (schema[keyword] !== undefined) copy[keyword] = schema[keyword].map((one, index) => ownSchema(one, [...steps, keyword, index]));
  }
  for (const keyword of ["properties", "$defs"]) {
    if (schema[keyword] === undefined) continue;
    copy[keyword] = Object.fromEntries(Object.entries(schema[keyword]).map(([name, one]) => [name, ownSchema(one, [...steps, keyword, name])]));
  }
  // An object that says nothing of other fields has none: a misspelt one is an error.
  if (schema.properties !== undefined && schema.additionalProperties === undefined) copy.additionalProperties = false;
  if (schema.type === "string" && schema.format === "date-time") copy["x-js"] = "date";
  if (schema.type === "string" && schema.contentEncoding === "base64") copy["x-js"] = "bytes";
  if (schema.type === "number" && schema.format === undefined) copy.format = "double";
  return copy;
}

/** The schema without the SDK's own marks, for the host. */
export function published(schema) {
  if (Array.isArray(schema)) return schema.map(published);
  if (typeof schema !== "object" || schema === null) return schema;
  const copy = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === "x-js" || keyword === "x-js-default") continue;
    copy[keyword] = ["default", "const", "enum", "examples", "example"].includes(keyword) ? value : published(value);
  }
  return copy;
}
