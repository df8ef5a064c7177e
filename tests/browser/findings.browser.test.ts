/** A reviewer decides on a finding of the whole ledger, and it is open no more; whoever is not one reads the list. */
import { afterAll, describe, expect, it } from "vitest";
import { makeToken } from "../api/accounts.ts";
import { inputOf, REVIEW, SUBMIT } from "../api/submissions.ts";
import { browserOrNull, startSite } from "./site.ts";
import { complaints, expectWhole } from "./whole.ts";

const browser = await browserOrNull();
const site = browser && (await startSite());

afterAll(async () => {
  await browser?.close();
  await site?.stop();
});

async function recordDoubtful(reviewer: string) {
  const token = await makeToken(site!.api, "ada", ["SUBMIT"]);
  const body = {
    method: { slug: "doubtful", name: "Doubtful", family: "OTHER" },
    source: "https://example.org/doubtful",
    values: [{ measure: "many-shot-linear/pets/mean-per-class-accuracy", value: 100 }],
  };
  const { submitResults } = await site!.api.read(SUBMIT, { variables: { input: inputOf(body) }, token });
  const { id } = submitResults.submission;
  const variables = { id, verdict: "ACCEPT", reason: "Checked." };
  await site!.api.read(REVIEW, { variables, token: reviewer });
}

describe.skipIf(!site)("findings", () => {
  it("are listed to everybody and decided by a reviewer, whose words stay beside them", async () => {
    const secret = await makeToken(site!.api, "rosa", ["REVIEW"]);
    await recordDoubtful(secret);
    await using context = await browser!.newContext({ viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    const heard = complaints(page);
    await page.goto(`${site!.url}/findings`);
    const open = page.getByRole("listitem").filter({ hasText: "doubtful" });
    expect(await open.textContent()).toMatch(/^Warningdoubtful, .*PERFECT100 is a bound of/);
    expect(await open.getByText("Decide").count()).toBe(0);
    await page.goto(`${site!.url}/submissions`);
    await page.getByLabel("Token", { exact: true }).fill(secret);
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "Findings" }).click();
    await open.getByText("Decide").click();
    await expectWhole(page, 1);
    await page.getByLabel("Reason, for the record").fill("The authors showed every prediction.");
    await page.getByRole("button", { name: "Accept as it is" }).click();
    await page.getByText("No open findings.").waitFor();
    await page.getByRole("link", { name: "Decided" }).click();
    await page.getByText(/Accepted as it is by rosa, .*: The authors showed every prediction\./).waitFor();
    expect(heard).toEqual([]);
  });
});
