// The contract as the tool for QuickJS takes it.

import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SDK } from "./tools.js";

/** What the SDK uses beside the contract. `turn` is never called: with it the world has a future, which the SDK's loop
 * makes for itself to come back after all promises. */
const WORLD = `
world javascript {
  include blocking-task-component;
  import wasi:cli/environment@0.2.0;
  import wasi:cli/stderr@0.2.0;
  import wasi:cli/stdout@0.2.0;
  import wasi:clocks/monotonic-clock@0.2.0;
  import wasi:random/random@0.2.0;
  export turn: func() -> future<u8>;
}
`;

/** Writes the WIT files below `directory`. */
export async function writeWit(contract, directory) {
  await mkdir(directory, { recursive: true });
  const text = await readFile(join(contract, "task.wit"), "utf8");
  await writeFile(join(directory, "task.wit"), withoutAsyncImports(text) + WORLD);
  await cp(join(SDK, "build/wit"), join(directory, "deps"), { recursive: true });
  return directory;
}

/** `blocking-actions` uses a type of `actions`, and with it would come functions that the tool can't import. */
function withoutAsyncImports(text) {
  return text.replace(/^interface actions \{[^]*?^\}/m, (actions) => actions.replace(/^ *[a-z-]+: async func[^;]*;\n/gm, ""));
}
