/**
 * A small S3 server for tests: one bucket in memory, of the requests that an S3-compatible store must answer those that are
 * made here. It checks signatures (SigV4), refuses parts that are too small, and can fail on demand.
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { S3Options } from "../s3.ts";

const LEAST_PART_BYTES = 5 * 2 ** 20;

interface Entry {
  readonly data: Buffer;
  changedAt: Date;
}

export interface S3Server {
  readonly options: S3Options;
  readonly objects: Map<string, Entry>;
  /** Uploads that were begun and neither completed nor aborted. */
  readonly open: () => number;
  /** The next so many requests of this method are answered with 503. */
  failNext(method: string, times: number): void;
  close(): Promise<void>;
}

const sha256 = (data: string | Buffer) => createHash("sha256").update(data).digest("hex");
const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();
const xml = (text: string) => text.replace(/[<>&]/g, (c) => `&#${c.charCodeAt(0)};`);

export async function startS3(secretAccessKey = "secret"): Promise<S3Server> {
  const [accessKeyId, region, bucket] = ["key", "eu-test-1", "artefacts"];
  const objects = new Map<string, Entry>();
  const uploads = new Map<string, { readonly key: string; readonly parts: Map<number, Buffer> }>();
  const failures = new Map<string, number>();
  let last = 0;

  function isSigned({ method, headers }: IncomingMessage, url: URL): boolean {
    const form = /^AWS4-HMAC-SHA256 Credential=(.+?), ?SignedHeaders=(.+?), ?Signature=([0-9a-f]{64})$/;
    const [, credential = "", signedHeaders = "", signature = ""] =
      form.exec(headers.authorization ?? "") ?? [];
    const [id, ...scope] = credential.split("/");
    const at = String(headers["x-amz-date"]);
    if (id !== accessKeyId || scope.join("/") !== `${at.slice(0, 8)}/${region}/s3/aws4_request`) return false;
    const names = signedHeaders.split(";");
    if (!["host", "x-amz-date", "x-amz-content-sha256"].every((name) => names.includes(name))) return false;
    const query = [...url.searchParams].map((pair) => pair.map(encodeURIComponent).join("=")).sort();
    const request = [
      ...[method, url.pathname, query.join("&")],
      ...names.map((name) => `${name}:${String(headers[name]).trim()}`),
      ...["", signedHeaders, headers["x-amz-content-sha256"]],
    ].join("\n");
    const text = ["AWS4-HMAC-SHA256", at, scope.join("/"), sha256(request)].join("\n");
    const key = scope.reduce<string | Buffer>((made, word) => hmac(made, word), `AWS4${secretAccessKey}`);
    return timingSafeEqual(hmac(key, text), Buffer.from(signature, "hex"));
  }

  function list(response: ServerResponse, query: URLSearchParams): void {
    const after = query.get("continuation-token") ?? "";
    const most = Number(query.get("max-keys") ?? 1_000);
    const keys = [...objects.keys()].filter((k) => k.startsWith(query.get("prefix") ?? "") && k > after);
    const page = keys.sort().slice(0, most);
    const rows = page.map((key) => {
      const { data, changedAt } = objects.get(key)!;
      return `<Contents><Key>${xml(key)}</Key><LastModified>${changedAt.toISOString()}</LastModified><ETag>"e"</ETag><Size>${data.length}</Size><StorageClass>STANDARD</StorageClass></Contents>`;
    });
    const more = keys.length > page.length;
    const next = more ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : "";
    response
      .writeHead(200, { "content-type": "application/xml" })
      .end(
        `<?xml version="1.0"?><ListBucketResult><Name>${bucket}</Name><KeyCount>${page.length}</KeyCount><IsTruncated>${more}</IsTruncated>${next}${rows.join("")}</ListBucketResult>`,
      );
  }

  function complete(response: ServerResponse, id: string, key: string, body: string) {
    const parts = uploads.get(id)?.parts;
    const named = [...body.matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)].map(([, n]) => Number(n));
    const data = named.map((n) => parts?.get(n));
    if (!parts || data.some((part) => part === undefined)) return refuse(response, 400, "InvalidPart");
    if (data.slice(0, -1).some((part) => part!.length < LEAST_PART_BYTES))
      return refuse(response, 400, "EntityTooSmall");
    uploads.delete(id);
    objects.set(key, { data: Buffer.concat(data as Buffer[]), changedAt: new Date() });
    response
      .writeHead(200, { "content-type": "application/xml" })
      .end(
        `<CompleteMultipartUploadResult><Key>${key}</Key><ETag>"e"</ETag></CompleteMultipartUploadResult>`,
      );
  }

  const refuse = (response: ServerResponse, status: number, code: string) => {
    response
      .writeHead(status, { "content-type": "application/xml" })
      .end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`);
  };

  const server = createServer(async (request, response) => {
    const url = new URL(request.url!, "http://s3");
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const left = failures.get(request.method!) ?? 0;
    if (left > 0) {
      failures.set(request.method!, left - 1);
      return refuse(response, 503, "SlowDown");
    }
    if (!isSigned(request, url)) return refuse(response, 403, "SignatureDoesNotMatch");
    const [, inBucket, ...rest] = url.pathname.split("/").map(decodeURIComponent);
    const key = rest.join("/");
    if (inBucket !== bucket) return refuse(response, 404, "NoSuchBucket");
    const query = url.searchParams;
    const id = query.get("uploadId");
    const found = objects.get(key);
    switch (request.method) {
      case "GET":
      case "HEAD":
        if (key === "") return list(response, query);
        if (!found) return refuse(response, 404, "NoSuchKey");
        response.writeHead(200, { "content-length": found.data.length, etag: '"e"' });
        response.end(request.method === "GET" ? found.data : undefined);
        return;
      case "PUT":
        if (id === null) objects.set(key, { data: body, changedAt: new Date() });
        else if (!uploads.has(id)) return refuse(response, 404, "NoSuchUpload");
        else uploads.get(id)!.parts.set(Number(query.get("partNumber")), body);
        response.writeHead(200, { etag: `"${sha256(body)}"` }).end();
        return;
      case "POST": {
        if (id !== null) return complete(response, id, key, body.toString());
        const made = `upload-${++last}`;
        uploads.set(made, { key, parts: new Map() });
        response
          .writeHead(200, { "content-type": "application/xml" })
          .end(
            `<?xml version="1.0"?><InitiateMultipartUploadResult><UploadId>${made}</UploadId></InitiateMultipartUploadResult>`,
          );
        return;
      }
      case "DELETE":
        if (id === null) objects.delete(key);
        else uploads.delete(id);
        response.writeHead(204).end();
        return;
      default:
        refuse(response, 405, "MethodNotAllowed");
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${bucket}`;
  return {
    options: { address, accessKeyId, secretAccessKey, region },
    objects,
    open: () => uploads.size,
    failNext: (method, times) => void failures.set(method, times),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
