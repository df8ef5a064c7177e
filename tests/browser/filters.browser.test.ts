/** A board's filters: offered by a form without script, kept in the address, and never silently passed over. */
import { afterAll, describe, expect, it } from "vitest";
import { browserOrNull, startSite } from "./site.ts";
import { complaints, expectWhole } from "./whole.ts";

const browser = await browserOrNull();
const site = browser && (await startSite());

afterAll(async () => {
  await browser?.close();
  await site?.stop();
});

async function open(path: string, javaScriptEnabled = false) {
  const context = await browser!.newContext({ viewport: { width: 1280, height: 900 }, javaScriptEnabled });
  const page = await context.newPage();
  const heard = complaints(page);
  const response = await page.goto(`${site!.url}${path}`);
  return { page, heard, status: response?.status(), [Symbol.asyncDispose]: () => context.close() };
}

const board = "/suites/many-shot-linear";
const asked = '{ family: [CONTRASTIVE], epochs: { min: 200 }, domain: ["objects", "textures"] }';

describe.skipIf(!site)("a board's filters", () => {
  it("are offered by a form, and stay with whatever else is chosen", async () => {
    await using opened = await open(`${board}?aggregate=borda&family=CONTRASTIVE`);
    const { page } = opened;
    const rows = page.locator("tbody tr").getByRole("rowheader");
    await page.locator("summary", { hasText: "Filters" }).click();
    await page.getByRole("group", { name: "Pretraining epochs" }).getByLabel("from").fill("200");
    const domains = page.getByRole("group", { name: /^Only these datasets/ });
    for (const domain of ["objects", "textures"]) await domains.getByLabel(domain, { exact: true }).check();
    await page.getByRole("button", { name: "Show", exact: true }).click();

    const { leaderboard } = await site!.api.read(
      `{ leaderboard(suite: "many-shot-linear", aggregate: BORDA, filter: ${asked})
        { columns { ranked } nodes { method { name } } } }`,
    );
    const names: string[] = leaderboard.nodes.map((row: { method: { name: string } }) => row.method.name);
    expect(names.length).toBeGreaterThan(2);
    expect(names.length).toBeLessThan(14);
    const shown = await rows.allTextContents();
    expect(shown.length).toBe(names.length);
    for (const [i, name] of names.entries()) expect(shown[i]).toContain(name);
    for (const part of ["pretraining epochs at least 200", "datasets of objects, textures"])
      expect(await page.getByRole("link", { name: `${part} : remove this filter` }).count(), part).toBe(1);

    const keeps = (address: string | null) => {
      const { searchParams } = new URL(address!, site!.url);
      expect(searchParams.get("family")).toBe("CONTRASTIVE");
      expect(searchParams.get("epochsMin")).toBe("200");
      // As the form sent it, or as the site writes it.
      expect(searchParams.getAll("domain").join(",")).toBe("objects,textures");
    };
    const rank = page.locator("nav[aria-label='Rank by']");
    keeps(await rank.locator("a", { hasText: "Mean rank" }).getAttribute("href"));
    keeps(await page.getByRole("columnheader", { name: /^DTD/ }).getByRole("link").getAttribute("href"));
    const csv = await page.locator("a[href*='leaderboard.csv']").getAttribute("href");
    keeps(csv);
    const exported = (await (await fetch(`${site!.url}${csv}`)).text()).trim().split("\n");
    expect(exported).toHaveLength(1 + names.length);
    await page.locator("summary", { hasText: "Cite this board" }).click();
    const bibtex = await page.getByRole("region", { name: "BibTeX of this board" }).textContent();
    keeps(/\\url\{(\S+)\}\}/.exec(bibtex!)![1]!);
    await page.getByLabel("As of the end of").fill("2099-01-01");
    await page.getByRole("button", { name: "Show that day" }).click();
    keeps(page.url());
    expect(page.url()).toContain("aggregate=borda");

    await page.getByRole("link", { name: "Clear all filters" }).click();
    expect(await rows.count()).toBe(14);
    expect(page.url()).toContain("aggregate=borda");
  });

  it("are whole in every view, open and in use", async () => {
    await using opened = await open(
      `${board}?batchSizeMin=256&augmentation=BLUR&withoutAugmentation=JIGSAW`,
      true,
    );
    await opened.page.locator("summary", { hasText: "Filters" }).click();
    expect(
      await opened.page
        .getByRole("group", { name: /none of these/ })
        .getByLabel("jigsaw")
        .isChecked(),
    ).toBe(true);
    await expectWhole(opened.page);
    expect(opened.heard).toEqual([]);
  });

  it("say so where nothing matches", async () => {
    await using opened = await open(`${board}?yearMax=1999`);
    expect(await opened.page.getByText("No method matches these filters.").isVisible()).toBe(true);
  });

  it("that cannot be read are named, with the fields to mend them", async () => {
    await using opened = await open(
      `${board}?yearMin=2020&yearMax=2018&epochsMin=late&aggregate=median`,
      true,
    );
    const { page } = opened;
    const alert = page.getByRole("main").getByRole("alert");
    expect(await alert.getByRole("listitem").allTextContents()).toEqual([
      "“yearMin” 2020 is above “yearMax” 2018.",
      "“epochsMin” must be a number, not “late”.",
      "“aggregate” must be one of mean, mean-logit, mean-rank, borda, not “median”.",
    ]);
    expect(await page.locator("table").count()).toBe(0);
    await expectWhole(page);
    await alert.getByRole("link", { name: "Show it without filters" }).click();
    await expect.poll(() => page.locator("tbody tr").count()).toBe(14);
  });

  it.each([
    ["domain=texture", 404, "There is no domain 'texture'. Did you mean textures?"],
    ["methods=swaw", 404, "There is no method 'swaw'. Did you mean swav"],
    ["after=nowhere", 400, "cursor"],
  ])("that the API refuses end in its sentence: %s", async (query, status, said) => {
    await using opened = await open(`${board}?${query}`);
    expect(opened.status).toBe(status);
    expect(await opened.page.locator("main").textContent()).toContain(said);
  });

  it.each(["/correlation", "/correlation/matrix"])("are read as strictly by %s", async (path) => {
    await using opened = await open(`${path}?yearMin=soon`);
    const alert = opened.page.getByRole("main").getByRole("alert");
    expect(await alert.textContent()).toContain("“yearMin” must be a whole number, not “soon”.");
    const csv = await fetch(`${site!.url}/correlation/matrix.csv?yearMin=soon`);
    expect(csv.status).toBe(400);
  });
});
