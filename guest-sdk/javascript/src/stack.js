// Where an error was made, in the author's files. In a component the build puts the lines of the bundle behind it:
// runs of lines that go on together, `[first line in the bundle, how many, file, first line in the file]`.

export const LINES = Symbol.for("flyte-guest.lines");

/** `file.ts:12, in load`: the innermost frame in a file of the author's; undefined where there is none. */
export function locationOf(error) {
  const lines = globalThis[LINES];
  if (lines === undefined || typeof error?.stack !== "string") return undefined;
  for (const frame of error.stack.split("\n")) {
    const match = /^\s*at (?:(.*) \()?\/component\.js:(\d+):\d+\)?$/.exec(frame);
    if (match === null) continue;
    const source = sourceLine(lines, Number(match[2]));
    if (source !== undefined) return withFunction(source, match[1]);
  }
  return undefined;
}

function withFunction(source, name) {
  const anonymous = name === undefined || name === "" || name.startsWith("<");
  return anonymous ? source : `${source}, in ${name}`;
}

function sourceLine({ files, runs }, line) {
  let low = 0;
  let high = runs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (runs[middle][0] <= line) low = middle + 1;
    else high = middle;
  }
  const run = runs[low - 1];
  if (run === undefined || line >= run[0] + run[1]) return undefined;
  return `${files[run[2]]}:${run[3] + line - run[0]}`;
}
