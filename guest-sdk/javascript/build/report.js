// What the driver tells its caller.

import { readFileSync } from "node:fs";

/** Something that the author has to change; each message has at least `message` and `file`. */
export class AuthorError extends Error {
  constructor(...messages) {
    super(messages[0].message);
    this.messages = messages;
  }
}

/** One line of JSON. Errors and warnings have all their fields, and the line that they are about. */
export function report(message) {
  const whole = message.type === "error" || message.type === "warning" ? complete(message) : message;
  process.stdout.write(`${JSON.stringify(whole)}\n`);
}

function complete({ type, message, file = null, line = null, column = null, source, help = null }) {
  return { type, message, file, line, column, source: source ?? lineOf(file, line), help };
}

function lineOf(file, line) {
  if (file === null || line === null) return null;
  try {
    return readFileSync(file, "utf8").split(/\r?\n/)[line - 1] ?? null;
  } catch {
    return null;
  }
}
