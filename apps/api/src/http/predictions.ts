/**
 * /predictions/SHA256.csv and .bin: what a run answered for every test image, as a table or as the file that is kept.
 * /predictions/SHA256.json: a test set. POST /predictions keeps what a submitter brings, by /predictions/schema.json. /missed/SHA256/IMAGE.png: a small picture of an image that methods miss.
 */
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { PREDICTIONS_TYPE } from "@transferboard/eval-core/record";
import { decodeUtf8 } from "@transferboard/eval-core/tensor";
import express, { type Request, type RequestHandler, Router } from "express";
import type { Context } from "../context.ts";
import { BadInput, NotAuthorized, NotFound } from "../errors.ts";
import { localId } from "../global-id.ts";
import { LIMITS } from "../limits.ts";
import { bringJson, bringNpy, predictionsJsonSchema } from "../modules/predictions/bring.ts";
import { csvOf } from "../modules/predictions/rows.ts";
import { predictionsOfRun } from "../modules/predictions/run.ts";
import type { PredictionStore } from "../modules/predictions/store.ts";
import { isUuid } from "../uuid.ts";
import { Address } from "./address.ts";

const FOREVER = "public, max-age=31536000, immutable";
const gone = () =>
  new NotFound("These predictions are not kept here: the run may have been made on another machine.");

function textOf(bytes: Buffer): string {
  const decoded = decodeUtf8(bytes);
  if ("text" in decoded) return decoded.text;
  throw new BadInput(`${decoded.wrong} Predictions are JSON in UTF-8, or a .npy array.`);
}

async function kept<T>(read: Promise<T | undefined>): Promise<T> {
  const found = await read;
  if (found === undefined) throw gone();
  return found;
}

/** What keeping a file costs of its sender's minute. */
const POINTS = 20;

export function predictionRoutes(store: PredictionStore, makeContext: (request: Request) => Context): Router {
  const router = Router();
  router.get("/predictions/schema.json", (_request, response) => {
    response.set("cache-control", "public, max-age=300").json(predictionsJsonSchema());
  });
  const whole = express.raw({ limit: LIMITS.predictionBytes, type: () => true });
  const mayBring: RequestHandler = async (request, response, next) => {
    // Before the body is read: nobody without a token sends fifty megabytes.
    const context = makeContext(request);
    const viewer = await context.viewer();
    if (!viewer?.can("SUBMIT"))
      throw new NotAuthorized(
        `Sending predictions needs a token with the scope SUBMIT; ${viewer ? "this one has it not" : "none came"}.`,
      );
    context.charge(POINTS);
    response.locals.context = context;
    next();
  };
  router.post("/predictions", mayBring, whole, async (request, response) => {
    const context = response.locals.context as Context;
    const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const address = new Address(request.query);
    const [testSet, measures] = [address.one("testSet"), address.many("measure")];
    address.done();
    const isNpy = bytes[0] === 0x93;
    if (isNpy && (testSet === undefined || measures === undefined))
      throw new BadInput(
        "A .npy array needs its test set and measures in the address: ?testSet=SHA256&measure=setting/dataset/metric.",
      );
    if (!isNpy && (testSet !== undefined || measures !== undefined))
      throw new BadInput(
        "Of JSON, test set and measures stand in the body, as /predictions/schema.json says.",
      );
    const answer = isNpy
      ? await bringNpy(bytes, testSet!, measures!, context)
      : await bringJson(textOf(bytes), context);
    response.status(201).json(answer);
  });

  // A run's id as the site's addresses have it, or the UUID in it.
  router.get("/predictions/runs/:id.csv", async (request, response) => {
    new Address(request.query).done();
    const { id } = request.params;
    const key = isUuid(id) ? id.toLowerCase() : localId("Run", id);
    const found = await predictionsOfRun(key, makeContext(request));
    if (!found) throw gone();
    response.redirect(302, `/predictions/${found.sha256}.csv`);
  });

  router.get("/predictions/:name", async (request, response) => {
    new Address(request.query).done();
    const [, sha256, format] = /^([0-9a-f]{64})[.](csv|bin|json)$/.exec(request.params.name) ?? [];
    if (sha256 === undefined)
      throw new NotFound(
        "Predictions' address is /predictions/SHA256.csv or .bin, a test set's /predictions/SHA256.json.",
      );
    response.set("cache-control", FOREVER).set("cross-origin-resource-policy", "cross-origin");
    if (format === "json") {
      await kept(store.testSet(sha256));
      response.type("application/json").send(await store.bytes(sha256));
      return;
    }
    const file = await kept(store.predictions(sha256));
    if (format === "bin") {
      response
        .type(PREDICTIONS_TYPE)
        .attachment(`${sha256}.bin`)
        .send(await store.bytes(sha256));
      return;
    }
    const testSet = await kept(store.testSet(file.testSet));
    response.attachment(`predictions-${sha256.slice(0, 12)}.csv`).type("text/csv");
    await pipeline(Readable.from(csvOf(file.predictions, testSet)), response);
  });

  router.get("/missed/:pictures/:name", async (request, response) => {
    new Address(request.query).done();
    const image = /^(\d{1,9})[.]png$/.exec(request.params.name)?.[1];
    const pictures = await kept(store.pictures(request.params.pictures));
    const png = image === undefined ? undefined : pictures.get(Number(image));
    if (!png) throw new NotFound("There is no picture of this image: /missed/SHA256/IMAGE.png.");
    response
      .type("image/png")
      .set("cache-control", FOREVER)
      .set("cross-origin-resource-policy", "cross-origin")
      .send(Buffer.from(png));
  });
  return router;
}
