// What a program prints goes to the action's log.

import { write } from "#host";
import { utf8 } from "./text.js";

const MAX_DEPTH = 4;

function print(stream, values) {
  // While the component is built there is no action whose log it could be.
  if (!running) return;
  write(stream, utf8(`${format(values)}\n`));
}

function format([first, ...rest]) {
  if (typeof first !== "string") return [first, ...rest].map(shown).join(" ").trimEnd();
  const text = first.replace(/%[sdifoOj%]/g, (place) => {
    if (place === "%%") return "%";
    return rest.length === 0 ? place : shown(rest.shift());
  });
  return [text, ...rest.map(shown)].join(" ");
}

function shown(value) {
  return typeof value === "string" ? value : inspected(value, 0, []);
}

function inspected(value, depth, around) {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return `[Function ${value.name || "(anonymous)"}]`;
  if (typeof value !== "object" || value === null) return String(value);
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  if (around.includes(value)) return "[Circular]";
  if (depth >= MAX_DEPTH) return Array.isArray(value) ? "[…]" : "{…}";
  const inside = (one) => inspected(one, depth + 1, [...around, value]);
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return `[ ${Array.from(value, inside).join(", ")} ]`.replace("[  ]", "[]");
  if (value instanceof Set) return `Set { ${Array.from(value, inside).join(", ")} }`;
  if (value instanceof Map) return `Map { ${Array.from(value, ([key, one]) => `${inside(key)} => ${inside(one)}`).join(", ")} }`;
  const fields = Object.entries(value).map(([key, one]) => `${/^[\w$]+$/.test(key) ? key : JSON.stringify(key)}: ${inside(one)}`);
  return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
}

const out = (...values) => print("out", values);
const err = (...values) => print("err", values);

let running = false;

/** From the first call on there is an action, and a log. */
export function letPrint() {
  running = true;
}

globalThis.console = {
  log: out,
  info: out,
  debug: out,
  dir: out,
  warn: err,
  error: err,
  trace: err,
  assert(condition, ...values) {
    if (!condition) err("Assertion failed:", ...values);
  },
};
