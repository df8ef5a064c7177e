/** The lines of the README run as they stand there. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

it("prints an accuracy with its interval", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const [, code = ""] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  expect(code.trim().split("\n")).toHaveLength(9);
  // Inside the package, so that its own name is found.
  const folder = mkdtempSync(join(import.meta.dirname, "..", ".readme-"));
  try {
    const file = join(folder, "readme.ts");
    writeFileSync(file, code);
    const out = execFileSync(process.execPath, [file], { encoding: "utf8" });
    expect(out).toMatch(/^\d+\.\d\d ± \d+\.\d\d over 600 episodes\n$/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
