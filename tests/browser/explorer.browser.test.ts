/** The explorer in a browser: it opens from this server alone, and every saved question runs and gives data. */
import { questions } from "@transferboard/explorer/questions";
import type { Page } from "playwright-core";
import { afterAll, describe, expect, it } from "vitest";
import { browserOrNull, startSite } from "./site.ts";
import { complaints } from "./whole.ts";

const browser = await browserOrNull();
const site = browser && (await startSite());

afterAll(async () => {
  await browser?.close();
  await site?.stop();
});

async function open(address: string) {
  const context = await browser!.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const heard = complaints(page);
  const hosts = new Set<string>();
  page.on("request", (request) => {
    if (!/^(data|blob):/.test(request.url())) hosts.add(new URL(request.url()).host);
  });
  await page.goto(address);
  return { page, heard, hosts, [Symbol.asyncDispose]: () => context.close() };
}

/** Presses the button, and reads what the server answered. */
async function answerOf(
  page: Page,
): Promise<{ asked: string; data?: Record<string, unknown>; errors?: unknown }> {
  const execute = page.getByRole("button", { name: /Execute query/ });
  await execute.waitFor();
  const isAnswer = (url: string, body: string | null) =>
    url.endsWith("/graphql") && !!body && !body.includes("IntrospectionQuery");
  const [response] = await Promise.all([
    page.waitForResponse((one) => isAnswer(one.url(), one.request().postData())),
    execute.click(),
  ]);
  return { asked: response.request().postData() ?? "", ...(await response.json()) };
}

describe.skipIf(!site)("the explorer", () => {
  it("runs its eight questions, asks no other host, and the browser has nothing to complain of", async () => {
    expect(questions).toHaveLength(8);
    await using opened = await open(`${site!.api.url}/graphql`);
    const { page, heard, hosts } = opened;
    for (const { title, query } of questions) {
      await page.locator("summary", { hasText: "Research questions" }).click();
      await page.getByRole("link", { name: title }).click();
      await page.locator("summary", { hasText: "Research questions" }).waitFor();
      // The page begins anew with the question of its address.
      const name = query.split(/\s+/)[1]!;
      await page.getByText(name, { exact: true }).first().waitFor();
      const { asked, data, errors } = await answerOf(page);
      expect(asked, title).toContain(name);
      expect(errors, title).toBeUndefined();
      expect(JSON.stringify(Object.values(data ?? {})), title).not.toMatch(/^\[(null|\{\}|\[\])?\]$/);
    }
    expect([...hosts]).toEqual([new URL(site!.api.url).host]);
    expect(heard).toEqual([]);
  });

  it("opens beside a board with the board's own query and variables", async () => {
    await using opened = await open(`${site!.url}/suites/segmentation?family=CLUSTERING`);
    const { page } = opened;
    await page.locator("summary", { hasText: "Query this board" }).click();
    await page.getByRole("link", { name: "Open in the explorer" }).click();
    await page.waitForURL(/\/graphql#/);
    const { data, errors } = await answerOf(page);
    expect(errors).toBeUndefined();
    const shown = JSON.stringify(data);
    expect(shown).toContain("pcl-v1");
    expect(shown).not.toContain("simclr-v1");
  });
});
