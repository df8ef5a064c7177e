/** Offers files of results to a live server, as the tests of each form of them do. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { makeToken } from "../api/accounts.ts";
import { type Api, startApi } from "../api/harness.ts";

export let api: Api;
let token: string;

/** Starts the server before the tests of the file that calls this, and stops it after them. */
export function offerToServer(): void {
  beforeAll(async () => {
    api = await startApi();
    token = await makeToken(api, "ada", ["SUBMIT"]);
  });
  afterAll(() => api.stop());
}

interface Fault {
  readonly place: string;
  readonly message: string;
  readonly severity: string;
}
interface Answer {
  readonly status: number;
  /** Of the refusal; empty where it was taken. */
  readonly message: string;
  readonly faults: readonly Fault[];
  readonly warnings: readonly Fault[];
  /** Measure to value; empty where nothing was recorded. */
  readonly values: Readonly<Record<string, number>>;
  readonly method: Readonly<Record<string, unknown>>;
}

interface AnswerOrRefusal {
  readonly warnings?: readonly Fault[];
  readonly errors?: readonly {
    readonly message?: string;
    readonly extensions?: { readonly faults?: readonly Fault[] };
  }[];
}

let sent = 0;
/** The whole answer to one submission, and what was kept of it. */
export async function offer(format: string, content: string | Uint8Array, query = ""): Promise<Answer> {
  const key = `report-${++sent}`;
  const response = await fetch(`${api.url}/submissions?format=${format}${query}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "text/plain", "idempotency-key": key },
    body: content as string,
  });
  const answer = (await response.json()) as AnswerOrRefusal;
  const row = await api.database.client.submission.findFirst({ where: { idempotencyKey: key } });
  const body = row?.body as { method: object; values: { measure: string; value: number }[] } | undefined;
  return {
    status: response.status,
    message: answer.errors?.[0]?.message ?? "",
    faults: (answer.errors?.[0]?.extensions?.faults ?? []).filter((one) => one.severity === "ERROR"),
    warnings: answer.warnings ?? [],
    values: Object.fromEntries((body?.values ?? []).map(({ measure, value }) => [measure, value])),
    method: { ...body?.method },
  };
}

export const report = (name: string) => readFileSync(join(import.meta.dirname, name));
export const IOU = "segmentation/ade20k/mean-iou";
export const PIXELS = "segmentation/ade20k/pixel-accuracy";
