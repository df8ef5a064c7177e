/**
 * /work: for workers that have no database. Lease a job, show signs of life, read and write the record, finish or give back;
 * everything under the number of the attempt, so that a worker that comes back too late changes nothing.
 */
import { createHash } from "node:crypto";
import { pipeline } from "node:stream/promises";
import {
  beatSent,
  finishSent,
  giveBackSent,
  leaseAsked,
  missingAsked,
  recordSent,
  uploadFinished,
  WORK_PATH,
} from "@transferboard/eval-core/jobs";
import express, { type ErrorRequestHandler, type Request, type Response, Router } from "express";
import type { z } from "zod";
import { BadInput, CallerError, NotFound } from "../errors.ts";
import { LIMITS } from "../limits.ts";
import type { LeaseName, WorkService } from "../modules/work/service.ts";
import type { Workers } from "../modules/work/workers.ts";
import { isText } from "../text.ts";
import { turns } from "../turns.ts";
import { isUuid } from "../uuid.ts";
import { nestingWithin } from "./nesting.ts";

export interface WorkDeps {
  readonly work: WorkService;
  readonly workers: Workers;
  /** Takes points of the sender's minute: from whoever is refused, so that tokens are not guessed at. */
  readonly charge: (request: Request, points: number) => void;
}

const REFUSED_POINTS = 10;

/**
 * A body that the queue and the record can keep: one that Postgres does not take would fail for all workers whose words are
 * written by the same statement.
 */
const json = (limit: number) =>
  Router().use(
    express.json({ limit, type: () => true, verify: requireStorable }),
    nestingWithin(LIMITS.nesting),
  );

/** NUL and halves of surrogate pairs come into JSON by an escape alone: so it is looked for before anything is parsed. */
function requireStorable(_request: unknown, _response: unknown, bytes: Buffer): void {
  if (!/\\u(0000|d[89a-f])/i.test(bytes.toString("latin1"))) return;
  JSON.parse(bytes.toString(), (key, value: unknown) => {
    if (isText(key) && (typeof value !== "string" || isText(value))) return value;
    throw new BadInput("The body holds a NUL or half a surrogate pair, which no text has.");
  });
}

/** Hundreds of workers ask at the same time: readers come between. What they ask is still answered many to a statement. */
const workTurn = turns(8);

export function workRoutes({ work, workers, charge }: WorkDeps): Router {
  const router = Router();
  const small = json(LIMITS.workBytes);
  const whole = json(LIMITS.recordBytes);

  router.use(WORK_PATH, async (request, response, next) => {
    await workTurn();
    try {
      response.locals.holder = (await workers.of(request.headers.authorization)).tokenId;
    } catch (error) {
      if (error instanceof CallerError) charge(request, REFUSED_POINTS);
      throw error;
    }
    response.set("cache-control", "no-store");
    next();
  });

  router.post(`${WORK_PATH}/leases`, small, async (request, response) => {
    const { waitSeconds, worker } = read(leaseAsked, request);
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    const claim = await work.lease(
      { holder: holderOf(response), ...(worker !== undefined && { worker }) },
      waitSeconds * 1_000,
      gone.signal,
    );
    response.json({ lease: claim && { id: claim.id, attempt: claim.attempt, data: claim.data } });
  });

  const lease = `${WORK_PATH}/leases/:id/:attempt`;
  router.post(`${lease}/beat`, small, async (request, response) => {
    const { progress } = read(beatSent, request);
    response.json({ state: await work.beat(leaseIn(request, response), progress) });
  });
  router.post(`${lease}/found`, small, async (request, response) => {
    response.json({ found: await work.found(leaseIn(request, response)) });
  });
  router.post(`${lease}/finish`, whole, async (request, response) => {
    const { outcome } = read(finishSent, request);
    response.json({ held: await work.finish(leaseIn(request, response), outcome) });
  });
  router.post(`${lease}/give-back`, small, async (request, response) => {
    const { reason } = read(giveBackSent, request);
    response.json({ held: await work.giveBack(leaseIn(request, response), reason) });
  });
  router.post(`${lease}/record`, whole, async (request, response) => {
    const { call, value } = read(recordSent, request);
    response.json({ answer: await work.record(leaseIn(request, response), call, value) });
  });
  uploadRoutes(router, lease, work);
  router.use(workFaults);
  return router;
}

/** Artefacts: asked for, sent in parts with a hash each (RFC 9530), and read. */
function uploadRoutes(router: Router, lease: string, work: WorkService): void {
  const small = json(LIMITS.workBytes);
  router.post(`${lease}/artefacts/missing`, small, async (request, response) => {
    const { sha256 } = read(missingAsked, request);
    response.json({ missing: await work.missing(leaseIn(request, response), sha256) });
  });
  router.get(`${lease}/artefacts/:sha256`, async (request, response) => {
    const source = await work.artefact(leaseIn(request, response), digestIn(request));
    if (!source) throw new NotFound("This artefact is not kept here.");
    response.type("application/octet-stream");
    await pipeline(source, response);
  });
  router.get(`${lease}/uploads/:sha256`, async (request, response) => {
    response.json({ parts: await work.parts(leaseIn(request, response), digestIn(request)) });
  });
  router.put(
    `${lease}/uploads/:sha256/:part`,
    express.raw({ limit: LIMITS.partBytes, type: () => true }),
    async (request, response) => {
      const part = /^\d{1,6}$/.exec(String(request.params.part))?.[0];
      if (part === undefined) throw new BadInput("The parts of an upload are numbered from 0 to 999999.");
      const data: Uint8Array = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const digest = `sha-256=:${createHash("sha256").update(data).digest("base64")}:`;
      if (request.get("content-digest") !== digest)
        throw new BadInput(
          `The header content-digest must be that of the part, ${digest}, not ${request.get("content-digest") ?? "missing"}.`,
        );
      await work.putPart(leaseIn(request, response), digestIn(request), Number(part), data);
      response.status(201).json({ part: Number(part), bytes: data.byteLength });
    },
  );
  router.post(`${lease}/uploads/:sha256/finish`, small, async (request, response) => {
    const { bytes } = read(uploadFinished, request);
    await work.finishUpload(leaseIn(request, response), digestIn(request), bytes);
    response.status(201).json({ bytes });
  });
}

function digestIn({ params }: Request): string {
  const sha256 = String(params.sha256);
  if (/^[0-9a-f]{64}$/.test(sha256)) return sha256;
  throw new NotFound("An artefact's address is the SHA-256 of its content.");
}

const holderOf = (response: Response) => response.locals.holder as string;

function leaseIn({ params }: Request, response: Response): LeaseName {
  const { id, attempt } = params as { id: string; attempt: string };
  if (!isUuid(id) || !/^[1-9]\d{0,5}$/.test(attempt))
    throw new NotFound("A lease's address is /work/leases/ID/ATTEMPT, as it was given.");
  return { id, attempt: Number(attempt), holder: holderOf(response) };
}

/** @throws BadInput naming the first fault */
function read<Shape extends z.ZodType>(shape: Shape, { body }: Request): z.output<Shape> {
  const parsed = shape.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  const place = path.length > 0 ? `'${path.map(String).join(".")}'` : "The body";
  throw new BadInput(
    `${place} is not what a worker sends: ${message}. The worker may be of another version.`,
  );
}

/** Errors of the record that the worker, or whoever evaluates for it, tells apart by their names. */
const NAMES: Readonly<Record<string, number>> = {
  LeaseLost: 409,
  WarehouseError: 422,
  ArtefactError: 422,
};

const workFaults: ErrorRequestHandler = (error, _request, response, next) => {
  const { name, message, status: theirs } = error as Error & { status?: unknown };
  // The store of artefacts is away or overloaded: another try may go better.
  if (name === "S3NetworkError" || (name === "S3ServiceError" && Number(theirs) >= 500)) {
    const said = { message: "The store of artefacts does not answer.", extensions: { code: "UNAVAILABLE" } };
    response
      .status(503)
      .set("retry-after", "2")
      .json({ errors: [said] });
    return;
  }
  const status = NAMES[name];
  if (status === undefined || response.headersSent) return next(error);
  const code = status === 409 ? "CONFLICT" : "BAD_INPUT";
  response.status(status).json({ errors: [{ message, extensions: { code, name } }] });
};
