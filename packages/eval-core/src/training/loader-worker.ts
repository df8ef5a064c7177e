/** A worker thread that prepares batches by a recipe, one after the other: see `loader.ts`. */
import { parentPort, workerData } from "node:worker_threads";
import type { LoadAnswer, LoaderData, LoadRequest, Recipe } from "./loader.ts";

const port = parentPort;
if (!port) throw new Error("training/loader-worker.ts runs as a worker thread only");
const recipe = import((workerData as LoaderData).recipe) as Promise<Recipe<unknown>>;
// Its failure is the answer to every request.
recipe.catch(() => {});

async function answer({ id, request }: LoadRequest): Promise<void> {
  try {
    const feeds = await (await recipe).prepare(request);
    const buffers = new Set(Object.values(feeds).map(({ data }) => data.buffer as ArrayBuffer));
    const done: LoadAnswer = { id, feeds };
    port?.postMessage(done, [...buffers]);
  } catch (error) {
    const failed: LoadAnswer = { id, message: error instanceof Error ? error.message : String(error) };
    port?.postMessage(failed);
  }
}

let last: Promise<void> = Promise.resolve();
port.on("message", (request: LoadRequest) => {
  last = last.then(() => answer(request));
});
