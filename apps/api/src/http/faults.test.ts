/** What breaks behind an address that is no GraphQL is answered in the caller's terms. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import express from "express";
import { expect, it, onTestFinished } from "vitest";
import { makeLog } from "../log.ts";
import { bodyFaults } from "./faults.ts";

async function answerOf(error: object): Promise<Response> {
  const app = express();
  app.get("/", () => Promise.reject(error));
  app.use(bodyFaults(makeLog("silent")));
  const http = app.listen(0, "127.0.0.1");
  onTestFinished(() => void http.close());
  await once(http, "listening");
  return fetch(`http://127.0.0.1:${(http.address() as AddressInfo).port}/`);
}

it.each([
  ["a statement that was ended at its longest time", { code: "57014" }, 422, "TIMEOUT", null],
  [
    "one that was, as Prisma has it",
    { meta: { driverAdapterError: { cause: { originalCode: "57014" } } } },
    422,
    "TIMEOUT",
    null,
  ],
  ["no room for a transaction", { code: "P2028" }, 503, "UNAVAILABLE", "2"],
  ["a connection that was refused", { cause: { code: "ECONNREFUSED" } }, 503, "UNAVAILABLE", "2"],
  [
    "what nobody foresaw, without its words",
    { message: "secret at /path" },
    500,
    "INTERNAL_SERVER_ERROR",
    null,
  ],
])("%s", async (_, error, status, code, retryAfter) => {
  const answer = await answerOf(error);
  const text = await answer.text();
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([status, retryAfter]);
  expect(JSON.parse(text).errors[0].extensions.code).toBe(code);
  expect(text).not.toMatch(/secret|path/);
});
