// UTF-8, which QuickJS leaves to its host.

/** The UTF-8 of a string; half a surrogate pair becomes U+FFFD. */
export function utf8(text) {
  const encoded = unescape(encodeURIComponent(text.toWellFormed()));
  const bytes = new Uint8Array(encoded.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = encoded.charCodeAt(at);
  return bytes;
}

class TextEncoder {
  get encoding() {
    return "utf-8";
  }

  encode(text = "") {
    return utf8(String(text));
  }
}

class TextDecoder {
  #fatal;

  constructor(label = "utf-8", { fatal = false } = {}) {
    if (!/^utf-?8$/i.test(label)) throw new RangeError(`only UTF-8 can be decoded, not ${label}`);
    this.#fatal = fatal;
  }

  get encoding() {
    return "utf-8";
  }

  decode(input = new Uint8Array()) {
    const bytes = ArrayBuffer.isView(input) ? new Uint8Array(input.buffer, input.byteOffset, input.byteLength) : new Uint8Array(input);
    const text = decoded(bytes, this.#fatal);
    return text.startsWith("\ufeff") ? text.slice(1) : text;
  }
}

function decoded(bytes, fatal) {
  const parts = [];
  let at = 0;
  while (at < bytes.length) {
    const first = bytes[at];
    const length = first < 0x80 ? 1 : first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0;
    const point = length === 1 ? first : length === 0 ? -1 : pointOf(bytes, at, length);
    if (point < 0 && fatal) throw new TypeError(`the bytes are no UTF-8, at ${at}`);
    parts.push(point < 0 ? "\ufffd" : String.fromCodePoint(point));
    at += point < 0 ? 1 : length;
  }
  return parts.join("");
}

const LEAST = [0, 0, 0x80, 0x800, 0x10000];

function pointOf(bytes, at, length) {
  let point = bytes[at] & (0xff >> (length + 1));
  for (let index = at + 1; index < at + length; index++) {
    if (index >= bytes.length || (bytes[index] & 0xc0) !== 0x80) return -1;
    point = (point << 6) | (bytes[index] & 0x3f);
  }
  return point < LEAST[length] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000) ? -1 : point;
}

globalThis.TextEncoder = TextEncoder;
globalThis.TextDecoder = TextDecoder;
