/** Puts what is asked for at the same time into one statement: while one is under way, what comes waits for the next. */

/** @param work answers for each, in order @param most of one batch */
export function batched<In, Out>(
  work: (items: readonly In[]) => Promise<readonly Out[]>,
  most = 100,
): (item: In) => Promise<Out> {
  interface Due {
    readonly item: In;
    readonly resolve: (out: Out) => void;
    readonly reject: (error: unknown) => void;
  }
  const waiting: Due[] = [];
  let busy = false;
  const run = async () => {
    busy = true;
    while (waiting.length > 0) {
      const batch = waiting.splice(0, most);
      try {
        const answers = await work(batch.map(({ item }) => item));
        for (const [i, { resolve }] of batch.entries()) resolve(answers[i]!);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    busy = false;
  };
  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      // Whatever else came with the same turn of the event loop goes along.
      if (!busy) {
        busy = true;
        setImmediate(() => void run());
      }
    });
}
