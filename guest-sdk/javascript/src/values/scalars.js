// Values that are a string in JSON.

import { Problem } from "../problem.js";

/** The JSON text of a string. */
export function stringText(value) {
  if (!value.isWellFormed()) throw new Problem("the string has half of a surrogate pair, which has no UTF-8");
  return JSON.stringify(value);
}

/** A time as Rust's jiff writes it: no fraction where there is none. */
export function dateText(value) {
  if (Number.isNaN(value.getTime())) throw new Problem("the date is invalid");
  return value.toISOString().replace(/\.?0*Z$/, (end) => (end.startsWith(".") ? "Z" : end)).replace(/(\.\d*?)0+Z$/, "$1Z");
}

/** A point in time. */
export function dateOf(text) {
  if (!/(?:Z|[+-]\d\d(?::?\d\d)?)$/i.test(text)) throw new Problem(`the time ${JSON.stringify(text)} has no zone: end it with Z or an offset`);
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) throw new Problem(`${JSON.stringify(text)} is not a time`);
  return date;
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Bytes in base64 (RFC 4648, section 4, with padding). */
export function base64Of(bytes) {
  let text = "";
  let at = 0;
  for (; at + 2 < bytes.length; at += 3) {
    const group = (bytes[at] << 16) | (bytes[at + 1] << 8) | bytes[at + 2];
    text += ALPHABET[group >> 18] + ALPHABET[(group >> 12) & 63] + ALPHABET[(group >> 6) & 63] + ALPHABET[group & 63];
  }
  if (at + 1 === bytes.length) {
    const group = bytes[at] << 16;
    text += `${ALPHABET[group >> 18]}${ALPHABET[(group >> 12) & 63]}==`;
  } else if (at + 2 === bytes.length) {
    const group = (bytes[at] << 16) | (bytes[at + 1] << 8);
    text += `${ALPHABET[group >> 18]}${ALPHABET[(group >> 12) & 63]}${ALPHABET[(group >> 6) & 63]}=`;
  }
  return text;
}

const DIGITS = new Uint8Array(128).fill(255);
for (let digit = 0; digit < 64; digit++) DIGITS[ALPHABET.charCodeAt(digit)] = digit;

export function bytesOf(text) {
  const invalid = () => new Problem("not base64 (RFC 4648, with padding)");
  if (text.length % 4 !== 0) throw invalid();
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const digits = text.length - padding;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let group = 0;
  let at = 0;
  for (let index = 0; index < text.length; index++) {
    const digit = index < digits ? (DIGITS[text.charCodeAt(index)] ?? 255) : 0;
    if (digit === 255) throw invalid();
    group = (group << 6) | digit;
    if (index % 4 === 3) {
      for (let shift = 16; shift >= 0 && at < bytes.length; shift -= 8) bytes[at++] = (group >> shift) & 255;
      group = 0;
    }
  }
  // Bits that belong to no byte are zero, or two texts would mean the same bytes.
  if (base64Of(bytes.subarray(bytes.length - ((bytes.length % 3) || 3))) !== text.slice(-4) && text !== "") throw invalid();
  return bytes;
}
