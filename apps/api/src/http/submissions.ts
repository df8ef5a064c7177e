/** POST /submissions: the same as the mutation, for files. GET /submissions/schema.json: what JSON is expected. */
import { decodeUtf8 } from "@transferboard/eval-core/tensor";
import express, { type Request, Router } from "express";
import type { Context } from "../context.ts";
import { BadInput, NotAuthorized, shorten } from "../errors.ts";
import { globalId } from "../global-id.ts";
import { LIMITS } from "../limits.ts";
import { nearest } from "../modules/catalogue/nearest.ts";
import { submissionJsonSchema } from "../modules/submission/body.ts";
import { fault, InvalidSubmission } from "../modules/submission/faults/fault.ts";
import { FORMATS, type Format, TABLES, tableNamed } from "../modules/submission/formats/index.ts";
import { submit } from "../modules/submission/service.ts";
import type { Told } from "../modules/submission/table/read.ts";
import { turn } from "../turns.ts";

const TYPES: Readonly<Record<string, Format>> = {
  "application/json": "JSON",
  "text/csv": "CSV",
  "application/yaml": "MODEL_INDEX",
  "text/yaml": "MODEL_INDEX",
  "application/x-yaml": "MODEL_INDEX",
};

function formatOf(request: Request): Format | { readonly table: string } {
  const { format } = request.query;
  if (format !== undefined) {
    const told = String(format).toUpperCase().replaceAll("-", "_");
    const named = FORMATS.find((known) => known === told);
    if (named) return named;
    const table = tableNamed(told);
    if (table) return { table };
    throw new BadInput(`'format' must be one of ${[...FORMATS, ...TABLES].join(", ")}.`);
  }
  const type = (request.headers["content-type"] ?? "").split(";")[0]!.trim().toLowerCase();
  const found = TYPES[type];
  if (found) return found;
  throw new BadInput(
    `Send a content type of ${Object.keys(TYPES).join(", ")}, or name the format in the address.`,
  );
}

/**
 * The body's text. Bytes that are not what they are said to be would be lost letters in the ledger for good.
 * @throws InvalidSubmission naming the encoding that it seems to be
 */
function textOf(request: Request, isCsv: boolean): string {
  const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const told =
    /charset="?([\w-]+)/i.exec(request.headers["content-type"] ?? "")?.[1]?.toLowerCase() ?? "utf-8";
  const place = isCsv ? "row 1" : "/";
  if (told !== "utf-8" && told !== "utf8") {
    const message = `The content type says that the text is ${told}.`;
    throw new InvalidSubmission([
      fault(place, message, { expected: "UTF-8, which every format here is written in" }),
    ]);
  }
  const decoded = decodeUtf8(bytes);
  if ("text" in decoded) return decoded.text;
  throw new InvalidSubmission([fault(place, decoded.wrong, { expected: "UTF-8" })]);
}

/** What the files of a table do not say themselves. */
const TOLD = ["revision", "dataset", "date", "map", "suite", "onDuplicate", "name"] as const;

const PARAMETERS: readonly string[] = ["format", "dryRun", "published", "model", ...TOLD];

/** @throws BadInput for a parameter that is not known or stands twice: 'dryrun' would send what was to be tried */
function requireKnown(query: Request["query"]): void {
  for (const [name, value] of Object.entries(query)) {
    if (!PARAMETERS.includes(name)) {
      const [near] = nearest(name, PARAMETERS, 1);
      const hint = near ? `did you mean '${near}'?` : `known are ${PARAMETERS.join(", ")}.`;
      throw new BadInput(`There is no parameter '${shorten(name, 40)}': ${hint}`);
    }
    if (typeof value !== "string") throw new BadInput(`The parameter '${name}' is told twice.`);
  }
}

/** @throws BadInput for anything but true and false */
function flag(name: "dryRun" | "published", { query }: Request): boolean {
  const value = query[name];
  if (value === undefined || value === "false") return false;
  if (value === "true") return true;
  throw new BadInput(`'${name}' is '${shorten(String(value), 40)}': expected true or false.`);
}

const toldOf = ({ query }: Request): Told =>
  Object.fromEntries(TOLD.flatMap((name) => (typeof query[name] === "string" ? [[name, query[name]]] : [])));

export function submissionRoutes(makeContext: (request: Request) => Context): Router {
  const router = Router();
  router.get("/schema.json", (_request, response) => {
    response.set("cache-control", "public, max-age=300").json(submissionJsonSchema());
  });
  router.post(
    "/",
    express.raw({ limit: LIMITS.uploadBytes, type: () => true }),
    async (request, response) => {
      const context = makeContext(request);
      if (!(await context.viewer()))
        throw new NotAuthorized("Sending results needs a token with the scope SUBMIT; none came.");
      const idempotencyKey = request.get("idempotency-key");
      requireKnown(request.query);
      const dryRun = flag("dryRun", request);
      if (!idempotencyKey && !dryRun) throw new BadInput("Send an Idempotency-Key header, such as a UUID.");
      // Reading and checking five megabytes takes the thread a while.
      await turn();
      const format = formatOf(request);
      const content = textOf(request, format === "CSV");
      const { model } = request.query;
      const offered = await submit(
        {
          idempotencyKey: idempotencyKey ?? "dry-run",
          format,
          content,
          dryRun,
          ...(typeof model === "string" && { model }),
          told: toldOf(request),
          published: flag("published", request),
        },
        context,
      );
      const { submission, warnings, created } = offered;
      const changes = (await offered.changes()).map(({ suite, missing, ...change }) => ({
        suite: suite.slug,
        ...change,
        missing: missing.map(({ slug }) => slug),
      }));
      response.status(created ? 201 : 200).json({
        submission: submission && { id: globalId("Submission", submission.id), status: submission.status },
        warnings,
        changes,
      });
    },
  );
  return router;
}
