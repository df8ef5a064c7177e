/** JSON with Python's words and without repeated fields, against JSON.parse; text that is UTF-8, and text that is not. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JsonError, parseJson, shiftDecimal } from "./json.ts";
import { decodeUtf8 } from "./utf8.ts";

it("reads what JSON.parse reads", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 5 }), fc.boolean(), (text, spaced) => {
      const written = spaced ? JSON.stringify(JSON.parse(text), null, 2) : text;
      const { value, repeated } = parseJson(written);
      expect(value).toEqual(JSON.parse(written));
      expect(repeated).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

it("refuses what JSON.parse refuses, but for Python's words", () => {
  const letters = fc.array(fc.constantFrom(..."{}[]:,\"'\\0123456789.eE+- \ntrufalsnN".split("")), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(letters, (parts) => {
      const text = parts.join("");
      let expected: unknown = JsonError;
      try {
        expected = JSON.parse(text);
      } catch {
        expect(() => parseJson(text)).toThrow(JsonError);
        return;
      }
      expect(parseJson(text).value).toEqual(expected);
    }),
    { numRuns: 3_000 },
  );
});

describe("Python's words", () => {
  it("are numbers that are not finite", () => {
    expect(parseJson('{"a": NaN, "b": [Infinity, -Infinity]}').value).toEqual({
      a: Number.NaN,
      b: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    });
    expect(() => parseJson("[nan]")).toThrow(/expected a value: found 'nan\]' \(line 1\)/);
  });
});

it("names every field that is told twice, and keeps the first", () => {
  const { value, repeated } = parseJson('{"a": 1, "b": [{"c": 1, "c": 2}], "a": 3, "__proto__": 4}');
  expect(repeated).toEqual([["b", 0, "c"], ["a"]]);
  expect(value).toMatchObject({ a: 1, b: [{ c: 1 }] });
  expect(Object.keys(value as object)).toContain("__proto__");
});

it("hands out the text of each field of the whole, letter by letter", () => {
  const { texts } = parseJson('{"a" : {"x": 0.50, "y": [ NaN ]} , "b":1e2, "a": 2}');
  expect([...texts]).toEqual([
    ["a", '{"x": 0.50, "y": [ NaN ]}'],
    ["b", "1e2"],
  ]);
  expect(parseJson('[{"a": 1}]').texts.size).toBe(0);
});

it("says the line, and ends on what is nested without end", () => {
  expect(() => parseJson('{\n"a": 1,\n}')).toThrow(/field's name in quotes: found '\}' \(line 3\)/);
  expect(() => parseJson("[".repeat(100_000))).toThrow(/nested deeper/);
});

it("moves the decimal point of the shortest text", () => {
  expect([0.57, 0.7852754632508395, 1e-7, 1, 0, -0.29].map((value) => shiftDecimal(value, 2))).toEqual([
    57, 78.52754632508395, 0.00001, 100, 0, -29,
  ]);
  expect(shiftDecimal(57, -2)).toBe(0.57);
});

describe("text", () => {
  const encoded = (text: string, encoding: BufferEncoding) => new Uint8Array(Buffer.from(text, encoding));
  it("of UTF-8 is read, its byte order mark off", () => {
    expect(decodeUtf8(encoded("\ufeffCafé 猫", "utf8"))).toEqual({ text: "Café 猫" });
    expect(decodeUtf8(new Uint8Array(0))).toEqual({ text: "" });
  });
  it.each([
    ["Windows-1252", encoded("a,b\nCafé,1", "latin1"), /line 2 has the byte 0xe9.*Windows-1252/],
    ["UTF-16 with its mark", encoded("\ufeffa,b", "utf16le"), /is UTF-16, not UTF-8/],
    ["UTF-16 without", encoded("method,value\nx,1", "utf16le"), /UTF-16 without a byte order mark/],
    ["UTF-32", new Uint8Array([0xff, 0xfe, 0, 0, 97, 0, 0, 0]), /is UTF-32/],
    ["half a letter at the end", encoded("Café", "utf8").subarray(0, 4), /line 1 has the byte 0xc3/],
  ])("of %s is refused by name", (_, bytes, message) => {
    expect(decodeUtf8(bytes)).toMatchObject({ wrong: expect.stringMatching(message) });
  });
});
