/** Pictures that come with a submission: who may send which, what is refused, and where they are seen. */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodePng, rgbImage } from "@transferboard/eval-core/images";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeToken } from "./accounts.ts";
import { type Api, startApi } from "./harness.ts";
import { REVIEW } from "./submissions.ts";

const folder = mkdtempSync(join(tmpdir(), "sent-pictures-"));
let api: Api;
let ada: string;
let bob: string;
beforeAll(async () => {
  api = await startApi({ artefactsFolder: folder });
  ada = await makeToken(api, "ada", ["SUBMIT"]);
  bob = await makeToken(api, "bob", ["SUBMIT"]);
});
afterAll(async () => {
  await api.stop();
  rmSync(folder, { recursive: true, force: true });
});

const grey = (level: number, side = 4) =>
  encodePng(rgbImage(side, side, new Uint8Array(side * side * 3).fill(level)));
const hashOf = (data: Uint8Array) => createHash("sha256").update(data).digest("hex");

async function offer(pictures: readonly object[], token = ada) {
  const response = await fetch(`${api.url}/submissions?format=json`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${token}`,
      "idempotency-key": hashOf(Buffer.from(JSON.stringify(pictures))),
    },
    body: JSON.stringify({
      method: { slug: "swav" },
      source: "a test",
      values: [{ measure: "attention/all-reduced/diffusion", value: 44.4 }],
      pictures,
    }),
  });
  return { status: response.status, body: (await response.json()) as { submission: { id: string } } };
}

async function put(data: Uint8Array, { token = ada, name = hashOf(data) } = {}) {
  const response = await fetch(`${api.url}/pictures/${name}.png`, {
    method: "PUT",
    headers: { ...(token && { authorization: `Bearer ${token}` }) },
    body: Buffer.from(data),
  });
  const { errors } = (await response.json()) as { errors?: { message: string }[] };
  return `${response.status}: ${errors?.[0]?.message ?? "taken"}`;
}

describe("PUT /pictures", () => {
  it("takes what a submission of the sender names, once, and shows it on the method when that is accepted", async () => {
    const [original, attention] = [await grey(1), await grey(2)];
    const named = [
      { sha256: hashOf(original), role: "original", item: "a.png" },
      { sha256: hashOf(attention), role: "attention", item: "a.png" },
    ];
    expect(await put(original)).toMatch(/^401: No submission of yours .* names this picture/);
    const { status, body } = await offer(named);
    expect(status, JSON.stringify(body)).toBe(201);
    expect(await put(original, { token: bob })).toMatch(/^401: No submission of yours/);
    expect(await put(original, { token: "" })).toMatch(/^401: This needs a token/);
    expect(await put(original)).toBe("201: taken");
    expect(await put(original)).toBe("200: taken");
    const shown = await fetch(`${api.url}/pictures/${hashOf(original)}.png`);
    expect(Buffer.from(await shown.arrayBuffer())).toEqual(Buffer.from(original));

    const QUERY = `{ method(slug: "swav") { submittedPictures { sha256 role item } } }`;
    expect((await api.read(QUERY)).method.submittedPictures).toEqual([]);
    const reviewer = await makeToken(api, "rosa", ["REVIEW"]);
    const variables = { id: body.submission.id, verdict: "ACCEPT", reason: "Fine." };
    await api.read(REVIEW, { variables, token: reviewer });
    expect((await api.read(QUERY)).method.submittedPictures).toEqual(named);
    expect(await put(attention)).toBe("201: taken");
  });

  it("refuses what is not what its address says, no picture, too large, or too wide", async () => {
    const text = Buffer.from("no picture");
    const wide = Buffer.from(await grey(3));
    wide.writeUInt32BE(1_000_000, 16);
    const heavy = Buffer.concat([await grey(4), Buffer.alloc(2_000_000)]);
    const named = [text, wide, heavy].map((data) => ({
      sha256: hashOf(data),
      role: "original",
      item: "b.png",
    }));
    expect((await offer(named)).status).toBe(201);
    expect(await put(await grey(5), { name: hashOf(text) })).toMatch(/^400: The SHA-256 of what came is/);
    expect(await put(text)).toMatch(/^400: A picture must be a PNG file/);
    expect(await put(wide)).toMatch(/^400: A picture has at most 2048 x 2048 pixels, this one 1000000 x 4/);
    expect(await put(heavy)).toMatch(/^413: The body is too large/);
    expect(await put(text, { name: "me" })).toMatch(/^404: A picture's address is the SHA-256/);
  });

  it("names at most so many with one submission", async () => {
    const many = Array.from({ length: 301 }, (_, i) => ({
      sha256: hashOf(Buffer.from(String(i))),
      role: "original",
      item: String(i),
    }));
    const { status, body } = await offer(many);
    expect(status).toBe(422);
    expect(JSON.stringify(body)).toContain("at most 300 items");
  });
});
