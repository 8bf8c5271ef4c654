export type Name = string;

export function load(name: Name): string {
  throw new TypeError(`can't load ${name}`);
}
