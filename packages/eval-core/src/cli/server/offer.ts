/** A submission on its way: read from a file or a folder, sent to POST /submissions, its answer understood. */
import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { decodeUtf8, JsonError, parseJson } from "../../tensor/index.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import type { MethodFields } from "./method-file.ts";
import type { Refusal, Server } from "./server.ts";

export const FORMATS = ["json", "csv", "model-index", "mteb"] as const;
export type Format = (typeof FORMATS)[number];

const BY_ENDING: Readonly<Record<string, Format>> = {
  ".json": "json",
  ".csv": "csv",
  ".yaml": "model-index",
  ".yml": "model-index",
  ".md": "model-index",
};

export interface Offer {
  readonly format: Format;
  readonly content: string;
}

export interface Fault {
  readonly place: string;
  readonly message: string;
  readonly expected: string | null;
  readonly severity: "ERROR" | "WARNING";
  readonly nearest: readonly string[];
}

export interface RankChange {
  readonly suite: string;
  readonly method: string;
  readonly before: number | null;
  readonly after: number | null;
}

export interface Accepted {
  /** Null for a dry run. */
  readonly submission: { readonly id: string; readonly status: string } | null;
  readonly warnings: readonly Fault[];
  readonly changes: readonly RankChange[];
  /** Whether this key was new. */
  readonly created: boolean;
}

export type Answer = Accepted | { readonly message: string; readonly faults: readonly Fault[] };

function formatOf(path: string, isFolder: boolean, given: string | undefined): Format {
  const named = FORMATS.find((format) => format === given);
  if (given !== undefined && !named) {
    throw new CommandError(`unknown format '${given}': known are ${FORMATS.join(", ")}`, EXIT.usage);
  }
  if (isFolder) {
    if (named === undefined || named === "mteb") return "mteb";
    throw new CommandError(`${path} is a folder, and only the format mteb is one`);
  }
  const format = named ?? BY_ENDING[extname(path).toLowerCase()];
  if (format) return format;
  throw new CommandError(
    `the format of ${basename(path)} cannot be told from its name: add --format ${FORMATS.join("|")}`,
    EXIT.usage,
  );
}

/** A file's text. @throws CommandError naming the encoding, where it is not UTF-8 */
async function readText(path: string): Promise<string> {
  const decoded = decodeUtf8(await readFile(path));
  if ("text" in decoded) return decoded.text;
  throw new CommandError(`${path}: ${lowerFirst(decoded.wrong).replace(/\.$/, "")}`);
}

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

/** A folder's JSON files as one object of names to contents, each as it stands: what is wrong in one, the server says. */
async function readFolder(path: string): Promise<string> {
  const names = (await readdir(path)).filter((name) => name.endsWith(".json")).sort();
  if (!names.includes("model_meta.json")) {
    throw new CommandError(
      `${path} has no model_meta.json, which names the model: give the folder that holds it`,
    );
  }
  const parts: string[] = [];
  for (const name of names) {
    const text = await readText(join(path, name));
    try {
      parseJson(text);
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      throw new CommandError(`${join(path, name)} is not valid JSON: ${error.message}`);
    }
    parts.push(`${JSON.stringify(name)}:${text}`);
  }
  return `{${parts.join(",")}}`;
}

/** Puts the method's fields where the format has a place for them. */
function withMethod({ format, content }: Offer, method: MethodFields): Offer {
  const line = `method: ${JSON.stringify(method)}\n`;
  if (format === "model-index") {
    const [opening = ""] = /^---\r?\n/.exec(content) ?? [];
    if (/^method:/m.test(content.slice(opening.length).split(/^---/m)[0]!)) {
      throw new CommandError("the model card has a 'method' of its own: leave --method-file out");
    }
    return { format, content: `${opening}${line}${content.slice(opening.length)}` };
  }
  if (format === "mteb") {
    if ("method.json" in (parseJson(content).value as object)) {
      throw new CommandError("the folder has a method.json of its own: leave --method-file out");
    }
    return { format, content: `{"method.json":${JSON.stringify(method)},${content.slice(1)}` };
  }
  throw new CommandError(
    `--method-file goes with a model card or an MTEB folder: ${format === "csv" ? "a CSV has columns" : "our JSON has a field"} for the method`,
    EXIT.usage,
  );
}

export async function readOffer(path: string, given?: string, method?: MethodFields): Promise<Offer> {
  const offer = await readAsItIs(path, given);
  return method === undefined ? offer : withMethod(offer, method);
}

async function readAsItIs(path: string, given: string | undefined): Promise<Offer> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    throw new CommandError(`there is no file or folder ${path}`);
  });
  const format = formatOf(path, found.isDirectory(), given);
  return { format, content: found.isDirectory() ? await readFolder(path) : await readText(path) };
}

/** The same file sent again is the same offer, whoever pressed the key twice. */
export const keyOf = ({ format, content }: Offer, model?: string): string =>
  `${format}-${createHash("sha256")
    .update(model === undefined ? content : `${model}\n${content}`)
    .digest("hex")}`;

export interface SendOptions {
  readonly dryRun?: boolean;
  readonly key?: string;
  /** Of a card with several models: the one that is offered. */
  readonly model?: string | undefined;
}

/** @throws CommandError for anything but success and faults of the submission */
export async function sendOffer(
  server: Server,
  offer: Offer,
  { dryRun = false, model, key = keyOf(offer, model) }: SendOptions = {},
): Promise<Answer> {
  if (!/^[\x21-\x7e]{1,200}$/.test(key)) {
    throw new CommandError(
      "--idempotency-key must be 1 to 200 printable letters without spaces, such as a UUID",
      EXIT.usage,
    );
  }
  const chosen = model === undefined ? "" : `&model=${encodeURIComponent(model)}`;
  const response = await server.send(`/submissions?format=${offer.format}&dryRun=${dryRun}${chosen}`, {
    method: "POST",
    headers: { "content-type": "text/plain; charset=utf-8", "idempotency-key": key },
    body: offer.content,
  });
  if (response.ok) return { ...((await response.json()) as Accepted), created: response.status === 201 };
  if (response.status !== 422) throw await server.refusalOf(response);
  const [error] = ((await response.json()) as { errors: Refusal[] }).errors;
  return { message: error?.message ?? "", faults: (error?.extensions?.faults ?? []) as Fault[] };
}
