/** What each costly field costs by the limits, and what it takes of a processor: threads included, whatever else runs. */

import { complexityFromQuery } from "@pothos/plugin-complexity";
import { schema } from "@transferboard/api/schema";
import type { Api } from "../api/harness.ts";
import { COSTLY } from "./fields.ts";

export interface Measured {
  readonly name: string;
  readonly cost: number;
  /** Seconds of processor time of one question, the median of several. */
  readonly seconds: number;
}

export async function measureAll(api: Api, times: number): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const { name, query } of COSTLY) {
    // Threads that start and code that is compiled are not the question's.
    await api.read(query(0));
    const seconds: number[] = [];
    for (let i = 1; i <= times; i++) {
      const before = process.cpuUsage();
      await api.read(query(i));
      const { user, system } = process.cpuUsage(before);
      seconds.push((user + system) / 1e6);
    }
    seconds.sort((a, b) => a - b);
    const { complexity: cost } = complexityFromQuery(query(1), { schema, ctx: {} as never });
    measured.push({ name, cost, seconds: seconds[Math.floor(seconds.length / 2)]! });
  }
  return measured;
}

export function table(measured: readonly Measured[]): string {
  const rows = measured.map(
    ({ name, cost, seconds }) =>
      `| \`${name}\` | ${cost.toLocaleString("en")} | ${(seconds * 1000).toFixed(0)} ms | ${((seconds / cost) * 1e6).toFixed(0)} µs |`,
  );
  return ["| field | cost | processor time | of one point |", "|---|---|---|---|", ...rows].join("\n");
}
