/** The API goes away between the look at its health and the page's question: the reader is told so, by a 503. */
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, describe, expect, it } from "vitest";
import { browserOrNull, serveSite } from "./site.ts";

const browser = await browserOrNull();

/** What becomes of a question, of an API that says it is well. */
let fate: RequestListener = () => undefined;
let healthAsked = 0;
const api = createServer((request, response) => {
  if (request.url === "/healthz") {
    healthAsked += 1;
    response.end("ok");
  } else request.resume().on("end", () => fate(request, response));
});
await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
const site = browser && (await serveSite(`http://127.0.0.1:${(api.address() as AddressInfo).port}`));

afterAll(async () => {
  await browser?.close();
  await site?.stop();
  api.closeAllConnections();
  api.close();
});

const fates: Readonly<Record<string, RequestListener>> = {
  "dies when it is asked": (_, response) => response.destroy(),
  "dies in the middle of its answer": (_, response) => {
    response.writeHead(200, { "content-type": "application/json", "content-length": 5_000 });
    response.write('{"data":', () => response.destroy());
  },
  "says that its database is away": (_, response) => {
    response.writeHead(503, { "content-type": "application/json" });
    response.end('{"errors":[{"message":"away","extensions":{"code":"UNAVAILABLE"}}]}');
  },
  "is a proxy without anything behind it": (_, response) => {
    response.writeHead(503, { "content-type": "text/html" }).end("<h1>503</h1>");
  },
};

describe.skipIf(!site)("an API that is well until it is asked", () => {
  it.each(Object.keys(fates))("and %s", async (name) => {
    fate = fates[name]!;
    const context = await browser!.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    for (const path of ["/suites/many-shot-linear?family=CLUSTERING", "/", "/correlation?y=segmentation"]) {
      const address = `${site!.url}${path}`;
      const response = await page.goto(address);
      expect(response?.status()).toBe(503);
      expect(response?.headers()).toMatchObject({
        "retry-after": "5",
        "cache-control": "no-store",
        "x-frame-options": "DENY",
      });
      expect(await page.getByRole("heading", { level: 1 }).textContent()).toContain("not reachable");
      await page.getByRole("link", { name: "Try again" }).click();
      expect(page.url()).toBe(address);
    }
    const csv = await fetch(`${site!.url}/correlation/matrix.csv`);
    expect(csv.status).toBe(503);
    expect(await csv.text()).toBe("The record is not reachable at the moment: try again shortly.\n");
    await context.close();
  });

  it("says so too to a reader who comes from another page by script", async () => {
    fate = (_, response) => response.destroy();
    const context = await browser!.newContext();
    const page = await context.newPage();
    await page.goto(`${site!.url}/unavailable`);
    await page.getByRole("link", { name: "Methods", exact: true }).click();
    await page.getByText(/not reachable|could not be loaded/).waitFor();
    await context.close();
  });

  it("is asked for a file without being asked first how it is", async () => {
    fate = (request, response) => {
      response.writeHead(200, { "content-type": "text/plain" }).end(request.url);
    };
    const before = healthAsked;
    for (const path of ["/pictures/a.png", "/missed/a.png", "/predictions/a.npy", "/export/a.csv"])
      expect(await (await fetch(`${site!.url}${path}`)).text()).toBe(path);
    expect(healthAsked).toBe(before);
    await fetch(`${site!.url}/methods`);
    expect(healthAsked).toBe(before + 1);
  });

  it("is not made an excuse of: a fault that is not an outage stays a 500", async () => {
    fate = (_, response) => {
      response.writeHead(500, { "content-type": "application/json" });
      response.end('{"errors":[{"message":"broken","extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}');
    };
    const response = await fetch(`${site!.url}/methods`);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("broken");
  });
});
