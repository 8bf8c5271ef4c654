// Meeting the limit of memory, which the host has to hear of by a trap: a guest can't report it as its own error.

import { locationOf } from "./stack.js";
import { trap } from "#host";

/** More than a component may have, but for limits of some GiB, and less than its address space. */
const PROBE = 2 ** 31 - 2 ** 16;

/** Ends the instance where `error` says that QuickJS was refused memory, which is also the host's last word then. */
export function endIfRefused(error) {
  if (!isOutOfMemory(error)) return;
  console.error(`${error ?? "InternalError: out of memory"} (${locationOf(error) ?? "in no line of the program"})`);
  try {
    new ArrayBuffer(PROBE);
  } catch (refused) {
    if (isOutOfMemory(refused)) trap();
  }
}

/** Where there is no memory for an error object either, QuickJS throws null. */
function isOutOfMemory(error) {
  return error === null || (error?.name === "InternalError" && error.message === "out of memory");
}
