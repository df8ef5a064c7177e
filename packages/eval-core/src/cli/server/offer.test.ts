/** `--method-file`: a new method's details go where each format has a place for them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { readMethodFile } from "./method-file.ts";
import { readOffer } from "./offer.ts";

const folder = mkdtempSync(join(tmpdir(), "offer-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const method = { name: 'The "Owl"', family: "OTHER", pretraining: { epochs: 5 } };
const LINE = `method: ${JSON.stringify(method)}\n`;
const INDEX = "model-index:\n  - name: owl\n    results: []\n";

it.each([
  ["card.yaml", INDEX, `${LINE}${INDEX}`],
  ["README.md", `---\n${INDEX}---\nmethod: in the text\n`, `---\n${LINE}${INDEX}---\nmethod: in the text\n`],
])("%s", async (name, content, offered) => {
  const path = file(name, content);
  expect(await readOffer(path, undefined, method)).toEqual({ format: "model-index", content: offered });
  expect((await readOffer(path)).content).toBe(content);
});

it("a folder", async () => {
  const path = join(folder, "mteb");
  mkdirSync(path);
  file("mteb/model_meta.json", "{}");
  const { content } = await readOffer(path, undefined, method);
  expect(JSON.parse(content)).toEqual({
    "model_meta.json": "{}",
    "method.json": JSON.stringify(method),
  });
  // The folder above it is the same, with what lies deeper.
  const above = await readOffer(folder, "mteb");
  expect(Object.keys(JSON.parse(above.content))).toContain("mteb/model_meta.json");
  file("mteb/method.json", "{}");
  await expect(readOffer(path, undefined, method)).rejects.toThrow("has a method.json of its own");
});

it.each([
  ["own.yaml", `method: {}\n${INDEX}`, "has a 'method' of its own"],
  ["values.csv", "measure,value\n", "a CSV has columns for the method"],
  ["values.json", "{}", "our JSON has a field for the method"],
])("%s is refused", async (name, content, sentence) => {
  await expect(readOffer(file(name, content), undefined, method)).rejects.toThrow(sentence);
});

it.each([
  ["[]", "must hold one JSON object"],
  ["{", "is not valid JSON"],
  ['{"naem": "x", "year": 1}', "has 'naem': a method has slug, name, family"],
])("%s is no method", async (content, sentence) => {
  await expect(readMethodFile(file("method.json", content))).rejects.toThrow(sentence);
});
