/** The site's readers at the API: each has a minute of their own, and whoever is over it is told when to go on. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Api, startApi } from "../api/harness.ts";
import { type Site, serveSite } from "./site.ts";

const SITE_SECRET = "a secret made at start";
let api: Api;
let site: Site;
beforeAll(async () => {
  api = await startApi({ rateLimit: 200, siteSecret: SITE_SECRET });
  site = await serveSite(api.url, { SITE_SECRET, TRUSTED_PROXIES: "127.0.0.1" });
});
afterAll(async () => {
  await site?.stop();
  await api?.stop();
});

const visit = (reader: string, accept = "text/html", path = "/") =>
  fetch(`${site.url.replace("localhost", "127.0.0.1")}${path}`, {
    headers: { "x-forwarded-for": reader, accept },
  });

describe("rates", () => {
  it("are by reader: one who asks too much gets a page with Retry-After, and others theirs", async () => {
    const statuses: number[] = [];
    let last: Response | undefined;
    for (let i = 0; i < 200 && statuses.at(-1) !== 429; i++) {
      last = await visit("203.0.113.7", "text/html", `/?page=${i}`);
      statuses.push(last.status);
    }
    expect(statuses.filter((status) => status >= 500)).toEqual([]);
    console.log(`pages before the limit: ${statuses.length}`);
    expect(statuses.at(-1)).toBe(429);
    expect(Number(last!.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await last!.text()).toMatch(/Too many requests.*Go on in \d+ seconds/s);
    expect((await visit("203.0.113.8")).status).toBe(200);
    const plain = await visit("203.0.113.7", "application/json", "/?other");
    expect([plain.status, await plain.text()]).toEqual([429, expect.stringMatching(/Go on in/)]);
    const exported = await visit("203.0.113.7", "*/*", "/export/leaderboard.csv?suite=segmentation");
    expect(exported.status).toBe(429);
    expect(exported.headers.get("retry-after")).not.toBeNull();
  });
});

describe("a foreign page", () => {
  it.each([
    ["of another origin", { origin: "https://evil.example" }],
    ["of no origin", { origin: "null" }],
    [
      "of an origin that only a forwarded host has",
      { origin: "https://evil.example", "x-forwarded-host": "other.example" },
    ],
  ])("%s posts nothing", async (_, headers) => {
    const answer = await fetch(`${site.url}/submissions`, { method: "POST", headers, body: "x" });
    expect(answer.status).toBe(403);
  });
});
