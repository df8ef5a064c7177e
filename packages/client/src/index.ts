/**
 * A typed client of transferboard's API: a board into rows, a correlation, a submission; any other question by `ask`, with
 * the types of its answer from the schema. Needs `fetch` alone: Node from 18, browsers, Deno.
 */
import type { ClientBoardQuery, TypedDocumentString, VariableInput } from "../generated/graphql.ts";
import { BoardDocument, CorrelationDocument } from "./questions.ts";

export type * from "../generated/graphql.ts";
export { graphql } from "../generated/index.ts";

export interface ClientOptions {
  /** Of the API, such as "http://localhost:4000". */
  readonly url: string;
  /** Needed to submit; never in an address. */
  readonly token?: string;
  readonly fetch?: typeof fetch;
}

/** What the server refused, in its own words. */
export class TransferboardError extends Error {
  override readonly name = "TransferboardError";
  readonly status: number;
  /** Of a submission: each fault with its place. */
  readonly faults: readonly Fault[];

  constructor(message: string, status: number, faults: readonly Fault[] = []) {
    super(message);
    this.status = status;
    this.faults = faults;
  }
}

export interface Fault {
  readonly place: string;
  readonly message: string;
  readonly expected: string | null;
  readonly severity: "ERROR" | "WARNING";
}

/** One value of a board, long form: what a data frame takes. */
export interface BoardRow {
  readonly method: string;
  readonly name: string;
  readonly rank: number | null;
  readonly measure: string;
  /** In the measure's unit; null where there is none. */
  readonly value: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  readonly provenance: string | null;
  readonly protocol: string | null;
}

export interface SubmitOptions {
  /** "json", "csv", or one of the field's formats, such as "timm-csv". */
  readonly format?: string;
  /** Check only. */
  readonly dryRun?: boolean;
  /** The same key is the same submission. */
  readonly key?: string;
  /** What files of a format do not say themselves: model, revision, name ... */
  readonly more?: Readonly<Record<string, string>>;
}

export interface Submitted {
  /** Null for a dry run. */
  readonly submission: { readonly id: string; readonly status: string } | null;
  readonly warnings: readonly Fault[];
}

interface Answer<Result> {
  readonly data?: Result | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly faults?: readonly Fault[] };
  }[];
}

const MOST_ROWS = 200;

export class Transferboard {
  readonly #url: string;
  readonly #token: string | undefined;
  readonly #fetch: typeof fetch;

  constructor({ url, token, fetch: own = fetch }: ClientOptions) {
    this.#url = url.replace(/\/+$/, "");
    this.#token = token;
    this.#fetch = own;
  }

  async #send(path: string, body: string, headers: Readonly<Record<string, string>>): Promise<Response> {
    const authorization = this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` };
    return this.#fetch(`${this.#url}${path}`, {
      method: "POST",
      headers: { ...headers, ...authorization },
      body,
    });
  }

  async #refuse(response: Response): Promise<never> {
    const answer = (await response.json().catch(() => ({}))) as Answer<never>;
    const [error] = answer.errors ?? [];
    throw new TransferboardError(
      error?.message ?? `The server answered ${response.status}.`,
      response.status,
      error?.extensions?.faults ?? [],
    );
  }

  /** Any question of the schema, its variables and answer typed. @throws TransferboardError */
  async ask<Result, Variables extends object>(
    question: TypedDocumentString<Result, Variables>,
    ...[variables]: Variables extends Record<string, never> ? [] : [Variables]
  ): Promise<Result> {
    const response = await this.#send(
      "/graphql",
      JSON.stringify({ query: String(question), variables: variables ?? {} }),
      {
        "content-type": "application/json",
        accept: "application/graphql-response+json",
      },
    );
    if (!response.ok) return this.#refuse(response);
    const { data, errors } = (await response.json()) as Answer<Result>;
    const [error] = errors ?? [];
    if (error || !data)
      throw new TransferboardError(error?.message ?? "The answer is empty.", response.status);
    return data;
  }

  async #page(suite: string, after: string | null): Promise<ClientBoardQuery["leaderboard"]> {
    return (await this.ask(BoardDocument, { suite, first: MOST_ROWS, after })).leaderboard;
  }

  /** A board, a row a method and measure: every page of it. */
  async board(suite: string): Promise<BoardRow[]> {
    const rows: BoardRow[] = [];
    let after: string | null = null;
    for (;;) {
      const page: ClientBoardQuery["leaderboard"] = await this.#page(suite, after);
      for (const { rank, method, cells } of page.nodes) {
        for (const { measure, value, interval, provenance, fingerprint } of cells) {
          rows.push({
            method: method.slug,
            name: method.name,
            rank: rank ?? null,
            measure: measure.slug,
            value: value ?? null,
            lower: interval?.lower ?? null,
            upper: interval?.upper ?? null,
            provenance: provenance ?? null,
            protocol: fingerprint ?? null,
          });
        }
      }
      if (!page.pageInfo.hasNextPage) return rows;
      after = page.pageInfo.endCursor ?? null;
    }
  }

  /** Two measures or suites over methods, as the board correlates them. */
  async correlation(x: VariableInput, y: VariableInput) {
    return (await this.ask(CorrelationDocument, { x, y })).correlation;
  }

  /**
   * Offers results for review. Several files are an object of their names to their texts.
   * @throws TransferboardError with every fault by its place
   */
  async submit(
    content: string | object,
    { format = "json", dryRun = false, key, more = {} }: SubmitOptions = {},
  ): Promise<Submitted> {
    const body = typeof content === "string" ? content : JSON.stringify(content);
    const address = new URLSearchParams({ format, dryRun: String(dryRun), ...more });
    const response = await this.#send(`/submissions?${address}`, body, {
      "content-type": "text/plain; charset=utf-8",
      "idempotency-key": key ?? (await keyOf(`${format}\n${toldOf(more)}${body}`)),
    });
    if (!response.ok) return this.#refuse(response);
    return (await response.json()) as Submitted;
  }
}

/** What is told beside the files makes another submission of them. */
const toldOf = (more: Readonly<Record<string, string>>) =>
  Object.keys(more).length === 0 ? "" : `${JSON.stringify(more)}\n`;

/** The same content sent again is the same submission. */
async function keyOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
