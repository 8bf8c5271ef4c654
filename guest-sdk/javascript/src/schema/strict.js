// zod drops fields that an object does not name, and so takes the first alternative of a union that has not all of them:
// a value that the host has found to be the second would lose fields. To the host objects are strict, so they are to zod.

/** What zod's definitions have further schemas in. Behind a pipe the values are the author's own. */
const INNER = ["in", "innerType", "element", "valueType", "rest"];
const LISTS = ["items", "options"];

/** The zod schema with all its objects strict that are not said to have other fields. */
export function strict(schema, known = new Map()) {
  if (known.has(schema)) return known.get(schema);
  const { def } = schema._zod;
  const inner = (one) => strict(one, known);
  const changes = {};
  for (const name of INNER) if (def[name]?._zod !== undefined) changes[name] = { value: inner(def[name]) };
  for (const name of LISTS) if (Array.isArray(def[name])) changes[name] = { value: def[name].map(inner) };
  // `z.preprocess`: the host is told what is behind it.
  if (def.type === "pipe" && def.in._zod.def.type === "transform") changes.out = { value: inner(def.out) };
  if (def.type === "lazy") {
    changes.getter = { value: () => inner(schema._zod.innerType) };
    // zod keeps there what the getter gave before.
    changes._cachedInner = { value: undefined };
  }
  if (def.type === "object") {
    changes.shape = lazy(() => Object.fromEntries(Object.entries(def.shape).map(([name, one]) => [name, inner(one)])));
    // A field that is undefined is left out, whatever its name.
    if (def.catchall === undefined) changes.catchall = { value: schema.strict()._zod.def.catchall.optional() };
    else changes.catchall = { value: inner(def.catchall) };
  }
  const made = Object.keys(changes).length === 0 ? schema : schema.clone(changed(def, changes));
  known.set(schema, made);
  return made;
}

/** A recursive type has itself in its shape, which is looked at when it is there. */
function lazy(make) {
  let made;
  return { get: () => (made ??= make()) };
}

/** A default is a getter, and stays one. */
function changed(def, changes) {
  const copy = Object.defineProperties({}, Object.getOwnPropertyDescriptors(def));
  for (const [name, change] of Object.entries(changes)) {
    const writable = change.get === undefined ? { writable: true } : {};
    Object.defineProperty(copy, name, { ...change, ...writable, enumerable: true, configurable: true });
  }
  return copy;
}
