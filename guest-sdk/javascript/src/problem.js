// What is wrong, and where in a value: `batch.requests[1].feature_b: NaN is not a JSON number`.

const PLAIN = /^[\p{L}\p{N}_-]+$/u;

/** Something wrong with a value. The steps are innermost first: they are pushed on the way out. */
export class Problem extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
    this.steps = [];
  }

  /** The same, seen from one level further out. */
  within(step) {
    this.steps.push(step);
    return this;
  }

  toString() {
    const path = pathText(this.steps.slice().reverse());
    return path === "" ? this.reason : `${path}: ${this.reason}`;
  }
}

/** The text of a path, outermost step first; numbers are indices. */
export function pathText(steps) {
  let text = "";
  for (const step of steps) {
    if (typeof step === "number") text += `[${step}]`;
    else if (!PLAIN.test(String(step))) text += `[${JSON.stringify(String(step))}]`;
    else text += text === "" ? String(step) : `.${String(step)}`;
  }
  return text;
}
