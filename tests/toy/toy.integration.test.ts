/** A new evaluation is one folder and one line: here it shows in the help, the plan, the record and conformance. */
import { type TestDatabase, testDatabase } from "@transferboard/prisma/testing";
import { afterAll, beforeAll, expect, it, vi } from "vitest";

// The line of the registry.
vi.mock("../../packages/eval-core/src/evaluations/registry.ts", async (original) => {
  const { EVALUATIONS } =
    await original<typeof import("../../packages/eval-core/src/evaluations/registry.ts")>();
  const { majority } = await import("./majority/index.ts");
  return { EVALUATIONS: [...EVALUATIONS, majority] };
});

const { makeProgram } = await import("../../packages/eval-core/src/cli/program.ts");
const { vocabularyFaults } = await import("../../packages/eval-core/src/evaluations/asked/vocabulary.ts");
const { majority } = await import("./majority/index.ts");
const { checkpoint, temporaryFolder } = await import("../pipeline/command.ts");

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  vi.stubEnv("DATABASE_URL", database.appUrl);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await database.drop();
});

/** Runs the command in this process, and answers what it printed. */
async function transferboard(...args: string[]): Promise<string> {
  const out: string[] = [];
  const write = vi.spyOn(process.stdout, "write").mockImplementation((text) => out.push(String(text)) > 0);
  try {
    const program = await makeProgram(new AbortController().signal, args);
    await program.parseAsync(args, { from: "user" });
  } finally {
    write.mockRestore();
  }
  return out.join("");
}

const evaluate = (cache: string, ...more: string[]) => {
  const what = ["--checkpoint", checkpoint, "--method", "untrained-resnet", "--dataset", "digits"];
  const how = ["--protocol", "majority", "--device", "cpu", "--cache", cache, "--json"];
  return transferboard("evaluate", ...what, ...how, ...more);
};

it("shows in the help, with its option", async () => {
  const program = await makeProgram(new AbortController().signal, ["evaluate"]);
  const command = program.commands.find((one) => one.name() === "evaluate")!;
  const help = command.helpInformation();
  expect(help).toMatch(/--protocol <name> .*majority/s);
  expect(help).toMatch(
    /--tie <rule>\s+which of equally\s+common classes is taken\s+\(default:\s+first\)\s+\(majority\)/,
  );
});

it("agrees with the vocabulary without a word added to it", () => {
  expect(vocabularyFaults(majority)).toEqual([]);
});

it("is planned, run, recorded once under its own setting, and found again", async () => {
  const cache = temporaryFolder();
  const plan = JSON.parse(await evaluate(cache, "--dry-run"));
  expect(plan).toMatchObject({
    targets: [{ setting: "majority", state: "to do", images: 1797, seconds: 0.1 }],
  });
  const first = JSON.parse(await evaluate(cache));
  expect(first.values).toMatchObject([{ measure: "majority/digits/accuracy", n: 600 }]);
  expect(first.outcomes).toMatchObject([{ state: "done" }]);
  const other = JSON.parse(await evaluate(cache, "--tie", "last"));
  expect(other.protocol.fingerprint).not.toBe(first.protocol.fingerprint);
  const again = JSON.parse(await evaluate(cache));
  expect(again).toMatchObject({
    outcomes: [{ state: "recorded" }],
    values: first.values.map(({ value }: { value: number }) => ({ value })),
  });
  // One shape, whatever came out.
  expect(Object.keys(again).sort()).toEqual(Object.keys(first).sort());
  const runs = await database.client.run.findMany({
    where: { protocol: { settingSlug: "majority" } },
    include: { results: { include: { measure: { include: { setting: true } } } } },
  });
  expect(runs).toHaveLength(2);
  expect(runs[0]?.results[0]?.measure).toMatchObject({
    slug: "majority/digits/accuracy",
    setting: { title: "Majority class" },
  });
});

it("refuses --preprocessing, which would say nothing, and its option for another protocol", async () => {
  const cache = temporaryFolder();
  await expect(evaluate(cache, "--preprocessing", "shorter-32")).rejects.toThrow(
    "--preprocessing is not for majority: its protocol says how images are made",
  );
  await expect(evaluate(cache, "--protocol", "few-shot-5", "--tie", "last")).rejects.toThrow(
    "--tie is of majority: 'few-shot-5' has none",
  );
});

it("holds its goldens by the conformance command", async () => {
  expect(await transferboard("conformance", "majority")).toContain(
    "All 2 comparisons are within their tolerances",
  );
});
