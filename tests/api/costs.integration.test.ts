/** What a request costs: in the limit, in its sender's minute, and to everybody else meanwhile. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeToken } from "./accounts.ts";
import { type Api, startApi } from "./harness.ts";

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const bootstrap = (name: string, coefficient: string, y = "many-shot-linear") =>
  `${name}: correlation(x: {measure: "imagenet/imagenet/top1"}, y: {suite: "${y}"}, coefficient: ${coefficient}, interval: BOOTSTRAP) { interval { lower upper } }`;

describe("bootstrap intervals", () => {
  it.each([
    ["PEARSON", 6],
    ["SPEARMAN", 3],
    ["KENDALL", 3],
  ])("of %s: %i in a request, and not one more", async (coefficient, most) => {
    const ask = (count: number) =>
      api.ask(`{ ${Array.from({ length: count }, (_, i) => bootstrap(`c${i}`, coefficient)).join(" ")} }`);
    const refused = await ask(most + 1);
    expect(refused.errors?.[0]?.extensions.code).toBe("LIMIT_EXCEEDED");
    const answered = await ask(most);
    expect(answered.errors).toBeUndefined();
    expect(answered.data.c0.interval).toEqual(answered.data[`c${most - 1}`].interval);
  });

  it("leave the thread that answers free", async () => {
    const delay = monitorEventLoopDelay({ resolution: 5 });
    const began = performance.now();
    delay.enable();
    await api.read(
      `{ ${bootstrap("a", "KENDALL", "few-shot-kornblith")} ${bootstrap("b", "KENDALL", "segmentation")} }`,
    );
    delay.disable();
    const took = performance.now() - began;
    // Computed on this thread, it would have been held for half of the time at once.
    expect(delay.max / 1e6).toBeLessThan(took / 2);
  });
});

describe("a minute", () => {
  it("is spent by cost, not by requests", async () => {
    const limited = await startApi({ rateLimit: 60 });
    try {
      // Under 2 points: the cost of a plain page. 16 points: one bootstrap.
      const asked = (i: number) => limited.ask(`{ ${bootstrap(`c${i}`, "PEARSON")} }`);
      const answers = [];
      for (let i = 0; i < 5; i++) answers.push(await asked(i));
      const refused = answers.filter(({ status }) => status === 429);
      expect(answers.length - refused.length).toBe(3);
      expect(refused[0]!.errors?.[0]?.extensions.code).toBe("RATE_LIMITED");
      expect(Number(refused[0]!.headers.get("retry-after"))).toBeGreaterThan(0);
      expect((await limited.ask("{ __typename }")).status).toBe(200);
    } finally {
      await limited.stop();
    }
  });

  it("is charged for every alias of a mutation", async () => {
    const limited = await startApi({ from: "empty", rateLimit: 30 });
    try {
      const token = await makeToken(limited, "ada", ["SUBMIT"]);
      const mutation = (count: number, from: number) =>
        `mutation { ${Array.from({ length: count }, (_, i) => `w${from + i}: withdrawSubmission(input: {id: "U3VibWlzc2lvbjox"}) { __typename }`).join(" ")} }`;
      expect((await limited.ask(mutation(1, 0), { token })).status).toBe(200);
      expect((await limited.ask(mutation(15, 1), { token })).status).toBe(200);
      expect((await limited.ask(mutation(15, 20), { token })).status).toBe(429);
    } finally {
      await limited.stop();
    }
  });
});
