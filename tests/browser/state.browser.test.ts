/** What an address says survives a reload, and a change of any other control keeps it. */
import type { Page } from "playwright-core";
import { afterAll, describe, expect, it } from "vitest";
import { browserOrNull, startSite } from "./site.ts";

const browser = await browserOrNull();
const site = browser && (await startSite());

afterAll(async () => {
  await browser?.close();
  await site?.stop();
});

const column = "many-shot-linear/dtd/accuracy";

const cases: readonly {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** The parameter that the control changes, and what it becomes. */
  readonly changes: readonly [name: string, value: string | null];
  readonly control: (page: Page) => Promise<void>;
}[] = [
  {
    path: "/suites/many-shot-linear",
    query: {
      aggregate: "mean-rank",
      family: "CLUSTERING",
      hide: column,
      pin: "swav",
      heat: "1",
      sort: "-many-shot-linear/pets/mean-per-class-accuracy",
    },
    changes: ["view", "plot"],
    control: (page) => page.getByRole("link", { name: "Plot", exact: true }).click(),
  },
  {
    path: "/suites/many-shot-linear",
    query: { aggregate: "borda", hide: column, pin: "byol", sort: "method" },
    changes: ["family", "SUPERVISED"],
    control: (page) =>
      page
        .getByRole("link", { name: /^Supervised/ })
        .first()
        .click(),
  },
  {
    path: "/correlation",
    query: { x: "imagenet/imagenet/top1", y: "segmentation", transform: "NONE", family: "CONTRASTIVE" },
    changes: ["interval", "BOOTSTRAP"],
    control: async (page) => {
      await page.getByLabel("Interval").selectOption("BOOTSTRAP");
    },
  },
  {
    path: "/correlation/matrix",
    query: { of: "surface-normals", order: "clustered", transform: "NONE", orient: "0" },
    changes: ["coefficient", "SPEARMAN"],
    control: async (page) => {
      await page.locator("select[name=coefficient]").selectOption("SPEARMAN");
    },
  },
  {
    path: "/compare",
    query: { methods: "swav,byol,pirl", suite: "many-shot-linear" },
    changes: ["differences", "1"],
    control: (page) => page.getByRole("link", { name: "Differences only" }).click(),
  },
];

const paramsOf = (page: Page) => Object.fromEntries(new URL(page.url()).searchParams);

const textOf = async (page: Page) => (await page.locator("main").allInnerTexts()).join("");

describe.skipIf(!site)("an address", () => {
  it.each(cases)("of $path keeps its state when $changes changes, and after a reload", async (one) => {
    const context = await browser!.newContext({ viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    await page.goto(`${site!.url}${one.path}?${new URLSearchParams(one.query)}`, {
      waitUntil: "networkidle",
    });
    const [name, value] = one.changes;
    await one.control(page);
    await expect.poll(() => paramsOf(page)[name]).toBe(value);
    for (const [kept, is] of Object.entries(one.query)) expect(paramsOf(page)[kept], kept).toBe(is);
    await page.waitForLoadState("networkidle");
    const after = await textOf(page);
    await page.reload({ waitUntil: "networkidle" });
    expect(await textOf(page)).toBe(after);
    await context.close();
  });
});
