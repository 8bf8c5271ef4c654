// What a task may use outside its sandbox: `{ read: "/data", net: ["a.example:443"], optional: { env: "DEBUG" } }`.

import { Problem } from "./problem.js";

const KINDS = ["read", "write", "env", "net"];

/** The contract's list of rights. */
export function rightsOf(rights) {
  return [...listed(rights, false), ...(rights.optional === undefined ? [] : listed(objectOf(rights.optional), true))];
}

function objectOf(rights) {
  if (typeof rights !== "object" || rights === null || Array.isArray(rights)) throw new Problem("expected an object such as `{ read: \"/data\" }`");
  return rights;
}

function listed(rights, optional) {
  const list = [];
  for (const [kind, value] of Object.entries(objectOf(rights))) {
    if (kind === "optional" && !optional) continue;
    if (!KINDS.includes(kind)) throw new Problem(`there is no right \`${kind}\`: there are ${KINDS.join(", ")}${optional ? "" : ", optional"}`);
    for (const argument of [].concat(value)) {
      check(kind, argument);
      list.push({ capability: { tag: kind, val: argument }, optional });
    }
  }
  return list;
}

function check(kind, argument) {
  const shown = JSON.stringify(argument);
  if (typeof argument !== "string" || argument === "") throw new Problem(`\`${kind}\` is a string or a list of strings, not ${shown}`);
  if (kind === "read" || kind === "write") {
    if (!argument.startsWith("/") || argument.split("/").includes("..")) throw new Problem(`\`${kind}\` is an absolute path without \`..\`, not ${shown}`);
  } else if (kind === "env") {
    if (/[=\0]/.test(argument)) throw new Problem(`${shown} can't be the name of an environment variable`);
  } else if (!/^(?:\*|\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::\d{1,5})?$/.test(argument)) {
    throw new Problem(`\`net\` is a host or \`host:port\`, not ${shown}`);
  }
}
