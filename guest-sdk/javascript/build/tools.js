// The packages that go with the driver: they are found beside it, or where NODE_PATH says.

import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);

/** A tool's exports. */
export function tool(name) {
  return require(name);
}

/** The directory of a package that goes into components. */
export function packageDirectory(name) {
  return dirname(require.resolve(`${name}/package.json`));
}

/** The directory of the SDK. */
export const SDK = dirname(dirname(fileURLToPath(import.meta.url)));

/** The SDK's own modules: what is beside them, its tests, is an author's. */
export const SOURCES = join(SDK, "src");
