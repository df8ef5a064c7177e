/**
 * What keeps light requests, /healthz first, from waiting behind the heavy ones of everybody else.
 *
 * Not for resolvers: what they load is loaded in one statement only where they come to it in the same round.
 */
import type { RequestHandler } from "express";

const waiting: (() => void)[] = [];

/**
 * Resolves when it is the caller's turn, one in each round of the event loop: without that, what became ready while a long
 * piece of work ran is all done before the next answer is sent. Soon, where nobody else waits.
 */
export function turn(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  waiting.push(resolve);
  if (waiting.length === 1) setImmediate(next);
  return promise;
}

/** Goes after the body is read: bodies that come at the same time are still worked on one by one. */
export const takeTurn: RequestHandler = (_request, _response, go) => void turn().then(() => go());

function next(): void {
  const [resolve] = waiting;
  resolve?.();
  // Taken out last: whoever asks for another turn meanwhile waits for the round after.
  waiting.shift();
  if (waiting.length > 0) setImmediate(next);
}

/** Lets so many pieces of work run at once, in the order of asking: for what goes on after answers of the database. */
export function lanes(count: number): <T>(work: () => Promise<T>) => Promise<T> {
  const queue: (() => void)[] = [];
  let free = count;
  return async (work) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => queue.push(resolve));
    try {
      return await work();
    } finally {
      // Given to the next in line; nobody comes between.
      const next = queue.shift();
      if (next) next();
      else free++;
    }
  };
}
