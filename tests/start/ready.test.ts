/** A server is up when it says so itself: another that answers at its address is not it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Server } from "../../scripts/process.ts";

const folder = mkdtempSync(join(tmpdir(), "transferboard-ready-"));
const other = createServer((_, response) => response.end("ok"));
let url: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(other.address() as AddressInfo).port}/healthz`;
});
afterAll(() => {
  other.close();
  rmSync(folder, { recursive: true });
});

function server(script: string): Server {
  const file = join(folder, "server.mjs");
  writeFileSync(file, script);
  return new Server("server", file, { env: {} });
}

it("is not ready by another's answer: it ends, and that is said", async () => {
  const one = server("setTimeout(() => process.exit(1), 300)");
  await expect(one.ready(url)).rejects.toThrow(/the server ended while starting/);
});

it("is ready when it says that it listens, and answers", async () => {
  const one = server("setTimeout(() => process.send({ port: 1 }), 300); setInterval(() => undefined, 1000)");
  await one.ready(url);
  await one.stop();
  expect(await one.exited).toBe("killed by SIGTERM");
});
