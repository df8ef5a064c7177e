/** JSON files of users: one clear sentence, and never the last of two values. */
import { expect, it } from "vitest";
import { JsonFileError, jsonOfFile } from "./index.ts";

const of = (text: string, encoding: BufferEncoding = "utf8") =>
  jsonOfFile(Buffer.from(text, encoding), "a.json");

it("is read with a byte order mark, and with the bare words that Python writes", () => {
  expect(of('\ufeff{"mean": [0.5], "loss": NaN}')).toEqual({ mean: [0.5], loss: Number.NaN });
});

it.each<[string, () => unknown, RegExp]>([
  ["a field twice", () => of('{"mean": 1, "mean": 1}'), /^a\.json tells the field 'mean' twice$/],
  ["deeper", () => of('{"a": [{"b": 1}, {"b": 1, "b": 2}]}'), /^a\.json tells the field 'a\.1\.b' twice$/],
  ["by an escape", () => of('{"fog": 1, "f\\u006fg": 2}'), /^a\.json tells the field 'fog' twice$/],
  ["UTF-16", () => of('\ufeff{"mean": 1}', "utf16le"), /^a\.json: The text is UTF-16, not UTF-8/],
  ["Latin-1", () => of('{"name": "Café"}', "latin1"), /^a\.json: The text is not UTF-8 \(line 1 .*Latin-1/],
  ["what is no JSON", () => of("{'mean': 1}"), /^a\.json is not valid JSON: .*\(line 1\)$/],
  ["nothing", () => of(""), /^a\.json is not valid JSON/],
])("%s is refused by name", (_, read, sentence) => {
  expect(read).toThrow(JsonFileError);
  expect(read).toThrow(sentence);
});
