/**
 * /pictures/SHA256.png: what evaluations made to be looked at. A picture's address is the hash of its content, which the
 * run's record or a submission names; so it never changes, and a file that is not what its name says is neither sent nor
 * taken. PUT takes only what a submission of the sender names: nobody keeps other files here.
 */
import { createHash } from "node:crypto";
import type { ContentStore } from "@transferboard/eval-core/artefacts";
import express, { type Request, type RequestHandler, Router } from "express";
import type { Context } from "../context.ts";
import { BadInput, NotAuthorized, NotFound } from "../errors.ts";
import { LIMITS } from "../limits.ts";
import { requireViewer } from "../modules/account/require.ts";
import { Address } from "./address.ts";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const isPng = (data: Uint8Array) => SIGNATURE.equals(data.subarray(0, SIGNATURE.length));

const hashOf = (data: Uint8Array) => createHash("sha256").update(data).digest("hex");

function hashIn(name: string): string {
  const sha256 = /^([0-9a-f]{64})[.]png$/.exec(name)?.[1];
  if (sha256 !== undefined) return sha256;
  throw new NotFound("A picture's address is the SHA-256 of its content: /pictures/SHA256.png.");
}

type Named = RequestHandler<{ name: string }>;

/** @param content where what evaluations make is kept; undefined where this server keeps nothing */
export function pictureRoutes(
  content: ContentStore | undefined,
  makeContext: (request: Request) => Pick<Context, "viewer" | "db">,
): Router {
  const router = Router();
  const send: Named = async (request, response) => {
    new Address(request.query).done();
    const sha256 = hashIn(request.params.name);
    const data = await content?.bytes(sha256, LIMITS.pictureBytes);
    if (data === undefined || !isPng(data)) {
      const kept = data === undefined ? await content?.size(sha256) : undefined;
      const damaged = kept !== undefined && kept <= LIMITS.pictureBytes;
      throw new NotFound(
        damaged
          ? "The file that is kept of this picture is damaged, and is not shown."
          : "This picture is not kept here: the run may have been made on another machine.",
      );
    }
    response
      .type("image/png")
      .set("cache-control", "public, max-age=31536000, immutable")
      .set("cross-origin-resource-policy", "cross-origin")
      .send(data);
  };

  /** Before the body is read: who sends it, and whether it is waited for. */
  const expected: Named = async (request, _response, next) => {
    new Address(request.query).done();
    const sha256 = hashIn(request.params.name);
    const { viewer, db } = makeContext(request as unknown as Request);
    const { accountId } = await requireViewer({ viewer }, "SUBMIT");
    if (content === undefined)
      throw new NotFound("This server keeps no pictures: neither ARTEFACTS_DIR nor ARTEFACTS_BUCKET is set.");
    const [named] = await db.sql<{ named: boolean }>(NAMED, [accountId, JSON.stringify([{ sha256 }])]);
    if (!named)
      throw new NotAuthorized(
        "No submission of yours that is pending or accepted names this picture: send that first.",
      );
    next();
  };

  const take: Named = async (request, response) => {
    const sha256 = hashIn(request.params.name);
    const data: Uint8Array = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const found = hashOf(data);
    if (found !== sha256)
      throw new BadInput(`The SHA-256 of what came is ${found}, not the one in the address.`);
    requirePicture(data);
    const isThere = (await content!.bytes(sha256, LIMITS.pictureBytes)) !== undefined;
    if (!isThere) await content!.put(data);
    response.status(isThere ? 200 : 201).json({ picture: `/pictures/${sha256}.png` });
  };

  router.get("/pictures/:name", send);
  router.put(
    "/pictures/:name",
    expected,
    express.raw({ limit: LIMITS.pictureBytes, type: () => true }) as Named,
    take,
  );
  return router;
}

const NAMED = `select true as named from submission
  where account_id = $1::int and status in ('PENDING', 'ACCEPTED') and body -> 'pictures' @> $2::jsonb limit 1`;

/** A PNG of a size that a browser can show. Its first chunk, IHDR, begins with width and height. */
function requirePicture(data: Uint8Array): void {
  const header = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (!isPng(data) || data.length < 33 || header.getUint32(12) !== 0x49484452)
    throw new BadInput("A picture must be a PNG file.");
  const [width, height] = [header.getUint32(16), header.getUint32(20)];
  const most = LIMITS.pictureSide;
  if (width < 1 || height < 1 || width > most || height > most)
    throw new BadInput(`A picture has at most ${most} x ${most} pixels, this one ${width} x ${height}.`);
}
