/**
 * /pictures/SHA256.png: what evaluations made to be looked at. A picture's address is the hash of its content, which the
 * run's record names; so it never changes, and a file that is not what its name says is not sent.
 */
import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { type RequestHandler, Router } from "express";
import { NotFound } from "../errors.ts";
import { LIMITS } from "../limits.ts";
import { Address } from "./address.ts";

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** @param folder where evaluations keep what they make: `ab/abcd...`, by SHA-256; undefined where there is none. */
export function pictureRoutes(folder: string | undefined): Router {
  const router = Router();
  const send: RequestHandler<{ name: string }> = async (request, response) => {
    new Address(request.query).done();
    const sha256 = /^([0-9a-f]{64})[.]png$/.exec(request.params.name)?.[1];
    if (sha256 === undefined)
      throw new NotFound("A picture's address is the SHA-256 of its content: /pictures/SHA256.png.");
    const data = folder === undefined ? undefined : await contentOf(join(folder, sha256.slice(0, 2), sha256));
    if (data === undefined || !data.subarray(0, PNG.length).equals(PNG))
      throw new NotFound("This picture is not kept here: the run may have been made on another machine.");
    if (createHash("sha256").update(data).digest("hex") !== sha256)
      throw new NotFound("The file that is kept of this picture is damaged, and is not shown.");
    response
      .type("image/png")
      .set("cache-control", "public, max-age=31536000, immutable")
      .set("cross-origin-resource-policy", "cross-origin")
      .send(data);
  };
  router.get("/pictures/:name", send);
  return router;
}

/** Undefined where there is no such file, or one that is larger than any picture may be. */
async function contentOf(path: string): Promise<Buffer | undefined> {
  try {
    const { size } = await stat(path);
    return size > LIMITS.pictureBytes ? undefined : await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
