// How the host is to run a task: the options of `task` and `environment`, and what is wrong with them.

import { nanoseconds } from "./duration.js";
import { Problem } from "./problem.js";
import { rightsOf } from "./rights.js";

const REUSE = { maxUses: 1000, idleTtl: 60e9, concurrency: 1, scope: "run" };

/** What Flyte has and this has not, with the reason. */
const FLYTE = {
  image: "a component is its own image",
  resources: "limits are the operator's: `--max-memory`, `--max-runtime`",
  secrets: "declare `rights: { env: \"NAME\" }`",
  timeout: "it is called `maxRuntime`",
  triggers: "there are no triggers yet",
  podTemplate: "tasks run in no pods",
  interruptible: "no attempt is preempted",
  report: "there are no reports yet",
  queue: "there is one queue",
};

/** Checks the options one by one, and throws all that is wrong with them at once. */
export class Options {
  constructor(options, known) {
    this.problems = [];
    this.options = options;
    for (const key of Object.keys(options)) {
      if (known.includes(key)) continue;
      const reason = FLYTE[key] ?? `there are ${known.join(", ")}`;
      const near = nearest(key, known);
      this.problems.push(`unknown option \`${key}\`: ${near === undefined || FLYTE[key] ? reason : `did you mean \`${near}\`?`}`);
    }
  }

  /** The option `key` as `read` has it, or `fallback`. */
  take(key, fallback, read) {
    const value = this.options[key];
    if (value === undefined) return fallback;
    try {
      return read(value);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.problems.push(`\`${key}\`: ${error}`);
      return fallback;
    }
  }

  finish(what) {
    if (this.problems.length > 0) throw new OptionsError(this.problems.map((problem) => `${what}: ${problem}`));
  }
}

/** Options of `task`, `environment` and the like that are wrong. */
export class OptionsError extends TypeError {
  /** `problems`: all that is wrong, or the one thing. */
  constructor(problems) {
    const all = [].concat(problems);
    super(all.join("; "));
    this.problems = all;
  }

  get name() {
    return "OptionsError";
  }
}

export const POLICY = ["retries", "backoff", "retryOn", "maxRuntime", "cache", "reusable", "rights"];

/** The contract's `task-policy`; `inherited` is the environment's reuse. */
export function policyOf(options, inherited = null) {
  return {
    retries: options.take("retries", 0, (value) => count(value, 0)),
    backoff: options.take("backoff", { initial: 0, factor: 2, cap: null }, backoffOf),
    retryOn: options.take("retryOn", { trap: false, limit: false }, retryOnOf),
    maxRuntime: options.take("maxRuntime", null, nanoseconds),
    cache: options.take("cache", cachePolicy({ tag: "disable" }), cacheOf),
    reuse: options.take("reusable", inherited, reuseOf),
  };
}

/** The contract's `reuse-policy`. */
export function reuseOf(value) {
  if (value === false) return null;
  if (value === true) return { ...REUSE };
  const options = inner(value, Object.keys(REUSE));
  const concurrency = options.take("concurrency", 1, (number) => count(number, 1));
  if (concurrency > 1) throw new Problem("`concurrency` above 1 is not possible in JavaScript: an instance that waits for a child runs nothing else");
  const reuse = {
    maxUses: options.take("maxUses", REUSE.maxUses, (number) => count(number, 1)),
    idleTtl: options.take("idleTtl", REUSE.idleTtl, nanoseconds),
    concurrency,
    scope: options.take("scope", REUSE.scope, (scope) => oneOf(scope, ["run", "global"])),
  };
  return done(options, reuse);
}

export function rightsOption(options) {
  return options.take("rights", [], rightsOf);
}

/** Text that is not empty. */
export function text(value) {
  if (typeof value !== "string" || value === "") throw new Problem(`expected text, not ${shown(value)}`);
  return value;
}

/** A whole number that fits 32 bits. */
export function count(value, least) {
  if (!Number.isInteger(value) || value < least || value > 0xffffffff) throw new Problem(`expected a whole number from ${least} on, not ${shown(value)}`);
  return value;
}

function backoffOf(value) {
  const options = inner(value, ["initial", "factor", "cap"]);
  const backoff = {
    initial: options.take("initial", 0, nanoseconds),
    factor: options.take("factor", 2, (factor) => {
      if (!(Number.isFinite(factor) && factor >= 1)) throw new Problem(`expected a number from 1 on, not ${shown(factor)}`);
      return factor;
    }),
    cap: options.take("cap", null, nanoseconds),
  };
  if (value.initial === undefined) throw new Problem("lacks `initial`, the pause before the second attempt");
  return done(options, backoff);
}

function retryOnOf(value) {
  const causes = [].concat(value);
  for (const cause of causes) oneOf(cause, ["trap", "limit"]);
  return { trap: causes.includes("trap"), limit: causes.includes("limit") };
}

function cacheOf(value) {
  if (value === "auto" || value === "disable") return cachePolicy({ tag: value });
  if (typeof value === "string") throw new Problem(`expected "auto", "disable" or { version: "…" }, not ${shown(value)}`);
  const options = inner(value, ["version", "ignoredInputs", "serialize", "maxAge"]);
  if (Object.keys(value).length === 0) throw new Problem('says nothing; write "auto"');
  const version = options.take("version", undefined, text);
  const policy = cachePolicy(version === undefined ? { tag: "auto" } : { tag: "override", val: version });
  policy.ignoredInputs = options.take("ignoredInputs", [], (names) => [].concat(names).map(text));
  policy.serialize = options.take("serialize", false, (flag) => {
    if (typeof flag !== "boolean") throw new Problem(`expected true or false, not ${shown(flag)}`);
    return flag;
  });
  policy.maxAge = options.take("maxAge", null, (age) => {
    const length = nanoseconds(age);
    if (Number(length) === 0) throw new Problem("expected more than nothing");
    return length;
  });
  return done(options, policy);
}

/** The contract's `cache-policy`. */
function cachePolicy(behavior) {
  return { behavior, ignoredInputs: [], serialize: false, maxAge: null };
}

function inner(value, known) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Problem(`expected an object with ${known.join(", ")}, not ${shown(value)}`);
  return new Options(value, known);
}

function done(options, value) {
  if (options.problems.length > 0) throw new Problem(options.problems.join("; "));
  return value;
}

function oneOf(value, allowed) {
  if (!allowed.includes(value)) throw new Problem(`expected ${allowed.map((one) => `"${one}"`).join(" or ")}, not ${shown(value)}`);
  return value;
}

function shown(value) {
  return typeof value === "bigint" ? `${value}n` : (JSON.stringify(value) ?? String(value));
}

function nearest(key, known) {
  const plain = (name) => name.toLowerCase().replace(/_/g, "");
  return known.find((name) => plain(name) === plain(key)) ?? known.find((name) => distance(plain(name), plain(key)) <= 2);
}

function distance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length];
}
