// The action that a task runs as.

import { current, environmentVariables, progress as tell } from "#host";

/** The action that the calling task runs as: `run`, `action`, `parent`, `task`, `attempt`. */
export function ctx() {
  const { run, action, parent, task, attempt } = current();
  return { run, action, parent: parent ?? null, task, attempt };
}

/** Tells those who watch how far the action has come; `fraction` is from 0 to 1, where it is known. */
export function progress(message, fraction) {
  if (fraction !== undefined && !(fraction >= 0 && fraction <= 1)) throw new RangeError(`the fraction ${fraction} is not from 0 to 1`);
  tell(String(message), fraction ?? null);
}

/** The environment variable `name`; undefined where there is none, or the task has no right to it. */
export function env(name) {
  return environmentVariables().find(([key]) => key === name)?.[1];
}
