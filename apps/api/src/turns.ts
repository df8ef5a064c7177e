/**
 * Work of more than a moment takes turns: one piece in each round of the event loop. Without that, what became ready while a
 * long piece ran is all done before the next answer is sent, and /healthz waits for the pieces of everybody.
 */
const waiting: (() => void)[] = [];

/** Resolves when it is the caller's turn; soon, where nobody else waits. */
export function turn(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  waiting.push(resolve);
  if (waiting.length === 1) setImmediate(next);
  return promise;
}

function next(): void {
  const [resolve] = waiting;
  resolve?.();
  // Taken out last: whoever asks for another turn meanwhile waits for the round after.
  waiting.shift();
  if (waiting.length > 0) setImmediate(next);
}
