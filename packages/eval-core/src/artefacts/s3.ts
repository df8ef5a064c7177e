/** Objects in a bucket of any S3-compatible store. */
import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { S3mini } from "s3mini";
import type { ObjectStore } from "./objects.ts";

export interface S3Options {
  /** Of the bucket: https://HOST/BUCKET, or https://BUCKET.HOST. */
  readonly address: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
}

/** No part of an object but its last may be smaller: S3 refuses it. */
const LEAST_PART_BYTES = 5 * 2 ** 20;
const PAGE = 1_000;

export function s3Objects({ address, ...credentials }: S3Options): ObjectStore {
  const s3 = new S3mini({ endpoint: address, ...credentials });
  const write: ObjectStore["write"] = async (key, data) => {
    await s3.putObject(key, asBytes(data));
  };
  return {
    place: address,
    size: async (key) => ((await s3.objectExists(key)) ? s3.getContentLength(key) : undefined),
    read: async (key) => {
      const data = await s3.getObjectArrayBuffer(key);
      return data === null ? undefined : Buffer.from(data);
    },
    stream: async (key) => {
      const response = await s3.getObjectResponse(key);
      return response?.body ? Readable.fromWeb(response.body as ReadableStream) : undefined;
    },
    write,
    async assemble(key, pieces) {
      let upload: string | undefined;
      const parts: { partNumber: number; etag: string }[] = [];
      let held: Uint8Array[] = [];
      let bytes = 0;
      const send = async () => {
        upload ??= await s3.getMultipartUploadId(key);
        const data = asBytes(Buffer.concat(held));
        parts.push(await s3.uploadPart(key, upload, data, parts.length + 1));
        held = [];
        bytes = 0;
      };
      try {
        for await (const piece of pieces) {
          if (bytes >= LEAST_PART_BYTES) await send();
          held.push(piece);
          bytes += piece.byteLength;
        }
        if (upload === undefined) return await write(key, Buffer.concat(held));
        if (bytes > 0) await send();
        await s3.completeMultipartUpload(key, upload, parts);
      } catch (error) {
        if (upload !== undefined) await s3.abortMultipartUpload(key, upload).catch(() => undefined);
        throw error;
      }
    },
    async *list(prefix) {
      let token: string | undefined;
      do {
        const page = await s3.listObjectsPaged("/", prefix, PAGE, token);
        for (const { Key, Size, LastModified } of page?.objects ?? [])
          yield { key: Key, bytes: Number(Size), changedAt: new Date(LastModified) };
        token = page?.nextContinuationToken;
      } while (token);
    },
    remove: async (key) => void (await s3.deleteObject(key)),
  };
}

/** fetch takes no view of shared memory. */
const asBytes = (data: Uint8Array): Uint8Array<ArrayBuffer> => data as Uint8Array<ArrayBuffer>;
