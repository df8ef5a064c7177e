/**
 * /predictions/SHA256.csv and .bin: what a run answered for every test image, as a table or as the file that is kept.
 * /predictions/SHA256.json: a test set. /missed/SHA256/IMAGE.png: a small picture of an image that methods miss.
 */
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { PREDICTIONS_TYPE, PredictionsError } from "@transferboard/eval-core/record";
import { Router } from "express";
import { NotFound } from "../errors.ts";
import { csvOf } from "../modules/predictions/rows.ts";
import type { PredictionStore } from "../modules/predictions/store.ts";
import { Address } from "./address.ts";

const FOREVER = "public, max-age=31536000, immutable";
const gone = () =>
  new NotFound("These predictions are not kept here: the run may have been made on another machine.");

/** A file that is here and of another kind is not what was asked for. */
async function ofItsKind<T>(read: Promise<T | undefined>): Promise<T> {
  try {
    const found = await read;
    if (found !== undefined) return found;
  } catch (error) {
    if (!(error instanceof PredictionsError)) throw error;
  }
  throw gone();
}

export function predictionRoutes(store: PredictionStore): Router {
  const router = Router();
  router.get("/predictions/:name", async (request, response) => {
    new Address(request.query).done();
    const [, sha256, format] = /^([0-9a-f]{64})[.](csv|bin|json)$/.exec(request.params.name) ?? [];
    if (sha256 === undefined)
      throw new NotFound(
        "Predictions' address is /predictions/SHA256.csv or .bin, a test set's /predictions/SHA256.json.",
      );
    response.set("cache-control", FOREVER).set("cross-origin-resource-policy", "cross-origin");
    if (format === "json") {
      await ofItsKind(store.testSet(sha256));
      response.type("application/json").send(await store.bytes(sha256));
      return;
    }
    const file = await ofItsKind(store.predictions(sha256));
    if (format === "bin") {
      response
        .type(PREDICTIONS_TYPE)
        .attachment(`${sha256}.bin`)
        .send(await store.bytes(sha256));
      return;
    }
    const testSet = await ofItsKind(store.testSet(file.testSet));
    response.attachment(`predictions-${sha256.slice(0, 12)}.csv`).type("text/csv");
    await pipeline(Readable.from(csvOf(file.predictions, testSet)), response);
  });

  router.get("/missed/:pictures/:name", async (request, response) => {
    new Address(request.query).done();
    const image = /^(\d{1,9})[.]png$/.exec(request.params.name)?.[1];
    const pictures = await ofItsKind(store.pictures(request.params.pictures));
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
