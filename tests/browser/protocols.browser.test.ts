/** Where a number comes from and what it can be compared with: runs, protocols, and their marks on a board. */
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
const body = { evaluation: "many-shot-linear", solver: { algorithm: "L-BFGS-B", mode: "converged" } };
const own = hash("the protocol of the run");
let runId = "";
let published = "";

/** A run of our own, of a method and a measure that the paper has too. */
beforeAll(async () => {
  if (!site) return;
  const { client } = site.api.database;
  const earlier = await client.result.findFirstOrThrow({
    where: { method: { slug: "swav" }, measure: { slug: "many-shot-linear/dtd/accuracy" } },
  });
  published = earlier.protocolFingerprint!.trim();
  await recordEvaluation(client, {
    method: { slug: "swav" },
    checkpoint: {
      sha256: hash("weights"),
      name: "swav_800ep.pth",
      architecture: "ResNet-50 1x",
      featureDimension: 2048,
      normalisation: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
      loading: { dropped: [{ name: "projection_head", why: "not of the backbone" }] },
    },
    dataset: { slug: "dtd", title: "DTD", domain: "textures", classCount: 47, manifest: hash("images") },
    protocol: { fingerprint: own, setting: "many-shot-linear", title: "Many-shot linear, converged", body },
    run: {
      identity: hash("run"),
      seed: 7,
      device: "cpu",
      versions: { transferboard: "0.1.0" },
      startedAt: new Date("2026-01-01T00:00:00Z"),
      finishedAt: new Date("2026-01-01T00:01:00Z"),
      record: { sweep: [1, 2, 3] },
    },
    results: [
      {
        measure: "many-shot-linear/dtd/accuracy",
        value: 77.4,
        interval: { lower: 76.1, upper: 78.7 },
        sampleSize: 1880,
      },
    ],
  });
  const { leaderboard } = await site.api.read(
    `{ leaderboard(suite: "many-shot-linear/dtd/accuracy", filter: { methods: ["swav"] }) { nodes { cells { runId } } } }`,
  );
  runId = leaderboard.nodes[0].cells[0].runId;
});

async function open(path: string, options: { javaScriptEnabled?: boolean } = {}) {
  const context = await browser!.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const heard = complaints(page);
  const response = await page.goto(`${site!.url}${path}`);
  return { page, heard, status: response?.status(), [Symbol.asyncDispose]: () => context.close() };
}

describe.skipIf(!site)("a run", () => {
  it("shows its number, what it came from, and its record, whole in every view", async () => {
    await using opened = await open(`/runs/${encodeURIComponent(runId)}`);
    const { page } = opened;
    const text = (await page.locator("main").textContent()) ?? "";
    for (const part of ["77.40", "±1.30, n = 1880", "swav_800ep.pth", hash("weights"), hash("images"), own])
      expect(text).toContain(part);
    await page.getByText("How the checkpoint was loaded").click();
    expect(await page.getByText("projection_head").isVisible()).toBe(true);
    await expectWhole(page);
    expect(opened.heard).toEqual([]);
  });

  it("leads to its protocol, without script too", async () => {
    await using opened = await open(`/runs/${encodeURIComponent(runId)}`, { javaScriptEnabled: false });
    await opened.page.getByRole("link", { name: "Many-shot linear, converged" }).click();
    expect(opened.page.url()).toContain(`/protocols/${own}`);
  });
});

describe.skipIf(!site)("a protocol", () => {
  it("shows its fields, whole in every view", async () => {
    await using opened = await open(`/protocols/${own}`);
    expect(await opened.page.locator("main").textContent()).toContain('"mode": "converged"');
    await expectWhole(opened.page);
    expect(opened.heard).toEqual([]);
  });

  it("is held against another, field by field", async () => {
    await using opened = await open(`/protocols/${own}`);
    const { page } = opened;
    await page.getByLabel("Second protocol").fill(published);
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/protocols\/diff\?/);
    const field = page.getByRole("row", { name: /^solver \/ mode/ });
    expect(await field.getByRole("cell").allInnerTexts()).toEqual(['"converged"', '"paper-exact"']);
    expect(await page.getByRole("row", { name: /^solver \/ algorithm/ }).count()).toBe(0);
    await expectWhole(page);
    expect(opened.heard).toEqual([]);
  });

  it("meets an unknown fingerprint with 404", async () => {
    await using opened = await open(`/protocols/diff?left=${own}&right=${hash("nothing")}`);
    expect(opened.status).toBe(404);
    expect(await opened.page.locator("main").textContent()).toContain("no protocol with this fingerprint");
  });
});

describe.skipIf(!site)("a board with several protocols", () => {
  it("marks the value, leads to what differs, and shows the claim beside it", async () => {
    await using opened = await open("/suites/many-shot-linear");
    const { page } = opened;
    const row = page.getByRole("row", { name: /SwAV/ });
    expect(await row.textContent()).toContain("claimed 77.02, +0.38: other protocol");
    await expectWhole(page);
    await row.getByRole("link", { name: "How its protocol differs" }).focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(new RegExp(`left=${published}&right=${own}`));
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("Compare two protocols");
    expect(opened.heard).toEqual([]);
  });

  it("shows what the keyboard reaches beside the column that stays in view, on a phone", async () => {
    await using opened = await open("/suites/many-shot-linear");
    const { page } = opened;
    await page.setViewportSize({ width: 390, height: 900 });
    const run = page.getByRole("link", { name: "77.40" });
    await page.getByRole("link", { name: "SwAV" }).focus();
    // The row's pin is before its values.
    for (const key of ["Tab", "Tab", "Tab", "Shift+Tab"]) await page.keyboard.press(key);
    expect(await run.evaluate((link) => link === link.ownerDocument.activeElement)).toBe(true);
    const { x, y, width, height } = (await run.boundingBox())!;
    const hit = await run.evaluate(
      (link, [left, top]) => link.contains(link.ownerDocument.elementFromPoint(left, top)),
      [x + width / 4, y + height / 2] as const,
    );
    expect(hit).toBe(true);
  });

  it("keeps to values that came to be in one way", async () => {
    await using opened = await open("/suites/many-shot-linear", { javaScriptEnabled: false });
    const { page } = opened;
    const values = page.getByRole("navigation", { name: "Provenance" });
    await values.getByRole("link", { name: "Published" }).click();
    expect(await page.getByRole("row", { name: /SwAV/ }).textContent()).toContain("77.02");
    await values.getByRole("link", { name: "Published" }).click();
    await values.getByRole("link", { name: "Reproduced" }).click();
    const dtd = await page.locator("tbody tr").allTextContents();
    expect(dtd.filter((row) => /\d\d\.\d\d/.test(row))).toHaveLength(1);
  });

  it("keeps to one, whose name it says, and gives it away so", async () => {
    await using opened = await open("/suites/many-shot-linear", { javaScriptEnabled: false });
    const { page } = opened;
    await page.getByRole("link", { name: /Many-shot linear, converged/ }).click();
    const dtd = page.getByRole("columnheader", { name: /^DTD/ });
    expect(await dtd.textContent()).not.toContain("‡");
    expect(await page.getByRole("row", { name: /SwAV/ }).textContent()).toContain("77.40");
    const current = page.getByRole("navigation", { name: "Protocols" }).locator("[aria-current]");
    expect(await current.textContent()).toContain("Many-shot linear, converged");
    const csv = await page.locator("a[href*='leaderboard.csv']").getAttribute("href");
    expect(csv).toContain(`protocol=${own}`);
    await page.getByRole("link", { name: "All protocols", exact: true }).click();
    expect(await dtd.textContent()).toContain("‡");
  });
});
