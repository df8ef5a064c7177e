import { expect, it } from "vitest";
import { readEnv } from "./env.ts";

const DATABASE_URL = "postgresql://me:secret@127.0.0.1/board";

it("has defaults for all but the database", () => {
  expect(readEnv({ DATABASE_URL })).toMatchObject({
    port: 4000,
    host: "127.0.0.1",
    corsOrigins: [],
    rateLimit: 1200,
    statementTimeoutMs: 5_000,
  });
});

it("lists every fault at once, and repeats no address", () => {
  const read = () => readEnv({ DATABASE_URL: "mysql://me:secret@host/x", PORT: "http", LOG_LEVEL: "loud" });
  expect(read).toThrow(/DATABASE_URL.*PORT.*LOG_LEVEL/s);
  expect(read).not.toThrow(/secret/);
  const short = () => readEnv({ DATABASE_URL, SITE_SECRET: "hunter2" });
  expect(short).toThrow(/SITE_SECRET: 16 letters or more; found another form/);
  expect(short).not.toThrow(/hunter2/);
});

it("reads an empty variable as one that is not set", () => {
  expect(readEnv({ DATABASE_URL, PORT: "" }).port).toBe(4000);
  expect(() => readEnv({ DATABASE_URL: "" })).toThrow(/it is not set/);
});
