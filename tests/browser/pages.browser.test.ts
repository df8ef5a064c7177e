/** Every page, on a desk and on a phone, light and dark: it renders, fits, is accessible, and ships little script. */
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { afterAll, describe, expect, it } from "vitest";
import { browserOrNull, startSite } from "./site.ts";

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
  { path: "/compare?methods=swav&methods=byol", heading: "SwAV, BYOL" },
  { path: "/datasets", heading: "21 datasets" },
] as const;

const views = [
  { width: 1280, colorScheme: "light", audited: true },
  { width: 390, colorScheme: "dark", audited: true },
  { width: 390, colorScheme: "light", audited: false },
  { width: 1280, colorScheme: "dark", audited: false },
] as const;

/** What the browser complains of while a page is open. */
function complaints(page: Page): string[] {
  const heard: string[] = [];
  page.on("console", (message) => message.type() === "error" && heard.push(message.text()));
  page.on("pageerror", (error) => heard.push(error.message));
  return heard;
}

describe.skipIf(!site)("every page", () => {
  for (const { path, heading } of pages) {
    it(`${path} is whole at every width, in light and dark`, async () => {
      const context = await browser!.newContext();
      const page = await context.newPage();
      const heard = complaints(page);
      await page.emulateMedia({ reducedMotion: "reduce" });
      const answer = await page.goto(`${site!.url}${path}`);
      expect(answer?.status()).toBe(200);
      await page.getByRole("heading", { name: heading, exact: true }).first().waitFor({ state: "attached" });
      // The style follows width and scheme by itself, so one visit is seen in every view.
      for (const { width, colorScheme, audited } of views) {
        const named = `${path} at ${width} px, ${colorScheme}`;
        await page.setViewportSize({ width, height: 900 });
        await page.emulateMedia({ colorScheme });
        const overflow = await page.evaluate(
          "document.documentElement.scrollWidth - document.documentElement.clientWidth",
        );
        expect(overflow, `${named}: how much wider the page is than the screen`).toBeLessThanOrEqual(0);
        // The audit takes seconds: both layouts and both schemes are in two of the four.
        if (!audited) continue;
        const { violations } = await new AxeBuilder({ page }).analyze();
        const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
        expect(found, named).toEqual([]);
      }
      expect(heard).toEqual([]);
      await context.close();
    });
  }

  it("ships less than 200 kB of compressed script on each page", async () => {
    for (const { path } of pages) {
      const page = await browser!.newPage();
      let bytes = 0;
      let scripts = 0;
      const measured: Promise<void>[] = [];
      page.on("requestfinished", (request) => {
        if (request.resourceType() !== "script") return;
        scripts += 1;
        measured.push(
          request.sizes().then(({ responseBodySize }) => {
            bytes += responseBodySize;
          }),
        );
      });
      await page.goto(`${site!.url}${path}`, { waitUntil: "networkidle" });
      await Promise.all(measured);
      await page.close();
      expect(scripts, path).toBeGreaterThan(0);
      expect(bytes, `${path}: bytes of compressed script`).toBeLessThan(200_000);
    }
  });
});
