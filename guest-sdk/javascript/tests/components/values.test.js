import assert from "node:assert/strict";
import { join } from "node:path";
import { before, test } from "node:test";
import { PROGRAMS, built, described, failure, result } from "./support.js";

let component;
before(async () => {
  component = await built(join(PROGRAMS, "values.js"));
});

test("values cross without a loss", async () => {
  const inputs = { big: 0, at: "2025-01-31T09:30:00.120Z", bytes: "aGVsbG8=", tags: ["a", "b"], ages: { ann: 3 }, pair: ["x", 1] };
  const text = JSON.stringify(inputs).replace('"big":0', '"big":12345678901234567890');
  assert.equal(
    await result(component, "shapes", "--inputs", text),
    '{"big":12345678901234567891,"at":"2025-01-31T09:30:00.12Z","bytes":"aGVsbG8=","tags":["a","b"],"ages":{"ann":3},"pair":["x",1.0],"maybe":null,' +
      '"kinds":["bigint","Date","Uint8Array","Set","Map","Array","object"]}',
  );
});

test("a JSON Schema says what values are, and has defaults", async () => {
  assert.equal(
    await result(component, "own", "--integer", "9223372036854775807", "--at", "2025-01-31T09:30:00+01:00", "--bytes", "aGVsbG8=", "--record", '{"a":12345678901234567890}'),
    '{"record":{"a":1.2345678901234567e+19,"b":"b"},"number":2.0,"integer":9223372036854775807,"at":"2025-01-31T08:30:00Z","bytes":"aGVsbG8=",' +
      '"kinds":["bigint","Date","Uint8Array","Object","number"]}',
  );
});

test("whole numbers beyond 2^53 are BigInts where nothing else is said", async () => {
  assert.equal(await result(component, "types", "--value", "9007199254740993"), '"bigint"');
  assert.equal(await result(component, "types", "--value", "9007199254740991"), '"number"');
});

test("recursive types and unions", async () => {
  assert.equal(await result(component, "total", "--tree", '{"value":1,"children":[{"value":2},{"value":3.5,"children":[]}]}'), "6.5");
  assert.equal(await result(component, "grow", "--shape", '{"kind":"circle","radius":2}'), '{"kind":"circle","radius":3.0}');
  assert.equal(await result(component, "nothing"), "null");
});

test("what zod finds is invalid input, and says where", async () => {
  assert.match(await failure(component, "even", "--values", "[2,3]"), /refused its input: values\[1\]: is odd/);
  assert.match(await failure(component, "shapes", "--inputs", '{"big":-1,"at":"2025-01-31T09:30:00Z","bytes":"","tags":[],"ages":{},"pair":["x",1]}'), /big: .*at least 0|big: .*0/);
});

test("a result that is not JSON, or not its schema's, is an invalid output", async () => {
  assert.match(await failure(component, "bad", "--what", "nan"), /values\[1\]: NaN is not a JSON number/);
  assert.match(await failure(component, "bad", "--what", "text"), /values\[0\]: expected a number, got the string "1"/);
  assert.match(await failure(component, "bad", "--what", "stray"), /other: unknown field/);
  assert.match(await failure(component, "bad", "--what", "nothing"), /missing/);
  assert.match(await failure(component, "rounded"), /beyond 2\^53/);
  assert.equal(await result(component, "bad", "--what", "undefined"), '{"values":[]}');
});

test("schemas are described as the Rust SDK does", async () => {
  const shapes = (await described(component)).find(({ name }) => name === "shapes");
  assert.deepEqual(shapes.inputs.properties, {
    big: { type: "integer", minimum: 0 },
    at: { type: "string", format: "date-time" },
    bytes: { type: "string", contentEncoding: "base64" },
    tags: { type: "array", uniqueItems: true, items: { type: "string" } },
    ages: { type: "object", propertyNames: { type: "string" }, additionalProperties: { type: "integer", format: "int32" } },
    pair: { type: "array", prefixItems: [{ type: "string" }, { type: "number", format: "double" }], items: false, minItems: 2, maxItems: 2 },
    maybe: { anyOf: [{ type: "number", format: "double" }, { type: "null" }], default: null },
    left_out: { type: "string" },
  });
  assert.deepEqual(shapes.inputs.required, ["big", "at", "bytes", "tags", "ages", "pair"]);
  assert.equal(shapes.inputs.additionalProperties, false);
});
