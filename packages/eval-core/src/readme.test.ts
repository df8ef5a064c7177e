/** The examples of the README run as they stand there. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const examples = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code!);

/** What each prints, in their order. */
const PRINTED: readonly (readonly [string, RegExp])[] = [
  ["evaluates arrays", /^\d+\.\d\d ± \d+\.\d\d over 600 episodes\n$/],
  ["reads a checkpoint", /^\d+ tensors, \d+ parameters\n$/],
  // d/dw of mean(x * x w) is the mean of x squared.
  ["differentiates a graph", /^d loss \/ d w = 2\.5\nan ONNX file\n$/],
  ["correlates columns", /^r = 0\.9\d\d \[0\.\d\d, 1\.00\], p = 0\.00\d\d\ntrue\n$/],
  ["reads another tool's results", /^robustness\/imagenet\/top1 71\.234, 0 faults\n$/],
];

it("has an example of each", () => {
  expect(examples).toHaveLength(PRINTED.length);
});

it.each(PRINTED.map(([what, printed], i) => [what, printed, i] as const))("%s", (_, printed, i) => {
  // Inside the package, so that its own name is found.
  const folder = mkdtempSync(join(import.meta.dirname, "..", ".readme-"));
  try {
    const file = join(folder, "readme.ts");
    writeFileSync(file, examples[i]!);
    const root = join(import.meta.dirname, "..", "..", "..");
    expect(execFileSync(process.execPath, [file], { encoding: "utf8", cwd: root })).toMatch(printed);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
