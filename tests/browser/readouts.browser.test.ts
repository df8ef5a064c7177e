/** One checkpoint by several readouts on a board: the newest, each method's default, the best, and a row for each. */
import { createHash } from "node:crypto";
import { recordEvaluation } from "@transferboard/eval-core/warehouse";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserOrNull, startSite } from "./site.ts";
import { complaints, expectWhole } from "./whole.ts";

const browser = await browserOrNull();
const site = browser && (await startSite());

afterAll(async () => {
  await browser?.close();
  await site?.stop();
});

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
  await recordEvaluation(site!.api.database.client, {
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
  if (!site) return;
  const vit = ["cls", "mean-patch", "last4"];
  await record("vit", vit, "cls", 90);
  await record("vit", vit, "mean-patch", 96);
  await record("vit", vit, "last4", 92);
  await record("resnet", ["pooled"], null, 94);
});

describe.skipIf(!site)("a board of several readouts", () => {
  it("is pivoted by them: every choice from its menu, the readout beside the name, whole in every view", async () => {
    const context = await browser!.newContext({ viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    const heard = complaints(page);
    await page.goto(`${site!.url}/suites/many-shot-linear/digits/accuracy`);
    const rows = async () =>
      (await page.locator("tbody tr").allInnerTexts())
        .map((text) => text.replace(/\s+/g, " "))
        .filter((text) => /VIT|RESNET/.test(text))
        .map((text) => {
          const [, name] = /(VIT|RESNET)/.exec(text)!;
          const readout = /cls|mean-patch|last4/.exec(text)?.[0] ?? "";
          return `${name} ${readout} ${/9\d\.\d\d/.exec(text)?.[0]}`;
        });
    const choose = async (label: string) => {
      const summary = page.locator("summary", { hasText: "Readout" });
      // A choice leaves the menu open.
      const isOpen = await summary.locator("..").getAttribute("open");
      if (isOpen === null) await summary.click();
      await page.getByRole("navigation", { name: "Readout" }).getByRole("link", { name: label }).click();
    };
    expect(await rows()).toContain("VIT last4 92.00");
    await choose("best readout");
    await expect.poll(rows).toEqual(["VIT mean-patch 96.00", "RESNET  94.00"]);
    expect(page.url()).toContain("readout=best");
    await choose("each method's default");
    await expect.poll(rows).toEqual(["RESNET  94.00", "VIT cls 90.00"]);
    await choose("one row a readout");
    await expect
      .poll(rows)
      .toEqual(["VIT mean-patch 96.00", "RESNET  94.00", "VIT last4 92.00", "VIT cls 90.00"]);
    // Ranked together: they differ in their readout alone.
    expect((await page.locator("tbody tr").allInnerTexts()).map((text) => text.trim()[0])).toEqual([
      ..."1234",
    ]);
    const csv = await fetch(
      `${site!.url}/export/leaderboard.csv?suite=many-shot-linear/digits/accuracy&readout=each`,
    );
    expect(await csv.text()).toContain("VIT (mean-patch)");
    await expectWhole(page);
    expect(heard).toEqual([]);
    await context.close();
  });
});
