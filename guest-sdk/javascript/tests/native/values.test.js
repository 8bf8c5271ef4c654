import assert from "node:assert/strict";
import { test } from "node:test";
import { nanoseconds } from "../../src/duration.js";
import { Problem, pathText } from "../../src/problem.js";
import { inputsType, outputType } from "../../src/schema/type.js";
import { encodeAny } from "../../src/values/any.js";
import { decodeText } from "../../src/values/decode.js";
import { floatText, integerText } from "../../src/values/number.js";
import { base64Of, bytesOf, dateText } from "../../src/values/scalars.js";

function problemOf(act) {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof Problem, String(error?.stack));
    return error.toString();
  }
  return assert.fail("nothing is wrong");
}

test("numbers are written as Rust writes them", () => {
  const texts = { "9.0": 9, "0.1": 0.1, "-0.0": -0, "1e+21": 1e21, "2.4691357802469136e+17": 2.4691357802469136e17, "1e+16": 1e16, "1000000000000000.0": 1e15, "0.00001": 1e-5, "1e-6": 1e-6, "5e-324": 5e-324 };
  for (const [text, number] of Object.entries(texts)) assert.equal(floatText(number), text);
  assert.equal(integerText(2n ** 70n), "1180591620717411303424");
  assert.equal(problemOf(() => integerText(1.5)), "expected an integer, got 1.5");
  assert.match(problemOf(() => integerText(2 ** 53)), /use a BigInt/);
  assert.equal(problemOf(() => floatText(-Infinity)), "-infinity is not a JSON number");
});

/** Whether this Node.js tells a reviver the text of a number; QuickJS does. */
const EXACT = JSON.rawJSON !== undefined;

test("numbers are read exactly, or not at all", () => {
  if (!EXACT) return assert.match(problemOf(() => decodeText("9007199254740993")), /before Node\.js 21/);
  return assert.deepEqual(decodeText("[9007199254740993, -9007199254740991, 1e3, 123456789012345678.5]"), [9007199254740993n, -9007199254740991, 1000, 123456789012345678.5]);
});

test("bytes and times", () => {
  for (const text of ["", "f", "fo", "foo", "foob"]) {
    const bytes = new TextEncoder().encode(text);
    assert.equal(base64Of(bytes), Buffer.from(bytes).toString("base64"));
    assert.deepEqual(bytesOf(base64Of(bytes)), bytes);
  }
  for (const text of ["Zg=", "Zh==", "Z===", "Z m9", "====", "Zg==Zg=="]) assert.match(problemOf(() => bytesOf(text)), /not base64/);
  assert.equal(dateText(new Date(0)), "1970-01-01T00:00:00Z");
  assert.equal(dateText(new Date(1120)), "1970-01-01T00:00:01.12Z");
  assert.equal(dateText(new Date(10_100)), "1970-01-01T00:00:10.1Z");
  assert.equal(problemOf(() => dateText(new Date(NaN))), "the date is invalid");
});

test("values without a schema", () => {
  assert.equal(encodeAny({ a: 1, b: undefined, c: [undefined, 1.5, new Map([[1, new Set(["x"])]])] }), '{"a":1,"c":[null,1.5,{"1":["x"]}]}');
  assert.equal(problemOf(() => encodeAny({ a: [() => {}] })), "a[0]: a function has no JSON form");
  assert.equal(problemOf(() => encodeAny({ a: Promise.resolve() })), "a: a promise has no JSON form: await it");
  assert.match(problemOf(() => encodeAny("\ud800")), /surrogate/);
  const around = {};
  around.around = around;
  assert.match(problemOf(() => encodeAny(around)), /nests deeper than 127 levels$/);
});

test("an object is written in the order of its schema, and has no other fields", () => {
  const { encode } = outputType({ type: "object", properties: { b: { type: "number" }, a: { type: ["string", "null"] } }, required: ["b"] });
  assert.equal(encode({ a: null, b: 1 }), '{"b":1.0,"a":null}');
  assert.equal(problemOf(() => encode({ b: 1, c: 2 })), "c: unknown field");
  assert.equal(problemOf(() => encode({ a: "x" })), "b: missing");
  assert.equal(problemOf(() => encode({ b: 1, a: 5 })), "a: expected a string, got 5");
});

test("what all objects inherit is no field", () => {
  const word = { type: "string" };
  const optional = outputType({ type: "object", properties: { constructor: word, toString: word, a: word }, required: [] });
  assert.equal(optional.encode({ a: "x" }), '{"a":"x"}');
  assert.equal(optional.encode({ constructor: "x" }), '{"constructor":"x"}');
  const required = { type: "object", properties: { constructor: word }, required: ["constructor"] };
  assert.equal(problemOf(() => outputType(required).encode({})), "constructor: missing");
  const united = outputType({ anyOf: [{ ...required, properties: { constructor: {} } }, { type: "object", properties: {} }] });
  assert.equal(united.encode({}), "{}");
  class Square {
    get a() {
      return "x";
    }
  }
  assert.equal(optional.encode(new Square()), '{"a":"x"}');
});

test("the schema of inputs", () => {
  const { text, decode } = inputsType({ a: { type: "number", default: 1 }, b: { $ref: "#/$defs/B", $defs: { B: { type: "integer" } } } });
  assert.equal(
    text,
    '{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"a":{"type":"number","default":1.0,"format":"double"},' +
      '"b":{"$ref":"#/$defs/B"}},"required":["b"],"additionalProperties":false,"$defs":{"B":{"type":"integer"}}}',
  );
  assert.deepEqual(decode('{"b":1}'), { b: 1, a: 1 });
  if (EXACT) assert.deepEqual(decode('{"b":12345678901234567890,"a":12345678901234567890}'), { b: 12345678901234567890n, a: 12345678901234567890 });
  assert.match(problemOf(() => inputsType({ a: { type: "integer", default: 1.5 } })), /the default 1.5 does not conform/);
  assert.match(problemOf(() => inputsType({ a: { type: "object", properties: { b: { not: {} } } } })), /unsupported keyword `not`.*at `properties\.b`/);
  assert.match(problemOf(() => inputsType({ a: { parse() {} } })), /a schema of another library/);
  assert.match(problemOf(() => inputsType({ a: { $ref: "#/$defs/A" } })), /does not exist/);
});

test("durations", () => {
  const spans = { "30s": 30e9, "1h30m": 5400e9, "1.5s": 1.5e9, "100ms": 1e8, PT1H30M: 5400e9, "P1DT0.5S": 86400.5e9, "2 s": 2e9 };
  for (const [text, expected] of Object.entries(spans)) assert.equal(nanoseconds(text), expected);
  assert.equal(nanoseconds(250), 250e6);
  for (const text of ["", "s", "5", "5 parsecs", "1s!", "PT", "P", -1, NaN, null, "200d"]) problemOf(() => nanoseconds(text));
});

test("paths", () => {
  assert.equal(pathText(["batch", "requests", 1, "a b"]), 'batch.requests[1]["a b"]');
});
