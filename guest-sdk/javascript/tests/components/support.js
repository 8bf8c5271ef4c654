// Builds programs with the driver, and runs their components by the host that FLYTE_HOST names.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const SDK = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const REPOSITORY = dirname(dirname(SDK));
export const PROGRAMS = join(SDK, "tests/programs");

const scratch = mkdtempSync(join(tmpdir(), "flyte-guest-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));
let count = 0;

function ended(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { ...process.env, RUST_BACKTRACE: "0" } });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (data) => (stdout += data));
    child.stderr.on("data", (data) => (stderr += data));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** The driver's exit code and messages, and where the component is. */
export async function build(source) {
  const output = join(scratch, `${++count}.wasm`);
  const work = join(scratch, `work-${count}`);
  const { code, stdout, stderr } = await ended(process.execPath, [join(SDK, "build/main.js"), "--source", source, "--output", output, "--wit", join(REPOSITORY, "wit"), "--work", work]);
  const messages = stdout.trim().split("\n").map((line) => JSON.parse(line));
  return { code, messages, errors: messages.filter(({ type }) => type === "error"), output, stderr };
}

/** The component of a program that builds. */
export async function built(source) {
  const { code, errors, output, stderr } = await build(source);
  assert.equal(code, 0, `${JSON.stringify(errors)}${stderr}`);
  return output;
}

/** A program of the given files, the first of which is built. */
export function program(files) {
  const directory = mkdtempSync(join(scratch, "program-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  return join(directory, Object.keys(files)[0]);
}

function host(...args) {
  const binary = process.env.FLYTE_HOST;
  assert.ok(binary, "FLYTE_HOST must name a flyte-host binary");
  return ended(binary, args);
}

const CACHE = ["--cache-dir", join(scratch, "cache")];

/** Runs a task of a component, before which options of the host's may stand. */
export function run(component, ...args) {
  return host("run", "--quiet", ...CACHE, ...[component].flat(), ...args);
}

/** The text that a task gives. */
export async function result(component, ...args) {
  const { code, stdout, stderr } = await run(component, ...args);
  assert.equal(code, 0, stderr);
  return stdout.trim();
}

/** What a task's failure says. */
export async function failure(component, ...args) {
  const { code, stderr } = await run(component, ...args);
  assert.notEqual(code, 0);
  return stderr.trim();
}

/** The tasks as the host sees them. */
export async function described(component) {
  const { code, stdout, stderr } = await host("get", "task", ...CACHE, "--json", component);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}
