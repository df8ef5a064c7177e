/** Pictures by their hash: what is kept, what is not, and what is not what it says. */
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contentStore, folderObjects } from "@transferboard/eval-core/artefacts";
import express from "express";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LIMITS } from "../limits.ts";
import { makeLog } from "../log.ts";
import { bodyFaults } from "./faults.ts";
import { pictureRoutes } from "./pictures.ts";

const folder = mkdtempSync(join(tmpdir(), "pictures-"));
const png = (rest: number) =>
  Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), Buffer.alloc(rest)]);

function keep(data: Buffer, name = createHash("sha256").update(data).digest("hex")): string {
  mkdirSync(join(folder, name.slice(0, 2)), { recursive: true });
  writeFileSync(join(folder, name.slice(0, 2), name), data);
  return `/pictures/${name}.png`;
}

let url: string;
const app = express()
  .use(
    pictureRoutes(contentStore(folderObjects(folder)), () => {
      throw new Error("nobody is asked who wants to see a picture");
    }),
  )
  .use(bodyFaults(makeLog("silent")));
const server = app.listen(0, "127.0.0.1");
beforeAll(async () => {
  if (!server.listening) await new Promise((resolve) => server.once("listening", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const messageOf = async (path: string) => {
  const answer = await fetch(url + path);
  const { errors } = (await answer.json()) as { errors: { message: string }[] };
  return `${answer.status}: ${errors[0]!.message}`;
};

describe("/pictures", () => {
  it("sends a picture as it is kept, for ever", async () => {
    const answer = await fetch(url + keep(png(10)));
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("image/png");
    expect(answer.headers.get("cache-control")).toContain("immutable");
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(png(10));
  });

  it.each([
    ["no hash", () => "/pictures/../../etc/passwd%00.png", /404: /],
    ["a name that is no hash", () => "/pictures/me.png", /404: A picture's address is the SHA-256/],
    ["what is not kept", () => `/pictures/${"0".repeat(64)}.png`, /404: This picture is not kept here/],
    ["what is no picture", () => keep(Buffer.from("predictions")), /404: This picture is not kept here/],
    ["a larger file", () => keep(png(LIMITS.pictureBytes)), /404: This picture is not kept here/],
    [
      "a damaged file",
      () => keep(png(11), "1".repeat(64)),
      /404: The file that is kept of this picture is damaged/,
    ],
  ])("refuses %s", async (_, path, message) => {
    const asked = path();
    if (asked.includes("..")) expect((await fetch(url + asked)).status).toBe(404);
    else expect(await messageOf(asked)).toMatch(message);
  });
});
