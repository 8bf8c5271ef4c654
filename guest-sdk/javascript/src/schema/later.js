// What a function gives at another time.

/** Long enough for another year, month, day, day of the week, hour, minute, second and millisecond. */
const LATER = (((400 * 24 + 5) * 60 + 7) * 60 + 11) * 1000 + 13;

/** What `act` gives when the clock says so. */
export function later(act) {
  const real = globalThis.Date;
  const now = () => real.now() + LATER;
  const shifted = new Proxy(real, {
    construct: (date, values, target) =>
      Reflect.construct(date, values.length === 0 ? [now()] : values, target === shifted ? date : target),
    apply: () => new real(now()).toString(),
    get: (date, name) => (name === "now" ? now : date[name]),
  });
  globalThis.Date = shifted;
  try {
    return act();
  } finally {
    globalThis.Date = real;
  }
}
