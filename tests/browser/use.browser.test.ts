/** What a reader does with the site: sort, correlate, search, lose the way, and read without script. */
import { afterAll, describe, expect, it } from "vitest";
import { browserOrNull, serveSite, startSite } from "./site.ts";

const browser = await browserOrNull();
const site = browser && (await startSite());

afterAll(async () => {
  await browser?.close();
  await site?.stop();
});

async function open(path: string, options: { javaScriptEnabled?: boolean } = {}) {
  const context = await browser!.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const response = await page.goto(`${site!.url}${path}`);
  return { page, status: response?.status(), [Symbol.asyncDispose]: () => context.close() };
}

describe.skipIf(!site)("the board", () => {
  it("sorts by keyboard, says so, keeps it in the address, and has it after a reload", async () => {
    await using opened = await open("/suites/many-shot-linear");
    const { page } = opened;
    const header = page.getByRole("columnheader", { name: /^Pets/ });
    const first = page.locator("tbody tr").first().getByRole("rowheader");
    expect(await first.textContent()).toContain("DeepCluster-v2");
    expect(await header.getAttribute("aria-sort")).toBeNull();

    await header.getByRole("link").focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(/sort=-many-shot-linear%2Fpets/);
    await expect.poll(() => header.getAttribute("aria-sort")).toBe("descending");
    expect(await first.textContent()).toContain("Supervised");

    await page.keyboard.press("Enter");
    await page.waitForURL(/sort=many-shot-linear%2Fpets/);
    await expect.poll(() => header.getAttribute("aria-sort")).toBe("ascending");
    expect(await first.textContent()).toContain("InsDis");

    await page.reload();
    expect(await header.getAttribute("aria-sort")).toBe("ascending");
    expect(await first.textContent()).toContain("InsDis");
  });

  it("is there without script, sorted as its address says", async () => {
    await using opened = await open(
      "/suites/many-shot-linear?sort=-many-shot-linear/pets/mean-per-class-accuracy",
      {
        javaScriptEnabled: false,
      },
    );
    const { page } = opened;
    const row = page.getByRole("row", { name: /DeepCluster-v2/ });
    expect(await row.getByRole("cell").nth(0).textContent()).toMatch(/^1(?!\d)/);
    expect(await row.textContent()).toContain("78.92");
    expect(await page.locator("tbody tr").first().textContent()).toContain("Supervised");
  });

  it("narrows to a family by its address, and ranks by what is chosen", async () => {
    await using opened = await open("/suites/many-shot-linear?family=CLUSTERING&aggregate=mean-rank");
    const rows = await opened.page.locator("tbody tr").getByRole("rowheader").allInnerTexts();
    expect(rows.map((text) => text.split(",")[0]?.trim())).toEqual([
      "DeepCluster-v2",
      "SwAV",
      "SeLa-v2",
      "PCL-v2",
      "PCL-v1",
    ]);
    const rank = opened.page.locator("nav[aria-label='Rank by'] a", { hasText: "Mean rank" });
    expect(await rank.getAttribute("aria-current")).toBe("true");
  });

  it("says that it is of a past day, when nothing was recorded", async () => {
    await using opened = await open("/suites/many-shot-linear?asOf=2020-01-01");
    expect(await opened.page.getByText("as of 2020-01-01 23:59 UTC").first().isVisible()).toBe(true);
    expect(await opened.page.locator("tbody tr").count()).toBe(0);
  });

  it("gives itself away as CSV and LaTeX under the site's own address", async () => {
    const csv = await (await fetch(`${site!.url}/export/leaderboard.csv?suite=many-shot-linear`)).text();
    expect(csv.split("\n")[1]).toMatch(/^1,deepcluster-v2,/);
    const badge = await fetch(`${site!.url}/badge/swav/many-shot-linear.svg`);
    expect(badge.headers.get("content-type")).toContain("image/svg+xml");
    expect(await badge.text()).toContain("#2 of 14");
  });
});

describe.skipIf(!site)("the other pages", () => {
  it("shows r and n of ImageNet against many-shot linear, with every name in the scatter", async () => {
    await using opened = await open("/correlation?x=imagenet/imagenet/top1&y=many-shot-linear");
    const figures = await opened.page.locator("main dl").textContent();
    expect(figures).toContain("r = 0.926");
    expect(figures).toContain("n = 14");
    const scatter = opened.page.getByRole("img", { name: /14 methods, Pearson’s r = 0.926/ });
    const names = await scatter.first().locator("text").allTextContents();
    for (const name of ["DeepCluster-v2", "Supervised", "PCL-v1", "InsDis"]) expect(names).toContain(name);
  });

  it("chooses another pair by the form, without script too", async () => {
    await using opened = await open("/correlation", { javaScriptEnabled: false });
    await opened.page.getByLabel("Y axis").selectOption("segmentation");
    await opened.page.getByRole("button", { name: "Show" }).click();
    expect(opened.page.url()).toContain("y=segmentation");
    expect(await opened.page.locator("main dl").textContent()).toContain("n = 14");
  });

  it("holds a third variable fixed, and makes the interval by resampling", async () => {
    await using opened = await open("/correlation", { javaScriptEnabled: false });
    const { page } = opened;
    await page.getByLabel("Control for").selectOption("EPOCHS");
    await page.getByLabel("Interval").selectOption("BOOTSTRAP");
    await page.getByRole("button", { name: "Show" }).click();
    const text = (await page.locator("main").textContent()) ?? "";
    expect(text).toContain("controlling for Pretraining epochs");
    const { correlation } = await site!.api.read(`{ correlation(x: { measure: "imagenet/imagenet/top1" },
      y: { suite: "many-shot-linear" }, interval: BOOTSTRAP, given: { pretraining: EPOCHS })
      { interval { lower upper } partial { coefficient n } } }`);
    const { interval, partial } = correlation;
    expect(text).toContain(`95% ${interval.lower.toFixed(3)} to ${interval.upper.toFixed(3)}`);
    expect(text).toContain(`partial ${partial.coefficient.toFixed(3)}, n = ${partial.n}`);
  });

  it("keeps a correlation to families that are chosen, without script too", async () => {
    await using opened = await open("/correlation", { javaScriptEnabled: false });
    const families = opened.page.getByRole("navigation", { name: "Families" });
    for (const family of ["Contrastive", "Supervised"])
      await families.getByRole("link", { name: family }).click();
    expect(await opened.page.locator("main dl").textContent()).toContain("n = 9");
    expect(await families.getByRole("link", { name: "Supervised" }).getAttribute("aria-current")).toBe(
      "true",
    );
    expect(new URL(opened.page.url()).searchParams.get("family")).toBe("CONTRASTIVE,SUPERVISED");
  });

  it("shows every correlation at once, each leading to the scatter that says the same", async () => {
    await using opened = await open("/correlation/matrix");
    const { page } = opened;
    const row = page.getByRole("row", { name: /^Semantic segmentation/ });
    expect(await row.getByRole("cell").allInnerTexts()).toHaveLength(9);
    const cell = row.getByRole("link").first();
    expect(await cell.getAttribute("data-card")).toMatch(/^r = 0\.19\d, n = 14\n/);
    await cell.focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(/y=segmentation/);
    const [shown] = /r = 0\.19\d/.exec((await page.locator("main dl").textContent()) ?? "") ?? [];
    expect(shown).toBeDefined();
  });

  it("makes a matrix of a suite's measures by the form without script, and gives it as CSV", async () => {
    await using opened = await open("/correlation/matrix", { javaScriptEnabled: false });
    const { page } = opened;
    await page.locator("select[name=of]").selectOption("surface-normals");
    await page.locator("select[name=coefficient]").selectOption("SPEARMAN");
    await page.locator("select[name=orient]").selectOption("0");
    await page.getByRole("button", { name: "Show" }).click();
    const row = page.locator("tbody tr").filter({ hasText: "mean angular error" });
    const cells = await row.getByRole("cell").allInnerTexts();
    expect(cells).toHaveLength(5);
    // As measured, a lower error goes with a higher share.
    expect(cells[2]).toMatch(/^−0\.9/);
    const csv = await (
      await fetch(`${site!.url}${await page.getByRole("link", { name: "CSV" }).getAttribute("href")}`)
    ).text();
    const lines = csv.trim().split("\n");
    expect(lines).toHaveLength(1 + (5 * 4) / 2);
    expect(lines[0]).toBe("x,y,coefficient,value,n,lower,upper,p,p_holm");
    expect(lines[2]).toMatch(
      /^surface-normals\/nyuv2\/mean-error,surface-normals\/nyuv2\/within-11.25,spearman,-0\.9\d+,14,-0\./,
    );
  });

  it("finds methods by a part of the name", async () => {
    await using opened = await open("/methods");
    await opened.page.getByRole("searchbox").fill("moco");
    await opened.page.keyboard.press("Enter");
    await opened.page.waitForURL(/q=moco/);
    expect(await opened.page.getByRole("heading", { level: 1 }).textContent()).toBe("2 methods with “moco”");
  });

  it("meets an unknown suite with 404, and leads to the near names", async () => {
    for (const javaScriptEnabled of [true, false]) {
      await using opened = await open("/suites/many-shot-lineer", { javaScriptEnabled });
      expect(opened.status).toBe(404);
      await opened.page.getByRole("link", { name: "many-shot-linear", exact: true }).click();
      await opened.page.getByRole("heading", { name: "Many-shot, linear", exact: true }).waitFor();
    }
  });

  it("answers 503 with a page that says so while the API is away, without script too", async () => {
    // Port 9 is refused on every machine that runs these tests.
    const lonely = await serveSite("http://127.0.0.1:9");
    const context = await browser!.newContext({ javaScriptEnabled: false });
    try {
      const page = await context.newPage();
      const address = `${lonely.url}/correlation?y=segmentation`;
      const response = await page.goto(address);
      expect(response?.status()).toBe(503);
      expect(response?.headers()["retry-after"]).toBe("5");
      expect(await page.getByRole("heading", { level: 1 }).textContent()).toContain("not reachable");
      await page.getByRole("link", { name: "Try again" }).click();
      expect(page.url()).toBe(address);
    } finally {
      await context.close();
      await lonely.stop();
    }
  });
});

/** After all others: the record is not the published one any more. */
describe.skipIf(!site)("a record of more methods than a page holds", () => {
  const most = 230;
  const column = "imagenet/imagenet/top1";

  it("is sorted, searched and chosen from by the server, and says when there are more", async () => {
    const { client } = site!.api.database;
    await client.$executeRawUnsafe(`WITH made AS (
        INSERT INTO method (slug, name, family) SELECT 'zebra-' || i, 'Zebra ' || i, 'OTHER' FROM generate_series(1, ${most}) i
        RETURNING id), trained AS (
        INSERT INTO checkpoint (method_id, name, architecture, feature_dimension, input_mean, input_std)
        SELECT id, 'made', 'ResNet-50', 2048, '{0.485,0.456,0.406}', '{0.229,0.224,0.225}' FROM made RETURNING id, method_id)
      INSERT INTO result (method_id, checkpoint_id, measure_id, value, provenance, source)
      SELECT trained.method_id, trained.id, measure.id, 10 + 0.001 * trained.method_id, 'PUBLISHED', 'Made up'
      FROM trained, measure WHERE measure.slug = '${column}'`);

    await using opened = await open(`/suites/${column}?among=all`);
    const { page } = opened;
    const rows = page.locator("tbody tr");
    expect(await rows.count()).toBe(200);
    await page.getByRole("link", { name: "Next methods" }).click();
    await expect.poll(() => rows.count()).toBe(most + 14 - 200);
    // The last is on another page than the one shown: only the server can find it.
    await page.getByRole("link", { name: "First 200 methods" }).click();
    await expect.poll(() => rows.count()).toBe(200);
    await page.getByLabel("Search methods on this board").fill("zebra 1");
    await expect.poll(() => page.url()).toContain("q=zebra+1");
    await page.getByText("methods with “zebra 1” in the name").waitFor();
    await page.getByLabel("Search methods on this board").fill("swav");
    await expect.poll(() => rows.count()).toBe(1);
    expect(await rows.first().textContent()).toMatch(/^2.*SwAV/);

    await page.goto(`${site!.url}/compare?methods=zebra-99`);
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("Zebra 99");
    await page.getByRole("combobox", { name: "Add a method" }).fill("zebra 9");
    await page.getByText(/more methods match/).waitFor();
    await page.getByRole("combobox", { name: "Add a method" }).fill("zebra 98");
    await page.getByRole("option", { name: "Zebra 98" }).click();
    await page.getByRole("heading", { level: 1, name: "Zebra 99, Zebra 98" }).waitFor();
  });
});
