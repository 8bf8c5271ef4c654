// Random numbers are the host's. QuickJS seeds its own while the component is built, so every instance would draw
// the same ones.

import { randomBytes } from "#host";

const MOST = 65536;

Math.random = () => {
  const bytes = randomBytes(7);
  let number = 0;
  for (let index = 0; index < 6; index++) number = number * 256 + bytes[index];
  return (number * 32 + (bytes[6] >> 3)) / 2 ** 53;
};

/** Fills a typed array of integers. */
function getRandomValues(array) {
  if (!ArrayBuffer.isView(array) || array instanceof DataView || array instanceof Float32Array || array instanceof Float64Array) {
    throw new TypeError("getRandomValues fills a typed array of integers");
  }
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  for (let at = 0; at < bytes.length; at += MOST) bytes.set(randomBytes(Math.min(MOST, bytes.length - at)), at);
  return array;
}

function randomUUID() {
  const bytes = getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const text = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return text.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

globalThis.crypto = { getRandomValues, randomUUID };
