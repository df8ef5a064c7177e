/** What `.eval_results` carries in its notes: a line of ours, read back as it was written. */

export interface Notes {
  readonly fingerprint: string | null;
  readonly n: number | null;
  readonly interval: readonly [number, number] | null;
  readonly seeds: readonly number[];
  readonly provenance: string | undefined;
}

const PARTS = {
  protocol: /(?:^|; )protocol ([0-9a-f]{64})(?=;|$)/,
  n: /(?:^|; )n (\d+)(?=;|$)/,
  interval: /(?:^|; )95% (\S+) to (\S+)(?=;|$)/,
  seeds: /(?:^|; )seeds ((?:-?\d+ ?)+)(?=;|$)/,
  provenance: /(?:^|; )provenance ([A-Z_]+)$/,
} as const;

export function writeNotes({ fingerprint, n, interval, seeds, provenance }: Notes): string {
  return [
    fingerprint === null ? "" : `protocol ${fingerprint}`,
    n === null ? "" : `n ${n}`,
    interval === null ? "" : `95% ${interval[0]} to ${interval[1]}`,
    seeds.length === 0 ? "" : `seeds ${seeds.join(" ")}`,
    provenance === undefined ? "" : `provenance ${provenance}`,
  ]
    .filter(Boolean)
    .join("; ");
}

/** Null for notes that are somebody else's. */
export function readNotes(text: string): Notes | null {
  const interval = PARTS.interval.exec(text);
  const ends = interval ? ([Number(interval[1]), Number(interval[2])] as const) : null;
  const n = PARTS.n.exec(text)?.[1];
  const found: Notes = {
    fingerprint: PARTS.protocol.exec(text)?.[1] ?? null,
    n: n === undefined ? null : Number(n),
    interval: ends?.every(Number.isFinite) ? ends : null,
    seeds: (PARTS.seeds.exec(text)?.[1] ?? "").split(" ").filter(Boolean).map(Number),
    provenance: PARTS.provenance.exec(text)?.[1],
  };
  return writeNotes(found) === text && text !== "" ? found : null;
}
