// Positions in the bundle, as positions in the author's files.

import { relative, sep } from "node:path";
import { SOURCES } from "./tools.js";

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** The line of code that tells a component which of its lines are whose: runs of lines that go on together. */
export function linesOf(map, directory) {
  const files = [];
  const runs = [];
  segmentsByLine(map).forEach((segments, index) => {
    const segment = segments.find(({ source }) => isAuthors(map.sources[source]));
    if (segment === undefined) return;
    const name = relative(directory, map.sources[segment.source]);
    if (!files.includes(name)) files.push(name);
    const file = files.indexOf(name);
    const line = index + 1;
    const run = runs.at(-1);
    const goesOn = run !== undefined && run[0] + run[1] === line && run[2] === file && run[3] + run[1] === segment.line;
    if (goesOn) run[1]++;
    else runs.push([line, 1, file, segment.line]);
  });
  return `globalThis[Symbol.for("flyte-guest.lines")] = ${JSON.stringify({ files, runs })};\n`;
}

/** Where a position of the bundle comes from; undefined where it is no file of the author's. Lines and columns from 1. */
export function originOf(map, line, column) {
  const segments = segmentsByLine(map)[line - 1] ?? [];
  const segment = segments.findLast((one) => one.at <= column - 1) ?? segments[0];
  if (segment === undefined || !isAuthors(map.sources[segment.source])) return undefined;
  return { file: map.sources[segment.source], line: segment.line, column: segment.column };
}

function isAuthors(path) {
  return path !== undefined && !path.startsWith(SOURCES + sep) && !path.includes(`${sep}node_modules${sep}`) && !path.endsWith("flyte-guest-entry.js");
}

/** The segments of each line of the bundle: Base64 VLQ, each number relative to the one before. */
function segmentsByLine(map) {
  let [source, line, column] = [0, 0, 0];
  return map.mappings.split(";").map((text) => {
    let at = 0;
    const segments = [];
    for (const part of text === "" ? [] : text.split(",")) {
      const [step, sourceStep, lineStep, columnStep] = numbersOf(part);
      at += step;
      if (sourceStep === undefined) continue;
      source += sourceStep;
      line += lineStep;
      column += columnStep;
      segments.push({ at, source, line: line + 1, column: column + 1 });
    }
    return segments;
  });
}

function numbersOf(text) {
  const numbers = [];
  let value = 0;
  let shift = 0;
  for (const letter of text) {
    const digit = DIGITS.indexOf(letter);
    value += (digit & 31) * 2 ** shift;
    shift += 5;
    if ((digit & 32) !== 0) continue;
    numbers.push(value % 2 === 1 ? -(value - 1) / 2 : value / 2);
    value = shift = 0;
  }
  return numbers;
}
