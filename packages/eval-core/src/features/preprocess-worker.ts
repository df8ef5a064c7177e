/** A worker thread that loads, crops and normalises images, a batch at a time: see `preprocess-pool.ts`. */
import { parentPort } from "node:worker_threads";
// Not the room's face: a worker starts in half the time without every dataset's reader.
import { loadSource } from "../datasets/source.ts";
import { preprocess, toTensor } from "../images/index.ts";
import type { Prepared, PrepareRequest } from "./preprocess-pool.ts";

const port = parentPort;
if (!port) throw new Error("features/preprocess-worker.ts runs as a worker thread only");

async function prepare({ id, sources, preprocessing, normalisation }: PrepareRequest): Promise<void> {
  const { crop } = preprocessing;
  const crops: Uint8Array[] = [];
  const failures: { index: number; message: string }[] = [];
  for (const [index, source] of sources.entries()) {
    try {
      crops.push(preprocess(await loadSource(source), preprocessing));
    } catch (error) {
      failures.push({ index, message: error instanceof Error ? error.message : String(error) });
      crops.push(new Uint8Array(crop * crop * 3));
    }
  }
  const { data } = toTensor(crops, normalisation, { width: crop, height: crop });
  const answer: Prepared = { id, data, failures };
  port?.postMessage(answer, [data.buffer as ArrayBuffer]);
}

let last: Promise<void> = Promise.resolve();
port.on("message", (request: PrepareRequest) => {
  last = last.then(() => prepare(request));
});
