// Numbers as text, as the Rust SDK writes them: 9.0, 1e+21, 1.5e-7.

import { Problem } from "../problem.js";

/** The text of a floating-point number; a whole one keeps its `.0`, which tells it from an integer. */
export function floatText(value) {
  if (!Number.isFinite(value)) throw notJson(value);
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  if (Number.isInteger(value) && Math.abs(value) < 1e16) return `${value}.0`;
  const text = String(value);
  const magnitude = Math.abs(value);
  // JavaScript turns to exponents from 1e21 on and below 1e-6, Rust from 1e16 on and below 1e-5.
  if (magnitude >= 1e-5 && magnitude < 1e16) return text;
  return value.toExponential();
}

/** The text of a whole number: every digit of it is the author's. */
export function integerText(value) {
  if (typeof value === "bigint") return value.toString();
  if (!Number.isFinite(value)) throw notJson(value);
  if (!Number.isInteger(value)) throw new Problem(`expected an integer, got ${value}`);
  if (!Number.isSafeInteger(value)) {
    throw new Problem(`${value} is beyond 2^53, where numbers are rounded: use a BigInt`);
  }
  return Object.is(value, -0) ? "0" : String(value);
}

/** The text of a number of which nothing is known. */
export function anyNumberText(value) {
  if (typeof value === "bigint") return value.toString();
  return Number.isSafeInteger(value) && !Object.is(value, -0) ? String(value) : floatText(value);
}

function notJson(value) {
  const name = Number.isNaN(value) ? "NaN" : value > 0 ? "infinity" : "-infinity";
  return new Problem(`${name} is not a JSON number`);
}
