/**
 * Requests of a worker to the API, sent again for as long as another try may go better: all that a worker says may be said
 * twice. What the API refuses is thrown under the name that its own error had.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { LeaseLost } from "@transferboard/prisma";
import { refusal } from "./wire.ts";

/** The API does not answer, or is none. */
export class ServerError extends Error {
  override readonly name: string = "ServerError";
}

/** The API refuses the token: no other try will go better. */
export class RefusedError extends ServerError {
  override readonly name = "RefusedError";
}

export interface HttpOptions {
  /** Without a slash at its end. */
  readonly server: string;
  readonly token: string;
  /** Between two tries, in milliseconds; the next waits twice as long. */
  readonly firstWaitMs?: number;
  /** Tries of one request. */
  readonly tries?: number;
}

export interface Sending {
  readonly method?: "GET" | "POST" | "PUT";
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** One try may take so long. */
  readonly timeoutMs?: number;
  readonly tries?: number;
  /** Statuses beside those of success that the caller reads. */
  readonly expected?: readonly number[];
}

const LONGEST_WAIT_MS = 10_000;
const TIMEOUT_MS = 30_000;

export class HttpClient {
  readonly #options: HttpOptions;
  constructor(options: HttpOptions) {
    this.#options = options;
  }

  /** @throws LeaseLost, ServerError, or what the API threw, under its name */
  async send(path: string, sending: Sending = {}): Promise<Response> {
    const { server, token, firstWaitMs = 250, tries: usual = 8 } = this.#options;
    const { method = "POST", body, headers, signal, timeoutMs = TIMEOUT_MS, tries = usual } = sending;
    for (let attempt = 1, waitMs = firstWaitMs; ; attempt++, waitMs *= 2) {
      const timeout = AbortSignal.timeout(timeoutMs);
      let why: string;
      let askedMs = 0;
      try {
        const response = await fetch(`${server}${path}`, {
          method,
          headers: {
            authorization: `Bearer ${token}`,
            ...(typeof body === "string" && { "content-type": "application/json" }),
            ...headers,
          },
          ...(body !== undefined && { body }),
          signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
          redirect: "error",
        });
        if (response.ok || sending.expected?.includes(response.status)) return response;
        if (![429, 502, 503, 504].includes(response.status)) throw await this.#thrown(response);
        // A date, which proxies may send, is left to our own waits.
        askedMs = 1_000 * (Number(response.headers.get("retry-after")) || 0);
        why = `it answered ${response.status}`;
        await response.body?.cancel();
      } catch (error) {
        if (signal?.aborted || isAnswer(error)) throw error;
        const { code, message } = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
        why = code ?? message;
      }
      if (attempt >= tries) throw new ServerError(`the server ${server} cannot be reached (${why})`);
      await sleep(Math.min(Math.max(waitMs, askedMs), LONGEST_WAIT_MS), undefined, signal && { signal });
    }
  }

  async json(path: string, value: unknown, sending: Omit<Sending, "body"> = {}): Promise<unknown> {
    const response = await this.send(path, { ...sending, body: JSON.stringify(value) });
    return response.json();
  }

  async #thrown(response: Response): Promise<Error> {
    const parsed = refusal.safeParse(await response.json().catch(() => null));
    if (!parsed.success) {
      return new ServerError(
        `${this.#options.server} answered ${response.status}, but not as the API of transferboard does: check --server`,
      );
    }
    const { message, extensions } = parsed.data.errors[0]!;
    const sentence = message.replace(/[.]$/, "");
    if (extensions?.name === "LeaseLost") return new LeaseLost();
    if (extensions?.code === "NOT_AUTHORIZED") return new RefusedError(`the server refuses: ${sentence}`);
    const error = new Error(sentence);
    error.name = extensions?.name ?? "ServerError";
    return answered(error);
  }
}

const answers = new WeakSet<Error>();
const answered = (error: Error): Error => {
  answers.add(error);
  return error;
};
/** Whether an answer came and said no: another try would hear the same. */
const isAnswer = (error: unknown): boolean =>
  error instanceof LeaseLost ||
  error instanceof ServerError ||
  (error instanceof Error && answers.has(error));
