/** The whole ledger as CSV and Parquet under an address that never changes, its Croissant description, and other tools' formats. */
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Request, Router } from "express";
import type { Context } from "../../context.ts";
import { BadInput, NotFound, shorten } from "../../errors.ts";
import { describeLedger } from "../../modules/export/json-ld.ts";
import { lastPosition, ledgerCsv } from "../../modules/export/ledger.ts";
import { writeFormat } from "../../modules/export/out.ts";
import { ledgerParquet } from "../../modules/export/parquet.ts";
import { TABLE_FORMATS } from "../../modules/submission/table/read.ts";
import { Address } from "../address.ts";
import { readResultsQuestion } from "../questions.ts";

const CROISSANT = 'application/ld+json; profile="http://mlcommons.org/croissant/1.1"';
/** Nothing under such an address changes. */
const FOR_EVER = "public, max-age=31536000, immutable";

/** As asked, else that of the last entry. @throws BadInput for one that the ledger has not reached */
async function positionOf(
  address: Address,
  { db }: Context,
): Promise<{ position: bigint; isPinned: boolean }> {
  const told = address.one("position");
  address.done();
  const last = await lastPosition(db.sql);
  if (told === undefined) return { position: last, isPinned: false };
  const position = /^\d{1,18}$/.test(told) ? BigInt(told) : last + 1n;
  if (position > last)
    throw new BadInput(`'position' must be a whole number up to ${last}, the ledger's last.`);
  return { position, isPinned: true };
}

export function addLedgerRoutes(router: Router, makeContext: (request: Request) => Context): void {
  router.get("/export/ledger.csv", async (request, response) => {
    const context = makeContext(request);
    const { position, isPinned } = await positionOf(new Address(request.query), context);
    if (isPinned) response.set("cache-control", FOR_EVER);
    response.attachment(`ledger-at-${position}.csv`).type("text/csv");
    await pipeline(Readable.from(ledgerCsv(context.db.sql, position)), response);
  });

  router.get("/export/ledger.parquet", async (request, response) => {
    const context = makeContext(request);
    const { position } = await positionOf(new Address(request.query), context);
    response.attachment(`ledger-at-${position}.parquet`).type("application/vnd.apache.parquet");
    await pipeline(Readable.from(ledgerParquet(context.db.sql, position)), response);
  });

  router.get("/export/croissant.json", async (request, response) => {
    new Address(request.query).done();
    response.type(CROISSANT).send(JSON.stringify(await describeLedger(makeContext(request)), null, 2));
  });

  router.get("/export/formats/:format", async (request, response) => {
    const { format } = request.params;
    if (!TABLE_FORMATS.includes(format)) {
      throw new NotFound(
        `There is no format '${shorten(format, 30)}': known are ${TABLE_FORMATS.join(", ")}.`,
      );
    }
    const context = makeContext(request);
    const address = new Address(request.query);
    const datasetId = address.one("datasetId");
    const question = readResultsQuestion(address, await context.snapshot());
    const { files, left } = await writeFormat(format, question, datasetId, context);
    response.json({
      files: Object.fromEntries(files.map(({ name, text }) => [name, text])),
      leftOut: left.map(({ row, why }) => ({ position: row.position, measure: row.measure, why })),
    });
  });
}
