/** A submission on its way: read from a file or a folder, sent to POST /submissions, its answer understood. */
import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, extname, join, relative } from "node:path";
import { recogniseFormat, FORMATS as TABLES } from "../../formats/index.ts";
import { decodeUtf8, parseJson } from "../../tensor/index.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import type { MethodFields } from "./method-file.ts";
import type { Refusal, Server } from "./server.ts";

const OWN = ["json", "csv", "model-index", "mteb"] as const;
type Own = (typeof OWN)[number];
/** Ours, and those of the field. */
export const FORMATS: readonly string[] = [...new Set([...OWN, ...TABLES.map(({ name }) => name)])];

const BY_ENDING: Readonly<Record<string, Own>> = {
  ".json": "json",
  ".csv": "csv",
  ".yaml": "model-index",
  ".yml": "model-index",
  ".md": "model-index",
};

export interface Offer {
  readonly format: string;
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
  /** The ranked measures that it would still have no value in. */
  readonly missing: readonly string[];
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

function formatOf(path: string, isFolder: boolean, given: string | undefined): Own {
  const named = OWN.find((format) => format === given);
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

/** A folder as MTEB writes it, as one object of file names to texts: what is wrong in one, the server says. */
async function readFolder(path: string): Promise<string> {
  const files = await readTree(path, path);
  if (!files.some(({ name }) => name.split("/").at(-1) === "model_meta.json")) {
    throw new CommandError(
      `${path} has no model_meta.json, which names the model: give the folder that holds it`,
    );
  }
  return joined(files);
}

const joined = (files: readonly { readonly name: string; readonly text: string }[]) =>
  JSON.stringify(Object.fromEntries(files.map(({ name, text }) => [name, text])));

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
    return { format, content: withMethodFile(content, method) };
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

/** Letters that tell what a file is. */
const HEAD = 4_000;

/**
 * The files of one of the field's formats, where it is told or they look like it; undefined for our own. A folder as MTEB
 * writes it is the server's to tell apart: its tasks may be called by our measures.
 */
async function tableOf(
  path: string,
  isFolder: boolean,
  given: string | undefined,
): Promise<Offer | undefined> {
  if (given !== undefined && OWN.some((own) => own === given)) return undefined;
  const told = TABLES.find(({ name }) => name === given);
  if (!told && !isFolder && !/[.](csv|json)$/i.test(path)) return undefined;
  const files = isFolder
    ? await readTree(path, path)
    : [{ name: basename(path), text: await readText(path) }];
  const heads = files.map(({ name, text }) => ({
    name,
    text: name.endsWith(".json") ? text : text.slice(0, HEAD),
  }));
  const format = told ?? recogniseFormat(heads);
  if (!format || (!told && (format.name === "mteb" || format.name === "hf-model-index"))) return undefined;
  return {
    format: format.name,
    content: joined(files),
  };
}

/** Every text of a folder, by its path inside; what begins with a dot is left out, but for .eval_results. */
async function readTree(folder: string, root: string): Promise<{ name: string; text: string }[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const shown = entries.filter(({ name }) => name === ".eval_results" || !name.startsWith("."));
  const files = await Promise.all(
    shown
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map(async (entry) => {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) return readTree(path, root);
        if (!/[.](csv|jsonl?|ya?ml|md)$/i.test(entry.name)) return [];
        return [{ name: relative(root, path).replaceAll("\\", "/"), text: await readText(path) }];
      }),
  );
  return files.flat();
}

/** The method's fields as the method.json beside the folder's model_meta.json. */
function withMethodFile(content: string, method: MethodFields): string {
  const files = parseJson(content).value as Record<string, unknown>;
  const [meta = "", ...more] = Object.keys(files).filter((name) => /(^|\/)model_meta\.json$/.test(name));
  if (more.length > 0) {
    const found = [meta, ...more].join(", ");
    throw new CommandError(`--method-file goes with one model, and there are several: ${found}`, EXIT.usage);
  }
  const name = meta.replace(/model_meta\.json$/, "method.json");
  if (name in files) {
    throw new CommandError("the folder has a method.json of its own: leave --method-file out");
  }
  return JSON.stringify({ [name]: JSON.stringify(method), ...files });
}

async function readAsItIs(path: string, given: string | undefined): Promise<Offer> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    throw new CommandError(`there is no file or folder ${path}`);
  });
  if (given !== undefined && !FORMATS.includes(given)) {
    throw new CommandError(`unknown format '${given}': known are ${FORMATS.join(", ")}`, EXIT.usage);
  }
  const table = await tableOf(path, found.isDirectory(), given);
  if (table) return table;
  const format = formatOf(path, found.isDirectory(), given);
  return { format, content: found.isDirectory() ? await readFolder(path) : await readText(path) };
}

/** The same file sent again is the same offer, whoever pressed the key twice. */
export const keyOf = ({ format, content }: Offer, model?: string): string =>
  `${format}-${createHash("sha256")
    .update(model === undefined ? content : `${model}\n${content}`)
    .digest("hex")}`;

/** What is told beside the files makes another offer of them. */
export const keyPart = (
  model: string | undefined,
  told: Readonly<Record<string, string>>,
): string | undefined => (Object.keys(told).length === 0 ? model : JSON.stringify([model, told]));

export interface SendOptions {
  readonly dryRun?: boolean;
  readonly key?: string;
  /** Of a card with several models: the one that is offered; of files that name none, theirs. */
  readonly model?: string | undefined;
  /** What the files of a table do not say themselves, as the address has it. */
  readonly told?: Readonly<Record<string, string>>;
}

/** @throws CommandError for anything but success and faults of the submission */
export async function sendOffer(
  server: Server,
  offer: Offer,
  { dryRun = false, model, told = {}, key = keyOf(offer, keyPart(model, told)) }: SendOptions = {},
): Promise<Answer> {
  if (!/^[\x21-\x7e]{1,200}$/.test(key)) {
    throw new CommandError(
      "--idempotency-key must be 1 to 200 printable letters without spaces, such as a UUID",
      EXIT.usage,
    );
  }
  const address = new URLSearchParams({
    format: offer.format,
    dryRun: String(dryRun),
    ...(model !== undefined && { model }),
    ...told,
  });
  const response = await server.send(`/submissions?${address}`, {
    method: "POST",
    headers: { "content-type": "text/plain; charset=utf-8", "idempotency-key": key },
    body: offer.content,
  });
  if (response.ok) return { ...((await response.json()) as Accepted), created: response.status === 201 };
  if (response.status !== 422) throw await server.refusalOf(response);
  const [error] = ((await response.json()) as { errors: Refusal[] }).errors;
  return { message: error?.message ?? "", faults: (error?.extensions?.faults ?? []) as Fault[] };
}
