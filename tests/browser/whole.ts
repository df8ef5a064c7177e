/** What holds of every page: it fits, it is accessible, and the browser has nothing to complain of. */
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { isFull } from "../../packages/eval-core/src/tensor/testing/counts.ts";

const views = [
  { width: 1440, colorScheme: "light", audited: true },
  { width: 390, colorScheme: "dark", audited: true },
  { width: 390, colorScheme: "light", audited: false },
  { width: 1440, colorScheme: "dark", audited: false },
] as const;

/** What the browser complains of while a page is open. */
export function complaints(page: Page): string[] {
  const heard: string[] = [];
  page.on("console", (message) => message.type() === "error" && heard.push(message.text()));
  page.on("pageerror", (error) => heard.push(error.message));
  return heard;
}

/**
 * The style follows width and scheme by itself, so one visit is seen in every view.
 * @param only the one of `views` to audit, or none of them, where every page is looked at and time is short; the full run audits all
 */
export async function expectWhole(page: Page, only?: 0 | 1 | "none"): Promise<void> {
  for (const [i, { width, colorScheme, ...view }] of views.entries()) {
    const audited = only === undefined ? view.audited : i === only;
    const named = `${page.url()} at ${width} px, ${colorScheme}`;
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const overflow = await page.evaluate(
      "document.documentElement.scrollWidth - document.documentElement.clientWidth",
    );
    expect(overflow, `${named}: how much wider the page is than the screen`).toBeLessThanOrEqual(0);
    // The audit takes seconds: both layouts and both schemes are in two of the four. The full run audits all.
    if (!audited && !isFull) continue;
    // No page has a frame, so the results need no page of their own to be put together on.
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
    expect(found, named).toEqual([]);
  }
}
