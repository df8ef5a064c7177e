/** An asynchronous map that runs ahead by a bounded number of items and answers in order. */

/** Yields [item, result]; at most `ahead` results exist or are being made at a time. */
export async function* mapOrdered<T, R>(
  items: readonly T[],
  ahead: number,
  make: (item: T) => Promise<R>,
): AsyncGenerator<[T, R]> {
  const pending: { item: T; result: Promise<R> }[] = [];
  let next = 0;
  const fill = () => {
    while (pending.length < ahead && next < items.length) {
      const item = items[next++]!;
      const result = make(item);
      // A failure is thrown when its turn comes; until then it is not unhandled.
      result.catch(() => {});
      pending.push({ item, result });
    }
  };
  fill();
  for (let first = pending.shift(); first; first = pending.shift()) {
    const result = await first.result;
    // Refilled before the consumer works on this one, so that the next are made meanwhile.
    fill();
    yield [first.item, result];
  }
}
