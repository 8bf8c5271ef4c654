// Spans of time: milliseconds as a number, or text such as "1h30m" or "PT1H30M".

import { Problem } from "./problem.js";

const NANOSECONDS = { ns: 1, us: 1e3, "µs": 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9, d: 86400e9 };
const ISO = /^P(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/i;

/** Beyond this a number does not hold every nanosecond: 104 days. */
const LONGEST = Number.MAX_SAFE_INTEGER;

/** The nanoseconds of a span. */
export function nanoseconds(span) {
  const value = typeof span === "number" ? span * 1e6 : typeof span === "string" ? read(span) : undefined;
  if (value === undefined) throw new Problem("expected a duration: milliseconds, or text such as \"30s\"");
  if (!Number.isFinite(value) || value < 0) throw new Problem(`${span} is not a duration`);
  if (value > LONGEST) throw new Problem("longer than 104 days");
  return Math.round(value);
}

function read(text) {
  const iso = ISO.exec(text);
  if (iso !== null && /\d/.test(text) && !/T$/i.test(text)) {
    const [days, hours, minutes, seconds] = iso.slice(1).map((part) => Number(part ?? 0));
    return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1e9;
  }
  const part = /\s*(\d+(?:\.\d+)?)\s*([a-zµ]*)/gy;
  let total = 0;
  let end = 0;
  for (let match; end < text.trimEnd().length && (match = part.exec(text)) !== null; end = part.lastIndex) {
    const [, amount, unit] = match;
    const scale = NANOSECONDS[unit];
    if (unit === "") throw new Problem(`"${text}" lacks a unit: write "${amount}s" or "${amount}ms"`);
    if (scale === undefined) throw new Problem(`unknown unit "${unit}": there are ns, us, ms, s, m, h, d`);
    total += Number(amount) * scale;
  }
  if (end === 0 || end < text.trimEnd().length) throw new Problem(`"${text}" is not a duration such as "30s" or "1h30m"`);
  return total;
}
