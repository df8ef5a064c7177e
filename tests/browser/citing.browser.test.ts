/** Who follows a citation sees what was cited: the site reads the whole question from its address. */
import { afterAll, describe, expect, it } from "vitest";
import { browserOrNull, startSite } from "./site.ts";

const browser = await browserOrNull();
const site = browser && (await startSite());

afterAll(async () => {
  await browser?.close();
  await site?.stop();
});

/** Without script: what is there is what the server made of the address. */
async function follow(bibtex: string) {
  const { pathname, search } = new URL(/howpublished = \{\\url\{(\S+)\}\}/.exec(bibtex)![1]!);
  const context = await browser!.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${site!.url}${pathname}${search}`);
  return { page, [Symbol.asyncDispose]: () => context.close() };
}

const filter = '{ epochs: { min: 200 }, domain: ["textures", "objects"], withoutAugmentation: [JIGSAW] }';

describe.skipIf(!site)("a citation's address", () => {
  it("leads to the correlation that was asked for, and its form keeps the filter and the moment", async () => {
    const { correlation } = await site!.api.read(`{ correlation(x: { measure: "imagenet/imagenet/top1" },
      y: { suite: "many-shot-linear" }, transform: NONE, interval: BOOTSTRAP, given: { pretraining: BATCH_SIZE },
      filter: ${filter}) { n coefficient partial { coefficient } bibtex } }`);
    await using followed = await follow(correlation.bibtex);
    const { page } = followed;
    const shown = (await page.locator("dl").first().textContent())!.replaceAll("−", "-");
    expect(correlation.n).toBeLessThan(14);
    expect(shown).toContain(`r = ${correlation.coefficient.toFixed(3)}`);
    expect(shown).toContain(`partial ${correlation.partial.coefficient.toFixed(3)}`);
    expect(shown).toContain(`n = ${correlation.n}`);
    const notice = page.getByRole("status").filter({ hasText: "pretraining epochs at least 200" });
    expect(await notice.textContent()).toContain("datasets of textures, objects");
    await page.getByRole("button", { name: "Show", exact: true }).click();
    const { searchParams } = new URL(page.url());
    expect(searchParams.get("epochsMin")).toBe("200");
    expect(searchParams.get("asOf")).toMatch(/^\d{4}-/);
    await page.getByRole("link", { name: "Show all" }).click();
    expect(await page.locator("dl").first().textContent()).toContain("n = 14");
  });

  it("leads to the board that was asked for", async () => {
    const { leaderboard } = await site!.api.read(`{ leaderboard(suite: "many-shot-linear", aggregate: BORDA,
      filter: ${filter}) { bibtex nodes { method { name } } } }`);
    await using followed = await follow(leaderboard.bibtex);
    const { page } = followed;
    const rows = await page.locator("tbody tr").getByRole("rowheader").allTextContents();
    const asked: string[] = leaderboard.nodes.map(({ method }: { method: { name: string } }) => method.name);
    expect(rows.length).toBe(asked.length);
    for (const [i, name] of asked.entries()) expect(rows[i]).toContain(name);
    expect(await page.getByRole("columnheader", { name: /Aircraft/ }).count()).toBe(0);
  });
});
