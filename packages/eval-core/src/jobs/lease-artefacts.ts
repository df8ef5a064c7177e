/**
 * Files that a job makes or needs, to and from where artefacts are kept. Large ones travel in parts: a transfer that was
 * interrupted goes on with the parts that have not come yet.
 */
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { ArtefactError, type ContentStore, type Part } from "../artefacts/index.ts";
import type { HttpClient } from "./http-client.ts";
import { missingAnswered, partsAnswered } from "./wire.ts";

/** Bytes of every part but the last. */
export const PART_BYTES = 8 * 2 ** 20;
/** One part over a slow line, or a whole file put together. */
const PART_TIMEOUT_MS = 300_000;
/** Hashes of one question. */
export const MOST_ASKED = 1_000;

export interface LeaseArtefacts {
  /** Which of these are not kept yet. None where nothing is kept but on this machine. */
  missing(sha256s: readonly string[]): Promise<readonly string[]>;
  /** Keeps a file of this content. @throws ArtefactError where it has another */
  send(sha256: string, path: string): Promise<void>;
  /** Writes a file that is kept to a path. False where it is not kept. */
  fetch(sha256: string, path: string): Promise<boolean>;
}

/** Where parts go. */
interface Sink {
  parts(sha256: string): Promise<readonly Part[]>;
  put(sha256: string, part: number, data: Uint8Array<ArrayBuffer>): Promise<void>;
  finish(sha256: string, bytes: number): Promise<void>;
}

async function sendParts(sink: Sink, sha256: string, path: string): Promise<void> {
  const { size } = await stat(path);
  const there = new Map((await sink.parts(sha256)).map(({ part, bytes }) => [part, bytes]));
  const file = await open(path);
  try {
    for (let part = 0; part * PART_BYTES < size; part++) {
      const length = Math.min(PART_BYTES, size - part * PART_BYTES);
      if (there.get(part) === length) continue;
      const data = new Uint8Array(length);
      const { bytesRead } = await file.read(data, 0, length, part * PART_BYTES);
      if (bytesRead !== length) throw new ArtefactError(`${path} changed while it was read`);
      await sink.put(sha256, part, data);
    }
  } finally {
    await file.close();
  }
  await sink.finish(sha256, size);
}

/** A file appears whole, with the content that was asked for, or not at all. */
async function keep(source: Readable, sha256: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.part`;
  const hash = createHash("sha256");
  try {
    await pipeline(
      source,
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          yield chunk;
        }
      },
      createWriteStream(temporary),
    );
    const found = hash.digest("hex");
    if (found !== sha256) throw new ArtefactError(`what is kept as ${sha256} has the SHA-256 ${found}`);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Straight into the store; nothing is sent where there is none. @param sender whose parts they are */
export function artefactsIn(content: ContentStore | undefined, sender: string): LeaseArtefacts {
  return {
    missing: async (sha256s) => content?.missing(sha256s) ?? [],
    async send(sha256, path) {
      if (!content) return;
      await sendParts(
        {
          parts: (name) => content.parts(sender, name),
          put: (name, part, data) => content.putPart(sender, name, part, data),
          finish: (name, bytes) => content.finish(sender, name, bytes),
        },
        sha256,
        path,
      );
    },
    async fetch(sha256, path) {
      const source = await content?.stream(sha256);
      if (!source) return false;
      await keep(source, sha256, path);
      return true;
    },
  };
}

/** By the API. @param at where the lease is */
export function artefactsOver(client: HttpClient, at: string): LeaseArtefacts {
  const sink: Sink = {
    parts: async (sha256) => {
      const response = await client.send(`${at}/uploads/${sha256}`, { method: "GET" });
      return partsAnswered.parse(await response.json()).parts;
    },
    put: async (sha256, part, data) => {
      const digest = createHash("sha256").update(data).digest("base64");
      const headers = {
        "content-type": "application/octet-stream",
        "content-digest": `sha-256=:${digest}:`,
      };
      const sending = { method: "PUT", body: data, headers, timeoutMs: PART_TIMEOUT_MS } as const;
      await client.send(`${at}/uploads/${sha256}/${part}`, sending);
    },
    finish: async (sha256, bytes) => {
      await client.json(`${at}/uploads/${sha256}/finish`, { bytes }, { timeoutMs: PART_TIMEOUT_MS });
    },
  };
  return {
    async missing(sha256s) {
      const missing: string[] = [];
      for (let i = 0; i < sha256s.length; i += MOST_ASKED) {
        const asked = { sha256: sha256s.slice(i, i + MOST_ASKED) };
        missing.push(...missingAnswered.parse(await client.json(`${at}/artefacts/missing`, asked)).missing);
      }
      return missing;
    },
    send: (sha256, path) => sendParts(sink, sha256, path),
    async fetch(sha256, path) {
      const sending = { method: "GET", expected: [404], timeoutMs: PART_TIMEOUT_MS } as const;
      const response = await client.send(`${at}/artefacts/${sha256}`, sending);
      if (!response.ok || !response.body) {
        await response.body?.cancel();
        return false;
      }
      await keep(Readable.fromWeb(response.body as ReadableStream), sha256, path);
      return true;
    },
  };
}
