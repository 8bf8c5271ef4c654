// Flyte-style tasks in JavaScript: what a program imports.

export { ctx, env, progress } from "./context.js";
export { TaskError } from "./error.js";
export { group, invoke, map } from "./invoke.js";
export { environment, external, task } from "./task.js";
