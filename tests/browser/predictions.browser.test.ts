/** What stored predictions add to the site: ties on a board, images that all miss, a claim, an explanation; whole in every view. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { makeToken } from "../api/accounts.ts";
import { startApi } from "../api/harness.ts";
import { DIGITS, recordDigits } from "../api/predicted.ts";
import { browserOrNull, serveSite } from "./site.ts";
import { complaints, expectWhole } from "./whole.ts";

const browser = await browserOrNull();
const folder = mkdtempSync(join(tmpdir(), "artefacts-"));
const api = browser && (await startApi({ artefactsFolder: folder }));
const runs = api && (await recordDigits(api.database.client, folder));
const site = api && (await serveSite(api.url));

afterAll(async () => {
  await browser?.close();
  await site?.stop();
  await api?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function open(path: string) {
  const context = await browser!.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const heard = complaints(page);
  const response = await page.goto(`${site!.url}${path}`);
  expect(response?.status()).toBe(200);
  return { page, heard, [Symbol.asyncDispose]: () => context.close() };
}

describe.skipIf(!site)("predictions on the site", () => {
  it("join by a bar the neighbours on a board that cannot be told apart, and say what the images show", async () => {
    await using opened = await open(`/suites/${DIGITS}`);
    const { page, heard } = opened;
    const letters = async (name: string) =>
      page
        .getByRole("row", { name: new RegExp(`(^|\\s)${name}(,|\\s|$)`) })
        .locator("[data-ties]")
        .first()
        .getAttribute("data-ties");
    expect(await letters("nearest neighbour")).toBe("a");
    expect(await letters("nearest neighbour without top")).toBe("a");
    expect(await letters("nearest mean of half")).not.toBe("a");
    await expect(page.getByText(/cannot be told apart on 600 images/).count()).resolves.toBe(1);
    await expect(page.getByText("methods joined by a bar do not differ significantly").count()).resolves.toBe(
      1,
    );
    await expectWhole(page);
    expect(heard).toEqual([]);
  });

  it("show with pictures which images all methods miss", async () => {
    await using opened = await open("/datasets/digits");
    const { page } = opened;
    const section = page.getByRole("region", { name: "Images that all methods miss" });
    expect(await section.textContent()).toMatch(/All 4 recorded sets .* are wrong on \d+ of 600 test images/);
    const picture = section.locator("img").first();
    await picture.scrollIntoViewIfNeeded();
    await expect
      .poll(() => picture.evaluate((image: { naturalWidth: number }) => image.naturalWidth))
      .toBeGreaterThan(0);
    await expectWhole(page);
  });

  it("are offered on the run's page, and come as a table", async () => {
    const id = Buffer.from(`Run:${runs!.get("nearest-mean")}`).toString("base64");
    await using opened = await open(`/runs/${encodeURIComponent(id)}`);
    const href = await opened.page.getByRole("link", { name: "CSV", exact: true }).getAttribute("href");
    const csv = await (await fetch(`${site!.url}${href}`)).text();
    expect(csv.trim().split("\n")).toHaveLength(601);
  });

  it("stand behind claims, which a page lists with what became of them", async () => {
    const token = await makeToken(api!, "ada", ["SUBMIT"]);
    const { stateClaim } = await api!.read(
      `mutation { stateClaim(input: { text: "compare(nearest-neighbour, nearest-mean, ${DIGITS}) > 0" }) {
        __typename ... on StateClaimPayload { claim { state } } ... on Error { message } } }`,
      { token },
    );
    expect(stateClaim).toMatchObject({ claim: { state: "HOLDING" } });
    await using opened = await open("/claims");
    const claim = opened.page.getByRole("listitem").filter({ hasText: "compare(nearest-neighbour" }).first();
    expect(await claim.textContent()).toMatch(/Holds.*95% interval/s);
    const feed = await (await fetch(`${site!.url}/feeds/claims.atom`)).text();
    expect(feed).toContain("<title>compare(nearest-neighbour, nearest-mean, ");
    await expectWhole(opened.page);
  });

  it("do not stand in the way of an explanation where nothing was tried", async () => {
    await using opened = await open(
      "/explain?method=swav&measure=many-shot-linear/food/accuracy&value=70&protocol=%7B%22preprocessing%22%3A%22other%22%7D",
    );
    const answer = opened.page.getByRole("region", { name: /SwAV/ });
    expect(await answer.textContent()).toMatch(/Your value is \d+\.\d+ points below the record/);
    await expectWhole(opened.page);
  });
});
