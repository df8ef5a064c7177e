/** Every page, on a desk and on a phone, light and dark: it renders, fits, is accessible, and ships little script. */
import type { Page } from "playwright-core";
import { afterAll, describe, expect, it } from "vitest";
import { browserOrNull, startSite } from "./site.ts";
import { complaints, expectWhole } from "./whole.ts";

const browser = await browserOrNull();
const site = browser && (await startSite());

afterAll(async () => {
  await browser?.close();
  await site?.stop();
});

const pages = [
  { path: "/", heading: "How well do pretrained vision models transfer?" },
  { path: "/suites/many-shot-linear", heading: "Many-shot, linear" },
  { path: "/suites/overview", heading: "Overview" },
  { path: "/suites/few-shot-kornblith?asOf=2020-01-01", heading: "Few-shot, 20 images a class" },
  { path: "/suites/imagenet/imagenet/top1", heading: "ImageNet: top-1 accuracy (ImageNet)" },
  { path: "/suites/demo", heading: "Demo" },
  { path: "/methods", heading: "14 methods" },
  { path: "/methods/swav", heading: "SwAV" },
  { path: "/correlation", heading: "What predicts what?" },
  { path: "/correlation/matrix", heading: "What predicts what?" },
  { path: "/correlation/matrix?of=overview&order=clustered", heading: "What predicts what?" },
  { path: "/correlation/predictors", heading: "What predicts what?" },
  { path: "/suites/many-shot-linear?view=plot", heading: "Many-shot, linear" },
  {
    path: "/suites/many-shot-linear?heat=1&hide=many-shot-linear/dtd/accuracy&pin=swav",
    heading: "Many-shot, linear",
  },
  { path: "/compare", heading: "Compare methods" },
  { path: "/changes", heading: "Changes" },
  { path: "/runs", heading: "0 runs" },
  { path: "/datasets/dtd", heading: "DTD" },
  { path: "/evaluate", heading: "Evaluate your model" },
  { path: "/compare?methods=swav&methods=byol&suite=many-shot-linear", heading: "SwAV, BYOL" },
  { path: "/about", heading: "How to read the record" },
  { path: "/datasets", heading: "Datasets" },
  { path: "/submissions", heading: "Submit results" },
  { path: "/submissions/new", heading: "Submit results" },
  { path: "/protocols/diff", heading: "Compare two protocols" },
  { path: "/protocols", heading: /^\d+ protocols$/ },
  { path: "/account", heading: "Account" },
  { path: "/compare/pictures", heading: "What methods see" },
  { path: "/suites/overview?view=plot", heading: "Overview" },
  { path: "/nowhere", heading: "Page not found", status: 404 },
  { path: "/methods/swaw", heading: "Page not found", status: 404 },
] as const satisfies readonly { path: string; heading: string | RegExp; status?: number }[];

/** One for all pages, whose scripts then come from its cache but for the first of each. */
const context = await browser?.newContext();
/** The compressed size of each script as it came, by its address. */
const sizeOf = new Map<string, number>();

/** The addresses of a page's scripts, as they come. */
function scriptsOf(page: Page): Promise<string>[] {
  const scripts: Promise<string>[] = [];
  page.on("requestfinished", (request) => {
    if (request.resourceType() !== "script") return;
    const measured = async () => {
      const { responseBodySize } = await request.sizes();
      // From the cache it is nothing.
      sizeOf.set(request.url(), Math.max(responseBodySize, sizeOf.get(request.url()) ?? 0));
      return request.url();
    };
    scripts.push(measured());
  });
  return scripts;
}

describe.skipIf(!site)("every page", { concurrent: true }, () => {
  for (const [i, { path, heading, ...more }] of pages.entries()) {
    const status = "status" in more ? more.status : 200;
    it(`${path} is whole at every width, in light and dark, with little script`, async () => {
      const page = await context!.newPage();
      const heard = complaints(page);
      const scripts = scriptsOf(page);
      const answer = await page.goto(`${site!.url}${path}`);
      expect(answer?.status()).toBe(status);
      await page.getByRole("heading", { name: heading, exact: true }).first().waitFor({ state: "attached" });
      await page.waitForLoadState("networkidle");
      const sizes = [...new Set(await Promise.all(scripts))].map((script) => sizeOf.get(script) ?? 0);
      expect(sizes.length, "how many scripts").toBeGreaterThan(0);
      expect(Math.min(...sizes), "bytes of the smallest script").toBeGreaterThan(0);
      expect(
        sizes.reduce((total, one) => total + one, 0),
        "bytes of compressed script",
      ).toBeLessThan(200_000);
      // Pages of one kind stand beside each other: of two neighbours one is audited.
      await expectWhole(page, ([0, "none", 1, "none"] as const)[i % 4]);
      // A browser reports the status of a page that is not there by itself.
      expect(heard.filter((line) => status === 200 || !line.includes("404"))).toEqual([]);
      await page.close();
    });
  }
});
