/** GET /metrics: what an operator watches, in Prometheus' text form; and nothing of it where it was not asked for. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Api, startApi } from "./harness.ts";

describe("with METRICS=on", () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi({ metrics: true });
  });
  afterAll(() => api.stop());

  const scrape = async () => {
    const response = await fetch(`${api.url}/metrics`);
    expect(response.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
    const samples = new Map<string, number>();
    for (const line of (await response.text()).split("\n")) {
      if (line === "" || line.startsWith("#")) continue;
      const cut = line.lastIndexOf(" ");
      samples.set(line.slice(0, cut), Number(line.slice(cut + 1)));
    }
    return samples;
  };

  it("counts and times requests by route, and names nothing that a caller made up", async () => {
    await api.ask("{ __typename }");
    await fetch(`${api.url}/made-up-${Math.random()}`);
    await fetch(`${api.url}/predictions/none`);
    await fetch(`${api.url}/pictures/none`, { method: "PUT" });
    const samples = await scrape();
    expect(
      samples.get('transferboard_http_requests_total{route="/graphql",method="POST",status="200"}'),
    ).toBeGreaterThan(0);
    expect(samples.get('transferboard_http_requests_total{route="other",method="GET",status="404"}')).toBe(1);
    for (const series of ['route="/predictions",method="GET"', 'route="/pictures",method="PUT"'])
      expect(samples.get(`transferboard_http_requests_total{${series},status="404"}`)).toBe(1);
    expect(samples.get('transferboard_http_request_seconds_count{route="/graphql"}')).toBeGreaterThan(0);
    expect([...samples.keys()].join("\n")).not.toContain("made-up");
  });

  it("tells where the ledger stands and what the queue holds", async () => {
    const samples = await scrape();
    expect(samples.get("transferboard_database_up")).toBe(1);
    expect(samples.get("transferboard_ledger_position")).toBeGreaterThan(0);
    expect(samples.get('transferboard_queue_jobs{state="created"}')).toBe(0);
    expect(samples.get("process_resident_memory_bytes")).toBeGreaterThan(1e7);
  });
});

describe("otherwise", () => {
  it("there is no such page", async () => {
    const api = await startApi();
    expect((await fetch(`${api.url}/metrics`)).status).toBe(404);
    await api.stop();
  });
});
