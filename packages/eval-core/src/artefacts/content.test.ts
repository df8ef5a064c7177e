/** Artefacts by content, by one set of tests for a folder and a bucket: whole or not at all, in parts that go on after a break. */
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ContentStore, contentStore } from "./content.ts";
import { folderObjects, type ObjectStore } from "./objects.ts";
import { openContent, placeFault } from "./open.ts";
import { s3Objects } from "./s3.ts";
import { type S3Server, startS3 } from "./testing/s3-server.ts";

const hashOf = (data: Uint8Array) => createHash("sha256").update(data).digest("hex");
const MIB = 2 ** 20;

let s3: S3Server;
const folder = mkdtempSync(join(tmpdir(), "content-"));
beforeAll(async () => {
  s3 = await startS3();
});
afterAll(async () => {
  await s3.close();
  rmSync(folder, { recursive: true });
});

const OBJECTS: Readonly<Record<string, () => ObjectStore>> = {
  "a folder": () => folderObjects(folder),
  "a bucket": () => s3Objects(s3.options),
};

async function listed(objects: AsyncIterable<{ readonly key: string; readonly bytes: number }>) {
  const found: string[] = [];
  for await (const { key, bytes } of objects) found.push(`${key} ${bytes}`);
  return found.sort();
}

describe.each(Object.keys(OBJECTS))("in %s", (name) => {
  const objects = () => OBJECTS[name]!();
  const content = (): ContentStore => contentStore(objects());
  const all = async () => {
    const found: string[] = [];
    for await (const { sha256 } of content().all()) found.push(sha256);
    return found;
  };

  it("keeps bytes under their hash", async () => {
    const data = randomBytes(1_000);
    const sha256 = hashOf(data);
    expect(await content().missing([sha256, sha256])).toEqual([sha256]);
    expect(await content().put(data)).toBe(sha256);
    expect(await content().missing([sha256])).toEqual([]);
    expect(await content().bytes(sha256)).toEqual(data);
    expect(await content().bytes(sha256, 999)).toBeUndefined();
    const streamed: Buffer[] = [];
    for await (const chunk of (await content().stream(sha256))!) streamed.push(chunk);
    expect(Buffer.concat(streamed)).toEqual(data);
    expect(await all()).toContain(sha256);
    // What is not what its name says is not there.
    await objects().write(`${sha256.slice(0, 2)}/${sha256}`, randomBytes(10));
    expect(await content().bytes(sha256)).toBeUndefined();
    await content().remove(sha256);
    await content().remove(sha256);
    expect(await content().stream(sha256)).toBeUndefined();
    expect(await all()).not.toContain(sha256);
  });

  it("puts parts together, whichever way they came, and goes on after a break", async () => {
    const data = randomBytes(11 * MIB);
    const sha256 = hashOf(data);
    const parts = [data.subarray(0, 4 * MIB), data.subarray(4 * MIB, 8 * MIB), data.subarray(8 * MIB)];
    await content().putPart("worker", sha256, 2, parts[2]!);
    await content().putPart("worker", sha256, 0, parts[0]!);
    await expect(content().finish("worker", sha256, data.length)).rejects.toThrow(
      `${7 * MIB} bytes in 2 parts have come of ${sha256}, not ${11 * MIB} without a gap`,
    );
    // What has come is kept, for this sender.
    expect(await content().parts("worker", sha256)).toEqual([
      { part: 0, bytes: 4 * MIB },
      { part: 2, bytes: 3 * MIB },
    ]);
    expect(await content().parts("another", sha256)).toEqual([]);
    expect(await all()).not.toContain(sha256);
    await content().putPart("worker", sha256, 1, parts[1]!);
    await content().finish("worker", sha256, data.length);
    expect(hashOf((await content().bytes(sha256))!)).toBe(sha256);
    expect(await listed(content().unfinished())).toEqual([]);
    // The answer was lost, and it is said again; even with a part that another of the sender had just sent.
    await content().finish("worker", sha256, data.length);
    await content().putPart("worker", sha256, 1, parts[1]!);
    await content().finish("worker", sha256, data.length);
    for await (const { key } of content().unfinished()) await content().removePart(key);
  });

  it("keeps nothing of what is not what it was said to be", async () => {
    const said = hashOf(randomBytes(8));
    await content().putPart("liar", said, 0, randomBytes(6 * MIB));
    await content().putPart("liar", said, 1, randomBytes(10));
    await expect(content().finish("liar", said, 6 * MIB + 10)).rejects.toThrow("send it again");
    expect(await content().missing([said])).toEqual([said]);
    expect(await listed(content().unfinished())).toEqual([]);
    expect(s3.open()).toBe(0);
    await expect(content().putPart("../..", said, 0, randomBytes(1))).rejects.toThrow("is no sender");
    await expect(content().missing(["../../etc/passwd"])).rejects.toThrow("is no SHA-256");
  });
});

describe("a bucket", () => {
  it("is refused with a wrong key, and says when it fails", async () => {
    const wrong = contentStore(s3Objects({ ...s3.options, secretAccessKey: "guess" }));
    await expect(wrong.put(randomBytes(1))).rejects.toThrow("SignatureDoesNotMatch");
    s3.failNext("PUT", 1);
    await expect(contentStore(s3Objects(s3.options)).put(randomBytes(1))).rejects.toThrow("503");
  });

  it("is listed page after page", async () => {
    const objects = s3Objects(s3.options);
    for (let i = 0; i < 1_003; i++)
      s3.objects.set(`many/${i}`, { data: Buffer.from("x"), changedAt: new Date() });
    expect(await listed(objects.list("many/"))).toHaveLength(1_003);
  });

  it.each([
    [{ s3: "s3.example.org/b" }, "expected the address of a bucket"],
    [{ s3: "https://s3.example.org/b" }, "needs AWS_ACCESS_KEY_ID"],
    [{ s3: "https://s3.example.org/b", folder: "/a" }, "both set"],
  ])("has a fault: %j", (place, words) => {
    expect(placeFault(place)).toContain(words);
  });

  it("is what the environment names, else a folder, else nothing", () => {
    const keys = { accessKeyId: "a", secretAccessKey: "b" };
    expect(openContent({ s3: "https://s3.example.org/b/", ...keys })!.place).toBe("https://s3.example.org/b");
    expect(openContent({ folder: "/a" })!.place).toBe("/a");
    expect(openContent({})).toBeUndefined();
  });
});
