/** `transferboard conformance`: the shipped goldens hold, and a golden that was moved by little is found out. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ConformanceKind, type Finding, finding } from "../../conformance/index.ts";
import { isFull } from "../../tensor/testing/counts.ts";
import { checkConformance, shippedGoldens } from "./check.ts";
import { CONFORMANCE_KINDS } from "./kinds.ts";

async function findingsOf(kind: ConformanceKind, folder?: string): Promise<Finding[]> {
  const asked = folder === undefined ? {} : { folder };
  const findings: Finding[] = [];
  for await (const one of checkConformance(kind, { device: "cpu", threads: 1, ...asked })) findings.push(one);
  return findings;
}
const named = (name: string) => CONFORMANCE_KINDS.find(({ kind }) => kind === name)!;

/** Goldens that take more than a few seconds each: `npm run test:full` holds them too. */
const SLOW: Readonly<Record<string, readonly string[]>> = {
  record: ["forecast/paper_leave_one_out.json.gz", "forecast/large.json.gz"],
  // Its strong half is held by linear-dinov3/golden.test.ts.
  probes: ["dinov3-logreg", "few-shot-linear"],
};

/** Their goldens are held in every run by tests beside their code, by the same functions and more closely. */
const HELD_ELSEWHERE: ReadonlySet<string> = new Set([
  // many-shot-linear/golden.test.ts and calibration.test.ts
  "linear",
]);

describe.each(CONFORMANCE_KINDS.map((kind) => [kind.kind, kind] as const))("%s", (name, kind) => {
  const isHeld = !isFull && HELD_ELSEWHERE.has(name);
  it.skipIf(isHeld)("holds on the goldens that ship", { timeout: 300_000 }, async () => {
    const slow = isFull ? [] : (SLOW[kind.kind] ?? []);
    const folder = slow.length > 0 ? mkdtempSync(join(tmpdir(), "conformance-")) : undefined;
    if (folder !== undefined) cpSync(shippedGoldens(kind), folder, { recursive: true });
    for (const name of slow) rmSync(join(folder!, name), { recursive: true });
    try {
      const findings = await findingsOf(kind, folder);
      expect(findings.length).toBeGreaterThan(0);
      expect(findings.filter(({ ok }) => !ok)).toEqual([]);
    } finally {
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe("a golden that was changed", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "conformance-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const json = (name: string) => JSON.parse(readFileSync(join(folder, name), "utf8"));

  it("by a part in a million is outside, named with its case, and the other cases still run", async () => {
    cpSync(shippedGoldens(named("correlation")), folder, { recursive: true });
    const expected = json("expected.json");
    expected.cases[1].spearman.rho *= 1 + 1e-6;
    writeFileSync(join(folder, "expected.json"), JSON.stringify(expected));
    const findings = await findingsOf(named("correlation"), folder);
    const failed = findings.filter(({ ok }) => !ok);
    expect(failed.map(({ name }) => name)).toEqual(["case 2, 14 points"]);
    expect(failed[0]!.difference).toBeCloseTo(1e-6, 9);
    expect(findings.at(-1)!.name).toContain("case 5");
  });

  it("lacking a file is a finding with the file's name", async () => {
    cpSync(shippedGoldens(named("map11")), folder, { recursive: true });
    rmSync(join(folder, "scores.npy"));
    const findings = await findingsOf(named("map11"), folder);
    expect(findings).toMatchObject([{ ok: false, note: expect.stringContaining("scores.npy") }]);
  });

  it("gzipped is read alike, by content and by path", async () => {
    const kind = named("checkpoint");
    for (const name of ["input.npy", "features.npy", "layer4.npy", "swav.pth.tar"]) {
      writeFileSync(
        join(folder, `${name}.gz`),
        gzipSync(readFileSync(join(shippedGoldens(kind), name)), { level: 1 }),
      );
    }
    const findings = await findingsOf(kind, folder);
    expect(findings.map(({ name, ok }) => `${name} ${ok}`)).toEqual(Array(3).fill("swav.pth.tar true"));
  });
});

it("a difference that is not a number is never within", () => {
  expect(finding("a", "b", Number.NaN, Number.POSITIVE_INFINITY).ok).toBe(false);
});
