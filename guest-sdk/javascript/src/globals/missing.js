// `fetch` is refused by name where it is called; what else QuickJS lacks says itself that it is not defined.

globalThis.fetch ??= function fetch() {
  throw new TypeError("`fetch` is not there in a task: a component made of JavaScript has no network yet");
};

globalThis.structuredClone ??= cloned;

function cloned(value, seen = new Map()) {
  if (typeof value === "function" || typeof value === "symbol") throw new TypeError(`a ${typeof value} can't be cloned`);
  if (typeof value !== "object" || value === null) return value;
  if (seen.has(value)) return seen.get(value);
  if (value instanceof Date) return new Date(value);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return value.slice();
  const copy = Array.isArray(value) ? [] : value instanceof Map ? new Map() : value instanceof Set ? new Set() : {};
  seen.set(value, copy);
  if (value instanceof Map) for (const [key, one] of value) copy.set(cloned(key, seen), cloned(one, seen));
  else if (value instanceof Set) for (const one of value) copy.add(cloned(one, seen));
  else for (const [key, one] of Object.entries(value)) copy[key] = cloned(one, seen);
  return copy;
}
