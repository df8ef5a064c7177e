/**
 * What keeps light requests, /healthz first, from waiting behind the heavy ones of everybody else.
 *
 * Not for resolvers: what they load is loaded in one statement only where they come to it in the same round.
 */
import type { RequestHandler } from "express";

/**
 * Lets so many pieces of work run in each round of the event loop, in the order of asking. Without that, what became ready
 * while a long piece ran is all done before the next answer is sent.
 */
export function turns(each: number): () => Promise<void> {
  const waiting: (() => void)[] = [];
  let left = each;
  let isCounting = false;
  const count = () => {
    if (isCounting) return;
    isCounting = true;
    setImmediate(nextRound);
  };
  const nextRound = () => {
    isCounting = false;
    left = each;
    for (const resolve of waiting.splice(0, each)) {
      left--;
      resolve();
    }
    if (left < each) count();
  };
  return () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (left > 0 && waiting.length === 0) {
      left--;
      resolve();
    } else waiting.push(resolve);
    count();
    return promise;
  };
}

/** For work of more than a moment: one piece a round. */
export const turn = turns(1);

/**
 * Goes after the body is read: bodies that come at the same time are still worked on one by one. Who hung up meanwhile is not
 * worked for.
 */
export const takeTurn: RequestHandler = (request, _response, go) =>
  void turn().then(() => {
    if (!request.socket.destroyed) go();
  });
