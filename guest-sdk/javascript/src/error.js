// Errors that cross between sandboxes.

import { encodeAny } from "./values/any.js";
import { decodeText } from "./values/decode.js";
import { Problem } from "./problem.js";
import { locationOf } from "./stack.js";

/** How many causes are told of either end of a long chain: what came up through a deep recursion stays readable. */
const CAUSES_AT_EACH_END = 8;

/** Why a task or a child action failed. A task throws one, or any other error; a child that fails rejects with one. */
export class TaskError extends Error {
  /** `options`: `recoverable` (true), `details` (anything that has a JSON form), `cause`. */
  constructor(message, options = {}) {
    super(String(message));
    const { recoverable = true, details, cause } = options;
    this.kind = "task";
    this.recoverable = Boolean(recoverable);
    this.causes = [];
    if (cause !== undefined) {
      this.cause = cause;
      this.causes = causesOf(this);
    }
    this.details = undefined;
    if (details !== undefined) addDetails(this, details);
  }

  /** A failure that no further attempt can mend: the task is not retried. */
  static permanent(message, options = {}) {
    return new TaskError(message, { ...options, recoverable: false });
  }

  get name() {
    return "TaskError";
  }
}

function addDetails(error, details) {
  try {
    encodeAny(details);
    error.details = details;
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    error.causes.push(`the error's details are left out: ${problem}`);
  }
}

/** An error of the SDK's own, of another kind than `task`. */
export function errorOfKind(kind, message, recoverable = false) {
  const error = new TaskError(message, { recoverable });
  error.kind = kind;
  return error;
}

/** What a child action failed with, as the task that invoked it sees it. */
export function childError(task, item, told) {
  const where = item === undefined ? "" : ` on item ${item}`;
  const error = new TaskError(`task \`${task}\` failed${where}: ${told.message}`, { recoverable: told.recoverable });
  error.kind = told.kind;
  error.causes = [...told.causes];
  error.details = told.details == null ? undefined : decodeText(told.details);
  error.task = task;
  if (item !== undefined) error.item = item;
  return error;
}

/** What a task that threw `thrown` tells the host: the contract's `task-error`. */
export function toldOf(thrown) {
  const inner = innermostTaskError(thrown);
  return {
    kind: kindToTell(thrown),
    message: messageToTell(textOf(thrown)),
    causes: causesToTell(thrown instanceof TaskError ? thrown.causes : causesOf(thrown)),
    details: inner?.details === undefined ? null : encodeAny(inner.details),
    recoverable: inner === undefined ? true : inner.recoverable,
  };
}

/** A task can speak of its own inputs and output, not of a child's. */
function kindToTell(thrown) {
  const own = thrown instanceof TaskError && thrown.task === undefined;
  return own && (thrown.kind === "invalid-input" || thrown.kind === "invalid-output") ? thrown.kind : "task";
}

/** Where a failure came up through several tasks, the one in which it began is named; the run knows the others. */
function messageToTell(text) {
  const failure = /^task `[^` ]+` failed(?: on item \d+)?: ([^]*)$/;
  for (let told = text; ; ) {
    const inner = failure.exec(told)?.[1];
    if (inner === undefined || !failure.test(inner)) return told;
    told = inner;
  }
}

function causesToTell(causes) {
  if (causes.length <= 2 * CAUSES_AT_EACH_END + 1) return causes;
  return [...causes.slice(0, CAUSES_AT_EACH_END), "…", ...causes.slice(-CAUSES_AT_EACH_END)];
}

/** The first `TaskError` on the way down the causes: it says whether another attempt may succeed. */
function innermostTaskError(thrown) {
  const seen = new Set();
  for (let error = thrown; error instanceof Error && !seen.has(error); error = error.cause) {
    if (error instanceof TaskError) return error;
    seen.add(error);
  }
  return undefined;
}

function causesOf(thrown) {
  const causes = [];
  const seen = new Set([thrown]);
  for (let error = thrown?.cause; error !== undefined && error !== null && !seen.has(error); error = error.cause) {
    seen.add(error);
    causes.push(textOf(error));
    if (error instanceof TaskError) {
      causes.push(...error.causes);
      break;
    }
  }
  if (thrown instanceof AggregateError) causes.push(...thrown.errors.map(textOf));
  return causes;
}

/** One line for a person: `TypeError: text (file.js:12, in load)`. */
function textOf(thrown) {
  if (thrown instanceof TaskError) return thrown.message;
  if (!(thrown instanceof Error)) return thrownText(thrown);
  const name = typeof thrown.name === "string" ? thrown.name : "Error";
  const text = name === "Error" ? thrown.message || name : thrown.message ? `${name}: ${thrown.message}` : name;
  const location = locationOf(thrown);
  return location === undefined ? text : `${text} (${location})`;
}

/** Anything can be thrown, also what has no text. */
function thrownText(thrown) {
  try {
    return typeof thrown === "object" && thrown !== null ? `${encodeAny(thrown)} was thrown` : String(thrown);
  } catch {
    return "a value that has no text was thrown";
  }
}
