/**
 * A server of transferboard as the command talks to it, over HTTP: one sentence for each way that can go wrong. Only what
 * may be sent twice without harm is sent through here: reading, and changes that the server takes once.
 */
import { setTimeout as wait } from "node:timers/promises";
import { type Command, Option } from "commander";
import type { Context } from "../context.ts";
import { CommandError, EXIT } from "../exit-codes.ts";

const TRIES = 4;
const LONGEST_WAIT_S = 20;

export interface ServerOptions {
  readonly server: string;
  readonly token?: string;
}

export function addServerOptions(command: Command, needsToken: boolean): Command {
  command.addOption(
    new Option("--server <url>", "address of the API")
      .env("TRANSFERBOARD_SERVER")
      .default("http://localhost:4000"),
  );
  return needsToken ? command.addOption(tokenOption()) : command;
}

export const tokenOption = (): Option =>
  new Option(
    "--token <token>",
    "your token; better set in the environment, where nobody can read it on the screen",
  )
    .env("TRANSFERBOARD_TOKEN")
    .argParser((given: string) => given.trim());

/** What the server says was wrong, in its own words. */
export interface Refusal {
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

export class Server {
  readonly url: string;
  readonly #token: string | undefined;
  readonly #context: Context;

  constructor({ server, token }: ServerOptions, context: Context) {
    this.url = baseOf(server);
    this.#token = token === "" ? undefined : token;
    this.#context = context;
  }

  /** @throws CommandError with what to do about it, where no token was given */
  requireToken(scope: string): void {
    if (this.#token !== undefined) return;
    throw new CommandError(
      `this needs a token with the scope ${scope}, and none was given: pass --token or set TRANSFERBOARD_TOKEN; ` +
        `on the server's machine 'transferboard token create --account YOU --name laptop --scope ${scope}' makes one`,
      EXIT.refused,
    );
  }

  /** Sends, and sends again where the server asks for patience. Any answer but those is the caller's to read. */
  async send(path: string, init: RequestInit = {}): Promise<Response> {
    const { signal, terminal } = this.#context;
    for (let attempt = 1; ; attempt++) {
      const response = await this.#fetch(path, init);
      const busy = response.status === 503 || response.status === 429;
      const seconds = Number(response.headers.get("retry-after") ?? 2);
      if (!busy || attempt === TRIES || !(seconds <= LONGEST_WAIT_S)) return response;
      await response.body?.cancel();
      terminal.say(
        `The server is ${response.status === 503 ? "not ready" : "busy"}; trying again in ${seconds} s.`,
      );
      await wait(seconds * 1000, undefined, { signal });
    }
  }

  /** The body of an answer that must be a success. */
  async get(path: string): Promise<Response> {
    const response = await this.send(path);
    if (!response.ok) throw await this.refusalOf(response);
    return response;
  }

  /** The one field that a query or a mutation asks for. @throws CommandError for errors, expected ones too */
  async ask<T extends object>(query: string, variables: object): Promise<T> {
    const response = await this.send("/graphql", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query, variables }),
    });
    if (response.status !== 200) throw await this.refusalOf(response);
    const { data, errors } = (await this.#json(response)) as {
      data?: Record<string, T & Partial<Refusal> & { __typename?: string }> | null;
      errors?: readonly Refusal[];
    };
    if (errors?.[0]) throw refused(errors[0]);
    const answer = Object.values(data ?? {})[0];
    if (!answer) throw this.#strange(response);
    const { __typename: type = "", message } = answer;
    if (message === undefined) return answer;
    throw refused({ message, extensions: { code: type === "NotAuthorized" ? "NOT_AUTHORIZED" : type } });
  }

  /** An answer that is no success, as an error for the user. */
  async refusalOf(response: Response): Promise<CommandError> {
    const { errors } = (await this.#json(response)) as { errors?: readonly Refusal[] };
    return errors?.[0] ? refused(errors[0], response.status) : this.#strange(response);
  }

  async #json(response: Response): Promise<object> {
    const value: unknown = await response.json().catch(() => null);
    if (typeof value === "object" && value !== null) return value;
    throw this.#strange(response);
  }

  #strange({ status }: Response): CommandError {
    return new CommandError(
      `${this.url} answered ${status}, but not as the API of transferboard does: check --server`,
      EXIT.server,
    );
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    const { signal } = this.#context;
    const headers = new Headers(init.headers);
    if (this.#token !== undefined) headers.set("authorization", `Bearer ${this.#token}`);
    try {
      return await fetch(`${this.url}${path}`, { ...init, headers, signal });
    } catch (error) {
      if (signal.aborted) throw error;
      const { code, message } = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
      throw new CommandError(
        `the server ${this.url} cannot be reached (${code ?? message}): start it with npm start, or say where it is with --server`,
        EXIT.server,
      );
    }
  }
}

/** The address without what people copy along with it. */
export function baseOf(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new CommandError(
      `--server must be an http:// or https:// address such as http://localhost:4000, not '${given}'`,
      EXIT.usage,
    );
  }
  return `${url.origin}${url.pathname.replace(/\/(graphql\/?)?$/, "")}`;
}

function refused({ message, extensions }: Refusal, status = 200): CommandError {
  const code = String(extensions?.code ?? "");
  const sentence = message.replace(/\.$/, "");
  if (code === "NOT_AUTHORIZED") return new CommandError(`the server refuses: ${sentence}`, EXIT.refused);
  if (
    status >= 500 ||
    code === "UNAVAILABLE" ||
    code === "INTERNAL_SERVER_ERROR" ||
    code === "RATE_LIMITED"
  ) {
    return new CommandError(`the server says: ${sentence}`, EXIT.server);
  }
  return new CommandError(`the server says: ${sentence}`);
}
