/** One checkpoint by several readouts on a board: the newest, each method's default, the best, and a row for each. */
import { createHash } from "node:crypto";
import { recordEvaluation } from "@transferboard/eval-core/warehouse";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Api, startApi } from "./harness.ts";

let api: Api;
afterAll(() => api.stop());

const hash = (text: string) => createHash("sha256").update(text).digest("hex");
const digits = {
  slug: "digits",
  title: "Digits",
  domain: "digits",
  classCount: 10,
  manifest: hash("images"),
};

/** A run of a method, under the protocol that differs from the others in its readout alone. */
async function record(method: string, readouts: readonly string[], readout: string | null, value: number) {
  const body = {
    evaluation: "many-shot-linear",
    features: readout ? `${readout}, evaluation mode` : "global average of the last stage, evaluation mode",
    ...(readout ? { readout } : {}),
  };
  const name = `${method} ${readout}`;
  await recordEvaluation(api.database.client, {
    method: { slug: method, name: method.toUpperCase() },
    checkpoint: {
      sha256: hash(method),
      name: `${method}.pth`,
      architecture: method,
      featureDimension: 64,
      normalisation: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
      loading: { readouts },
    },
    dataset: digits,
    protocol: { fingerprint: hash(JSON.stringify(body)), setting: "many-shot-linear", title: "Linear", body },
    run: {
      ...{ identity: hash(name), seed: 0, device: "cpu", versions: { transferboard: "0.1.0" } },
      startedAt: new Date("2026-01-01T00:00:00Z"),
      finishedAt: new Date("2026-01-01T00:01:00Z"),
      record: {},
    },
    results: [{ measure: "many-shot-linear/digits/accuracy", value, interval: null, sampleSize: null }],
  });
}

beforeAll(async () => {
  api = await startApi();
  const vit = ["cls", "mean-patch", "last4"];
  await record("vit", vit, "cls", 90);
  await record("vit", vit, "mean-patch", 96);
  await record("vit", vit, "last4", 92);
  await record("resnet", ["pooled"], null, 94);
  // As the batch-norm probe's protocol says it of a ResNet: words in place of a name.
  await record("plain", ["pooled"], "global average of the last stage, evaluation mode", 88);
});

const SUITE = "many-shot-linear/digits/accuracy";

async function board(readouts: string | null, methods = ["vit", "resnet"]): Promise<string[]> {
  const asked = readouts === null ? "" : `, readouts: ${readouts}`;
  const { leaderboard } = await api.read(
    `{ leaderboard(suite: "${SUITE}", first: 50${asked}) { nodes { rank readouts method { slug } cells { value } } } }`,
  );
  type Row = { rank: number; readouts: string[]; method: { slug: string }; cells: { value: number }[] };
  return (leaderboard.nodes as Row[])
    .filter(({ method }) => methods.includes(method.slug))
    .map(({ rank, readouts, method, cells }) => `${rank} ${method.slug} ${readouts}: ${cells[0]!.value}`);
}

it("shows the newest value of each method, and its readout, unless another is asked for", async () => {
  expect(await board(null)).toContainEqual(expect.stringMatching(/vit last4: 92/));
});

it.each([
  ["BEST", ["1 vit mean-patch: 96", "2 resnet : 94"]],
  ["DEFAULT", ["1 resnet : 94", "2 vit cls: 90"]],
  ["EACH", ["1 vit mean-patch: 96", "2 resnet : 94", "3 vit last4: 92", "4 vit cls: 90"]],
])("%s", async (readouts, rows) => {
  expect(await board(readouts)).toEqual(rows);
});

it.each(["BEST", "DEFAULT", "EACH"])(
  "%s: words that say what features are name no readout",
  async (readouts) => {
    expect(await board(readouts, ["plain"])).toEqual([expect.stringMatching(/^\d plain : 88$/)]);
  },
);

it("goes on after a row of a readout, and names rows in exports by it", async () => {
  const page = (after: string) =>
    api.read(
      `{ leaderboard(suite: "${SUITE}", readouts: EACH, first: 1${after}) { nodes { readouts } pageInfo { endCursor } } }`,
    );
  const first = (await page("")).leaderboard;
  const second = (await page(`, after: "${first.pageInfo.endCursor}"`)).leaderboard;
  expect([first.nodes[0].readouts, second.nodes[0].readouts]).toEqual([["mean-patch"], []]);
  const csv = await fetch(`${api.url}/export/leaderboard.csv?suite=${SUITE}&readout=each`);
  expect(await csv.text()).toContain("VIT (mean-patch)");
});
