/**
 * Whole answers, cached, by the question's text and the audit log's last event: while nothing was written, the same
 * question has the same answer, and once anything was, no older one is given. One statement an answer. Only what was
 * answered without an error and without a token is cached, and nothing that changes without an event; limits were
 * checked when it was. Whoever asks what is being answered waits for that answer: after a change to the ledger a board
 * that everybody looks at is made once.
 */
import { createHash } from "node:crypto";
import type { Request, RequestHandler, Response } from "express";
import type { Context } from "../context.ts";

interface CachedAnswer {
  readonly event: string;
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

const MAX_LETTERS = 64_000_000;

class AnswerCache {
  readonly #known = new Map<string, CachedAnswer>();
  #letters = 0;

  get(key: string): CachedAnswer | undefined {
    const found = this.#known.get(key);
    if (!found) return undefined;
    this.#known.delete(key);
    this.#known.set(key, found);
    return found;
  }

  set(key: string, answer: CachedAnswer): void {
    this.evict(key);
    this.#known.set(key, answer);
    this.#letters += answer.text.length;
    for (const oldest of this.#known.keys()) {
      if (this.#letters <= MAX_LETTERS) break;
      this.evict(oldest);
    }
  }

  evict(key: string): void {
    this.#letters -= this.#known.get(key)?.text.length ?? 0;
    this.#known.delete(key);
  }
}

/** Null for what is not to be cached: with a token, changes, and whatever is not one plain question. */
function keyOf({ method, headers, body }: Request): string | null {
  if (method !== "POST" || headers.authorization !== undefined) return null;
  if (typeof body !== "object" || body === null || typeof body.query !== "string") return null;
  if (/\bmutation\b/.test(body.query)) return null;
  const { query, variables, operationName, extensions } = body;
  const question = JSON.stringify([query, variables, operationName, extensions, headers.accept]);
  return createHash("sha256").update(question).digest("base64");
}

const isWhole = (status: number, text: unknown): text is string =>
  status === 200 && typeof text === "string" && !text.startsWith('{"errors"') && !text.includes('"errors":[');

/** Goes before Apollo, after the body is read; `response.locals.context` is the request's context. */
export function cacheAnswers(): RequestHandler {
  const answers = new AnswerCache();
  /** Of each question that is being answered, when that is over. */
  const running = new Map<string, Promise<void>>();

  async function answered(key: string, context: Context, response: Response): Promise<boolean> {
    const known = answers.get(key);
    if (!known) return false;
    const { event } = await context.snapshot();
    if (event !== known.event) {
      answers.evict(key);
      return false;
    }
    response.status(known.status).set("content-type", known.type).send(known.text);
    return true;
  }

  /** The standing is that from before the answer (guard.ts): what was written meanwhile makes it forgotten. */
  async function cache(key: string, context: Context, response: Response, text: unknown): Promise<void> {
    const type = response.get("content-type");
    const standing = context.snapshot.made();
    if (!isWhole(response.statusCode, text) || !type || !standing || context.isOfTheMoment()) return;
    const { event } = await standing;
    answers.set(key, { event, status: 200, type, text });
  }

  return async (request, response, next) => {
    const key = keyOf(request);
    if (key === null) return next();
    const context = response.locals.context as Context;
    // Twice at most: what is not to be cached is answered to each who asks.
    for (let wait = 0; wait < 2; wait++) {
      await running.get(key);
      if (await answered(key, context, response)) return;
      if (!running.has(key)) break;
    }

    const { promise, resolve } = Promise.withResolvers<void>();
    const over = () => {
      if (running.get(key) === promise) running.delete(key);
      resolve();
    };
    if (!running.has(key)) running.set(key, promise);
    response.once("close", over);
    const send = response.send.bind(response);
    response.send = (text: unknown) => {
      response.send = send;
      void cache(key, context, response, text).then(over, over);
      return send(text);
    };
    next();
  };
}
