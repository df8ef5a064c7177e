/** What is not kept now may be brought later: only what was found may be remembered for ever. */
import type { AddressInfo } from "node:net";
import express from "express";
import { expect, it } from "vitest";
import { makeLog } from "../log.ts";
import { PredictionStore } from "../modules/predictions/store.ts";
import { bodyFaults } from "./faults.ts";
import { predictionRoutes } from "./predictions.ts";

it.each(["csv", "bin", "json"])("lets nobody remember that no .%s is kept", async (format) => {
  const app = express()
    .use(
      predictionRoutes(new PredictionStore(undefined), () => {
        throw new Error("nobody is asked who wants to see predictions");
      }),
    )
    .use(bodyFaults(makeLog("silent")));
  const server = app.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}/predictions/${"0".repeat(64)}.${format}`);
  server.close();
  expect(answer.status).toBe(404);
  expect(answer.headers.get("cache-control")).toBe("no-store");
});
