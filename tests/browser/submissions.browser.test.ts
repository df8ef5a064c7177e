/** Offering results and reviewing them in the browser, with script and without, and what keeps the session safe. */
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, describe, expect, it } from "vitest";
import { makeToken } from "../api/accounts.ts";
import { inputOf, makeSubmission, SUBMIT } from "../api/submissions.ts";
import { browserOrNull, startSite } from "./site.ts";
import { complaints, expectWhole } from "./whole.ts";

const browser = await browserOrNull();
const site = browser && (await startSite());

afterAll(async () => {
  await browser?.close();
  await site?.stop();
});

const token = (account: string, scope: "SUBMIT" | "REVIEW") => makeToken(site!.api, account, [scope]);

async function openPage(options: { javaScriptEnabled?: boolean } = {}) {
  const context = await browser!.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const heard = complaints(page);
  return { page, context, heard, [Symbol.asyncDispose]: () => context.close() };
}

/** By the page's form, as a reader does it. */
async function signedInByForm(secret: string) {
  const one = await openPage();
  await one.page.goto(`${site!.url}/submissions`);
  await one.page.getByLabel("Token", { exact: true }).fill(secret);
  await one.page.keyboard.press("Enter");
  await one.page.getByRole("heading", { name: "Submissions", exact: true }).waitFor();
  return one;
}

/** By the request that the form makes, which spares two pages. */
async function signedIn(secret: string, options: { javaScriptEnabled?: boolean } = {}) {
  const one = await openPage(options);
  const answer = await fetch(`${site!.url}/session`, {
    method: "POST",
    redirect: "manual",
    headers: { "sec-fetch-site": "same-origin" },
    body: new URLSearchParams({ token: secret }),
  });
  const [name, value] = answer.headers.get("set-cookie")!.split(";", 1)[0]!.split(/=(.*)/s) as [
    string,
    string,
  ];
  await one.context.addCookies([{ name, value: decodeURIComponent(value), url: site!.url }]);
  return one;
}

/** A submission of `account`, sent to the API itself. */
async function submitted(slug: string, secret: string): Promise<string> {
  const body = makeSubmission({ method: { slug, name: slug, family: "OTHER" } });
  const variables = { input: inputOf(body, { idempotencyKey: slug }) };
  const { submitResults } = await site!.api.read(SUBMIT, { variables, token: secret });
  return submitResults.submission.id;
}

const pageOf = (id: string) => `${site!.url}/submissions/${encodeURIComponent(id)}`;
const main = (page: Page) => page.locator("main");

const cookiesOf = (context: BrowserContext) => context.cookies(site!.url);

const faulty = `method,name,family,source,measure,value
owl,Owl,CONTRASTIVE,https://example.org/owl,segmentation/ade20k/mean-iuo,0.31
,,,,segmentation/ade20k/pixel-accuracy,175.4
`;
/** With the line ends of a spreadsheet. */
const mended = faulty.replace("iuo", "iou").replace("175.4", "75.4").replaceAll("\n", "\r\n");
const fileOf = (text: string) => ({ name: "owl.csv", mimeType: "text/csv", buffer: Buffer.from(text) });

describe.skipIf(!site)("the session", () => {
  it("is a cookie that no script reads and that no address or page holds; signing out ends it", async () => {
    const secret = await token("ada", "SUBMIT");
    await using opened = await signedInByForm(secret);
    const { page, context } = opened;
    expect(await cookiesOf(context)).toMatchObject([
      { httpOnly: true, sameSite: "Strict", path: "/", expires: -1, secure: false },
    ]);
    expect(page.url()).toBe(`${site!.url}/submissions`);
    expect(await page.content()).not.toContain(secret);
    await expectWhole(page, 0);
    const [cookie] = await cookiesOf(context);
    expect(cookie!.value).not.toContain(secret.slice(3));
    /** With the cookie kept from before, as who copied it would. */
    const replayed = async () =>
      (
        await fetch(`${site!.url}/account`, { headers: { cookie: `${cookie!.name}=${cookie!.value}` } })
      ).text();
    expect(await replayed()).toContain("Sign out");
    await page.goto(`${site!.url}/account`);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("Token", { exact: true }).waitFor();
    expect(await cookiesOf(context)).toEqual([]);
    expect(await replayed()).not.toContain("Sign out");
    expect(opened.heard).toEqual([]);
  });

  it("is marked for https alone where the site is behind https", async () => {
    const answer = await fetch(`${site!.url}/session`, {
      method: "POST",
      redirect: "manual",
      headers: { "sec-fetch-site": "same-origin", "x-forwarded-proto": "https" },
      body: new URLSearchParams({ token: await token("ada", "SUBMIT") }),
    });
    expect(answer.status).toBe(303);
    expect(answer.headers.get("set-cookie")).toMatch(/; Secure/);
  });

  it("is not begun or ended by another site's page", async () => {
    const body = new URLSearchParams({ token: await token("ada", "SUBMIT") });
    const foreign: Record<string, string>[] = [
      { "sec-fetch-site": "cross-site" },
      { origin: "https://evil.example" },
      {},
    ];
    for (const headers of foreign) {
      for (const path of ["/session", "/session/end"]) {
        const answer = await fetch(`${site!.url}${path}`, { method: "POST", headers, body });
        expect(answer.status, `${path} ${JSON.stringify(headers)}`).toBe(403);
        expect(answer.headers.get("set-cookie")).toBeNull();
      }
    }
  });

  it("refuses a token that does not hold, in words", async () => {
    const context = await browser!.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${site!.url}/submissions`);
    const revoked = await makeToken(site!.api, "ada", ["SUBMIT"], { revokedAt: new Date() });
    await page.getByLabel("Token", { exact: true }).fill(revoked);
    await page.getByRole("button", { name: "Sign in" }).click();
    expect(await page.getByRole("alert").first().textContent()).toContain("This token isn’t valid");
    expect(page.url()).not.toContain(revoked);
    expect(await cookiesOf(context)).toEqual([]);
    await context.close();
  });
});

describe.skipIf(!site)("offering", () => {
  it.each(["CSV", "JSON"])("shows %s that can be sent as it stands", async (format) => {
    await using opened = await signedIn(await token(`reads-${format}`, "SUBMIT"));
    const { page } = opened;
    await page.goto(`${site!.url}/submissions/new`);
    await page.getByText("What a file looks like").click();
    // The two formats are on one page.
    if (format === "CSV") await expectWhole(page, 1);
    const example = await page.getByRole("region", { name: `Results as ${format}` }).textContent();
    await page.getByLabel("Results, as text").fill(example!);
    await page.getByRole("button", { name: "Check" }).click();
    await page.getByRole("heading", { name: "No problems" }).waitFor();
    // What was checked is what is in the field, so it can be sent.
    await page.getByRole("button", { name: "Send for review" }).waitFor();
    // The text stays, whatever was found.
    expect(await page.getByLabel("Results, as text").inputValue()).toContain("segmentation/ade20k/mean-iou");
    const schema = await fetch(`${site!.url}/submissions/schema.json`);
    expect(await schema.json()).toHaveProperty("properties.values");
  });

  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? "with script" : "without script";
    it(`names every fault with its place, then what would change, then sends, ${how}`, async () => {
      const account = `ada-${javaScriptEnabled}`;
      await using opened = await signedIn(await token(account, "SUBMIT"), { javaScriptEnabled });
      const { page } = opened;
      await page.goto(`${site!.url}/submissions`);
      await main(page).getByRole("link", { name: "Submit results" }).click();
      await page.locator("input[type=file]").setInputFiles(fileOf(faulty));
      await page.getByRole("button", { name: "Check" }).click();
      await page.getByRole("heading", { name: "2 problems to fix" }).waitFor();
      const found = await page.getByRole("status").getByRole("listitem").allTextContents();
      expect(found).toHaveLength(2);
      expect(found[0]).toMatch(/line 2: row 2, column measure.*segmentation\/ade20k\/mean-iou/);
      expect(found[1]).toMatch(/line 3: row 3, column value.*175\.4/);
      expect(await page.getByLabel("Results, as text").inputValue()).toBe(faulty);
      if (javaScriptEnabled) await expectWhole(page);

      await page.locator("input[type=file]").setInputFiles(fileOf(mended));
      await page.getByRole("button", { name: "Check again" }).click();
      await page.getByRole("heading", { name: "No problems" }).waitFor();
      expect(await page.getByRole("row", { name: /Semantic segmentation/ }).textContent()).toMatch(/none1$/);
      const { client } = site!.api.database;
      expect(await client.submission.count({ where: { account: { name: account } } })).toBe(0);

      await page.getByRole("button", { name: "Send for review" }).click();
      await page.waitForURL(/\/submissions\/[^n]/);
      expect(await page.getByRole("heading", { level: 1 }).textContent()).toContain("Pending");
      expect(await main(page).textContent()).toContain("received by ada");
      expect(await client.submission.count({ where: { account: { name: account } } })).toBe(1);
      if (javaScriptEnabled) await expectWhole(page, 0);
      expect(opened.heard).toEqual([]);
    });
  }

  it("says what is missing, without a file and without a text", async () => {
    await using opened = await signedIn(await token("ada", "SUBMIT"));
    await opened.page.goto(`${site!.url}/submissions/new`);
    await opened.page.getByRole("button", { name: "Check" }).click();
    await opened.page.getByText("Choose a file, or paste its text.").waitFor();
  });
});

describe.skipIf(!site)("deciding", () => {
  for (const javaScriptEnabled of [true, false]) {
    it(`accepts with a reason, and the value is on the board, ${javaScriptEnabled ? "with" : "without"} script`, async () => {
      const slug = `made-up-${javaScriptEnabled}`;
      const id = await submitted(slug, await token("ada", "SUBMIT"));
      await using opened = await signedIn(await token("rosa", "REVIEW"), { javaScriptEnabled });
      const { page } = opened;
      await page.goto(`${site!.url}/submissions?status=PENDING`);
      await page.getByRole("link", { name: slug }).click();
      await page.getByRole("heading", { level: 1, name: slug }).waitFor();
      expect(page.url()).toBe(pageOf(id));
      if (javaScriptEnabled) await expectWhole(page, 1);
      const change = page.getByRole("region", { name: "What it would change" });
      expect(await change.getByRole("row", { name: /Semantic segmentation/ }).count()).toBe(1);
      await page.getByLabel("Reason").fill("As in its table 2.");
      await page.getByRole("button", { name: "Accept" }).click();
      await page.getByText("As in its table 2.").waitFor();
      expect(await page.getByRole("heading", { level: 1 }).textContent()).toContain("Accepted");
      expect(await page.getByRole("button", { name: "Accept" }).count()).toBe(0);
      await page.goto(`${site!.url}/suites/segmentation?among=all`);
      expect(await page.getByRole("row", { name: new RegExp(slug) }).textContent()).toContain("0.3100");
      expect(opened.heard).toEqual([]);
    });
  }

  it("tells the second of two reviewers who was first", async () => {
    const id = await submitted("contested", await token("ada", "SUBMIT"));
    await using first = await signedIn(await token("rosa", "REVIEW"));
    await using second = await signedIn(await token("rick", "REVIEW"));
    for (const { page } of [first, second]) {
      await page.goto(pageOf(id));
      await page.getByLabel("Reason").fill("Not enough is told of how it was measured.");
    }
    await first.page.getByRole("button", { name: "Reject" }).click();
    await first.page.getByRole("heading", { name: /Rejected/ }).waitFor();
    await second.page.getByRole("button", { name: "Accept" }).click();
    await second.page.getByText("already rejected by rosa").waitFor();
  });

  it("corrects a recorded value, which another reviewer accepts, and the board has the new one", async () => {
    const slug = "mended";
    const id = await submitted(slug, await token("ada", "SUBMIT"));
    const secret = await makeToken(site!.api, "rosa", ["SUBMIT", "REVIEW"]);
    await using first = await signedIn(secret);
    await first.page.goto(pageOf(id));
    await first.page.getByLabel("Reason").fill("As in its table 2.");
    await first.page.getByRole("button", { name: "Accept" }).click();
    await first.page.getByRole("heading", { name: /Accepted/ }).waitFor();

    const corrections = first.page.getByRole("region", { name: "Correct" });
    await corrections.locator("summary", { hasText: "mean-iou" }).click();
    await corrections.getByLabel("Corrected value").first().fill("many");
    await corrections.getByLabel("Source").first().fill("Its second version.");
    await corrections.getByRole("button", { name: "Submit the correction" }).first().click();
    await corrections.getByText("The corrected value must be a number").waitFor();
    await corrections.getByLabel("Corrected value").first().fill("0.32");
    await corrections.getByLabel("Source").first().fill("Its second version.");
    await corrections.getByRole("button", { name: "Submit the correction" }).first().click();
    await first.page.getByRole("heading", { name: /Pending/ }).waitFor();
    // Nobody decides on their own.
    expect(await first.page.getByRole("button", { name: "Accept" }).count()).toBe(0);

    await using second = await signedIn(await token("rick", "REVIEW"));
    await second.page.goto(first.page.url());
    for (const box of await second.page.getByRole("checkbox").all()) await box.check();
    await second.page.getByLabel("Reason").fill("It says so.");
    await second.page.getByRole("button", { name: "Accept" }).click();
    await second.page.getByRole("heading", { name: /Accepted/ }).waitFor();
    await second.page.goto(`${site!.url}/suites/segmentation?among=all`);
    expect(await second.page.getByRole("row", { name: new RegExp(slug) }).textContent()).toContain("0.3200");
  });

  it("lets a submitter withdraw, by keyboard, and shows nobody else's", async () => {
    const secret = await token("ada", "SUBMIT");
    const id = await submitted("taken-back", secret);
    await using stranger = await signedIn(await token("eve", "SUBMIT"));
    expect((await stranger.page.goto(pageOf(id)))?.status()).toBe(404);
    expect(await main(stranger.page).textContent()).not.toContain("taken-back");

    await using opened = await signedIn(secret);
    const { page } = opened;
    await page.goto(pageOf(id));
    expect(await page.getByRole("button", { name: "Accept" }).count()).toBe(0);
    await page.getByLabel("Reason").focus();
    await page.keyboard.type("Sent too early.");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: /Withdrawn/ }).waitFor();
    expect(await main(page).textContent()).toContain("Sent too early.");
  });

  it("does not decide on the word of another site's page", async () => {
    const id = await submitted("forged", await token("ada", "SUBMIT"));
    await using opened = await signedIn(await token("rosa", "REVIEW"), { javaScriptEnabled: false });
    const { page, context } = opened;
    await page.goto(pageOf(id));
    const fields = await page.locator("main form[enctype] input[type=hidden]").all();
    const form = new FormData();
    for (const field of fields)
      form.set((await field.getAttribute("name"))!, (await field.getAttribute("value")) ?? "");
    form.set("reason", "forged");
    form.set("verdict", "ACCEPT");
    const cookie = (await cookiesOf(context)).map(({ name, value }) => `${name}=${value}`).join("; ");
    const send = (origin: string) =>
      fetch(pageOf(id), { method: "POST", redirect: "manual", headers: { origin, cookie }, body: form });
    const { client } = site!.api.database;
    const statusOf = async () =>
      (await client.submission.findFirstOrThrow({ where: { idempotencyKey: "forged" } })).status;

    expect((await send("https://evil.example")).status).toBeGreaterThanOrEqual(400);
    expect(await statusOf()).toBe("PENDING");
    // The same form from our own page is heard, so the refusal was of the origin.
    expect((await send(site!.url)).status).toBe(303);
    expect(await statusOf()).toBe("ACCEPTED");
  });

  it("shows none of it without a session", async () => {
    const id = await submitted("hidden", await token("ada", "SUBMIT"));
    const html = await (await fetch(pageOf(id))).text();
    expect(html).not.toContain("hidden</");
    expect(html).toContain("Sign in");
  });
});
