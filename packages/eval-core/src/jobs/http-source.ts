/** Jobs by the API, for a worker that has no database: the same leases, over HTTPS with a token of the scope WORK. */
import type { JobFound } from "@transferboard/prisma";
import { HttpClient, type HttpOptions } from "./http-client.ts";
import { artefactsOver } from "./lease-artefacts.ts";
import { remoteStore } from "./record-calls.ts";
import type { JobSource, Lease } from "./source.ts";
import {
  beatAnswered,
  endAnswered,
  foundAnswered,
  leaseGiven,
  MOST_WAIT_SECONDS,
  recordAnswered,
  WORK_PATH,
} from "./wire.ts";

/** A beat that takes longer comes too late: the next one is due. */
const BEAT_TIMEOUT_MS = 5_000;
/** Records of a large evaluation take a while to be sent and written. */
const RECORD_TIMEOUT_MS = 120_000;

export interface HttpSourceOptions extends HttpOptions {
  /** How long the API may keep an idle worker waiting for a job to come; as long as it allows unless told. */
  readonly waitSeconds?: number;
  /** Who takes the jobs, for the plan and the run's record. */
  readonly worker?: string;
}

export function httpSource({
  waitSeconds = MOST_WAIT_SECONDS,
  worker,
  ...options
}: HttpSourceOptions): JobSource {
  const client = new HttpClient(options);
  return {
    async lease(signal) {
      const answer = await client.json(
        `${WORK_PATH}/leases`,
        { waitSeconds, ...(worker !== undefined && { worker }) },
        { tries: 1, timeoutMs: (waitSeconds + 10) * 1_000, ...(signal && { signal }) },
      );
      const { lease } = leaseGiven.parse(answer);
      return lease && leaseOver(client, lease);
    },
    close: async () => undefined,
  };
}

function leaseOver(client: HttpClient, { id, attempt, data }: Pick<Lease, "id" | "attempt" | "data">): Lease {
  const at = `${WORK_PATH}/leases/${id}/${attempt}`;
  return {
    ...{ id, attempt, data },
    store: remoteStore(async <Answer>(call: string, value: unknown) => {
      const answer = await client.json(`${at}/record`, { call, value }, { timeoutMs: RECORD_TIMEOUT_MS });
      return recordAnswered.parse(answer).answer as Answer;
    }),
    artefacts: artefactsOver(client, at),
    async beat(progress) {
      const told = progress === undefined ? {} : { progress };
      const answer = await client.json(`${at}/beat`, told, { tries: 1, timeoutMs: BEAT_TIMEOUT_MS });
      return beatAnswered.parse(answer).state;
    },
    async found() {
      const answer = await client.json(`${at}/found`, {}, { timeoutMs: RECORD_TIMEOUT_MS });
      return foundAnswered.parse(answer).found as unknown as readonly JobFound[];
    },
    finish: async (outcome) => endAnswered.parse(await client.json(`${at}/finish`, { outcome })).held,
    giveBack: async (reason) => endAnswered.parse(await client.json(`${at}/give-back`, { reason })).held,
  };
}
